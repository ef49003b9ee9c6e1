"""Questions about handovers of watches, and the alarms of a roster that leaves gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet
from django.utils.translation import gettext as _

from huying.kernel.asker import Area, Asker
from huying.kernel.clock import now
from huying.kernel.errors import NotFound
from huying.kernel.verbs import require
from huying.org.models import DutyShift, ShiftHandover, Unit
from huying.org.rules import Span, gaps, watch_over
from huying.org.scoping import under
from huying.web.slots import WATCH, OpenWork

AHEAD = timedelta(hours=72)
KEPT = timedelta(days=7)
SOON = timedelta(hours=24)


@dataclass(frozen=True)
class Uncovered:
    """A unit that keeps a roster, and the stretches of the coming days that nobody covers."""

    code: str
    name: str
    gaps: list[Span]


@dataclass(frozen=True)
class Alarms:
    """What a roster must be looked at for.

    Urgent work whose unit has nobody on duty now; and the stretches of the next 72 hours that
    nobody covers, of units that keep a roster: that had a shift in the last seven days or will.
    """

    urgent: list[OpenWork]
    coming: list[Uncovered]

    def __bool__(self) -> bool:
        return bool(self.urgent or self.coming)


@dataclass(frozen=True)
class OwnShift:
    """A shift of the asker to be handed over; or with `handover` one that waits to be signed."""

    id: int
    unit: str
    person: str
    starts_at: datetime
    ends_at: datetime
    handover: int | None = None


@dataclass(frozen=True)
class Watch:
    """What the watch asks of somebody now: alarms to see to, shifts to hand over, to take over."""

    alarms: Alarms
    to_hand_over: list[OwnShift]
    to_take_over: list[OwnShift]

    def __bool__(self) -> bool:
        return bool(self.alarms or self.to_hand_over or self.to_take_over)


def handovers(asker: Asker) -> QuerySet[ShiftHandover]:
    """The handover records of the units in the asker's area, the latest first."""
    require("org.read_handover", asker)
    rows = ShiftHandover.objects.filter(under("unit__path", asker.area("org.read_handover")))
    joined = ("unit", "person", "to_person", "leader", "shift", "to_shift")
    return rows.select_related(*joined).defer("unit__boundary").order_by("-written_at", "-id")


def handover_of(asker: Asker, identity: int) -> ShiftHandover:
    """One record within the asker's area; NotFound outside it."""
    found = handovers(asker).filter(pk=identity).first()
    if found is None:
        raise NotFound(_("没有这份交接班记录。"))
    return found


def shift_of(asker: Asker, identity: int) -> DutyShift:
    """One shift within the asker's view; NotFound outside it."""
    seen = DutyShift.objects.filter(under("unit__path", asker.area("org.view")), pk=identity)
    shift = seen.select_related("unit", "person", "leader").defer("unit__boundary").first()
    if shift is None:
        raise NotFound(_("没有这个班次。"))
    return shift


def next_shifts(shift: DutyShift) -> QuerySet[DutyShift]:
    """Who may take over from a shift: somebody else's shift that goes on after it, soonest first.

    It begins within a day of the end of this one.
    """
    return (
        DutyShift.objects.filter(
            unit=shift.unit_id,
            ends_at__gt=shift.ends_at,
            starts_at__gt=shift.starts_at,
            starts_at__lte=shift.ends_at + SOON,
        )
        .exclude(person=shift.person_id)
        .select_related("person", "leader")
        .order_by("starts_at", "id")
    )


def open_items(asker: Asker, path: str) -> list[dict[str, Any]]:
    """All that is open in the area of a unit as the rooms above know it, in their order."""
    at = now()
    found = [work for source in WATCH for work in source.open_work(asker, path)]
    return [
        {
            "kind": str(work.kind),
            "number": work.number,
            "title": work.title,
            "url": work.url,
            "unit": work.unit_name,
            "note": str(work.note),
            "due_at": work.due_at,
            "late": work.due_at is not None and work.due_at < at,
        }
        for work in found
    ]


def watch(asker: Asker) -> Watch:
    """What the watch asks of the asker now, for their first page.

    Alarms of the rosters that they may plan; their own shifts that run or ended a few hours ago
    and are not handed over; records that wait for their signature. One statement, and one for
    each room that knows urgent work.
    """
    at, area = now(), asker.area("org.plan_shift")
    urgent = _urgent(asker, area) if area else []
    account_id = getattr(asker, "account_id", None) or 0
    mine = Q(person=account_id, starts_at__lte=at, ends_at__gt=at - SOON / 2)
    waiting = Q(open_record__state="waiting", open_record__to_person=account_id)
    open_ = FilteredRelation("handovers", condition=Q(handovers__state__in=("waiting", "taken")))
    rows = DutyShift.objects.annotate(open_record=open_).filter(
        _shifts_of(under("unit__path", area) | mine | waiting, urgent, at)
    )
    columns = (
        *("unit__path", "unit__code", "unit__name", "starts_at", "ends_at"),
        *("pk", "person_id", "person__name", "open_record__pk", "open_record__to_person"),
        "open_record__state",
    )
    found = list(rows.order_by("starts_at", "pk").values_list(*columns))
    # Who stands in for another unit is led to nothing that their posts do not let them do.
    signs, hands = asker.area("org.take_over_shift"), asker.area("org.hand_over_shift")
    to_hand_over, to_take_over = [], []
    for path, _code, unit, start, end, pk, person_id, person, record, to_person, state in found:
        own = OwnShift(pk, unit, person, start, end, record)
        if to_person == account_id and state == "waiting":
            to_take_over += [own] if signs.covers(path) else []
        elif person_id == account_id and record is None and start <= at and end > at - SOON / 2:
            to_hand_over += [own] if hands.covers(path) else []
    said = _alarms(urgent, [row[:5] for row in found], at, area.covers)
    return Watch(said, to_hand_over, to_take_over)


def to_hand_over(asker: Asker, shifts: Iterable[DutyShift]) -> set[int]:
    """Which of these shifts the asker may hand over now: their own that run or ended in a day."""
    at, account_id = now(), getattr(asker, "account_id", None) or 0
    return {
        shift.pk
        for shift in shifts
        if account_id in (shift.person_id, shift.leader_id)
        and shift.starts_at <= at <= shift.ends_at + SOON
    }


def alarms(asker: Asker, unit: Unit) -> Alarms:
    """What is wrong with the roster of one unit. One statement, and one for each room."""
    at, area = now(), asker.area("org.view")
    urgent = [work for work in _urgent(asker, area) if unit.path in watch_over(work.unit_path)]
    rows = DutyShift.objects.filter(_shifts_of(Q(unit=unit), urgent, at))
    columns = ("unit__path", "unit__code", "unit__name", "starts_at", "ends_at")
    return _alarms(urgent, list(rows.values_list(*columns)), at, lambda path: path == unit.path)


def _urgent(asker: Asker, area: Area) -> list[OpenWork]:
    """What cannot wait, of the units in an area."""
    found = [work for source in WATCH for work in source.urgent(asker)]
    return [work for work in found if area.covers(work.unit_path)]


def _shifts_of(own: Q, urgent: list[OpenWork], at: datetime) -> Q:
    """The shifts since a week ago of these units and of those that watch over urgent work.

    `shift_end` finds them among those of years.
    """
    watching = {one for work in urgent for one in watch_over(work.unit_path)}
    wanted = own | Q(unit__path__in=watching)
    return wanted & Q(ends_at__gt=at - KEPT, starts_at__lt=at + AHEAD, unit__active=True)


def _alarms(
    urgent: list[OpenWork], rows: list[Any], at: datetime, own: Callable[[str], bool]
) -> Alarms:
    """Urgent work that nobody watches now, and the coming gaps of the rosters that are `own`."""
    spans: dict[tuple[str, str, str], list[Span]] = defaultdict(list)
    for unit_path, code, name, start, end in rows:
        if end > at - KEPT:
            spans[unit_path, code, name].append(Span(start, end))
    covered = {
        unit_path
        for (unit_path, _code, _name), several in spans.items()
        if any(span.holds_at(at) for span in several)
    }
    coming = [
        Uncovered(code, name, missing)
        for (unit_path, code, name), several in sorted(spans.items())
        if own(unit_path) and (missing := gaps(at, at + AHEAD, several))
    ]
    alone = [work for work in urgent if not covered.intersection(watch_over(work.unit_path))]
    return Alarms(alone, coming)
