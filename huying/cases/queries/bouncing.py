"""退件拉锯: how long cases lay with units that sent them on undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, IntegerField, QuerySet, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from huying.cases.models import CaseEvent
from huying.cases.queries.scope import on_visible
from huying.kernel.asker import Asker

DAYS = 365  # how far back the page looks
SENT_ON = ("reassign", "rule")  # by the dispatcher, or by a ruling on the unit's request


@dataclass(frozen=True)
class Bouncer:
    """One unit: how often cases went on from it, and for how long they had lain there."""

    code: str
    name: str
    times: int
    minutes: int

    @property
    def mean(self) -> int:
        """Minutes a time."""
        return round(self.minutes / self.times)


def bounces(asker: Asker, since: datetime | None = None) -> QuerySet[Any]:
    """Each time a visible case went on undone, the latest first, with its unit and minutes."""
    rows = CaseEvent.objects.filter(verb__in=SENT_ON, data__has_key="minutes_lost")
    rows = on_visible(asker, rows)
    if since is not None:
        rows = rows.filter(at__gte=since)
    return (
        rows.select_related("case")
        .defer("case__search", "case__body", "case__original")
        .annotate(
            unit_code=KT("data__unit__code"),
            unit_name=KT("data__unit__name"),
            lost=Cast(KT("data__minutes_lost"), IntegerField()),
        )
        .order_by("-at", "-id")
    )


def bouncers(asker: Asker, since: datetime | None = None) -> list[Bouncer]:
    """By unit, who lost most minutes first. One statement."""
    rows = (
        bounces(asker, since)
        .order_by()
        .values("unit_code")
        .annotate(name=F("unit_name"), times=Count("pk"), minutes=Sum("lost"))
        .values_list("unit_code", "name", "times", "minutes")
    )
    found = [Bouncer(*row) for row in rows]
    return sorted(found, key=lambda one: (-one.minutes, one.code))
