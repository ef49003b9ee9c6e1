"""A list as a file: rows stream from the database into CSV or XLSX in bounded memory."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

from django.http import (
    FileResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from huying.kernel import jobs
from huying.kernel.asker import Asker
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.kernel.errors import NotFound
from huying.kernel.verbs import act
from huying.web import slots
from huying.web.tables import TABLES, Column, Table, TextFilter

if TYPE_CHECKING:
    from huying.web.listing import Listing

CHUNK = 1000
DIRECT = 5000
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONG = re.compile(r"(?:\d\D{0,2}){7}")  # as many digits as a telephone has, however written
SHEET_LIMIT = 1_048_575
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def safe(value: Any) -> Any:
    """A value for a CSV cell; text that a spreadsheet would run as a formula gets an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(DISTRICT_ZONE):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (int, float, Decimal)):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(RISKY) else text


def read(rows: Any) -> Iterator[Any]:
    """Rows through a cursor of the server, a thousand at a time."""
    yield from rows.iterator(chunk_size=CHUNK)


def csv_lines(columns: list[Column], rows: Iterable[Any]) -> Iterator[str]:
    """The lines of a CSV file, with the mark by which Excel knows UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([safe(str(column.label)) for column in columns])
    for row in rows:
        yield writer.writerow([safe(column.exported(row)) for column in columns])


def write_xlsx(columns: list[Column], rows: Iterable[Any], goal: IO[bytes]) -> int:
    """Write a sheet to `goal` row by row; returns how many rows were written."""
    import xlsxwriter  # a third of a second that only a download pays

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(goal, options)
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, 20)
        sheet.write_string(0, place, str(column.label), bold)
    written = 0
    for row in rows:
        if written >= SHEET_LIMIT:
            break
        written += 1
        for place, column in enumerate(columns):
            value = column.exported(row)
            if value is None or value == "":
                continue
            if isinstance(value, datetime):
                local = value.astimezone(DISTRICT_ZONE).replace(tzinfo=None)
                sheet.write_datetime(written, place, local, moment)
            elif isinstance(value, date):
                sheet.write_datetime(written, place, value, day)
            elif isinstance(value, (int, float, Decimal)):
                sheet.write_number(written, place, value)
            else:
                sheet.write_string(written, place, str(value)[:32767])
    book.close()
    return written


def file_name(table: Table, form: str) -> str:
    """Such as `诉求-20261122-2031.csv`."""
    return f"{table.title}-{now():%Y%m%d-%H%M}.{form}"


def audited(table: Table, form: str, query: str, by: Asker) -> None:
    """Write down who takes which list away; a telephone that was searched for stays out of it."""
    told = QueryDict(query, mutable=True)
    for searched in (one for one in table.filters if isinstance(one, TextFilter)):
        for name in searched.parameters:
            if name in told:
                told[name] = _without_numbers(str(told[name]))
    with act("web.export", by=by) as deed:
        deed.on("table", table.name, "", form=form, query=told.urlencode()[:500])


def _without_numbers(text: str) -> str:
    return "".join("*" if sign.isdigit() else sign for sign in text) if LONG.search(text) else text


def in_order(table: Table, rows: Any, query: QueryDict) -> Any:
    """The rows of a file in the order of the page."""
    _word, sort = table.sort_of(query)
    sign = "-" if sort.descending else ""
    return table.export_rows(rows).order_by(f"{sign}{sort.path}", f"{sign}pk")


def _is_long_work(listing: Listing) -> bool:
    """Whether a list is so long that it is written in the background."""
    if TABLES.get(listing.table.name) is None:
        return False
    if listing.asker.id.partition(":")[0] not in slots.ASKERS.names():
        return False
    return bool(listing.narrowed.order_by()[: DIRECT + 1].count() > DIRECT)


def answer(listing: Listing, form: str) -> HttpResponseBase:
    """The list as a download, with all matching rows and the columns that are shown."""
    table = listing.table
    if form not in MEDIA or not table.exportable:
        raise NotFound(_("没有这种导出格式。"))
    audited(table, form, listing.kept_query, listing.asker)
    if _is_long_work(listing):
        job = jobs.start(
            "web.export",
            {
                "table": table.name,
                "query": listing.kept_query,
                "form": form,
                "language": translation.get_language(),
            },
            title=_("导出%(title)s") % {"title": table.title},
            by=listing.asker,
        )
        return HttpResponseRedirect(reverse("job", args=[job.pk]))
    rows = in_order(table, listing.narrowed, listing.query)
    columns = listing.columns
    response: HttpResponseBase
    if form == "csv":
        response = StreamingHttpResponse(csv_lines(columns, read(rows)), content_type=MEDIA[form])
    else:
        goal = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it)
        write_xlsx(columns, read(rows), goal)
        goal.seek(0)
        response = FileResponse(goal, content_type=MEDIA[form])
    name = quote(file_name(table, form))
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response
