"""Keyset pages: the next page starts after a row, never after a number of rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models import BooleanField, Expression, F, QuerySet, Value
from django.db.models.expressions import Func
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from huying.kernel.errors import Invalid

SALT = "huying.web.paging"
SORT_VALUE = "sort_value"


class RowCompare(Func):
    """`(sort, key) < (value, key value)`: one range of an index on (sort, key)."""

    output_field = BooleanField()

    def __init__(self, *expressions: Any, operator: str) -> None:
        super().__init__(*expressions)
        self.operator = operator

    def as_sql(self, compiler: Any, connection: Any, *_given: Any, **_named: Any) -> Any:
        parts: list[str] = []
        params: list[Any] = []
        for expression in self.source_expressions:
            sql, given = compiler.compile(expression)
            parts.append(sql)
            params.extend(given)
        return f"({parts[0]}, {parts[1]}) {self.operator} ({parts[2]}, {parts[3]})", params


@dataclass(frozen=True)
class Sort:
    """What a list is ordered by; `path` is an ORM path, empty values always come last."""

    path: str
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True)
class Page:
    """One page of rows, and the marks of its neighbours (empty where there is none)."""

    rows: list[Any]
    before: str
    after: str


def mark(value: Any, key: Any) -> str:
    """A row's place in the order, signed so that nobody can compose one."""
    return signing.dumps([_packed(value), _packed(key)], salt=SALT)


def place(text: str) -> tuple[Any, Any]:
    """The place that a mark means."""
    try:
        value, key = signing.loads(text, salt=SALT)
        return _unpacked(value), _unpacked(key)
    except (signing.BadSignature, ValueError, TypeError) as fault:
        message = _("翻页标记无效。")
        raise Invalid(message, remedy=_("请回到第一页重新翻。")) from fault


def _packed(value: Any) -> list[Any]:
    if isinstance(value, datetime):
        return ["datetime", value.isoformat()]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    if isinstance(value, Decimal):
        return ["decimal", str(value)]
    if isinstance(value, UUID):
        return ["uuid", str(value)]
    json.dumps(value)
    return ["plain", value]


def _unpacked(packed: list[Any]) -> Any:
    kind, value = packed
    readers: dict[str, Callable[[Any], Any]] = {
        "datetime": datetime.fromisoformat,
        "date": date.fromisoformat,
        "decimal": Decimal,
        "uuid": UUID,
    }
    return readers[kind](value) if kind in readers else value


def page(
    rows: QuerySet[Any],
    sort: Sort,
    size: int,
    after: str = "",
    before: str = "",
    *,
    few: bool = False,
) -> Page:
    """The page after or before a mark, or the first; at most two statements.

    `few` says that not many rows match at all: then all are found and sorted. Otherwise the planner
    may read in order until the page is full, which it guesses to be soon. Where conditions hardly
    ever hold together (led by one unit, seen by another) it reads the whole table in vain.
    """
    backward = bool(before) and not after
    start = place(after or before) if after or before else None
    rows = rows.annotate(**{SORT_VALUE: F(sort.path)})
    found: list[Any] = []
    for empty in _segments(sort, start, backward):
        wanted = size + 1 - len(found)
        if wanted <= 0:
            break
        segment = _ordered(_segment(rows, sort, empty, start, backward), sort, empty, backward, few)
        found += _ordered(of_page(rows, segment, wanted), sort, empty, backward)
        start = None
    more = len(found) > size
    found = found[:size]
    if backward:
        found.reverse()
    has_before, has_after = (more, True) if backward else (bool(after), more)
    if not found:
        return Page([], "", "")
    first, last = found[0], found[-1]
    return Page(
        found,
        mark(getattr(first, SORT_VALUE), first.pk) if has_before else "",
        mark(getattr(last, SORT_VALUE), last.pk) if has_after else "",
    )


def of_page(rows: QuerySet[Any], ordered: QuerySet[Any], size: int) -> QuerySet[Any]:
    """The first rows of `ordered`, with what `rows` show joined for them, not for every match.

    Their keys alone say which rows these are: with the conditions said again, the planner could
    find every match a second time to compare.
    """
    shown = rows.all()
    shown.query.clear_where()
    return shown.filter(pk__in=ordered.values("pk")[:size])


def _segments(sort: Sort, start: tuple[Any, Any] | None, backward: bool) -> list[bool]:
    """Rows with a value and rows without one, in the order in which to read them."""
    if not sort.nullable:
        return [False]
    order = [True, False] if backward else [False, True]
    if start is None:
        return order
    return order[order.index(start[0] is None) :]


def _segment(
    rows: QuerySet[Any], sort: Sort, empty: bool, start: tuple[Any, Any] | None, backward: bool
) -> QuerySet[Any]:
    """The rows of one segment beyond `start`, in the direction of reading."""
    descending = sort.descending != backward
    if sort.nullable:
        rows = rows.filter(**{f"{sort.path}__isnull": empty})
    if start is None:
        return rows
    value, key = start
    if empty:
        return rows.filter(**{f"pk__{'lt' if descending else 'gt'}": key})
    here: list[Expression | F] = [F(sort.path), F("pk"), Value(value), Value(key)]
    return rows.filter(RowCompare(*here, operator="<" if descending else ">"))


def _ordered(
    rows: QuerySet[Any], sort: Sort, empty: bool, backward: bool, few: bool = False
) -> QuerySet[Any]:
    """The rows of one segment in the direction of reading; of `few`, no index knows the order."""
    keys: list[Expression | F] = [F("pk")] if empty else [F(sort.path), F("pk")]
    if few:
        keys[0] = Coalesce(keys[0], keys[0])
    descending = sort.descending != backward
    return rows.order_by(*(key.desc() if descending else key.asc() for key in keys))
