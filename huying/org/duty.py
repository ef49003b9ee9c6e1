"""Questions about the duty roster (值班表): who is on duty, and what nobody covers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.verbs import require
from huying.org.models import DutyShift, Unit
from huying.org.rules import watch_over
from huying.org.scoping import under


def shifts(asker: Asker, unit: Unit, start: datetime, end: datetime) -> QuerySet[DutyShift]:
    """The duty shifts of a unit that touch [start, end), within the asker's view."""
    return (
        DutyShift.objects.filter(
            under("unit__path", asker.area("org.view")),
            unit=unit,
            starts_at__lt=end,
            ends_at__gt=start,
        )
        .select_related("person", "leader")
        .order_by("starts_at", "id")
    )


def on_duty(
    asker: Asker, units: Iterable[Unit], at: datetime | None = None
) -> dict[str, list[DutyShift]]:
    """Who is on duty for each unit at an instant (now, if not said), by the unit's code.

    A community or grid without anybody of its own is watched by its street: see
    `rules.watch_over`. A unit for which nobody is on duty has an empty list. Whom to call in an
    emergency is no secret among the administration, so this reaches beyond the asker's area. One
    statement; `person`, `leader` and `unit` are joined.
    """
    require("org.view", asker)
    wanted = list(units)
    at = at or now()
    watching = {unit.code: watch_over(unit.path) for unit in wanted}
    found: dict[str, list[DutyShift]] = {}
    paths = {path for several in watching.values() for path in several}
    if paths:
        rows = DutyShift.objects.filter(unit__path__in=paths, starts_at__lte=at, ends_at__gt=at)
        rows = rows.select_related("person", "leader", "unit").defer("unit__boundary")
        for shift in rows.order_by("starts_at", "id"):
            found.setdefault(shift.unit.path, []).append(shift)
    return {
        code: next((found[path] for path in several if path in found), [])
        for code, several in watching.items()
    }


def leaders_on_duty(path: str) -> list[tuple[str, str]]:
    """The leaders in charge (带班领导) of the unit at `path` now: (id as asker, name)."""
    at = now()
    rows = DutyShift.objects.filter(
        unit__path=path, starts_at__lte=at, ends_at__gt=at, leader__isnull=False
    ).order_by("pk")
    return [(f"person:{row[0]}", row[1]) for row in rows.values_list("leader_id", "leader__name")]
