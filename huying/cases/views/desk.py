"""The desk (工作台): what waits for the asker, and what others did since they last looked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huying.cases import actions
from huying.cases.cards_desk import lines_of
from huying.cases.queries import changes
from huying.cases.queries import desk as waiting
from huying.cases.views.asking import asker_for
from huying.kernel.clock import now
from huying.web import answers


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Everything that waits, by heap, what runs out first on top; and the news."""
    asker = asker_for(request, "cases.view")
    heap = request.GET.get("heap", "")[:16]
    page = waiting.desk_page(asker, heap, request.GET.get("after", ""))
    heaps = waiting.heaps(asker)
    news = changes.changes(asker)
    unread = {one.case.number for one in news.cases}
    context: dict[str, Any] = {
        "heaps": heaps,
        "chosen": heap,
        "lines": lines_of(page.items, heap, unread),
        "after": page.after,
        "first": page.first,
        "news": news,
        "may_mark": bool(asker.area("cases.mark_seen")),
    }
    return render(request, "cases/desk.html", context)


@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """Everything up to the moment that the page showed is no news any more."""
    asker = asker_for(request, "cases.mark_seen")
    actions.mark_seen(by=asker, upto=_moment(request.POST.get("upto", "")))
    answers.done(request, _("已记下：到刚才为止的变化都看过了。"))
    return answers.go(request, reverse("case_desk"))


def _moment(text: str) -> datetime:
    """The moment that was sent; now, where it cannot be read."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    return found if found is not None and found.tzinfo is not None else now()
