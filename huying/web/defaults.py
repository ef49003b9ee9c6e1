"""The one page of everything that came with the product as a default, and who signed it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huying.kernel.asker import Asker
from huying.kernel.errors import Forbidden, NotFound, Unauthenticated
from huying.web import answers, slots
from huying.web.context import asker_of


@require_safe
def defaults(request: HttpRequest) -> HttpResponse:
    """Every default with its basis, by the room it belongs to, and whether it is signed."""
    asker = _signed_in(request)
    shown = [source for source in slots.DEFAULTS if source.shown(asker)]
    if not shown:
        raise Forbidden(_("您没有可以查看的默认值。"), remedy=_("如需查看，请联系系统管理员。"))
    rows = {one.name: one.rows(asker) for one in shown}
    groups = [
        {
            "name": one.name,
            "label": one.label,
            "rows": rows[one.name],
            "may_change": one.may_sign(asker),
            "may_sign": one.sign is not None and one.may_sign(asker),
        }
        for one in shown
    ]
    unsigned = sum(not row.signed_by for some in rows.values() for row in some)
    return render(request, "web/defaults.html", {"groups": groups, "unsigned": unsigned})


@require_POST
def sign(request: HttpRequest, source: str, name: str) -> HttpResponse:
    """Sign one default for the district, by the verb of its room."""
    asker = _signed_in(request)
    found = slots.DEFAULTS.get(source)
    if found is None or found.sign is None:
        raise NotFound(_("没有这一类默认值。"))
    found.sign(name, asker)
    answers.done(request, _("已确认为本区规定。"))
    return answers.go(request, reverse("defaults"))


def _signed_in(request: HttpRequest) -> Asker:
    asker = asker_of(request)
    if not slots.signed_in(asker):
        raise Unauthenticated(_("请先登录。"))
    return asker


urlpatterns = [
    path("defaults/", defaults, name="defaults"),
    path("defaults/<slug:source>/<slug:name>/", sign, name="default_sign"),
]
