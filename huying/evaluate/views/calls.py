"""The page of calls: which unit answers and settles in time, and who calls up without need."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huying.evaluate.queries.calls import call_lines
from huying.evaluate.queries.numbers import choices, period_of, word_of
from huying.evaluate.views.asking import asker_for


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """The calls of a period by unit; every number opens to its calls."""
    asker = asker_for(request, "evaluate.view")
    period, _freeze = period_of(request.GET.dict())
    last = period.until - timedelta(days=1)
    context = {
        "lines": call_lines(asker, period),
        "span": f"opened_from={period.since:%Y-%m-%d}&opened_to={last:%Y-%m-%d}",
        "month": word_of(period),
        "months": choices(),
    }
    return render(request, "evaluate/calls.html", context)
