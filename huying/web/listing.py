"""One page of a declarative table: reads the address, asks the room, shows or exports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString

from huying.kernel.errors import Unauthenticated
from huying.web import actions, exports, filters, paging, queries
from huying.web.context import asker_of
from huying.web.tables import Column, Table

COUNT_UP_TO = 1000
PART = "web/table_results.html"
LINK = '<a class="row-link" data-row-link href="{}">{}</a>'


@dataclass(frozen=True)
class Cell:
    """A cell, ready to show: the attributes of its element, and what stands in it."""

    attributes: SafeString
    body: Any


@dataclass(frozen=True)
class Row:
    """A row, ready to show."""

    tone: str
    cells: list[Cell]


@dataclass(frozen=True)
class Heading:
    """The head of a column: where a click on it leads, and the order it is in now."""

    column: Column
    link: str
    order: str


def attributes_of(column: Column, *classes: str) -> SafeString:
    """What the cells of a column say of themselves; a phone leaves out those that `is-empty`."""
    looks = [f"align-{column.align}", f"phone-{column.phone}", *classes]
    if column.nowrap:
        looks.append("nowrap")
    return format_html(' class="{}" data-label="{}"', " ".join(looks), column.label)


def dom_name(table: Table) -> str:
    """A table's name without the dot that a selector would take for a class."""
    return table.name.replace(".", "-")


class Listing:
    """What the template of a table needs; nothing is asked of the database before it is shown."""

    def __init__(self, table: Table, request: HttpRequest, query: QueryDict) -> None:
        self.table = table
        self.asker = asker_of(request)
        self.request = request
        self.path = request.path
        self.sort_word, self.sort = table.sort_of(query)
        self.columns = table.chosen_columns(query)
        self.query = query.copy()
        if self.columns == [column for column in table.columns if column.shown]:
            self.query.pop("columns", None)

    @property
    def dom(self) -> str:
        """The table's name as part of element ids, which selectors can name."""
        return dom_name(self.table)

    @cached_property
    def narrowed(self) -> Any:
        """The rows that match."""
        return self.table.narrowed(self.asker, self.query)

    @cached_property
    def page(self) -> paging.Page:
        """The rows of this page and the marks of its neighbours."""
        after, before = self.query.get("after", ""), self.query.get("before", "")
        size, few = self.table.page_size, self.filtered and not self.uncounted
        rows = self.table.on_page(self.asker, self.narrowed)
        return paging.page(rows, self.sort, size, after, before, few=few)

    @property
    def filtered(self) -> bool:
        """Whether the address asks for any filter."""
        return any(one.read(self.query) is not None for one in self.table.filters)

    @cached_property
    def count(self) -> int:
        """How many rows match, counted up to COUNT_UP_TO + 1.

        What filters let through is counted first, for the page to be read accordingly; of a whole
        list a short first page counts itself.
        """
        if not self.filtered and not (self.page.before or self.page.after):
            return len(self.page.rows)
        return int(self.narrowed.order_by()[: COUNT_UP_TO + 1].count())

    @property
    def uncounted(self) -> bool:
        """Whether there are more than were counted."""
        return self.count > COUNT_UP_TO

    @property
    def count_up_to(self) -> int:
        """The largest number that is counted exactly."""
        return COUNT_UP_TO

    @cached_property
    def rows(self) -> list[Row]:
        """The rows, ready to show; what the cells of a column share is made once."""
        full = [attributes_of(column) for column in self.columns]
        empty = [attributes_of(column, "is-empty") for column in self.columns]
        shown = []
        for row in self.page.rows:
            link, cells = self.table.link(row), []
            for number, column in enumerate(self.columns):
                body = column.rendered(row)
                attributes = (empty if body == "—" else full)[number]
                if link and column.phone == "title":
                    body = format_html(LINK, link, body)
                cells.append(Cell(attributes, body))
            shown.append(Row(self.table.tone(row), cells))
        return shown

    @cached_property
    def headings(self) -> list[Heading]:
        """The heads of the columns."""
        return [Heading(c, self._sort_link(c), self._order(c)) for c in self.columns]

    def _order(self, column: Column) -> str:
        if self.sort_word.removeprefix("-") != column.name:
            return ""
        return "descending" if self.sort_word.startswith("-") else "ascending"

    def _sort_link(self, column: Column) -> str:
        if not column.sort:
            return ""
        word = f"-{column.name}" if self._order(column) == "ascending" else column.name
        return self.address(sort="" if word == self.table.default_sort else word)

    def address(self, *drop: str, **put: str) -> str:
        """This list's address with parameters dropped or put; always from the first page."""
        query = self.query.copy()
        for name in ("after", "before", "export", "view", *drop):
            query.pop(name, None)
        for name, value in put.items():
            query[name] = value
        tidied = actions.tidy(query.urlencode())
        marks = "&".join(f"{n}={put[n]}" for n in ("after", "before", "export") if put.get(n))
        joined = "&".join(part for part in (tidied, marks) if part)
        return f"{self.path}?{joined}" if joined else f"{self.path}?bare=1"

    @property
    def here(self) -> str:
        """The address of this page, cleaned, for sharing and for the history."""
        marks = {name: self.query.get(name, "") for name in ("after", "before")}
        return self.address(**{name: value for name, value in marks.items() if value})

    @property
    def kept_query(self) -> str:
        """What a saved view keeps."""
        return actions.tidy(self.query.urlencode())

    @property
    def next_link(self) -> str:
        return self.address(after=self.page.after) if self.page.after else ""

    @property
    def previous_link(self) -> str:
        return self.address(before=self.page.before) if self.page.before else ""

    @property
    def first_link(self) -> str:
        return self.address()

    @property
    def csv_link(self) -> str:
        return self.address(export="csv")

    @property
    def xlsx_link(self) -> str:
        return self.address(export="xlsx")

    @cached_property
    def chips(self) -> list[tuple[filters.Chip, str]]:
        """The active filters in words, each with the address without it."""
        shown = filters.chips(self.table.filters, self.query, self.asker)
        return [(chip, self.address(*chip.removes)) for chip in shown]

    @property
    def clear_link(self) -> str:
        """The address without any filter."""
        names = [name for one in self.table.filters for name in one.parameters]
        return self.address(*names)

    @property
    def controls(self) -> list[tuple[str, dict[str, Any]]]:
        """The filters' controls: template and context."""
        return [(one.template, one.control(self.query, self.asker)) for one in self.table.filters]

    @property
    def column_choices(self) -> list[tuple[Column, bool]]:
        """Every column, and whether it is shown."""
        return [(column, column in self.columns) for column in self.table.columns]

    @property
    def own_sort(self) -> str:
        """The sort of the address when it is not the table's own."""
        return "" if self.sort_word == self.table.default_sort else self.sort_word

    @property
    def empty_action(self) -> tuple[str, str] | None:
        return self.table.empty_action(self.asker)

    @cached_property
    def views(self) -> list[Any]:
        """The asker's saved views of this table."""
        return queries.saved_views(self.asker, self.table.name)


def table_page(
    request: HttpRequest,
    table: type[Table] | Table,
    template: str = "web/list.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponseBase:
    """Answer a list page: whole, its changed part for htmx, or a file; keeps and drops views.

    `context` reaches `template`, which extends `web/list.html` when a room has more to say.
    """
    made = table() if isinstance(table, type) else table
    asker = asker_of(request)
    if request.method == "POST":
        return _views_changed(request, made)
    query = request.GET
    if asker.id != "stranger" and not query:
        first = queries.first_view(asker, made.name)
        if first is not None and first.query:
            return HttpResponseRedirect(f"{request.path}?{first.query}")
    listing = Listing(made, request, query)
    if query.get("export"):
        return exports.answer(listing, query["export"])
    htmx = request.headers.get("HX-Request") == "true"
    part = request.headers.get("HX-Target", "")
    if htmx and part == f"results-{dom_name(made)}":
        template = PART
    elif htmx and part == f"table-{dom_name(made)}":
        template = "web/table.html"
    whole = {**(context or {}), "listing": listing, "part": template == PART}
    response = render(request, template, whole)
    if htmx:
        response["HX-Push-Url"] = listing.here
    return response


def _views_changed(request: HttpRequest, table: Table) -> HttpResponse:
    """Save the present view or drop one, and come back to the list."""
    asker = asker_of(request)
    if asker.id == "stranger":
        raise Unauthenticated("")
    table.rows(asker)  # whoever may not see the list is refused here as there
    drop = request.POST.get("drop_view", "")
    if drop.isdecimal():
        actions.drop_view(int(drop), by=asker)
        return HttpResponseRedirect(f"{request.path}?bare=1")
    view = actions.save_view(
        table.name,
        request.POST.get("view_name", ""),
        request.POST.get("view_query", ""),
        first=request.POST.get("view_first") == "1",
        by=asker,
    )
    return HttpResponseRedirect(f"{request.path}?{view.query or 'bare=1'}")
