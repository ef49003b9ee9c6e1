"""A board of rates: all units of a period with their places, months and classes of appeals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from huying.cases import queries as cases
from huying.evaluate.models import Freeze, RuleVersion
from huying.evaluate.queries.kept import formula_for
from huying.evaluate.queries.marks import Source, grouped, source_for
from huying.evaluate.queries.periods import Period
from huying.evaluate.rules import (
    CLASSES,
    LEVELS,
    RATES,
    THREE,
    Formula,
    Rate,
    Sums,
    composite,
    guarded,
    ranks,
    rate,
    tone,
)
from huying.kernel.asker import Asker
from huying.kernel.errors import NotFound
from huying.org.queries import directory

BY_UNIT, BY_MONTH, BY_CLASS = 0b011, 0b101, 0b110  # grouping(unit, month, class): 1 = rolled up


@dataclass(frozen=True)
class Named:
    """A unit as it was called at the time."""

    code: str
    name: str
    path: str
    kind: str


@dataclass(frozen=True)
class Line:
    """One unit, month or class: raw sums, those without exclusions, and its place."""

    key: str
    name: str
    raw: Sums
    sums: Sums
    formula: Formula
    path: str = ""
    place: int | None = None
    among: int = 0

    @property
    def excluded(self) -> int:
        """How many cases were left out."""
        return self.raw.cases - self.sums.cases

    @property
    def bounced(self) -> int:
        """How many orders went on without an answer (退转)."""
        return self.sums.returned

    @property
    def hours(self) -> float:
        """The natural hours that they lay here."""
        return self.sums.minutes / 60

    @property
    def rates(self) -> list[Rate]:
        """Every rate, exclusions left out."""
        return [rate(self.sums, kind) for kind in RATES]

    @property
    def three(self) -> list[Rate]:
        """响应率, 解决率, 满意率."""
        return [rate(self.sums, kind) for kind in THREE]

    @property
    def composite(self) -> Decimal | None:
        return composite(self.sums, self.formula)

    @property
    def raw_composite(self) -> Decimal | None:
        """综合 with every case, whatever was excluded."""
        return composite(self.raw, self.formula)

    @property
    def guarded(self) -> Decimal | None:
        return guarded(self.sums, self.formula)

    @property
    def few(self) -> bool:
        """Whether there are too few cases to rank."""
        return self.sums.cases < self.formula.least

    @property
    def tone(self) -> str:
        return tone(self.composite, self.formula)


@dataclass(frozen=True)
class Ranking:
    """One class of units, the best first; those without a place last."""

    kind: str
    label: str | Promise
    lines: list[Line]


@dataclass(frozen=True)
class Board:
    """Everything one page of rates needs."""

    period: Period
    formula: Formula
    rule: RuleVersion | None
    freeze: Freeze | None
    total: Line
    rankings: list[Ranking] = field(default_factory=list)
    months: list[Line] = field(default_factory=list)
    tops: list[Line] = field(default_factory=list)
    levels: list[Line] = field(default_factory=list)

    def line(self, code: str) -> Line | None:
        """The line of a unit by code, whatever its class."""
        every = (line for ranking in self.rankings for line in ranking.lines)
        return next((line for line in every if line.key == code), None)


Pair = tuple[Sums, Sums]  # raw, adjusted
NOTHING: Pair = (Sums(), Sums())


def board(asker: Asker, period: Period, *, freeze: Freeze | None = None) -> Board:
    """The rates of every unit in the asker's area. Four statements at most.

    A frozen month is summed from what was kept with it, under the formula of then.
    """
    area = asker.area("evaluate.view")
    formula, rule = (
        (Formula.kept(freeze.formula), freeze.rule) if freeze else formula_for(period.last)
    )
    units = named(freeze)
    by_unit: dict[int, Pair] = {}
    by_month: dict[date, Pair] = {}
    by_top: dict[str, Pair] = {}
    for which, unit, month, top, excluded, *counts in grouped(
        Source(period, area.paths, formula, freeze)
    ):
        if which == BY_UNIT:
            _add(by_unit, unit, excluded, counts)
        elif which == BY_MONTH:
            _add(by_month, month, excluded, counts)
        else:
            _add(by_top, top, excluded, counts)
    seen = {key: unit for key, unit in units.items() if area.covers(unit.path)}
    return Board(
        period,
        formula,
        rule,
        freeze,
        Line("", "", *_total(by_unit.values()), formula),
        _rankings(seen, _rolled_up(units, by_unit), formula),
        _months(by_month, formula),
        _tops(by_top, formula),
        _levels(units, by_unit, formula),
    )


def classes_of(asker: Asker, period: Period, freeze: Freeze | None, path: str) -> list[Line]:
    """By main class of appeals: what a unit and all below it led. Two statements at most."""
    source = source_for(asker, period, freeze, path)
    by_top: dict[str, Pair] = {}
    for which, _unit, _month, top, excluded, *counts in grouped(source):
        if which == BY_CLASS:
            _add(by_top, top, excluded, counts)
    return _tops(by_top, source.formula)


def named(freeze: Freeze | None = None) -> dict[int, Named]:
    """Units by id: as they are, or as they were called when a month was frozen."""
    if freeze is not None:
        return {int(key): Named(*facts) for key, facts in freeze.units.items()}
    rows = directory().values_list("id", "code", "name", "path", "kind")
    return {key: Named(*facts) for key, *facts in rows}


def _add(into: dict[Any, Pair], key: Any, excluded: bool, counts: list[int]) -> None:
    raw, adjusted = into.get(key, NOTHING)
    sums = Sums(*counts)
    into[key] = (raw + sums, adjusted if excluded else adjusted + sums)


def _total(pairs: Iterable[Pair]) -> Pair:
    raw, adjusted = NOTHING
    for one, other in pairs:
        raw, adjusted = raw + one, adjusted + other
    return raw, adjusted


def _above(path: str) -> list[str]:
    """A path and those above it."""
    codes = path.rstrip("/").split("/")
    return ["/".join(codes[: n + 1]) + "/" for n in range(len(codes))]


def _rolled_up(units: Mapping[int, Named], own: Mapping[int, Pair]) -> dict[str, Pair]:
    """By path: what a unit and all below it led; a grid's cases count for its street."""
    found: dict[str, Pair] = defaultdict(lambda: NOTHING)
    for key, (raw, adjusted) in own.items():
        for path in _above(units[key].path) if key in units else ():
            found[path] = (found[path][0] + raw, found[path][1] + adjusted)
    return found


def _rankings(
    units: Mapping[int, Named],
    sums: Mapping[str, Pair],
    formula: Formula,
) -> list[Ranking]:
    rankings = []
    for kind, label in CLASSES:
        own = [unit for unit in units.values() if unit.kind == kind and unit.path in sums]
        places = ranks({unit.code: sums[unit.path][1] for unit in own}, formula)
        lines = [
            Line(
                unit.code,
                unit.name,
                *sums[unit.path],
                formula,
                unit.path,
                places.get(unit.code),
                len(places),
            )
            for unit in own
        ]
        lines.sort(key=lambda line: (line.place or 10**6, -line.sums.cases, line.key))
        if lines:
            rankings.append(Ranking(kind, label, lines))
    return rankings


def _levels(
    units: Mapping[int, Named], by_unit: Mapping[int, Pair], formula: Formula
) -> list[Line]:
    """What the units of each level led themselves."""
    found = []
    for kind, label in LEVELS:
        own = [pair for key, pair in by_unit.items() if key in units and units[key].kind == kind]
        if own:
            found.append(Line(kind, str(label), *_total(own), formula))
    return found


def _tops(by_top: Mapping[str, Pair], formula: Formula) -> list[Line]:
    names = dict(cases.categories().filter(parent=None).values_list("code", "name"))
    lines = [Line(top, names.get(top, top), *pair, formula) for top, pair in by_top.items()]
    return sorted(lines, key=lambda line: (-line.sums.cases, line.key))


def trend(asker: Asker, period: Period, path: str = "") -> list[Line]:
    """The sums of every month of a period, for the whole area or below `path`. Two statements."""
    source = source_for(asker, period, None, path)
    by_month: dict[date, Pair] = {}
    for which, _unit, month, _top, excluded, *counts in grouped(source):
        if which == BY_MONTH:
            _add(by_month, month, excluded, counts)
    return _months(by_month, source.formula)


def _months(by_month: Mapping[date, Pair], formula: Formula) -> list[Line]:
    return [
        Line(f"{month:%Y-%m}", f"{month:%Y-%m}", *pair, formula)
        for month, pair in sorted(by_month.items())
    ]


def unit_of(asker: Asker, code: str, freeze: Freeze | None = None) -> Named:
    """A unit in the asker's area by code, as it is or was called; NotFound outside it."""
    area = asker.area("evaluate.view")
    for unit in named(freeze).values():
        if unit.code == code and area.covers(unit.path):
            return unit
    raise NotFound(_("没有编码为“%(code)s”的单位。") % {"code": code})
