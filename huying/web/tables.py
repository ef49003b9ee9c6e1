"""Declarative tables: a room says which columns and filters, the face does the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker
from huying.kernel.clock import DISTRICT_ZONE
from huying.kernel.registry import Registry
from huying.web.filters import (
    BooleanFilter,
    ChoiceFilter,
    DateRangeFilter,
    Filter,
    LookupFilter,
    TextFilter,
    TreeFilter,
)
from huying.web.paging import Sort
from huying.web.slots import Words

__all__ = [
    "TABLES",
    "BooleanFilter",
    "ChoiceFilter",
    "Column",
    "DateRangeFilter",
    "Filter",
    "LookupFilter",
    "Table",
    "TextFilter",
    "TreeFilter",
]

PHONE = ("title", "tag", "line", "hidden")


@dataclass(frozen=True)
class Column:
    """A column. `value` is an attribute path or a function of the row; by default `name`.

    `cell` renders HTML for the page, `export` the plain value for files; without them the value
    is shown and exported. `sort` is an ORM path ("" = not sortable); `sort_nullable` keeps rows
    without a value last. `phone` says where it stands on a phone's card: title, tag, line, hidden.
    """

    name: str
    label: Words
    value: str | Callable[[Any], Any] = ""
    cell: Callable[[Any], Any] | None = None
    export: Callable[[Any], Any] | None = None
    sort: str = ""
    sort_nullable: bool = False
    shown: bool = True
    align: str = "start"
    nowrap: bool = False
    phone: str = "line"
    width: str = ""

    def of(self, row: Any) -> Any:
        """The value of this column in a row."""
        if callable(self.value):
            return self.value(row)
        found = row
        for step in (self.value or self.name).split("."):
            found = getattr(found, step, None)
            if found is None:
                return None
        return found

    def rendered(self, row: Any) -> Any:
        """What the page shows."""
        if self.cell is not None:
            return self.cell(row)
        return as_text(self.of(row))

    def exported(self, row: Any) -> Any:
        """What a file gets: text, number, date or None."""
        value = self.export(row) if self.export is not None else self.of(row)
        if isinstance(value, bool):
            return _("是") if value else _("否")
        return value


def as_text(value: Any) -> str | SafeString:
    """A value as a page shows it."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        local = value.astimezone(DISTRICT_ZONE)
        words = f"{local:%Y-%m-%d %H:%M}"  # format_html makes text of its arguments first
        return format_html('<time datetime="{}">{}</time>', local.isoformat(), words)
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return str(value)


class Table:
    """Base of all tables. Subclasses set `name`, `title`, `columns`, `filters` and give `rows`.

    `verbs` are the rights by which `rows` are scoped; a file with them is closed when they go.
    """

    name: ClassVar[str]
    title: ClassVar[Words]
    verbs: ClassVar[Sequence[str]] = ()
    columns: ClassVar[Sequence[Column]]
    filters: ClassVar[Sequence[Filter]] = ()
    default_sort: ClassVar[str] = "-id"
    page_size: ClassVar[int] = 50
    exportable: ClassVar[bool] = True
    empty_icon: ClassVar[str] = "inbox"
    empty_heading: ClassVar[Words] = ""
    empty_hint: ClassVar[Words] = ""

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """The rows this asker may see, from the room's `queries`, with all relations joined."""
        raise NotImplementedError

    def link(self, row: Any) -> str:
        """The address of a row's own page; empty when it has none."""
        return ""

    def tone(self, row: Any) -> str:
        """A tone for the edge of a row (`bad` when overdue); empty for none."""
        return ""

    def on_page(self, asker: Asker, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows for a page; override to annotate what a count and a file do not need."""
        return rows

    def export_rows(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows for a file; override to defer what a file does not need."""
        return rows

    def empty_action(self, asker: Asker) -> tuple[str, str] | None:
        """Label and address of what fills an empty list, if the asker may."""
        return None

    def narrowed(self, asker: Asker, query: QueryDict) -> QuerySet[Any]:
        """The rows that all filters of the address let through."""
        rows = self.rows(asker)
        for one in self.filters:
            rows = one.narrow(rows, query, asker)
        return rows

    def sort_of(self, query: QueryDict) -> tuple[str, Sort]:
        """The sort asked for, or the table's own; as its word in the address and as an order."""
        for text in (query.get("sort", ""), self.default_sort):
            name = text.removeprefix("-")
            column = next((c for c in self.columns if c.name == name and c.sort), None)
            if column is not None:
                return text, Sort(column.sort, text.startswith("-"), column.sort_nullable)
        path = self.default_sort.removeprefix("-")
        return self.default_sort, Sort(path, self.default_sort.startswith("-"))

    def chosen_columns(self, query: QueryDict) -> list[Column]:
        """The columns asked for in their declared order, or those shown by default."""
        names = set(query.getlist("columns"))
        chosen = [column for column in self.columns if column.name in names]
        return chosen or [column for column in self.columns if column.shown]


TABLES: Registry[type[Table]] = Registry("tables")
