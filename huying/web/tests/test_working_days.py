"""The working calendar on its pages: seen, changed, loaded with every fault at once, published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huying.kernel import queries
from huying.kernel.asker import System
from huying.kernel.models import AuditRow, CalendarDay
from huying.web import slots, working_days
from huying.web.slots import Provisional

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(anna: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Somebody who keeps the calendar, and no other room's clocks."""
    monkeypatch.setattr(working_days, "asker_of", lambda request: System("keeper"))
    kept = dict(slots.PROVISIONAL._items)
    slots.PROVISIONAL._items.clear()
    queries.forget_calendar()
    client = Client()
    client.force_login(anna)
    yield client
    slots.PROVISIONAL._items.update(kept)
    queries.forget_calendar()


def shown(client: Client, year: int) -> dict[str, dict[str, Any]]:
    """Every day of a year's page, by its date."""
    months = client.get(f"/calendar/?year={year}").context["months"]
    days = [day for month in months for week in month["weeks"] for day in week if day]
    return {str(day["date"]): day for day in days}


def test_only_who_keeps_the_calendar_sees_it(anna: Any) -> None:
    client = Client()
    assert client.get("/calendar/").status_code == 302
    client.force_login(anna)
    for address in ("", "import/", "day/2027-02-06/", "2027/publish/", "2027.csv"):
        assert client.get(f"/calendar/{address}").status_code == 403, address
    assert client.post("/calendar/2027/publish/").status_code == 403
    assert not CalendarDay.objects.exists()


def test_a_year_shows_holidays_and_make_up_days_in_chinese(keeper: Client) -> None:
    days = shown(keeper, 2026)
    assert len(days) == 365
    assert days["2026-02-14"]["words"] == "调休上班，春节"  # a Saturday
    assert days["2026-02-17"]["words"] == "放假，春节"
    assert days["2026-03-02"]["words"] == "工作日"
    assert days["2026-03-01"]["words"] == "周末"
    assert "全年已公布" in keeper.get("/calendar/?year=2026").content.decode()
    assert shown(keeper, 2027)["2027-02-06"]["words"] == "周末，暂定"
    assert "全年尚未公布" in keeper.get("/calendar/?year=2027").content.decode()


def test_every_month_begins_under_its_weekday(keeper: Client) -> None:
    for month in keeper.get("/calendar/?year=2027").context["months"]:
        for week in month["weeks"]:
            assert len(week) == 7
            for column, day in enumerate(week):
                assert day is None or day["date"].weekday() == column


@pytest.mark.parametrize("year", ["1999", "2101", "x", "２０２６", ""])
def test_there_is_no_such_year(keeper: Client, year: str) -> None:
    assert keeper.get(f"/calendar/?year={year}").status_code == 404


def test_a_day_is_changed_and_says_who_did_it(keeper: Client) -> None:
    page = keeper.get("/calendar/day/2027-02-06/").content.decode()
    assert "随即视为已公布" in page
    answer = keeper.post("/calendar/day/2027-02-06/", {"kind": "work", "holiday": "春节"})
    assert answer["Location"] == "/calendar/?year=2027"
    assert queries.working_calendar().is_workday(date(2027, 2, 6))
    assert shown(keeper, 2027)["2027-02-06"]["words"] == "调休上班，春节"
    row = AuditRow.objects.get()
    assert (row.verb, row.object_id) == ("kernel.edit_calendar", "2027-02-06")
    assert keeper.post("/calendar/day/2027-02-06/", {"kind": "perhaps"}).status_code == 422
    for wrong in ("2027-02-30", "nonsense", "0001-01-01"):
        assert keeper.get(f"/calendar/day/{wrong}/").status_code == 404


def test_a_year_is_published_as_it_stands_but_for_the_days_set_before(keeper: Client) -> None:
    keeper.post("/calendar/day/2027-02-06/", {"kind": "work", "holiday": "春节"})
    assert "还有 364 天未公布" in keeper.get("/calendar/2027/publish/").content.decode()
    assert keeper.post("/calendar/2027/publish/")["Location"] == "/calendar/?year=2027"
    calendar = queries.working_calendar()
    assert not calendar.is_provisional(date(2027, 1, 1), date(2027, 12, 31))
    assert calendar.is_workday(date(2027, 2, 6)) and not calendar.is_workday(date(2027, 2, 7))
    assert AuditRow.objects.latest("id").detail == {"published": 364}
    assert keeper.post("/calendar/2027/publish/").status_code == 409
    assert "公布 2027 年" not in keeper.get("/calendar/?year=2027").content.decode()


def test_a_file_is_loaded_whole_or_every_fault_is_told_by_line(keeper: Client) -> None:
    bad = "date,workday\n2027-01-01,0\n2027-13-01,0\n2027-01-02,是\n2027-01-01,1\n"
    answer = keeper.post("/calendar/import/", {"file": SimpleUploadedFile("y.csv", bad.encode())})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "有 3 处需要修改" in page
    assert [f"第 {line} 行：" in page for line in (2, 3, 4, 5)] == [False, True, True, True]
    assert not CalendarDay.objects.exists()
    good = "date,workday,holiday\n2027-01-01,0,元旦\n2027-01-02,1,\n"
    for text in (good.encode("gb18030"), good.encode("utf-8-sig")):
        answer = keeper.post("/calendar/import/", {"file": SimpleUploadedFile("y.csv", text)})
        assert answer["Location"] == "/calendar/?year=2027"
    assert CalendarDay.objects.get(date="2027-01-01").holiday == "元旦"


def test_a_year_that_was_downloaded_is_loaded_unchanged(keeper: Client) -> None:
    answer = keeper.get("/calendar/2026.csv")
    assert 'filename="calendar-2026.csv"' in answer["Content-Disposition"]
    before = shown(keeper, 2026)
    file = SimpleUploadedFile("2026.csv", answer.content)
    assert keeper.post("/calendar/import/", {"file": file}).status_code == 302
    assert CalendarDay.objects.count() == 365
    assert shown(keeper, 2026) == before


def test_the_page_says_which_clocks_are_provisional(keeper: Client) -> None:
    assert "没有暂定的时限" in keeper.get("/calendar/").content.decode()
    at = queries.working_calendar().from_local(date(2027, 1, 5).toordinal() * 24 * 3600 * 10**6)
    slots.PROVISIONAL._items["tests"] = lambda asker: [Provisional("一般诉求", 12, at, at)]
    page = keeper.get("/calendar/").content.decode()
    assert "一般诉求" in page and ">12<" in page and "2027-01-05" in page
