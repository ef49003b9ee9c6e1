"""Declarative tables: narrowed, ordered, paged without gaps, exported without harm."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from huying.kernel.asker import System
from huying.kernel.errors import Invalid, NotFound
from huying.kernel.models import AuditRow, CalendarDay, LongJob
from huying.web import actions, exports, paging
from huying.web.listing import Listing, table_page
from huying.web.living import SampleTable
from huying.web.models import SavedView
from huying.web.tables import Column

pytestmark = pytest.mark.django_db
SYSTEM = System("test")


def _request(query: str = "") -> Any:
    request = RequestFactory().get(f"/living/?{query}")
    request.user = AnonymousUser()
    request.asker = SYSTEM  # type: ignore[attr-defined]
    return request


def _listing(query: str = "") -> Listing:
    return Listing(SampleTable(), _request(query), QueryDict(query))


def _walk(rows: Any, sort: paging.Sort, size: int, few: bool) -> list[Any]:
    """Every row, page by page to the end, checking on the way back that pages are the same."""
    pages = [paging.page(rows, sort, size, few=few)]
    while pages[-1].after:
        pages.append(paging.page(rows, sort, size, after=pages[-1].after, few=few))
    back = pages[-1]
    for expected in reversed(pages[:-1]):
        back = paging.page(rows, sort, size, before=back.before, few=few)
        assert [row.pk for row in back.rows] == [row.pk for row in expected.rows]
    assert not pages[0].before
    return [row for page in pages for row in page.rows]


@pytest.mark.parametrize("few", [False, True])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("size", [1, 7, 60, 100])
def test_pages_hold_every_row_once_and_in_order(
    days: list[CalendarDay], descending: bool, size: int, few: bool
) -> None:
    found = _walk(CalendarDay.objects.all(), paging.Sort("date", descending), size, few)
    ordered = sorted((day.date for day in days), reverse=descending)
    assert [row.date for row in found] == ordered


@pytest.mark.parametrize("few", [False, True])
@pytest.mark.parametrize("descending", [False, True])
def test_rows_that_tie_are_neither_lost_nor_repeated(
    days: list[CalendarDay], descending: bool, few: bool
) -> None:
    found = _walk(CalendarDay.objects.all(), paging.Sort("holiday", descending), 7, few)
    assert len({row.pk for row in found}) == len(found) == len(days)


@pytest.mark.parametrize("few", [False, True])
@pytest.mark.parametrize("descending", [False, True])
def test_rows_without_a_value_come_last_either_way(anna: Any, descending: bool, few: bool) -> None:
    people = type(anna).objects
    for number in range(9):
        changed = f"2026-01-0{number + 1}T00:00Z" if number % 2 else None
        people.create_user(username=f"p{number}", name="x", password_changed_at=changed)
    rows = people.filter(username__startswith="p")
    sort = paging.Sort("password_changed_at", descending, nullable=True)
    found = _walk(rows, sort, 2, few)
    empty = [row.password_changed_at is None for row in found]
    assert empty == sorted(empty)
    assert len({row.pk for row in found}) == len(found) == 9


@pytest.mark.parametrize("few", [False, True])
def test_what_rows_show_is_joined_for_the_page_alone(few: bool) -> None:
    jobs = LongJob.objects.select_related("result").filter(state="done")
    with CaptureQueriesContext(connection) as told:
        paging.page(jobs, paging.Sort("title"), 7, few=few)
    (sql,) = (query["sql"] for query in told)
    shown, _in, keys = sql.partition('"kernel_longjob"."id" IN (')
    assert " JOIN " in shown
    assert "'done'" not in shown
    assert "'done'" in keys
    assert " JOIN " not in keys
    assert "LIMIT 8" in keys
    # Of few, every match is found and sorted: the planner is kept from reading in order in vain.
    assert ('ORDER BY COALESCE(U0."title", U0."title")' in keys) is few


def test_a_row_that_arrives_between_two_pages_moves_none(days: list[CalendarDay]) -> None:
    rows = CalendarDay.objects.all()
    sort = paging.Sort("date", True)
    first = paging.page(rows, sort, 10)
    CalendarDay.objects.create(date=date(2027, 1, 1), workday=False)
    second = paging.page(rows, sort, 10, after=first.after)
    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}
    assert second.rows[0].date == first.rows[-1].date.replace(day=first.rows[-1].date.day - 1)


def test_a_composed_mark_is_refused() -> None:
    with pytest.raises(Invalid):
        paging.page(CalendarDay.objects.all(), paging.Sort("date"), 10, after="eyJhIjoxfQ")


def test_filters_narrow_and_nonsense_is_ignored(days: list[CalendarDay]) -> None:
    listing = _listing("workday=0&date_from=2026-01-10&date_to=2026-01-31&day=6&sort=date")
    found = [row.date for row in listing.page.rows]
    assert found == [date(2026, 1, 10), date(2026, 1, 17), date(2026, 1, 24), date(2026, 1, 31)]
    assert [chip.label for chip, _link in listing.chips] == ["星期", "日期", "是否上班"]
    assert _listing("workday=perhaps&date_from=soon&day=9&sort=drop table").count == 60


def test_removing_a_filter_keeps_the_others_and_leaves_the_page(days: list[CalendarDay]) -> None:
    listing = _listing("workday=0&date_from=2026-01-10&after=x")
    links = dict((chip.label, link) for chip, link in listing.chips)
    assert links["日期"] == "/living/?workday=0"
    assert listing.clear_link == "/living/?bare=1"


def test_a_page_costs_two_statements(days: list[CalendarDay]) -> None:
    with CaptureQueriesContext(
        connection,
    ) as told:
        listing = _listing()
        assert len(listing.rows) == 10
        assert listing.count == 60
    assert len(told) == 2
    assert all("OFFSET" not in query["sql"] for query in told)


def test_a_list_page_costs_at_most_eight_statements_for_somebody_signed_in(anna: Any) -> None:
    client = Client()
    client.force_login(anna)
    client.get("/jobs/")
    with CaptureQueriesContext(connection) as told:
        assert client.get("/jobs/?sort=created_at").status_code == 200
    assert len(told) <= 6, "\n".join(query["sql"] for query in told)


def test_counting_stops_at_a_thousand(days: list[CalendarDay]) -> None:
    first = date(2030, 1, 1).toordinal()
    CalendarDay.objects.bulk_create(
        CalendarDay(date=date.fromordinal(first + n), workday=True) for n in range(1200)
    )
    listing = _listing()
    assert listing.count == 1001
    assert listing.uncounted


def test_columns_are_chosen_in_their_declared_order(days: list[CalendarDay]) -> None:
    assert [c.name for c in _listing("columns=in_lieu&columns=date").columns] == ["date", "in_lieu"]
    assert "in_lieu" not in [c.name for c in _listing("columns=nonsense").columns]
    shown = "&".join(f"columns={c.name}" for c in SampleTable.columns if c.shown)
    assert _listing(f"{shown}&workday=1").here == "/living/?workday=1"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\tx", "\rx", "\n=1", "＝1"])
def test_text_that_a_spreadsheet_would_run_is_defused(text: str) -> None:
    assert exports.safe(text) == f"'{text}"


def test_numbers_stay_numbers_in_files() -> None:
    assert exports.safe(-3) == -3
    assert exports.safe(None) == ""


def test_csv_holds_all_matching_rows_and_is_written_down(days: list[CalendarDay]) -> None:
    answer = table_page(_request("export=csv&holiday=春节"), SampleTable)
    text = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["日期", "类型", "星期", "节日"]
    assert len(rows) == 9
    assert AuditRow.objects.filter(verb="web.export", object_id="web.sample").count() == 1


@pytest.mark.parametrize("text", ["13812345678", "138-1234 5678", "027 87654321"])
def test_a_telephone_searched_for_never_reaches_the_audit(
    days: list[CalendarDay], text: str
) -> None:
    table_page(_request(f"export=csv&day_from=2026-01-01&holiday={text}"), SampleTable)
    kept = QueryDict(AuditRow.objects.get(verb="web.export").detail["query"])
    assert kept["day_from"] == "2026-01-01"
    assert kept["holiday"] == "".join("*" if sign.isdigit() else sign for sign in text)


def test_xlsx_writes_formulas_as_text() -> None:
    goal = io.BytesIO()
    columns = [Column("name", "名称", value=lambda row: row), Column("n", "数", value=len)]
    assert exports.write_xlsx(columns, ["=1+1", "安"], goal) == 2
    sheet = load_workbook(goal).active
    assert sheet is not None
    assert sheet["A2"].value == "=1+1"
    assert sheet["A2"].data_type == "s"
    assert sheet["B2"].value == 4


def test_an_unknown_format_is_refused(days: list[CalendarDay]) -> None:
    with pytest.raises(NotFound):
        table_page(_request("export=exe"), SampleTable)


def test_a_saved_view_opens_the_bare_list_and_belongs_to_one_person(
    anna: Any, days: list[CalendarDay]
) -> None:
    view = actions.save_view("web.sample", "周末", "day=6&after=x", first=True, by=SYSTEM)
    assert view.query == "day=6"
    answer = table_page(_request(), SampleTable)
    assert answer["Location"] == "/living/?day=6"
    client = Client()
    client.force_login(anna)
    with pytest.raises(NotFound):
        actions.drop_view(view.pk, by=_Asker("person:0"))
    assert SavedView.objects.count() == 1
    actions.drop_view(view.pk, by=SYSTEM)
    assert not SavedView.objects.exists()


def test_dropping_a_view_by_nonsense_drops_nothing(anna: Any) -> None:
    client = Client()
    client.force_login(anna)
    for nonsense in ("²", "9" * 30):
        assert client.post("/living/", {"drop_view": nonsense}).status_code in (404, 422)


@pytest.mark.parametrize("text", ["13812345678", "138-1234 5678", "420106198001011234"])
def test_a_view_keeps_no_telephone_and_no_id_number(text: str) -> None:
    with pytest.raises(Invalid):
        actions.save_view("web.sample", "他的", f"day_from=2026-01-01&holiday={text}", by=SYSTEM)
    assert not SavedView.objects.exists()


def test_a_view_without_a_name_is_refused() -> None:
    with pytest.raises(Invalid):
        actions.save_view("web.sample", "  ", "", by=SYSTEM)


class _Asker(System):
    """An asker under another name."""

    @property
    def id(self) -> str:
        return self.name
