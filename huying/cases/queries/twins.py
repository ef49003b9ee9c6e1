"""Open cases near a new one that may tell of the same matter, shown before it is filed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from huying.cases.models import Case
from huying.cases.queries.scope import visible
from huying.cases.rules.states import LIVE
from huying.cases.rules.words import bigrams
from huying.kernel.asker import Asker
from huying.kernel.clock import now

NEAR = 300.0  # metres
RECENT = timedelta(days=60)
LIKE_ENOUGH = 0.28
METRES_A_DEGREE = 111_320.0
LOOKED_AT = 300


@dataclass(frozen=True)
class Twin:
    """A case that may be the same matter: how far away, when both points are known."""

    number: str
    title: str
    state: str
    place: str
    registered_at: datetime
    metres: int | None


def twins(
    asker: Asker,
    *,
    text: str,
    category: str = "",
    place_path: str = "",
    longitude: float | None = None,
    latitude: float | None = None,
    states: Sequence[str] = LIVE,
    but: str = "",
    most: int = 5,
) -> list[Twin]:
    """Visible open cases of the last weeks in the same place or near the point, the likest first.

    Of these `states`, and not the case `but` itself. Like means: words in common, and more so in
    the same class or within NEAR. One statement.
    """
    around = Q(pk__in=[])
    if longitude is not None and latitude is not None:
        tall = NEAR / METRES_A_DEGREE
        wide = tall / max(math.cos(math.radians(latitude)), 0.1)
        around |= Q(
            longitude__range=(longitude - wide, longitude + wide),
            latitude__range=(latitude - tall, latitude + tall),
        )
    if place_path:
        community = "/".join(place_path.strip("/").split("/")[:4]) + "/"
        around |= Q(place__path__startswith=community)
    rows = (
        visible(asker)
        .filter(around, registered_at__gte=now() - RECENT)
        .filter(state__in=states, parent=None)
        .exclude(number=but)
        .select_related("place", "category")
    )
    words = set(bigrams(text))
    found = []
    for case in rows[:LOOKED_AT]:
        metres = _metres(case, longitude, latitude)
        score = _alike(words, set(bigrams(case.title)))
        if category and case.category is not None and case.category.code == category:
            score += 0.2
        if metres is not None and metres <= NEAR:
            score += 0.15
        if score >= LIKE_ENOUGH:
            found.append((-score, case.pk, case, metres))
    return [
        Twin(
            case.number,
            case.title,
            case.state,
            case.place.name if case.place else "",
            case.registered_at,
            round(metres) if metres is not None else None,
        )
        for _score, _pk, case, metres in sorted(found)[:most]
    ]


def _alike(ours: set[str], theirs: set[str]) -> float:
    """What share of the shorter text's word pairs the other holds too."""
    if not ours or not theirs:
        return 0.0
    return len(ours & theirs) / min(len(ours), len(theirs))


def _metres(case: Case, longitude: float | None, latitude: float | None) -> float | None:
    if longitude is None or latitude is None or case.longitude is None or case.latitude is None:
        return None
    east = (case.longitude - longitude) * math.cos(math.radians(latitude))
    return math.hypot(east, case.latitude - latitude) * METRES_A_DEGREE
