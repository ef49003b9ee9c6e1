"""我要办事: what citizens have handled, who handles it, what to bring."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huying.portal.queries import matters as queries
from huying.portal.rules.words import GROUPS


@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """All matters by group, or those that a few characters find."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:40]
    group = request.GET.get("group", "")
    rows = list(queries.matters(text, group))
    groups = [(label, [row for row in rows if row.group == code]) for code, label in GROUPS]
    context = {
        "groups": [(label, found) for label, found in groups if found],
        "text": text,
        "group": group,
        "choices": GROUPS,
    }
    return render(request, "portal/matters.html", context)


@require_safe
def matter(request: HttpRequest, code: str) -> HttpResponse:
    """One matter."""
    return render(request, "portal/matter.html", {"row": queries.matter(code)})
