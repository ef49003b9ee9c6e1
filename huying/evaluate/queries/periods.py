"""Spans of whole months in the district's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from huying.kernel.clock import DISTRICT_ZONE, now


@dataclass(frozen=True)
class Period:
    """Whole months from the first day of `first` to the end of the month of `last`."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        return _start(self.first)

    @property
    def until(self) -> datetime:
        return _start(shifted(self.last, 1))

    @property
    def single(self) -> bool:
        """Whether it is one month."""
        return self.first == self.last

    @property
    def over(self) -> bool:
        """Whether it lies wholly in the past."""
        return self.until <= now()

    @property
    def words(self) -> str:
        """`2026-03`, or `2026-01…2026-03` as an address says it."""
        first = f"{self.first:%Y-%m}"
        return first if self.single else f"{first}…{self.last:%Y-%m}"


def shifted(month: date, by: int) -> date:
    """The first day of the month so many months on."""
    count = month.year * 12 + month.month - 1 + by
    return date(count // 12, count % 12 + 1, 1)


def this_month() -> date:
    """The first day of the month that it is now."""
    return now().astimezone(DISTRICT_ZONE).date().replace(day=1)


def one_month(month: date) -> Period:
    """The month in which a date lies."""
    first = month.replace(day=1)
    return Period(first, first)


def months_back(count: int) -> Period:
    """The last `count` months with the present one."""
    last = this_month()
    return Period(shifted(last, 1 - count), last)


def period_named(text: str) -> Period | None:
    """`2026-03`, `2026-Q1` or `2026` as a period; None for anything else."""
    if month := month_of(text):
        return one_month(month)
    year, _dash, quarter = text.partition("-")
    first = month_of(f"{year}-01")
    if first is None:
        return None
    if not quarter:
        return Period(first, shifted(first, 11))
    if quarter not in ("Q1", "Q2", "Q3", "Q4"):
        return None
    begin = shifted(first, 3 * (int(quarter[1]) - 1))
    return Period(begin, shifted(begin, 2))


def month_of(text: str) -> date | None:
    """`2026-03` as its first day; None for anything else."""
    year, _dash, month = text.partition("-")
    if not (len(year) == 4 and len(month) == 2 and (year + month).isdigit() and year.isascii()):
        return None
    if not (1 <= int(month) <= 12 and 1900 <= int(year) <= 2200):
        return None
    return date(int(year), int(month), 1)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), DISTRICT_ZONE)
