"""What waits for the asker: cases that ask for a verb they may do, what runs out first on top."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huying.cases.models import Case
from huying.cases.queries.scope import visible
from huying.cases.rules.states import LIVE, MAX_ROUNDS, SATISFIED
from huying.kernel.asker import Area, Asker
from huying.kernel.clock import DISTRICT_ZONE, now

# The handling clock runs in these states; elsewhere `due_at` only tells how it ended.
RUNNING = ("accepted", "dispatched", "in_progress")
# Unit paths down to the district have so many codes; a case without a place belongs there.
DISTRICT_DEPTH = 2


@dataclass(frozen=True)
class Kind:
    """A heap of work: the states it lies in, and the verb that takes a case off it."""

    code: str
    label: str | Promise
    verb: str
    states: tuple[str, ...]
    where: str = "place"


KINDS = (
    Kind("accept", _("待受理"), "accept", ("registered",)),
    Kind("dispatch", _("待派单"), "dispatch", ("accepted", "evaluated")),
    Kind("sign", _("待签收"), "sign", ("dispatched",), "lead"),
    Kind("handle", _("办理中"), "reply", ("in_progress",), "lead"),
    Kind("rule", _("待裁定"), "rule", ("dispatched", "in_progress", "suspended")),
    Kind("resume", _("挂账"), "resume", ("suspended",)),
    Kind("review", _("待审核"), "review", ("replied",)),
    Kind("callback", _("待回访"), "evaluate", ("awaiting_callback",)),
)
OVERDUE = "overdue"
UNPLACED = "unplaced"


@dataclass(frozen=True)
class Heap:
    """How many cases lie on a heap."""

    code: str
    label: str | Promise
    count: int


def kinds_of(asker: Asker) -> list[Kind]:
    """The heaps that this asker works off."""
    return [kind for kind in KINDS if asker.area(f"cases.{kind.verb}")]


def on_heap(asker: Asker, codes: Iterable[str]) -> Q:
    """The condition of lying on one of these heaps; `overdue` is whatever visible case is late."""
    wanted = set(codes)
    kinds = kinds_of(asker)
    found = overdue() if OVERDUE in wanted else Q(pk__in=[])
    if UNPLACED in wanted:
        found |= unplaced()
    for kind in kinds:
        if kind.code in wanted:
            found |= _condition(kind, asker)
    return found


def overdue() -> Q:
    """Past its handling deadline and not yet answered."""
    return Q(state__in=RUNNING, due_at__lt=now(), imported=False, paused=False)


def unplaced() -> Q:
    """Whose place must still be found out, past appeals of an import among them."""
    return Q(place__isnull=True, state__in=("registered", *RUNNING))


def open_and_late(asker: Asker) -> tuple[dict[str, int], int]:
    """How many visible cases stand in each state that is no end, and how many of them are late.

    One statement.
    """
    rows = open_cases(asker).filter(imported=False).values_list("state")
    found = list(rows.annotate(Count("pk"), late=Count("pk", filter=overdue())))
    return {state: number for state, number, _late in found}, sum(late for *_rest, late in found)


def heaps(asker: Asker) -> list[Heap]:
    """How much lies on each heap of the asker's own, and what is late at all. One statement."""
    kinds = kinds_of(asker)
    counted = overdue()
    counts = {OVERDUE: Count("pk", filter=overdue())}
    places = any(p.count("/") <= DISTRICT_DEPTH for p in asker.area("cases.set_place").paths)
    if places:
        counted |= unplaced()
        counts[UNPLACED] = Count("pk", filter=unplaced())
    for kind in kinds:
        condition = _condition(kind, asker)
        counted |= condition
        counts[kind.code] = Count("pk", filter=condition)
    numbers = open_cases(asker).filter(counted).aggregate(**counts)
    found = [Heap(kind.code, kind.label, numbers[kind.code]) for kind in kinds]
    if places:
        found.append(Heap(UNPLACED, _("待落位"), numbers[UNPLACED]))
    return [*found, Heap(OVERDUE, _("逾期"), numbers[OVERDUE])]


def open_cases(asker: Asker) -> QuerySet[Case]:
    """What has not ended: said first, it lets the database use `case_state` for the few."""
    return visible(asker).order_by().filter(state__in=LIVE)


def _condition(kind: Kind, asker: Asker) -> Q:
    area = asker.area(f"cases.{kind.verb}")
    condition = Q(state__in=kind.states, imported=False)
    if "evaluated" in kind.states:
        bad = (Q(solved=False) | Q(grade__lt=SATISFIED)) & Q(round__lt=MAX_ROUNDS)
        condition &= ~Q(state="evaluated") | bad
    if kind.verb == "rule":
        condition &= ~Q(request="")
    return condition & (_led_by(asker) if kind.where == "lead" else _placed_in(area))


def _led_by(asker: Asker) -> Q:
    """Led by the very units in which the asker holds a post: what lies with others is not mine."""
    return Q(lead__path__in=list(getattr(asker, "units", ())))


def _placed_in(area: Area) -> Q:
    found = Q(pk__in=[])
    for path in area.paths:
        found |= Q(place__path__startswith=path)
        if path.count("/") <= DISTRICT_DEPTH:
            found |= Q(place__isnull=True)
    return found


def by_day(asker: Asker, days: int = 30) -> list[tuple[date, int, int]]:
    """Day by day, how many visible cases were registered and answered, imported history left out.

    One statement.
    """
    today = now().date()
    first = today - timedelta(days=days - 1)
    since = datetime.combine(first, time.min, DISTRICT_ZONE)
    rows = visible(asker).order_by().filter(imported=False)
    parts = []
    for field in ("registered_at", "replied_at"):
        day = TruncDate(field, tzinfo=DISTRICT_ZONE)
        counted = rows.filter(**{f"{field}__gte": since}).annotate(day=day, what=Value(field))
        parts.append(counted.values_list("what", "day").annotate(Count("pk")))
    found = {(what, day): number for what, day, number in parts[0].union(parts[1], all=True)}
    every = (first + timedelta(days=one) for one in range(days))
    return [
        (one, found.get(("registered_at", one), 0), found.get(("replied_at", one), 0))
        for one in every
    ]
