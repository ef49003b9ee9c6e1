"""Pages of people: list, one person, posts given and ended, passwords and sessions."""

from __future__ import annotations

import functools
from typing import Any

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.kernel.asker import may
from huying.kernel.verbs import require
from huying.org import actions, forms, queries
from huying.org.tables import PeopleTable
from huying.org.views.common import somebody
from huying.web import answers
from huying.web.listing import table_page

VERBS = (
    *("edit_person", "close_person", "reset_password", "end_session"),
    *("give_post", "end_post", "revoke_key", "reset_second_factor"),
)


def address(person: int) -> str:
    """The page of a person."""
    return reverse("org:person", args=[person])


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponseBase:
    """The people within view."""
    require("org.view", somebody(request))
    return table_page(request, PeopleTable, "org/people.html")


@require_safe
def person(request: HttpRequest, identity: int) -> HttpResponse:
    """One person."""
    asker = somebody(request)
    found = queries.person_by_id(asker, identity)
    path = found.unit.path if found.unit else ""
    allowed = {verb: may(asker, f"org.{verb}", path) for verb in VERBS}
    context = {
        "person": found,
        "holdings": queries.with_states(queries.holdings_of(found)),
        "may": allowed,
        "sessions": list(UserSession.objects.filter(user=found).order_by("-last_seen_at"))
        if allowed["end_session"]
        else [],
        "keys": list(queries.keys_of(found.pk)) if allowed["revoke_key"] else [],
        "enrolled": allowed["reset_second_factor"] and queries.has_second_factor(found),
    }
    return render(request, "org/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new person; the first password is shown once."""
    asker = somebody(request)
    require("org.create_person", asker)

    def deed(data: dict[str, Any]) -> HttpResponse:
        made, first = actions.create_person(
            data["username"], data["name"], data["unit"].value, phone=data["phone"], by=asker
        )
        return _first_password(request, made.name, made.username, first, address(made.pk))

    return answers.form_page(
        request,
        forms.PersonForm,
        deed,
        by=asker,
        title=_("新增人员"),
        lead=_("系统生成首次密码，只显示一次；本人首次登录时必须修改。"),
        back=reverse("org:people"),
        button=_("新增"),
        initial={"unit": request.GET.get("unit", "")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, identity: int) -> HttpResponse:
    """A person's corrected facts."""
    asker = somebody(request)
    found = queries.person_by_id(asker, identity)
    require("org.edit_person", asker, found.unit.path if found.unit else "")

    def deed(data: dict[str, Any]) -> None:
        actions.edit_person(
            identity,
            name=data["name"],
            phone=data["phone"],
            unit_code=data["unit"].value,
            version=data["version"],
            by=asker,
        )

    return answers.form_page(
        request,
        forms.EditPersonForm,
        deed,
        by=asker,
        title=_("修改“%(name)s”") % {"name": found.name},
        back=address(identity),
        told=_("已保存。"),
        initial=forms.person_initial(found),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, identity: int) -> HttpResponse:
    """Ask, then close an account."""
    asker = somebody(request)
    found = queries.person_by_id(asker, identity)
    if request.method == "POST":
        version = request.POST.get("version", "")
        actions.close_person(identity, version=int(version) if version.isdigit() else 0, by=asker)
        answers.done(request, _("账户已停用。"))
        return answers.go(request, address(identity))
    require("org.close_person", asker, found.unit.path if found.unit else "")
    return answers.confirm(
        request,
        title=_("停用账户"),
        message=_("“%(name)s”将立即退出登录，任职结束，密钥停用。") % {"name": found.name},
        action=reverse("org:close_person", args=[identity]),
        button=_("停用"),
        fields={"version": found.version},
        danger=True,
        back=address(identity),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def reset_password(request: HttpRequest, identity: int) -> HttpResponse:
    """Ask, then give a new first password, shown once."""
    asker = somebody(request)
    found = queries.person_by_id(asker, identity)
    if request.method == "POST":
        first = actions.reset_password(identity, by=asker)
        return _first_password(request, found.name, found.username, first, address(identity))
    require("org.reset_password", asker, found.unit.path if found.unit else "")
    return answers.confirm(
        request,
        title=_("重置密码"),
        message=_("为“%(name)s”生成新的首次密码？其全部会话立即结束，接口密钥全部停用。")
        % {"name": found.name},
        action=reverse("org:reset_password", args=[identity]),
        button=_("重置"),
        danger=True,
        back=address(identity),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def reset_second_factor(request: HttpRequest, identity: int) -> HttpResponse:
    """Ask, then remove a lost second factor."""
    asker = somebody(request)
    found = queries.person_by_id(asker, identity)
    if request.method == "POST":
        actions.reset_second_factor(identity, by=asker)
        answers.done(request, _("动态口令已解除，本人可重新启用。"))
        return answers.go(request, address(identity))
    require("org.reset_second_factor", asker, found.unit.path if found.unit else "")
    return answers.confirm(
        request,
        title=_("解除动态口令"),
        message=_(
            "请先当面或电话核实是“%(name)s”本人。解除后其动态口令和备用码作废，全部会话立即结束；"
            "在重新启用之前，登录只需密码。"
        )
        % {"name": found.name},
        action=reverse("org:reset_second_factor", args=[identity]),
        button=_("解除"),
        danger=True,
        back=address(identity),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def give_post(request: HttpRequest, identity: int) -> HttpResponse:
    """A post for a person; the posts offered are those of the person's unit and above."""
    asker = somebody(request)
    found = queries.person_by_id(asker, identity)
    require("org.give_post", asker)

    def deed(data: dict[str, Any]) -> None:
        stood_in_for = data["standing_in_for"]
        actions.give_post(
            identity,
            data["post"].pk,
            since=data["since"],
            until=data["until"],
            standing_in_for=int(stood_in_for.value) if stood_in_for else None,
            by=asker,
        )

    return answers.form_page(
        request,
        functools.partial(forms.GiveForm, posts=queries.posts_for(asker, found)),
        deed,
        by=asker,
        title=_("为“%(name)s”任职") % {"name": found.name},
        lead=_("三员分立：三类管理员不得为同一人，也不得兼任业务岗位。"),
        back=address(identity),
        button=_("任职"),
        told=_("已任职。"),
    )


@require_POST
def end_post(request: HttpRequest, identity: int) -> HttpResponse:
    """End a person's time in a post."""
    holding = actions.end_post(identity, by=somebody(request))
    answers.done(request, _("已免职。"))
    return answers.go(request, address(holding.person_id))


@require_POST
def end_session(request: HttpRequest, identity: int) -> HttpResponse:
    """End one session and come back."""
    asker = somebody(request)
    person_id = actions.end_session(identity, by=asker)
    answers.done(request, _("会话已结束。"))
    own = getattr(asker, "account_id", None) == person_id
    return answers.go(request, reverse("org:account") if own else address(person_id))


@require_POST
def revoke_key(request: HttpRequest, prefix: str) -> HttpResponse:
    """Withdraw a key and come back."""
    asker = somebody(request)
    key = actions.revoke_key(prefix, by=asker)
    answers.done(request, _("密钥已停用。"))
    own = getattr(asker, "account_id", None) == key.owner_id
    return answers.go(request, reverse("org:account") if own else address(key.owner_id))


def _first_password(
    request: HttpRequest, name: str, username: str, first: str, back: str
) -> HttpResponse:
    context = {
        "title": _("首次密码"),
        "lead": _("“%(name)s”（%(username)s）的首次密码，只显示这一次。请当面或电话告知本人。")
        % {"name": name, "username": username},
        "secret": first,
        "back": back,
    }
    return render(request, "org/secret.html", context)
