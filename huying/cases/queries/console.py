"""The street's dispatch console (指挥调度): its open appeals, forces, calls and clocks, now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zlib import crc32

from django.db.models import Count, F, Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from huying.cases.models import Call, CallEvent, Case, CaseEvent, Sending
from huying.cases.queries import calls, sendings
from huying.cases.queries.identity import complained_about
from huying.cases.queries.scope import case_of, visible, with_names
from huying.cases.queries.work import overdue
from huying.cases.rules.masks import without_remains
from huying.cases.rules.sendings import OPEN
from huying.kernel.asker import Area, Asker
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.kernel.errors import NotFound
from huying.org import queries as org
from huying.org.models import DutyShift, Unit

HERE = ("registered", "accepted", "dispatched", "in_progress", "suspended")
MOST, FEW = 120, 12
SOON = timedelta(hours=4)
RECENT = timedelta(hours=12)  # so long an errand that has ended is still shown
LAST_EVENTS, LAST_CALLS = 200, 50


@dataclass(frozen=True)
class Spot:
    """An open appeal on the console."""

    case: Case
    title: str
    tone: str
    sent: list[Sending]


@dataclass(frozen=True)
class Console:
    """A street now."""

    unit: Unit
    at: datetime
    spots: list[Spot]
    numbers: dict[str, int]
    sent: list[Sending]
    duty: list[DutyShift]
    workers: int
    calls: list[Call]

    @property
    def more(self) -> int:
        """How many open appeals are not listed."""
        return max(0, self.numbers["open"] - len(self.spots))


def grounds(asker: Asker) -> list[Unit]:
    """The streets whose console the asker may open, or the community they belong to.

    One statement.
    """
    area = asker.area("cases.console")
    rows = org.directory().filter(kind__in=("street", "community"))
    if not area.everywhere:
        rows = rows.filter(_under("path", area))
    found = list(rows)
    streets = [unit for unit in found if unit.kind == Unit.Kind.STREET]
    return streets or found


def ground_of(asker: Asker, code: str, among: list[Unit]) -> Unit:
    """The ground that was asked for, else one's own; NotFound outside of one's area."""
    own = next((u for u in among if u.path in getattr(asker, "units", ())), None)
    chosen = next((u for u in among if u.code == code), None) if code else own
    if chosen is None and not code and among:
        chosen = among[0]
    if chosen is None:
        raise NotFound(_("没有您可以看的这个街道。"), remedy=_("请从列表中选择。"))
    return chosen


def mark() -> str:
    """Changes whenever anything happened to any case or call, and with every minute.

    One small statement: the last ids, not only the highest, for a verb that began earlier may
    commit later.
    """
    events = CaseEvent.objects.order_by("-pk").values_list("pk")[:LAST_EVENTS]
    told = CallEvent.objects.order_by("-pk").values_list("pk")[:LAST_CALLS]
    ids = sorted(pk for (pk,) in events.union(told, all=True))
    return f"{crc32(repr(ids).encode()):x}-{int(now().timestamp() // 60):x}"


def console(asker: Asker, unit: Unit) -> Console:
    """All that a console shows. Six statements."""
    at = now()
    numbers = _numbers(asker, unit, at)
    rows = with_names(_there(asker, unit)).select_related("about")
    rows = rows.filter(state__in=HERE).order_by("-urgent", F("due_at").asc(nulls_last=True), "-pk")
    cases = list(rows[:MOST])
    errands = _errands(asker, unit, at)
    by_case: dict[int, list[Sending]] = {}
    for one in errands:
        by_case.setdefault(one.case_id, []).append(one)
    spots = [
        Spot(case, _title(asker, case), tone_of(case, at), by_case.get(case.pk, []))
        for case in cases
    ]
    open_calls = calls.visible_calls(asker).filter(state__in=("open", "answered"))
    near = Q(caller__path__startswith=unit.path) | Q(lead__path__startswith=unit.path)
    return Console(
        unit,
        at,
        spots,
        numbers,
        errands,
        org.on_duty(asker, [unit], at)[unit.code],
        len(org.hands(asker, [unit.path], roles=["grid_worker"])),
        list(open_calls.filter(near).order_by("due_at", "pk")[:FEW]),
    )


def points(page: Console) -> dict[str, Any]:
    """Where the open appeals lie, as GeoJSON; what has no point is only in the list."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {
                    "number": spot.case.number,
                    "title": spot.title,
                    "tone": spot.tone,
                },
                "geometry": {
                    "type": "Point",
                    "coordinates": [spot.case.longitude, spot.case.latitude],
                },
            }
            for spot in page.spots
            if spot.case.longitude is not None and spot.case.latitude is not None
        ],
    }


def outlines(unit: Unit) -> dict[str, Any]:
    """The ground with its communities and grids as GeoJSON: lines of areas are no secret."""
    rows = Unit.objects.filter(path__startswith=unit.path, active=True, boundary__isnull=False)
    columns = ("code", "name", "kind", "longitude", "latitude", "boundary", "illustrative")
    features, illustrative = [], False
    for code, name, kind, x, y, boundary, made_up in rows.order_by("path").values_list(*columns):
        spot = {"longitude": x, "latitude": y} if kind == "community" and x else {}
        facts = {"code": code, "name": name, "level": kind, **spot}
        features.append({"type": "Feature", "properties": facts, "geometry": boundary})
        illustrative = illustrative or made_up
    return {"type": "FeatureCollection", "features": features, "illustrative": illustrative}


def spot_of(asker: Asker, number: str) -> Case:
    """One case for the panel, as this asker may read it. One statement."""
    case = case_of(asker, number)
    if case.about is not None and complained_about(asker, case.about.path):
        for name in ("title", "body", "address", "result"):
            setattr(case, name, without_remains(getattr(case, name)))
    return case


def tone_of(case: Case, at: datetime) -> str:
    """Red when urgent or late, yellow when it runs out soon; a case without a clock is grey."""
    if case.urgent or (case.due_at and case.due_at < at and not case.paused):
        return "bad"
    if case.due_at is None or case.paused:
        return "idle"
    return "warn" if case.due_at - at < SOON else "info"


def _there(asker: Asker, unit: Unit) -> QuerySet[Case]:
    return visible(asker).filter(scope__overlap=[unit.path], imported=False)


def _numbers(asker: Asker, unit: Unit, at: datetime) -> dict[str, int]:
    today = datetime.combine(localtime(at, DISTRICT_ZONE).date(), time.min, DISTRICT_ZONE)
    conditions: dict[str, Q] = {
        "open": Q(state__in=HERE),
        "urgent": Q(state__in=HERE, urgent=True),
        "late": overdue(),
        "soon": Q(state__in=HERE, due_at__gte=at, due_at__lt=at + SOON, paused=False),
        "today": Q(registered_at__gte=today),
        "answered": Q(replied_at__gte=today),
    }
    some: Callable[[Q], Count] = lambda condition: Count("pk", filter=condition)  # noqa: E731
    lately = Q(state__in=HERE) | Q(registered_at__gte=today) | Q(replied_at__gte=today)
    rows = _there(asker, unit).order_by().filter(lately)
    return rows.aggregate(**{name: some(condition) for name, condition in conditions.items()})


def _errands(asker: Asker, unit: Unit, at: datetime) -> list[Sending]:
    """Who is on the way, and whose errand ended in the last hours, the newest first."""
    rows = Sending.objects.filter(Q(state__in=OPEN) | Q(ended_at__gte=at - RECENT))
    rows = rows.filter(case__in=_there(asker, unit).order_by().values("pk"))
    rows = rows.select_related("case__about", "unit", "person")
    rows = rows.defer("case__search", "case__body", "case__original", "unit__boundary")
    return [sendings.shown(asker, row) for row in rows.order_by("-sent_at", "-pk")[:MOST]]


def _title(asker: Asker, case: Case) -> str:
    hidden = case.about is not None and complained_about(asker, case.about.path)
    return without_remains(case.title) if hidden else case.title


def _under(field: str, area: Area) -> Q:
    found = Q(pk__in=[])
    for path in area.paths:
        found |= Q(**{f"{field}__startswith": path})
    return found
