"""The front page, and 大家在反映: what was approved for everybody, as a list and on a map."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huying.kernel.errors import NotFound
from huying.portal.queries import matters as matter_queries
from huying.portal.queries import published
from huying.portal.rules import words

ON_PAGE = 20


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Four doors and a few things to read."""
    latest = [(row, words.standing(row.followed.state)) for row in published.visible_cases()[:3]]
    context = {"latest": latest, "matters": matter_queries.matters()[:6]}
    return render(request, "portal/home.html", context)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The public list, newest first."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:40]
    state = request.GET.get("state", "")
    rows = published.found(text, answered={"done": True, "open": False}.get(state))
    page = Paginator(rows, ON_PAGE).get_page(request.GET.get("page"))
    shown = [(row, words.standing(row.followed.state)) for row in page]
    context = {"page": page, "rows": shown, "text": text, "state": state}
    return render(request, "portal/public.html", context)


@require_safe
def on_map(request: HttpRequest) -> HttpResponse:
    """The public map; the list tells the same to who cannot use it."""
    return render(request, "portal/map.html")


@require_safe
def points(request: HttpRequest) -> JsonResponse:
    """The public cases as GeoJSON."""
    return JsonResponse(published.points(reverse("portal_public_case", args=["NUMBER"])))


@require_safe
def areas(request: HttpRequest) -> JsonResponse:
    """The district's lines for maps, as published."""
    empty = {"type": "FeatureCollection", "features": []}
    response = JsonResponse(published.sheet("areas") or empty)
    patch_cache_control(response, public=True, max_age=3600)
    return response


@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One public case with its steps."""
    row = published.public_case(number)
    if row is None:
        raise NotFound(_("没有这件公开的诉求，或已经撤下。"))
    lines = [
        (line, words.told(line.step, line.unit)) for line in row.followed.lines.order_by("-version")
    ]
    standing = words.standing(row.followed.state)
    return render(
        request, "portal/public_case.html", {"row": row, "standing": standing, "lines": lines}
    )
