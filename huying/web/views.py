"""Pages of the face itself: home, global search, lookups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from huying.kernel.errors import NotFound, Unauthenticated
from huying.kernel.queries import ground_facts
from huying.web import slots, states
from huying.web.context import address, asker_of

HITS_IN_BOX = 5
HITS_ON_PAGE = 20
SHORTEST_SEARCH = 2


@dataclass(frozen=True)
class ShownCard:
    """A card of the home page, rendered."""

    title: slots.Words
    wide: bool
    body: SafeString


@dataclass(frozen=True)
class HitGroup:
    """What one source found."""

    label: slots.Words
    icon: str
    hits: list[slots.Hit]
    more: str


def is_sound() -> bool | None:
    """Whether the ground is in order; None when even the database does not answer."""
    try:
        return ground_facts().sound
    except DatabaseError:
        return None


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """A page for everybody; for who has signed in, the cards that rooms offer."""
    asker = asker_of(request)
    if not slots.signed_in(asker):
        return render(request, "web/welcome.html", {"sound": is_sound()})
    cards = []
    for card in sorted(slots.HOME_CARDS, key=lambda c: c.order):
        context = card.context(asker) if card.shown(asker) else None
        if context is not None:
            # The card's own template escapes; what it renders to is HTML.
            body = mark_safe(render_to_string(card.template, context, request=request))  # noqa: S308
            cards.append(ShownCard(card.title, card.wide, body))
    return render(request, "web/home.html", {"cards": cards})


def found(request: HttpRequest, text: str, limit: int) -> list[HitGroup]:
    """Ask every source that this asker may search."""
    asker = asker_of(request)
    groups = []
    for name, source in sorted(slots.SEARCH.items(), key=lambda pair: pair[1].order):
        if not source.shown(asker):
            continue
        hits = list(source.search(asker, text, limit))
        if hits:
            more = address(source.more) if source.more else ""
            if more:
                more = f"{more}?{urlencode({source.more_parameter: text})}"
            groups.append(HitGroup(source.label, source.icon or name, hits, more))
    return groups


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Global search: a page, and for the box at the top its first hits."""
    if not slots.signed_in(asker_of(request)):
        raise Unauthenticated("")
    text = _sent(request, "q")
    fragment = request.headers.get("HX-Request") == "true"
    long_enough = len(text) >= SHORTEST_SEARCH
    limit = HITS_IN_BOX if fragment else HITS_ON_PAGE
    context: dict[str, Any] = {
        "search_text": text,
        "long_enough": long_enough,
        "groups": found(request, text, limit) if long_enough else [],
    }
    template = "web/search_box.html" if fragment else "web/search.html"
    return render(request, template, context)


@require_safe
def lookup(request: HttpRequest, name: str) -> HttpResponse:
    """Answers of a lookup as list options, for filters and form fields."""
    source = slots.LOOKUPS.get(name)
    asker = asker_of(request)
    if source is None or not source.shown(asker):
        raise NotFound(str(states.NOT_FOUND))
    options = source.find(asker, _sent(request, "lookup_text"), 20)
    context = {"options": options, "field": request.GET.get("field", "lookup")}
    return render(request, "web/lookup_options.html", context)


@require_safe
def lookup_tree(request: HttpRequest, name: str) -> HttpResponse:
    """Lines of a lookup's tree: the topmost ones, or those below the one that was opened."""
    source = slots.LOOKUPS.get(name)
    asker = asker_of(request)
    if source is None or source.tree is None or not source.shown(asker):
        raise NotFound(str(states.NOT_FOUND))
    chosen = _sent(request, _sent(request, "field"))
    branches = source.tree(asker, _sent(request, "opened"), chosen)
    context = {"branches": branches, "chosen": chosen, "lookup": name}
    return render(request, "web/lookup_branches.html", context)


def _sent(request: HttpRequest, name: str) -> str:
    """A short text of the address."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:80]
