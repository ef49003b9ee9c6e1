"""The morning meeting (晨会): what came, what runs out today, what hangs; few statements.

Every figure is a named condition, counted here and opened as a list by the same condition.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from huying.cases.models import Call, Case, CaseEvent, Meeting, SupervisionOrder
from huying.cases.queries import bouncing, calls, city, meetings, orders, triggers, work
from huying.cases.queries.scope import visible, with_names
from huying.cases.rules.edges import allowed
from huying.cases.rules.states import LIVE, SUPERVISIONS
from huying.kernel.asker import Asker, may
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.kernel.errors import NotFound
from huying.kernel.queries import working_calendar
from huying.kernel.verbs import require
from huying.org import queries as org
from huying.org.models import DutyShift, ShiftHandover

SHOWN = 8  # rows of a list; the rest by its number
HOT_DAYS, HOT_TIMES = 7, 3  # a place is hot with so many of one class in so many days
CLOSES, DAY = time(17, 30), timedelta(days=1)
DECISIONS = ("supervise", "convene", "comment")


Wanted = dict[str, tuple[str | Promise, Q]]


@dataclass(frozen=True)
class Times:
    """What the meeting looks back on: `since` the last working day, `night` its last evening."""

    since: datetime
    today: datetime
    night: datetime
    at: datetime
    end: datetime

    @property
    def last(self) -> date:
        """The last day before today."""
        return (self.today - timedelta(minutes=1)).date()


def times(at: datetime | None = None) -> Times:
    """On a Monday the meeting looks back on the Friday and the weekend."""
    at = at or now()
    calendar, today = working_calendar(), at.date()
    day = today - DAY
    for _step in range(15):
        if calendar.is_workday(day):
            break
        day -= DAY
    start = datetime.combine(today, time.min, DISTRICT_ZONE)
    return Times(
        datetime.combine(day, time.min, DISTRICT_ZONE),
        start,
        datetime.combine(today - DAY, CLOSES, DISTRICT_ZONE),
        at,
        start + DAY,
    )


def _came(since: datetime, until: datetime) -> Q:
    return Q(registered_at__gte=since, registered_at__lt=until)


def _answered(since: datetime, until: datetime) -> Q:
    return Q(replied_at__gte=since, replied_at__lt=until)


def _bad(since: datetime, until: datetime) -> Q:
    bad = Q(solved=False) | Q(grade__lt=3)
    return bad & Q(evaluated_at__gte=since, evaluated_at__lt=until)


FLOWS: dict[str, tuple[str | Promise, Callable[[datetime, datetime], Q]]] = {
    "came": (_("新登记"), _came),
    "urgent": (_("其中紧急"), lambda since, until: _came(since, until) & Q(urgent=True)),
    "answered": (_("办结"), _answered),
    "bad": (_("不满意"), _bad),
}
STANDING: dict[str, tuple[str | Promise, Callable[[Times], Q]]] = {
    "today": (_("今天到期"), lambda at: _due(at.at, at.end)),
    "late": (_("逾期未办结"), lambda at: work.overdue()),
    "pressing": (_("紧急在办"), lambda at: Q(urgent=True, state__in=work.RUNNING)),
    "new": (_("待受理"), lambda at: Q(state="registered")),
    "unsigned": (_("待签收"), lambda at: Q(state="dispatched")),
    "asked": (_("申请待裁定"), lambda at: ~Q(request="")),
    "again": (_("第二轮以上"), lambda at: Q(round__gt=1)),
    "citizen": (_("同一人反复反映"), lambda at: triggers.said_again(at.at)),
    "callback": (_("待回访"), lambda at: Q(state="awaiting_callback")),
}


def _due(since: datetime, until: datetime) -> Q:
    return Q(state__in=work.RUNNING, due_at__gte=since, due_at__lt=until, paused=False)


def conditions(at: Times) -> Wanted:
    """Every figure of cases by its name: `night_came`, `before_answered`, `late`. One statement."""
    found: Wanted = {}
    for span, since, until in (("before", at.since, at.today), ("night", at.night, at.at)):
        for name, (label, condition) in FLOWS.items():
            found[f"{span}_{name}"] = (label, condition(since, until))
    for name, (label, standing) in STANDING.items():
        found[name] = (label, Q(state__in=LIVE) & standing(at))
    return found


def label_of(number: str) -> str | Promise:
    """What a figure is called; KeyError for a name that is none."""
    return FLOWS.get(number.partition("_")[2], STANDING.get(number, ("", None)))[0]


def behind(asker: Asker, number: str, place: str = "", category: str = "") -> QuerySet[Case]:
    """The visible cases that a figure counts; past appeals of an import are none of them.

    `hot` needs the codes of a place and of a class.
    """
    require("cases.morning", asker)
    at = times()
    if number == "hot":
        here = Q(place__code=place, category__code=category)
        return with_names(visible(asker)).filter(_lately(at), here)
    return _narrowed(asker, conditions(at), number)


def _narrowed(asker: Asker, wanted: Wanted, number: str) -> QuerySet[Case]:
    if number not in wanted:
        raise NotFound(_now("晨会没有这个数。"), remedy=_now("请从晨会页面打开。"))
    return with_names(visible(asker)).filter(wanted[number][1], imported=False)


@dataclass(frozen=True)
class Decided:
    """A row of the page and what the meeting may decide on it here."""

    case: Case
    verbs: list[str]


@dataclass(frozen=True)
class Hot:
    """So many of one class at one place in the last days."""

    place: str
    place_code: str
    category: str
    category_code: str
    count: int


@dataclass(frozen=True)
class Supervised:
    """Orders of supervision: how many wait, how many of them are late."""

    waiting: int
    late: int
    rows: list[SupervisionOrder]


@dataclass(frozen=True)
class Called:
    """Calls up: how many nobody has answered, how many are being settled, how many are late."""

    open: int
    answered: int
    late: int
    rows: list[Call]


@dataclass(frozen=True)
class OnDuty:
    """A shift, and the record it left (交接班记录), for who may read those."""

    shift: DutyShift
    record: ShiftHandover | None


@dataclass(frozen=True)
class Morning:
    """The page of one morning as one asker may see it."""

    times: Times
    numbers: dict[str, int]
    today: list[Decided]
    late: list[Decided]
    pressing: list[Decided]
    orders: Supervised
    calls: Called
    meetings: list[Meeting]
    bounced: list[CaseEvent]
    bounces: int
    hot: list[Hot]
    duty: list[OnDuty]
    line: city.LineStatus | None


def morning(asker: Asker) -> Morning:
    """Everything the meeting looks at. At most nineteen statements."""
    require("cases.morning", asker)
    at = times()
    wanted = conditions(at)
    bounced = bouncing.bounces(asker, at.since)
    passed = list(bounced[: SHOWN + 1])
    held = meetings.visible_meetings(asker).filter(state__in=("convened", "minuted"))
    return Morning(
        times=at,
        numbers=_numbers(asker, at, wanted),
        today=_rows(asker, wanted, "today"),
        late=_rows(asker, wanted, "late"),
        pressing=_rows(asker, wanted, "pressing"),
        orders=_orders(asker),
        calls=_calls(asker),
        meetings=list(held[:SHOWN]),
        bounced=passed[:SHOWN],
        bounces=len(passed) if len(passed) <= SHOWN else bounced.order_by().count(),
        hot=_hot(asker, at),
        duty=_duty(asker, at),
        line=city.line_seen(asker),
    )


def _numbers(asker: Asker, at: Times, wanted: Wanted) -> dict[str, int]:
    """Two statements: what moved lately, and what has not ended."""
    rows = visible(asker).order_by().filter(imported=False)
    first = min(at.since, at.night)
    moved = rows.filter(
        Q(registered_at__gte=first) | Q(replied_at__gte=first) | Q(evaluated_at__gte=first)
    )
    found: dict[str, int] = {}
    for source, names in (
        (moved, [name for name in wanted if name not in STANDING]),
        (rows.filter(state__in=LIVE), list(STANDING)),
    ):
        found |= source.aggregate(**{n: Count("pk", filter=wanted[n][1]) for n in names})
    return found


def _rows(asker: Asker, wanted: Wanted, number: str) -> list[Decided]:
    meeting = Meeting.objects.filter(case=OuterRef("pk"), ended_at=None)
    rows = _narrowed(asker, wanted, number).annotate(meeting_open=Exists(meeting))
    return _decided(asker, list(rows.order_by("due_at", "pk")[:SHOWN]))


def _decided(asker: Asker, rows: list[Case]) -> list[Decided]:
    """What may be decided: the table and the rights, for a line; the form asks for the rest."""
    found = []
    for case in rows:
        place = case.place.path if case.place else ""
        paths = {"comment": tuple(case.scope)}
        open_ = allowed(case.state)
        verbs = [
            verb
            for verb in DECISIONS
            if verb in open_ and may(asker, f"cases.{verb}", *paths.get(verb, (place,)))
        ]
        if case.supervision >= max(level for level, _label in SUPERVISIONS):
            verbs = [verb for verb in verbs if verb != "supervise"]
        if getattr(case, "meeting_open", False):
            verbs = [verb for verb in verbs if verb != "convene"]
        found.append(Decided(case, verbs))
    return found


def _orders(asker: Asker) -> Supervised:
    waiting = orders.orders(asker).filter(orders.standing_so(["waiting"]))
    late = Count("pk", filter=orders.standing_so(["late"]))
    counted = waiting.order_by().aggregate(waiting=Count("pk"), late=late)
    rows = list(waiting.order_by("due_at", "pk")[:SHOWN]) if counted["waiting"] else []
    return Supervised(counted["waiting"], counted["late"], rows)


def _calls(asker: Asker) -> Called:
    running = calls.visible_calls(asker).filter(state__in=("open", "answered"))
    counted = running.order_by().aggregate(
        open=Count("pk", filter=Q(state="open")),
        answered=Count("pk", filter=Q(state="answered")),
        late=Count("pk", filter=calls.late()),
    )
    some = counted["open"] or counted["answered"]
    rows = list(running.order_by("-state", "answer_due", "pk")[:SHOWN]) if some else []
    return Called(counted["open"], counted["answered"], counted["late"], rows)


def _lately(at: Times) -> Q:
    """Of the last days, each matter once."""
    came = Q(registered_at__gte=at.today - HOT_DAYS * DAY, imported=False, parent=None)
    return came & ~Q(state__in=("merged", "withdrawn", "not_accepted"))


def _hot(asker: Asker, at: Times) -> list[Hot]:
    """Where the same kind of matter comes again and again, the most first. One statement."""
    rows = visible(asker).order_by().filter(_lately(at))
    counted = (
        rows.filter(place__isnull=False, category__isnull=False)
        .values("place__name", "place__code", "category__name", "category__code")
        .annotate(count=Count("pk"))
        .filter(count__gte=HOT_TIMES)
        .order_by("-count", "place__code", "category__code")[:SHOWN]
    )
    return [
        Hot(
            row["place__name"],
            row["place__code"],
            row["category__name"],
            row["category__code"],
            row["count"],
        )
        for row in counted
    ]


def _duty(asker: Asker, at: Times) -> list[OnDuty]:
    """Who had the night and who has the day in the asker's own units, and what they handed over.

    Two statements.
    """
    units = list(getattr(asker, "units", ()))
    rows = DutyShift.objects.filter(unit__path__in=units, starts_at__lt=at.at, ends_at__gt=at.night)
    joined = rows.select_related("unit", "person", "leader").order_by("starts_at", "pk")
    shifts = list(joined[:SHOWN])
    written: dict[int, ShiftHandover] = {}
    if shifts and may(asker, "org.read_handover"):
        records = org.handovers(asker).filter(shift__in=[one.pk for one in shifts])
        written = {row.shift_id: row for row in records.order_by("written_at")}
    return [OnDuty(shift, written.get(shift.pk)) for shift in shifts]
