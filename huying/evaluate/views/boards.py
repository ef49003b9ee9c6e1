"""Pages of rates: the leader's, a unit's, and the cases behind a number."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huying.cases.queries import visible
from huying.evaluate.models import Freeze
from huying.evaluate.queries import (
    Board,
    Line,
    board,
    classes_of,
    marks_behind,
    months_back,
    trend,
    unit_of,
)
from huying.evaluate.queries.marks import Source
from huying.evaluate.queries.numbers import choices, number_of, period_of, word_of
from huying.evaluate.queries.periods import Period
from huying.evaluate.rules import DEFAULT, THREE, Sums
from huying.evaluate.tables import CountedTable
from huying.evaluate.views.asking import asker_for
from huying.kernel.asker import Asker, may
from huying.web.listing import table_page

PULLED_DOWN = 6  # cases of each rate on a unit's page; the rest by the link
WIDE = 6  # with so many units an asker looks over others rather than after the own


@require_safe
def rates(request: HttpRequest) -> HttpResponse:
    """The rates of all units in the asker's area, ranked within their class."""
    asker = asker_for(request, "evaluate.view")
    period, freeze = period_of(request.GET.dict())
    found = board(asker, period, freeze=freeze)
    context = _context(asker, found) | {
        "chart": _chart(found.months if not period.single else trend(asker, months_back(12))),
        "most": max((line.sums.cases for line in found.tops), default=0),
    }
    return render(request, "evaluate/rates.html", context)


@require_safe
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """One unit: its rates, its place, and the cases that pulled it down."""
    asker = asker_for(request, "evaluate.view")
    period, freeze = period_of(request.GET.dict())
    named = unit_of(asker, code, freeze)
    found = board(asker, period, freeze=freeze)
    line = found.line(code) or Line(code, named.name, Sums(), Sums(), found.formula, named.path)
    source = Source(period, asker.area("evaluate.view").paths, found.formula, freeze)
    down = [
        (rate, _pulled_down(asker, source, named.path, rate.kind.code))
        for rate in line.three
        if rate.whole > rate.part
    ]
    context = _context(asker, found) | {
        "line": line,
        "down": down,
        "chart": _chart(trend(asker, months_back(12), named.path)),
        "tops": classes_of(asker, period, freeze, named.path),
        "may_appeal": may(asker, "evaluate.appeal_assessment", named.path),
    }
    return render(request, "evaluate/unit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def cases(request: HttpRequest) -> HttpResponseBase:
    """The cases behind a number: of a unit or class of appeals, of a rate or one part of it."""
    asker = asker_for(request, "evaluate.view")
    number = number_of(asker, request.GET.dict())
    words = {"whole": _("全部"), "part": _("达到"), "missing": _("未达到")}
    context = {
        "number": number,
        "which": words[number.part],
        "month": _asked(number.period, number.freeze),
        "may_exclude": may(asker, "evaluate.exclude"),
        "may_appeal": may(asker, "evaluate.appeal_assessment"),
    }
    return table_page(request, CountedTable(number), "evaluate/cases.html", context)


def _pulled_down(asker: Asker, source: Source, path: str, rate: str) -> list[Any]:
    """The latest cases that a rate of the unit lacks."""
    rows = marks_behind(source, unit=path, rate=rate, part="missing").order_by("-at", "-id")
    seen = Exists(visible(asker).filter(pk=OuterRef("case_id")).order_by())
    return list(rows.annotate(seen=seen).select_related("case")[:PULLED_DOWN])


def _context(asker: Asker, found: Board) -> dict[str, Any]:
    """What every page of rates shows."""
    return {
        "board": found,
        "period": found.period,
        "freeze": found.freeze,
        "month": _asked(found.period, found.freeze),
        "chosen": word_of(found.period),
        "months": choices(),
        "three": THREE,
        "may_freeze": may(asker, "evaluate.freeze_month"),
        "unsigned": found.rule is None and found.formula == DEFAULT,
        "wide": sum(len(ranking.lines) for ranking in found.rankings) >= WIDE,
    }


def _asked(period: Period, freeze: Freeze | None) -> str:
    """How links of a page name its time: of a frozen month, the very edition that is shown."""
    return word_of(period) + (f"&edition={freeze.edition}" if freeze else "")


def _chart(lines: list[Line]) -> dict[str, Any]:
    """The three rates by month."""
    return {
        "kind": "line",
        "labels": [line.key for line in lines],
        "series": [
            {
                "name": str(kind.label),
                "values": [
                    None if rate.figure is None else float(rate.figure)
                    for rate in (line.three[place] for line in lines)
                ],
            }
            for place, kind in enumerate(THREE)
        ],
        "unit": "%",
        "whole": False,
    }
