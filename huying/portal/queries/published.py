"""What everybody may see: approved cases, near a point, in a list, on a map; and the sheets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from huying.kernel.clock import now
from huying.kernel.place import distance
from huying.portal.models import PublicCase, PublishedSheet
from huying.portal.rules.words import ANSWERED, ENDED, standing

NEAR = 500.0  # metres; public points are blurred by about a hundred
METRES_A_DEGREE = 111_320.0
ON_MAP = 2_000


@dataclass(frozen=True)
class Near:
    """A public open case near a point."""

    public: PublicCase
    metres: int


def visible_cases() -> QuerySet[PublicCase]:
    """The approved cases whose delay is over and that nobody withdrew, newest first."""
    return (
        PublicCase.objects.filter(withdrawn_at=None, visible_from__lte=now())
        .select_related("followed")
        .order_by("-visible_from", "-id")
    )


def found(text: str = "", category: str = "", answered: bool | None = None) -> QuerySet[PublicCase]:
    """The visible cases that a reader looks for."""
    rows = visible_cases()
    if text:
        rows = rows.filter(
            Q(title__contains=text) | Q(body__contains=text) | Q(address__contains=text)
        )
    if category:
        rows = rows.filter(followed__category__startswith=category)
    if answered is not None:
        done = Q(followed__state__in=(*ANSWERED, *ENDED))
        rows = rows.filter(done) if answered else rows.exclude(done)
    return rows


def public_case(number: str) -> PublicCase | None:
    """One visible case with its steps."""
    return visible_cases().filter(followed__number=number).first()


def near(longitude: float, latitude: float, most: int = 5) -> list[Near]:
    """Visible cases within NEAR that nobody has answered yet, nearest first. One statement."""
    tall = NEAR / METRES_A_DEGREE
    wide = tall / max(math.cos(math.radians(latitude)), 0.1)
    rows = found(answered=False).filter(
        longitude__range=(longitude - wide, longitude + wide),
        latitude__range=(latitude - tall, latitude + tall),
    )
    measured = []
    for row in rows[:200]:
        metres = distance((longitude, latitude), (row.longitude or 0.0, row.latitude or 0.0))
        if metres <= NEAR:
            measured.append((metres, row.pk, row))
    return [Near(row, round(metres, -1).__int__()) for metres, _pk, row in sorted(measured)[:most]]


def points(url: str) -> dict[str, Any]:
    """The visible cases as GeoJSON for the map; `url` has NUMBER where the number goes."""
    columns = ("title", "longitude", "latitude", "followed__number", "followed__state")
    rows = visible_cases().filter(longitude__isnull=False).values_list(*columns)[:ON_MAP]
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {
                    "name": title,
                    "note": str(standing(state).label),
                    "tone": standing(state).tone,
                    "url": url.replace("NUMBER", number),
                },
                "geometry": {"type": "Point", "coordinates": [east, north]},
            }
            for title, east, north, number, state in rows
        ],
    }


def sheet(name: str) -> Any:
    """A published document; None until the case side has published it."""
    return PublishedSheet.objects.filter(pk=name).values_list("content", flat=True).first()


def sheet_time(name: str) -> datetime | None:
    """When a document last changed."""
    return PublishedSheet.objects.filter(pk=name).values_list("at", flat=True).first()


def services() -> Sequence[dict[str, Any]]:
    """The services of Open311: code, name, group, description, keywords, attributes."""
    found: dict[str, Any] | None = sheet("services")
    return found["services"] if found else []
