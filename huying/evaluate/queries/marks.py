"""Sums over the marks of cases: as they stand now, or as they were kept with a month."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from huying.evaluate.models import Freeze, FrozenMark, Mark
from huying.evaluate.queries.kept import formula_for
from huying.evaluate.queries.periods import Period
from huying.evaluate.rules import RATE_BY_CODE, Formula, rows_of
from huying.kernel.asker import Asker
from huying.kernel.clock import now

UNCLASSED = "-"  # how an address names cases without a class
KEPT = tuple(
    str(field.column)
    for field in FrozenMark._meta.concrete_fields
    if field.column not in ("id", "freeze_id")
)

LIVE = """
select * from evaluate_mark where month >= %(first)s and month <= %(last)s and at <= %(now)s
"""
FROZEN = """
select *, %(first)s::date as month from evaluate_frozenmark where freeze_id = %(freeze)s
"""
# Of which rows each count is taken, and which of them; in the order of `rules.Sums`.
COUNTS = """
count(*) filter (where kind = 'case') as c1,
count(*) filter (where kind = 'case' and responded) as c2,
count(*) filter (where kind = 'case' and signed) as c3,
count(*) filter (where kind = 'case' and contacted) as c4,
count(*) filter (where kind = 'case' and on_time) as c5,
count(*) filter (where kind = %(asked)s and called) as c6,
count(*) filter (where kind = %(asked)s and answered and flaw <> all(%(void)s)) as c7,
count(*) filter (where kind = %(asked)s and answered and flaw <> all(%(void)s) and solved) as c8,
count(*) filter (where kind = %(asked)s and answered and flaw <> all(%(void)s) and satisfied)
    as c9,
count(*) filter (where kind = 'case' and redone) as c10,
count(*) filter (where kind = 'order') as c11,
count(*) filter (where kind = 'order' and returned) as c12,
coalesce(sum(minutes) filter (where kind = 'order' and returned), 0) as c13
"""
SUMMED = ", ".join(f"sum(c{place})::bigint" for place in range(1, 14))
# Once over the marks, then over the few sums: a pass for each grouping would cost thrice.
GROUPED = f"""
with fine as (
    select unit_id, month, top, excluded, {COUNTS} from ({{marks}}) mark group by 1, 2, 3, 4
)
select grouping(unit_id, month, top), unit_id, month, top, excluded, {SUMMED}
from fine group by grouping sets ((unit_id, excluded), (month, excluded), (top, excluded))
"""  # noqa: S608 our own text


@dataclass(frozen=True)
class Source:
    """Where marks come from: those of a period, or a frozen month; inside `paths`."""

    period: Period
    paths: Sequence[str]
    formula: Formula
    freeze: Freeze | None = None

    @property
    def sql(self) -> str:
        """The relation of the marks."""
        area = "" if "" in self.paths else " and unit_path like any(%(below)s)"
        return (FROZEN if self.freeze else LIVE) + area

    @property
    def values(self) -> dict[str, Any]:
        """What the relation's placeholders stand for."""
        return {
            "first": self.period.first,
            "last": self.period.last,
            "now": now(),
            "asked": rows_of("answered", self.formula),
            "void": self.formula.void,
            "below": [f"{path}%" for path in self.paths],
            "freeze": self.freeze.pk if self.freeze else None,
        }


def source_for(asker: Asker, period: Period, freeze: Freeze | None, path: str = "") -> Source:
    """The marks that the asker may sum, under the formula of their time; one statement at most."""
    area = asker.area("evaluate.view")
    paths = (path,) if path and area.covers(path) else area.paths
    formula = Formula.kept(freeze.formula) if freeze else formula_for(period.last)[0]
    return Source(period, paths, formula, freeze)


def grouped(source: Source) -> list[tuple[Any, ...]]:
    """Counts of every mark by unit, by month and by main class, each apart by exclusion.

    A row is (which grouping, unit, month, class, excluded, *Sums). One statement.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if not source.period.single:
            cursor.execute("set local work_mem = '64MB'")  # a year's groups, not by way of files
        cursor.execute(GROUPED.format(marks=source.sql), source.values)
        return list(cursor.fetchall())


def marks_behind(
    source: Source,
    *,
    unit: str = "",
    top: str = "",
    rate: str = "",
    part: str = "whole",
    excluded: bool | None = False,
    among: Collection[int] | None = None,
) -> QuerySet[Any]:
    """The marks that a number counts: the `whole` of a rate, its `part`, or what is `missing`.

    `unit` is a path; everything below it counts. `excluded=None` lists what raw figures count.
    `among` are the ids of the units that led themselves.
    """
    kind = RATE_BY_CODE[rate] if rate else None
    rows = kept_rows(source).filter(
        inside(source.paths),
        kind=rows_of(kind.whole if kind else "cases", source.formula),
        unit_path__startswith=unit,
    )
    if among is not None:
        rows = rows.filter(unit__in=among)
    if top:
        rows = rows.filter(top="" if top == UNCLASSED else top)
    if excluded is not None:
        rows = rows.filter(excluded=excluded)
    if kind is None:
        return rows
    rows = rows.filter(_mark(kind.whole, source.formula))
    if part == "part":
        return rows.filter(_mark(kind.part, source.formula))
    return rows.exclude(_mark(kind.part, source.formula)) if part == "missing" else rows


def kept_rows(source: Source) -> QuerySet[Any]:
    """Every mark of the source's time, whatever its kind and area."""
    if source.freeze:
        return FrozenMark.objects.filter(freeze=source.freeze)
    months = {"month__gte": source.period.first, "month__lte": source.period.last}
    return Mark.objects.filter(at__lte=now(), **months)


def _mark(name: str, formula: Formula) -> Q:
    """Which rows carry the mark of this name; a voided answer carries none of the citizen's."""
    if name in ("cases", "orders"):
        return Q()
    if name in ("answered", "solved", "satisfied"):
        told = Q(**dict.fromkeys(("answered", name), True))
        return told & ~Q(flaw__in=formula.void) if formula.void else told
    return Q(**{name: True})


def inside(paths: Sequence[str]) -> Q:
    """Marks of units that lie below one of these paths."""
    if "" in paths:
        return Q()
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(unit_path__startswith=path)
    return found
