"""A number of the board as an address names it, and the cases behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huying.evaluate.models import Freeze
from huying.evaluate.queries.boards import Named, named, unit_of
from huying.evaluate.queries.kept import frozen_month
from huying.evaluate.queries.marks import marks_behind, source_for
from huying.evaluate.queries.periods import (
    Period,
    months_back,
    one_month,
    period_named,
    shifted,
    this_month,
)
from huying.evaluate.rules import LEVELS, RATE_BY_CODE, RateKind
from huying.kernel.asker import Asker
from huying.kernel.errors import NotFound

YEAR = "year"
PARTS = ("whole", "part", "missing")
LEFT = {"": False, "only": True, "with": None}
NAMES = ("month", "edition", "unit", "top", "level", "rate", "part", "left")


@dataclass(frozen=True)
class Number:
    """Which cases are meant: of a period, a unit, a main class, a rate or a part of it."""

    period: Period
    freeze: Freeze | None
    unit: Named | None
    top: str
    kind: RateKind | None
    part: str
    left: str
    level: str = ""

    def marks(self, asker: Asker) -> QuerySet[Any]:
        """The marks that the number counts: as many rows as it says."""
        of_level = None
        if self.level:
            units = named(self.freeze).items()
            of_level = [key for key, unit in units if unit.kind == self.level]
        return marks_behind(
            source_for(asker, self.period, self.freeze),
            unit=self.unit.path if self.unit else "",
            top=self.top,
            rate=self.kind.code if self.kind else "",
            part=self.part,
            excluded=LEFT[self.left],
            among=of_level,
        )

    @property
    def level_label(self) -> str:
        """The level of the units that led, in words."""
        return str(dict(LEVELS).get(self.level, ""))


def number_of(asker: Asker, asked: Mapping[str, str]) -> Number:
    """What an address asks for; NotFound for what there is not."""
    period, freeze = period_of(asked)
    code, rate = asked.get("unit", ""), asked.get("rate", "")
    part, left = asked.get("part", "") or "whole", asked.get("left", "")
    kind = RATE_BY_CODE.get(rate)
    level = asked.get("level", "")
    if level and level not in dict(LEVELS):
        raise NotFound(_("没有这项指标。"))
    if (rate and kind is None) or part not in PARTS or left not in LEFT:
        raise NotFound(_("没有这项指标。"))
    unit = unit_of(asker, code, freeze) if code else None
    return Number(period, freeze, unit, asked.get("top", "")[:16], kind, part, left, level)


def period_of(asked: Mapping[str, str]) -> tuple[Period, Freeze | None]:
    """The month of an address, by default the present one, or the last twelve months.

    A frozen month is shown as it was frozen; `edition` names an earlier one.
    """
    text, edition = asked.get("month", ""), asked.get("edition", "")
    if text == YEAR:
        return months_back(12), None
    period = period_named(text) if text else one_month(this_month())
    known = edition == "" or (edition.isascii() and edition.isdigit() and len(edition) < 5)
    if period is None or not known:
        raise NotFound(_("没有这个时段的数据。"))
    freeze = frozen_month(period.first, int(edition or 0)) if period.single else None
    if edition and freeze is None:
        raise NotFound(_("没有这个时段的数据。"))
    return period, freeze


def choices() -> list[tuple[str, str]]:
    """The months of the last year, then quarters and years, for a menu; the newest first."""
    now, months = this_month(), [shifted(this_month(), -back) for back in range(13)]
    quarters = dict.fromkeys(f"{m.year}-Q{(m.month + 2) // 3}" for m in months)
    years = (now.year, now.year - 1)
    return [
        *((f"{month:%Y-%m}", f"{month:%Y-%m}") for month in months),
        *((name, _("%(year)s 年第 %(quarter)s 季度") % _parts(name)) for name in quarters),
        *((str(year), _("%(year)s 年") % {"year": year}) for year in years),
        (YEAR, _("近 12 个月")),
    ]


def _parts(name: str) -> dict[str, str]:
    year, quarter = name.split("-Q")
    return {"year": year, "quarter": quarter}


def word_of(period: Period) -> str:
    """The period as the address says it."""
    if period.single:
        return period.words
    if period == months_back(12):
        return YEAR
    if period.last == shifted(period.first, 2):
        return f"{period.first.year}-Q{(period.last.month + 2) // 3}"
    return str(period.first.year)
