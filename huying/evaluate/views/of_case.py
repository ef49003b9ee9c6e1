"""The card of a case's marks, which the page of the case fetches."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huying.evaluate.queries.of_case import marks_of_case
from huying.evaluate.views.asking import asker_for
from huying.kernel.asker import may


@require_safe
def marks(request: HttpRequest, number: str) -> HttpResponse:
    """What the case counts for, with the ways to appeal and to leave it out."""
    asker = asker_for(request, "evaluate.view")
    found = marks_of_case(asker, number)
    path = found.case.lead.path if found.case.lead else ""
    context = {
        "found": found,
        "may_appeal": bool(path) and may(asker, "evaluate.appeal_assessment", path),
        "may_exclude": bool(path) and may(asker, "evaluate.exclude", path),
    }
    return render(request, "evaluate/of_case.html", context)
