"""When appeals come in half a year: hours, working days and holidays, and what a season brings."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from huying.kernel.clock import DISTRICT_ZONE
from huying.kernel.working_time import WorkingCalendar

# Appeals per hour of the day: mornings and after supper.
HOURS = (1, 1, 1, 1, 1, 2, 5, 12, 22, 30, 28, 20, 12, 14, 22, 24, 22, 18, 14, 16, 18, 14, 8, 3)
WEEKDAYS = (1.15, 1.1, 1.05, 1.0, 1.0, 0.9, 0.9)  # of a working day, also of one that is made up
FREE = 0.62  # of a day off
HOLIDAY = 0.45  # of a day off from Monday to Friday


@dataclass(frozen=True)
class Burst:
    """Something that happens at a time of the year and that many tell of at once.

    `share` is how much of all appeals of the half year it brings, `places` over how many places;
    the first of `texts`, keys of `data/bursts.txt`, is told most.
    """

    name: str
    month: int
    day: int
    days: int
    share: float
    places: int
    texts: tuple[str, ...]
    night: bool = False


# Spread over the year, so that any half of it holds several.
BURSTS: tuple[Burst, ...] = (
    Burst("frost", 1, 18, 5, 0.004, 6, ("frost",)),
    Burst("fireworks", 2, 8, 6, 0.003, 6, ("fireworks",), night=True),
    Burst("pressure", 3, 16, 4, 0.003, 4, ("pressure",)),
    Burst("sewage", 4, 12, 5, 0.003, 3, ("sewage",)),
    Burst("exams", 6, 2, 7, 0.006, 6, ("exams",), night=True),
    Burst("flood", 7, 2, 6, 0.012, 10, ("flood", "sewage", "trees")),
    Burst("power", 8, 6, 7, 0.006, 5, ("power",)),
    Burst("school", 9, 1, 9, 0.004, 6, ("school",)),
    Burst("lift", 10, 12, 6, 0.002, 2, ("lift",)),
    Burst("heating", 11, 14, 6, 0.006, 4, ("heating",)),
    Burst("mains", 12, 10, 4, 0.003, 3, ("pressure",)),
)


def within(since: datetime, until: datetime) -> list[tuple[Burst, date]]:
    """The bursts of a span, each with its first day; only those that are wholly over."""
    first, last = since.astimezone(DISTRICT_ZONE).date(), until.astimezone(DISTRICT_ZONE).date()
    found = []
    for year in range(first.year, last.year + 1):
        for burst in BURSTS:
            day = date(year, burst.month, burst.day)
            if first <= day and day + timedelta(days=burst.days) < last:
                found.append((burst, day))
    return sorted(found, key=lambda one: one[1])


def usual(
    count: int,
    since: datetime,
    until: datetime,
    calendar: WorkingCalendar,
    generator: random.Random,
) -> list[datetime]:
    """When so many everyday appeals came, oldest first."""
    hours = [one for one in _hours(since, until) if one + timedelta(hours=1) <= until]
    weights = [_weight(one, since, until, calendar) for one in hours]
    chosen = generator.choices(hours, weights, k=count)
    return sorted(hour + timedelta(seconds=generator.uniform(0, 3599)) for hour in chosen)


def during(burst: Burst, first: date, count: int, generator: random.Random) -> Sequence[datetime]:
    """When the appeals of a burst came: a rush that wears off."""
    start = datetime(first.year, first.month, first.day, tzinfo=DISTRICT_ZONE)
    days = [min(int(generator.expovariate(0.55)), burst.days - 1) for _ in range(count)]
    night = [22, 23, 0, 6, 7, 8, 9]
    found = []
    for day in days:
        hour = generator.choice(night) if burst.night else generator.choices(range(24), HOURS)[0]
        found.append(start + timedelta(days=day, hours=hour, seconds=generator.uniform(0, 3599)))
    return sorted(found)


def _hours(since: datetime, until: datetime) -> Iterator[datetime]:
    hour = since.astimezone(DISTRICT_ZONE).replace(minute=0, second=0, microsecond=0)
    while hour < until:
        hour += timedelta(hours=1)
        yield hour


def _weight(hour: datetime, since: datetime, until: datetime, calendar: WorkingCalendar) -> float:
    day = hour.date()
    if calendar.is_workday(day):
        of_day = WEEKDAYS[day.weekday()]
    else:
        of_day = HOLIDAY if day.weekday() < 5 else FREE
    slowly = 0.92 + 0.16 * ((hour - since) / (until - since))
    summer = 1.12 if day.month in (6, 7, 8) else 1.0
    return HOURS[hour.hour] * of_day * slowly * summer
