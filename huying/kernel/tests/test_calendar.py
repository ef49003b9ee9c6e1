"""The working calendar ships with the product, is edited by verb and kept by each process."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoAssertNumQueries

from huying.kernel import actions, queries
from huying.kernel.errors import Forbidden, Invalid, NotNow
from huying.kernel.models import AuditRow, CalendarDay
from huying.kernel.tests.people import ADMIN, ALICE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    queries.forget_calendar()
    yield
    queries.forget_calendar()


def test_the_shipped_calendar_knows_make_up_days() -> None:
    calendar = queries.working_calendar()
    assert not calendar.is_workday(date(2025, 10, 1))
    assert calendar.is_workday(date(2025, 10, 11))  # a Saturday worked for the holidays
    assert not calendar.is_provisional(date(2018, 1, 1), date(2026, 12, 31))
    assert calendar.is_provisional(date(2026, 12, 31), date(2027, 1, 1))


def test_a_hot_path_does_not_ask_the_database(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    queries.working_calendar()
    with django_assert_num_queries(0):
        queries.working_calendar()


def test_an_edit_is_seen_audited_and_needs_the_right() -> None:
    day = date(2026, 11, 25)
    assert queries.working_calendar().is_workday(day)
    actions.edit_calendar(day, workday=False, holiday="区里停电", by=ADMIN)
    assert not queries.working_calendar().is_workday(day)
    assert AuditRow.objects.get().object_id == "2026-11-25"
    with pytest.raises(Forbidden):
        actions.edit_calendar(day, workday=True, by=ALICE)


def test_another_process_sees_an_edit_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    day = date(2026, 11, 25)
    mine = queries.working_calendar()
    actions.edit_calendar(day, workday=False, by=ADMIN)
    queries._kept.calendar, queries._kept.edition = mine, 0
    queries._kept.looked_at = time.monotonic()
    assert queries.working_calendar().is_workday(day)
    queries._kept.looked_at -= queries.CALENDAR_SECONDS
    assert not queries.working_calendar().is_workday(day)


def test_a_new_year_is_loaded_whole() -> None:
    text = "date,workday,holiday,in_lieu\n2027-01-01,0,元旦,0\n2027-01-02,1,,1\n"
    assert len(actions.load_calendar(text, by=ADMIN)) == 2
    assert queries.working_calendar().is_workday(date(2027, 1, 2))


def test_every_fault_of_a_file_is_told_by_line_and_nothing_is_loaded() -> None:
    text = "date,workday\n2027-01-01,0\n2027-13-01,0\n2027-01-02,是\n2027-01-01,1\n2027-01-03\n"
    with pytest.raises(Invalid) as told:
        actions.load_calendar(text, by=ADMIN)
    assert [fault.where for fault in told.value.faults] == [
        "第 3 行",
        "第 4 行",
        "第 5 行",
        "第 6 行",
    ]
    assert not CalendarDay.objects.exists()


def test_a_quotation_mark_that_never_closes_is_told_too() -> None:
    text = 'date,workday\n2027-01-01,"' + "0\n" * 200_000
    with pytest.raises(Invalid) as told:
        actions.load_calendar(text, by=ADMIN)
    assert "引号" in told.value.faults[0].what


def test_the_rest_of_a_year_is_published_but_once() -> None:
    actions.edit_calendar(date(2027, 2, 6), workday=True, holiday="春节", by=ADMIN)
    assert actions.publish_calendar(2027, by=ADMIN) == 364
    assert not queries.working_calendar().is_provisional(date(2027, 1, 1), date(2027, 12, 31))
    assert queries.working_calendar().is_workday(date(2027, 2, 6))
    with pytest.raises(NotNow):
        actions.publish_calendar(2027, by=ADMIN)
    with pytest.raises(Forbidden):
        actions.publish_calendar(2028, by=ALICE)


def test_an_administrator_publishes_a_year_by_command(tmp_path: Path) -> None:
    told = io.StringIO()
    call_command("calendar", "show", "2027", stdout=told)
    assert "已公布 0 天" in told.getvalue()
    year = tmp_path / "2027.csv"
    year.write_text("date,workday\n2027-01-01,0\n2027-01-02,1\n", encoding="utf-8")
    call_command("calendar", "load", str(year), stdout=io.StringIO())
    call_command("calendar", "set", "2027-02-06", "work", stdout=io.StringIO())
    calendar = queries.working_calendar()
    assert [calendar.is_workday(date(2027, *day)) for day in ((1, 1), (1, 2), (2, 6))] == [
        *(False, True, True)
    ]
    assert set(AuditRow.objects.values_list("actor_id", flat=True)) == {"system:calendar"}
    told = io.StringIO()
    call_command("calendar", "show", "2027", stdout=told)
    assert "已公布 3 天" in told.getvalue() and "2027-01-02 上班" in told.getvalue()


def test_a_faulty_year_is_told_by_line_and_not_loaded(tmp_path: Path) -> None:
    year = tmp_path / "2027.csv"
    year.write_text("date,workday\n2027-13-01,0\n2027-01-02,x\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"第 2 行[\s\S]*第 3 行"):
        call_command("calendar", "load", str(year))
    assert not CalendarDay.objects.exists()
