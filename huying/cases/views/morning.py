"""The page of the morning meeting (晨会): to open at half past eight, to project, to print."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from huying.cases.queries import morning as meeting
from huying.cases.rules.edges import LABELS
from huying.cases.tables_morning import FigureTable
from huying.cases.views.asking import asker_for
from huying.cases.views.page import picture_of
from huying.web.listing import table_page

LISTS = ("pressing", "today", "late")
TONES = {"late": "bad", "pressing": "bad", "today": "warn", "asked": "warn", "citizen": "warn"}


@require_safe
def morning(request: HttpRequest) -> HttpResponse:
    """What came, what runs out, what hangs; each row with what the meeting may decide on it."""
    asker = asker_for(request, "cases.morning")
    page = meeting.morning(asker)
    context = {
        "page": page,
        "flows": [
            (label, [(span, page.numbers[f"{span}_{name}"], name) for span in ("before", "night")])
            for name, (label, _condition) in meeting.FLOWS.items()
        ],
        "standing": [
            (name, label, page.numbers[name], TONES.get(name, ""))
            for name, (label, _condition) in meeting.STANDING.items()
        ],
        "lists": [
            {
                "name": name,
                "label": meeting.label_of(name),
                "count": page.numbers[name],
                "rows": _rows(getattr(page, name)),
            }
            for name in LISTS
        ],
        "screen": request.GET.get("screen") == "1",
        "hot_days": meeting.HOT_DAYS,
    }
    return render(request, "cases/morning.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def counted(request: HttpRequest) -> HttpResponseBase:
    """The cases behind one figure."""
    asker_for(request, "cases.morning")
    figure = request.GET.get("figure", "")
    context = {"label": meeting.label_of(figure), "night": figure.startswith("night_")}
    return table_page(request, FigureTable, "cases/morning_cases.html", context)


def _rows(rows: list[meeting.Decided]) -> list[dict[str, Any]]:
    return [
        {
            "case": row.case,
            "buttons": [(verb, LABELS[verb], picture_of(verb)) for verb in row.verbs],
        }
        for row in rows
    ]
