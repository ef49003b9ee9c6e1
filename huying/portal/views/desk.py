"""The officers' desk: what is published and proposed, and the matters."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huying.cases.queries.publications import publications
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Unauthenticated
from huying.kernel.verbs import require
from huying.portal.actions import matters as matter_actions
from huying.portal.forms.desk import MatterForm
from huying.portal.queries import matters as matter_queries
from huying.web import answers, slots
from huying.web.context import asker_of


def officer(request: HttpRequest, verb: str) -> Asker:
    """Who asks, signed in and with the right somewhere."""
    asker = asker_of(request)
    if not slots.signed_in(asker):
        raise Unauthenticated(_("请先登录。"))
    require(verb, asker)
    return asker


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What was proposed and published, and a box to find a case by its number."""
    by = officer(request, "cases.publish")
    text = request.GET.get("q", "").replace("\x00", "").strip()[:40]
    page = Paginator(publications(by, text), 30).get_page(request.GET.get("page"))
    context = {"page": page, "text": text, "now": now()}
    return render(request, "portal/desk.html", context)


@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """The list of matters as officers see it."""
    officer(request, "portal.edit_matter")
    return render(request, "portal/desk_matters.html", {"rows": matter_queries.matters(every=True)})


@require_http_methods(["GET", "HEAD", "POST"])
def matter(request: HttpRequest, code: str = "") -> HttpResponse:
    """One matter, or a new one."""
    by = officer(request, "portal.edit_matter")
    row = matter_queries.matter(code, every=True) if code else None
    start = MatterForm.of(row) if row is not None else None
    form = answers.form_of(request, MatterForm, by=by, initial=start)
    if row is not None:
        form.fields["code"].disabled = True

    def deed(data: dict[str, Any]) -> None:
        given = form.arguments()
        matter_actions.edit_matter(by=by, **(given | {"code": code or given["code"]}))

    back = reverse("portal_desk_matters")
    if answer := answers.take(request, form, deed, told=_("已保存。"), back=back):
        return answer
    context = {"form": form, "row": row}
    return render(request, "portal/desk_matter.html", context, status=answers.status_of(form))
