"""My account: profile, password, second factor, sessions, keys; and roles."""

from __future__ import annotations

import functools
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huying.kernel.asker import may
from huying.kernel.clock import now
from huying.kernel.errors import NotFound
from huying.kernel.verbs import VERBS, require
from huying.org import actions, forms, queries
from huying.org.rules import DUTIES
from huying.org.views.common import somebody
from huying.web import answers


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Everything about one's own account."""
    asker = somebody(request)
    mine = queries.person_by_id(asker, asker.account_id)  # type: ignore[attr-defined]
    factors = dict(Authenticator.objects.filter(user=mine).values_list("type", "created_at"))
    context = {
        "person": mine,
        "holdings": queries.with_states(queries.holdings_of(mine)),
        "totp": factors.get("totp"),
        "sessions": list(UserSession.objects.filter(user=mine).order_by("-last_seen_at")),
        "this_session": request.session.session_key,
        "keys": list(queries.keys_of(mine.pk)),
    }
    return render(request, "org/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def issue_key(request: HttpRequest) -> HttpResponse:
    """A key for oneself, shown once."""
    asker = somebody(request)

    def deed(data: dict[str, Any]) -> HttpResponse:
        _key, clear = actions.issue_key(
            asker.account_id,  # type: ignore[attr-defined]
            data["name"],
            data["scopes"],
            expires_at=now() + timedelta(days=data["days"]),
            by=asker,
        )
        context = {
            "title": _("新密钥"),
            "lead": _("密钥只显示这一次，请立即保存到使用它的系统中。"),
            "secret": clear,
            "note": "Authorization: Bearer …",
            "back": reverse("org:account"),
        }
        return render(request, "org/secret.html", context)

    return answers.form_page(
        request,
        forms.KeyForm,
        deed,
        by=asker,
        title=_("签发接口密钥"),
        lead=_("供程序代您调用接口。请只勾选它需要的权限。"),
        back=reverse("org:account"),
        button=_("签发"),
    )


@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """Every role and every verb: who may what."""
    asker = somebody(request)
    found = list(queries.roles(asker))
    rooms: dict[str, list[tuple[Any, list[bool]]]] = {}
    for verb in VERBS:
        held = [verb.name in role.verbs for role in found]
        rooms.setdefault(verb.room, []).append((verb, held))
    context = {
        "roles": found,
        "rooms": rooms.items(),
        "duties": dict(DUTIES),
        "may_edit": may(asker, "org.edit_role"),
    }
    return render(request, "org/roles.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_role(request: HttpRequest, code: str) -> HttpResponse:
    """Which verbs a role holds."""
    asker = somebody(request)
    require("org.edit_role", asker)
    role = queries.roles(asker).filter(code=code).first()
    if role is None:
        raise NotFound(_("没有角色“%s”。") % code)

    def deed(data: dict[str, Any]) -> None:
        actions.edit_role(code, data["verbs"], version=data["version"], by=asker)

    return answers.form_page(
        request,
        functools.partial(forms.RoleForm, duty=role.duty),
        deed,
        by=asker,
        title=_("角色“%(name)s”的权限") % {"name": role.name},
        lead=_("只列出与该角色职责相容的权限（三员分立）。"),
        back=reverse("org:roles"),
        told=_("角色权限已更新，立即生效。"),
        initial=model_to_dict(role, ["verbs", "version"]),
    )
