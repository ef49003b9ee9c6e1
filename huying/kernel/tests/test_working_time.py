"""Deadlines agree, minute by minute, with an independent count by brute force."""

from __future__ import annotations

import random
import time as stopwatch
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huying.kernel.clock import DISTRICT_ZONE
from huying.kernel.queries import shipped_days
from huying.kernel.working_time import (
    Deadline,
    DeadlineRule,
    Measure,
    Pause,
    WorkingCalendar,
    amount_of,
    deadline,
    elapsed,
)

MINUTE = timedelta(minutes=1)
REAL = WorkingCalendar(shipped_days())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=DISTRICT_ZONE)


def rule(measure: Measure, amount: str, *, count_first_day: bool = False) -> DeadlineRule:
    return DeadlineRule("test", measure, Decimal(amount), count_first_day=count_first_day)


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        ("2026-01-05T09:00", "2", "2026-01-05T11:00"),
        ("2026-01-05T11:30", "2", "2026-01-05T15:30"),
        ("2026-01-05T16:30", "2", "2026-01-06T09:30"),
        ("2026-01-05T20:00", "2", "2026-01-06T10:30"),
        ("2026-01-05T14:00", "3.5", "2026-01-05T17:30"),
        ("2026-02-14T16:30", "2", "2026-02-24T09:30"),  # 2-14 made up for; the Spring Festival
        ("2025-09-30T17:00", "1", "2025-10-09T09:00"),
        ("2026-01-05T09:00", "0", "2026-01-05T09:00"),
    ],
)
def test_working_hours_run_only_while_offices_are_open(start: str, amount: str, due: str) -> None:
    assert deadline(rule("working_hours", amount), at(start), REAL) == Deadline(at(due), False)


@pytest.mark.parametrize(
    ("start", "amount", "first", "due"),
    [
        ("2026-01-05T09:00", "1", False, "2026-01-06T17:30"),
        ("2026-01-05T09:00", "1", True, "2026-01-05T17:30"),
        ("2026-01-05T18:00", "1", True, "2026-01-06T17:30"),
        ("2026-01-09T09:00", "5", False, "2026-01-16T17:30"),
        ("2026-01-10T09:00", "1", True, "2026-01-12T17:30"),
        ("2026-02-13T09:00", "1", False, "2026-02-14T17:30"),
        ("2026-02-13T09:00", "2", False, "2026-02-24T17:30"),
        ("2026-01-05T09:00", "0.5", False, "2026-01-06T12:00"),
    ],
)
def test_working_days_end_when_business_ends(
    start: str, amount: str, first: bool, due: str
) -> None:
    asked = rule("working_days", amount, count_first_day=first)
    assert deadline(asked, at(start), REAL) == Deadline(at(due), False)


def test_natural_hours_run_day_and_night_and_need_no_calendar() -> None:
    found = deadline(rule("natural_hours", "24"), at("2031-10-01T09:10"), REAL)
    assert found == Deadline(at("2031-10-02T09:10"), False)


@pytest.mark.parametrize("start", ["2026-12-31T09:00", "2040-05-01T09:00", "2012-03-03T10:00"])
def test_beyond_the_published_calendar_a_deadline_is_provisional(start: str) -> None:
    found = deadline(rule("working_days", "5"), at(start), REAL)
    assert found.provisional
    assert found.at is not None
    assert found.at.weekday() < 5


def test_an_open_pause_holds_the_deadline_unless_it_was_reached_before() -> None:
    asked = rule("working_hours", "2")
    start = at("2026-01-05T09:00")
    assert deadline(asked, start, REAL, [Pause(at("2026-01-05T10:00"))]).at is None
    assert deadline(asked, start, REAL, [Pause(at("2026-01-05T11:00"))]).at == at(
        "2026-01-05T11:00"
    )


def test_an_extension_is_counted_in_the_rules_own_measure() -> None:
    found = deadline(rule("working_days", "5"), at("2026-01-05T09:00"), REAL, extension=Decimal(5))
    assert found.at == at("2026-01-19T17:30")


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        deadline(rule("natural_hours", "1"), datetime(2026, 1, 5), REAL)  # noqa: DTZ001


# The independent counter: a plain list of minutes, nothing of the module but its calendar's data.

FIRST = date(2026, 3, 2)
SPAN = 40


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    published = draw(st.integers(0, SPAN))
    flags = draw(st.lists(st.booleans(), min_size=published, max_size=published))
    days = {FIRST + timedelta(days=n): works for n, works in enumerate(flags)}
    bounds = draw(
        st.lists(st.integers(0, 1439), min_size=2, max_size=6, unique=True).filter(
            lambda found: len(found) % 2 == 0
        )
    )
    clock = [time(bound // 60, bound % 60) for bound in sorted(bounds)]
    return WorkingCalendar(days, tuple(zip(clock[::2], clock[1::2], strict=True)))


def minutes_from(start: datetime, count: int) -> list[datetime]:
    return [start + MINUTE * n for n in range(count)]


def runs(asked: DeadlineRule, begun: datetime, calendar: WorkingCalendar, minute: datetime) -> bool:
    """Whether the clock of the rule counts this minute (pauses apart)."""
    if minute < begun:
        return False
    if asked.measure == "natural_hours":
        return True
    day = minute.date()
    works = calendar.days.get(day, day.weekday() < 5)
    if asked.measure == "working_days" and day == begun.date():
        closed = begun.time() >= calendar.hours[-1][1]
        if closed or not asked.count_first_day:
            return False
    return works and any(low <= minute.time() < high for low, high in calendar.hours)


def counted(
    asked: DeadlineRule, start: datetime, minute: datetime, calendar: WorkingCalendar
) -> bool:
    if asked.measure == "working_days" and asked.count_first_day:
        opening = datetime.combine(start.date(), time(), DISTRICT_ZONE)
        closed = start.time() >= calendar.hours[-1][1]
        return runs(asked, start if closed else opening, calendar, minute)
    return runs(asked, start, calendar, minute)


@settings(max_examples=60, deadline=None)
@given(
    calendar=calendars(),
    measure=st.sampled_from(["working_hours", "working_days", "natural_hours"]),
    first=st.booleans(),
    start=st.integers(0, 4 * 1440),
    amount=st.integers(1, 5),
    extension=st.integers(0, 3),
    spans=st.lists(st.tuples(st.integers(0, 8 * 1440), st.integers(0, 2000)), max_size=4),
)
def test_every_deadline_and_elapsed_time_equals_the_minutes_counted_one_by_one(
    calendar: WorkingCalendar,
    measure: Measure,
    first: bool,
    start: int,
    amount: int,
    extension: int,
    spans: list[tuple[int, int]],
) -> None:
    origin = datetime.combine(FIRST, time(), DISTRICT_ZONE)
    begun = origin + MINUTE * start
    asked = rule(measure, str(amount), count_first_day=first)
    pauses = [Pause(origin + MINUTE * low, origin + MINUTE * (low + n)) for low, n in spans]
    needed = amount_of(asked, calendar, Decimal(extension)) // MINUTE
    day = origin if measure == "working_days" else begun
    left, found, ran = needed, None, 0
    until = origin + MINUTE * (start + 3000)
    for minute in minutes_from(day, 60 * 1440):
        if not counted(asked, begun, minute, calendar):
            continue
        if any(pause.start <= minute < (pause.end or minute) for pause in pauses):
            continue
        ran += minute < until
        left -= 1
        if left == 0:
            found = minute + MINUTE
            if found >= until:
                break
    if found is not None:
        assert deadline(asked, begun, calendar, pauses, Decimal(extension)).at == found
    if found is None or found >= until:
        assert elapsed(asked, begun, until, calendar, pauses) == MINUTE * ran


def test_a_thousand_deadlines_take_well_under_a_second() -> None:
    chance = random.Random(7)
    calendar = WorkingCalendar(shipped_days())
    began = stopwatch.perf_counter()
    for _turn in range(1000):
        start = at("2018-01-02T09:00") + MINUTE * chance.randrange(8 * 525_600)
        pauses = [Pause(start + MINUTE * 100, start + MINUTE * 900)]
        deadline(rule("working_days", "15"), start, calendar, pauses)
    assert stopwatch.perf_counter() - began < 0.6
