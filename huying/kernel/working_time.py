"""Deadlines in working or natural time, exact to the minute; pure: no database, no clock.

The defaults are 08:30-12:00 and 14:00-17:30 (seven hours), the common office hours of Wuhan's
authorities; a district passes its own. Days follow 民法典 §201 (the day on which a period begins
is not counted) and §203 (the last day ends when business ends).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

Measure = Literal["working_hours", "working_days", "natural_hours"]

DEFAULT_HOURS = ((time(8, 30), time(12, 0)), (time(14, 0), time(17, 30)))
DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1) // MICROSECOND
HOUR = timedelta(hours=1) // MICROSECOND


@dataclass(frozen=True)
class DeadlineRule:
    """How long something may take; kept with the object when its clock starts.

    `article` names the law it follows; `count_first_day` lets a period in working days begin on
    its own day of start (against 民法典 §201, where a local regulation says so).
    """

    name: str
    measure: Measure
    amount: Decimal
    article: str = ""
    count_first_day: bool = False


@dataclass(frozen=True)
class Pause:
    """The clock stands from `start` until `end`; `end` is None while the pause lasts."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Deadline:
    """When a period ends; `at` is None while an open pause holds it.

    `provisional`: some day on the way is beyond the published calendar, so the date may move.
    """

    at: datetime | None
    provisional: bool


@dataclass(frozen=True)
class WorkingCalendar:
    """Published working days (调休 included) and office hours; other days are Monday-Friday.

    `days` maps each published date to whether it is a working day.
    """

    days: Mapping[date, bool]
    hours: tuple[tuple[time, time], ...] = DEFAULT_HOURS
    zone: ZoneInfo = DEFAULT_ZONE

    def __post_init__(self) -> None:
        bounds = [bound for window in self.hours for bound in window]
        if not bounds or any(a >= b for a, b in pairwise(bounds)):
            raise ValueError("office hours must be windows in rising order, none empty")

    def is_workday(self, day: date) -> bool:
        """Whether offices are open; a guess (Monday-Friday) where nothing is published."""
        published = self.days.get(day)
        return day.weekday() < 5 if published is None else published

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether any day from `first` to `last` is not published."""
        low = bisect_left(self._published, first.toordinal())
        high = bisect_right(self._published, last.toordinal())
        return high - low != max(0, last.toordinal() - first.toordinal() + 1)

    def workdays(self, first: date, last: date) -> int:
        """How many working days lie from `first` to `last`, both counted."""
        return self._rank(last.toordinal() + 1) - self._rank(first.toordinal())

    @cached_property
    def day_length(self) -> timedelta:
        """Office hours of one working day."""
        return self._day_length * MICROSECOND

    # Inside, an instant is local microseconds since day 0, and work done is microseconds too.

    @cached_property
    def _windows(self) -> list[tuple[int, int]]:
        return [(_of_day(opens), _of_day(closes)) for opens, closes in self.hours]

    @cached_property
    def _day_length(self) -> int:
        return sum(closes - opens for opens, closes in self._windows)

    @cached_property
    def _published(self) -> list[int]:
        return sorted(day.toordinal() for day in self.days)

    @cached_property
    def _known(self) -> list[int]:
        return sorted(day.toordinal() for day, works in self.days.items() if works)

    @cached_property
    def _guessed_off(self) -> list[int]:
        """Published Mondays to Fridays, which the guess for other days must not count."""
        return sorted(day.toordinal() for day in self.days if day.weekday() < 5)

    def _rank(self, ordinal: int) -> int:
        """Working days before `ordinal` since day 1: published ones, and guessed ones elsewhere."""
        weeks, rest = divmod(ordinal - 1, 7)  # day 1 was a Monday
        guessed = weeks * 5 + min(rest, 5) - bisect_left(self._guessed_off, ordinal)
        return guessed + bisect_left(self._known, ordinal)

    def _day_of_rank(self, rank: int) -> int:
        """The working day before which exactly `rank` lie."""
        guess = rank * 7 // 5 + 1
        low, high = guess - 800, guess + 800
        while self._rank(high) <= rank:
            low, high = high, high + 3200
        while self._rank(low) > rank:
            low, high = low - 3200, low
        while high - low > 1:
            middle = (low + high) // 2
            if self._rank(middle) > rank:
                high = middle
            else:
                low = middle
        return low

    def work_before(self, at: int) -> int:
        """All office time before local instant `at`."""
        ordinal, within = divmod(at, DAY)
        work = self._rank(ordinal) * self._day_length
        if self.is_workday(date.fromordinal(ordinal)):
            work += sum(max(0, min(within, closes) - opens) for opens, closes in self._windows)
        return work

    def when_done(self, work: int) -> int:
        """The earliest local instant with `work` of office time before it: not the next opening."""
        rank, rest = divmod(work, self._day_length)
        if rest == 0:
            return self._day_of_rank(rank - 1) * DAY + self._windows[-1][1]
        start = self._day_of_rank(rank) * DAY
        for opens, closes in self._windows:
            if rest <= closes - opens:
                return start + opens + rest
            rest -= closes - opens
        raise AssertionError("a day is as long as its windows")

    def opening_of(self, first: int) -> int:
        """When offices open on the first working day from day `first` on."""
        return self._day_of_rank(self._rank(first)) * DAY + self._windows[0][0]

    def to_local(self, at: datetime) -> int:
        """Local microseconds of an aware instant."""
        local = _aware(at).astimezone(self.zone).replace(tzinfo=None)
        return local.toordinal() * DAY + (local - datetime.combine(local, time())) // MICROSECOND

    def from_local(self, at: int) -> datetime:
        """The aware instant of local microseconds."""
        ordinal, within = divmod(at, DAY)
        start = datetime.combine(date.fromordinal(ordinal), time(), self.zone)
        return start + timedelta(microseconds=within)


def deadline(
    rule: DeadlineRule,
    start: datetime,
    calendar: WorkingCalendar,
    pauses: Iterable[Pause] = (),
    extension: Decimal = Decimal(0),
) -> Deadline:
    """When the period that began at `start` ends; `extension` is added in the rule's measure."""
    track = _track(rule, calendar)
    began = _begins(rule, start, calendar)
    target = track.before(began) + _amount(rule.amount + extension, rule, calendar)
    for first, last in _merged(pauses, track):
        if first >= track.when(target):
            break
        if last is None:
            reached = date.fromordinal(max(first, began) // DAY)
            return Deadline(None, _guessed(rule, start, reached, calendar))
        if last > began:
            target += track.before(last) - track.before(max(first, began))
    at = max(track.when(target), began)  # a period of nothing ends when it begins
    moment = track.to_instant(at)
    local = moment.astimezone(calendar.zone).date()
    return Deadline(moment, _guessed(rule, start, local, calendar))


def start_for(rule: DeadlineRule, end: datetime, calendar: WorkingCalendar) -> datetime:
    """The instant from which the rule's whole time runs until `end`: a deadline counted back."""
    track = _track(rule, calendar)
    target = track.before(track.to_number(end)) - _amount(rule.amount, rule, calendar)
    return track.to_instant(track.when(target))


def elapsed(
    rule: DeadlineRule,
    start: datetime,
    until: datetime,
    calendar: WorkingCalendar,
    pauses: Iterable[Pause] = (),
) -> timedelta:
    """How much of the rule's time ran from `start` to `until`: the sum of its running intervals."""
    track = _track(rule, calendar)
    began, end = _begins(rule, start, calendar), track.to_number(until)
    if end <= began:
        return timedelta()
    total = track.before(end) - track.before(began)
    for first, last in _merged(pauses, track):
        low, high = max(first, began), end if last is None else min(last, end)
        if low < high:
            total -= track.before(high) - track.before(low)
    return total * MICROSECOND


def amount_of(
    rule: DeadlineRule, calendar: WorkingCalendar, extension: Decimal = Decimal(0)
) -> timedelta:
    """The length of the whole period, to compare with `elapsed`."""
    return _amount(rule.amount + extension, rule, calendar) * MICROSECOND


class _Working:
    """Counts office time."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self.to_number = calendar.to_local
        self.to_instant = calendar.from_local
        self.before = calendar.work_before
        self.when = calendar.when_done


class _Natural:
    """Counts all time, on the line of UTC."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def to_number(self, at: datetime) -> int:
        since = _aware(at).astimezone(UTC) - datetime(1, 1, 1, tzinfo=UTC)
        return DAY + since // MICROSECOND

    def to_instant(self, at: int) -> datetime:
        since = timedelta(microseconds=at - DAY)
        return (datetime(1, 1, 1, tzinfo=UTC) + since).astimezone(self.zone)

    def before(self, at: int) -> int:
        return at

    def when(self, work: int) -> int:
        return work


def _track(rule: DeadlineRule, calendar: WorkingCalendar) -> _Working | _Natural:
    if rule.measure == "natural_hours":
        return _Natural(calendar.zone)
    return _Working(calendar)


def _begins(rule: DeadlineRule, start: datetime, calendar: WorkingCalendar) -> int:
    """From when the clock counts."""
    at = _track(rule, calendar).to_number(start)
    if rule.measure != "working_days":
        return at
    ordinal, within = divmod(at, DAY)
    closed = within >= calendar._windows[-1][1]
    counted = rule.count_first_day and not closed
    return calendar.opening_of(ordinal if counted else ordinal + 1)


def _amount(amount: Decimal, rule: DeadlineRule, calendar: WorkingCalendar) -> int:
    if amount < 0:
        raise ValueError("a period cannot be negative")
    unit = calendar._day_length if rule.measure == "working_days" else HOUR
    return int(amount * unit)


def _merged(pauses: Iterable[Pause], track: _Working | _Natural) -> list[tuple[int, int | None]]:
    """Pauses in order, overlapping ones as one; an open one swallows all that begins after it."""
    spans = sorted(
        (
            (track.to_number(p.start), None if p.end is None else track.to_number(p.end))
            for p in pauses
            if p.end is None or p.end > p.start
        ),
        key=lambda span: span[0],
    )
    merged: list[tuple[int, int | None]] = []
    for first, last in spans:
        if merged:
            before, until = merged[-1]
            if until is None:
                break
            if first <= until:
                merged[-1] = (before, None if last is None else max(until, last))
                continue
        merged.append((first, last))
    return merged


def _guessed(rule: DeadlineRule, start: datetime, last: date, calendar: WorkingCalendar) -> bool:
    if rule.measure == "natural_hours":
        return False
    return calendar.is_provisional(start.astimezone(calendar.zone).date(), last)


def _of_day(at: time) -> int:
    return (datetime.combine(date.min, at) - datetime.combine(date.min, time())) // MICROSECOND


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("instants need a time zone")
    return at
