"""Many appeals from one file: all faults at once, all or nothing, never twice, twins flagged."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from openpyxl import Workbook, load_workbook

from huying.cases import actions
from huying.cases.adapters import filing_sheet
from huying.cases.models import Case
from huying.cases.queries.filed import filed
from huying.cases.tests import people
from huying.kernel import jobs
from huying.kernel.errors import Forbidden, Invalid
from huying.kernel.models import LongJob
from tests.cast import Cast, assemble

GOOD = ["门口路灯不亮", "坏了一周", "王敏", "13800000001", "", "420106001001", "010303", "电话"]
BAD = ["", "没有标题", "", "12", "", "999", "9", "喊话", "", "也许"]


def sheet(*rows: list[str]) -> io.BytesIO:
    """A workbook as an operator fills it."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = filing_sheet.SHEET
    page.append(list(filing_sheet.HEADINGS))
    for row in rows:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def table(*rows: list[str]) -> io.BytesIO:
    """The same as CSV, as Excel in China saves it."""
    text = io.StringIO()
    csv.writer(text).writerows([list(filing_sheet.HEADINGS), *rows])
    return io.BytesIO(text.getvalue().encode("gb18030"))


@pytest.mark.usefixtures("district")
def test_each_row_becomes_a_case_once() -> None:
    file = sheet(GOOD, [*GOOD[:3], "13800000002"])
    plan, made = actions.file_rows(file, "a.xlsx", by=people.centre)
    assert [row.number for row in filed(people.centre, plan.digest)] == made
    first = Case.objects.get(number=made[0])
    assert (first.channel, first.place.code if first.place else "") == ("phone", "420106001001")
    file.seek(0)
    again, none = actions.file_rows(file, "a.xlsx", by=people.centre)
    assert (none, again.known, len(again.good)) == ([], 2, 0)
    assert Case.objects.count() == 2


@pytest.mark.usefixtures("district")
def test_every_wrong_cell_is_told_and_nothing_is_written() -> None:
    with pytest.raises(Invalid) as refusal:
        actions.file_rows(sheet(GOOD, BAD), "a.xlsx", by=people.centre)
    cells = [fault.where for fault in refusal.value.faults]
    name = filing_sheet.SHEET
    assert sorted(cells) == [f"{name}!{cell}" for cell in ("A3", "D3", "F3", "G3", "H3", "J3")]
    assert not Case.objects.exists()


@pytest.mark.usefixtures("district")
def test_bad_rows_can_be_skipped_corrected_and_sent_again() -> None:
    plan, made = actions.file_rows(table(GOOD, BAD), "a.csv", by=people.centre, skip_bad=True)
    assert (len(made), len(plan.bad)) == (1, 1)
    rejects = filing_sheet.rejected([(line, "原因若干") for line, _found in plan.bad])
    read = filing_sheet.read(io.BytesIO(rejects), "rejected.csv").lines[filing_sheet.SHEET]
    assert read[0].values["body"] == "没有标题"


@pytest.mark.usefixtures("district")
def test_what_was_filed_already_is_flagged() -> None:
    known = people.registered(phone="13800000001", title="门口路灯不亮")
    plan = actions.plan_filing(sheet(GOOD, GOOD), "a.xlsx", by=people.centre)
    assert [(twin.row, twin.number) for twin in plan.twins] == [
        (2, known.number),
        (3, known.number),
    ]
    # Who does not see that case is not told of it.
    other = actions.plan_filing(sheet([*GOOD[:5]]), "a.xlsx", by=people.other_dispatcher)
    assert other.twins == []


@pytest.mark.usefixtures("district")
def test_a_place_of_others_and_a_stranger_are_refused() -> None:
    plan = actions.plan_filing(sheet(GOOD), "a.xlsx", by=people.other_dispatcher)
    assert [fault.where for fault in plan.faults] == [f"{filing_sheet.SHEET}!F2"]
    with pytest.raises(Forbidden):
        actions.plan_filing(sheet(GOOD), "a.xlsx", by=people.handler)
    with pytest.raises(Invalid):
        actions.plan_filing(sheet(), "a.xlsx", by=people.centre)


@pytest.fixture
def centre(db: None) -> Client:
    """A browser of the centre."""
    cast: Cast = assemble()
    client = Client()
    client.force_login(cast.people["district_centre"])
    return client


def test_the_page_checks_then_files_in_the_background_and_links_the_cases(centre: Client) -> None:
    template = centre.get("/cases/new/many/template/")
    assert filing_sheet.SHEET in load_workbook(io.BytesIO(template.content)).sheetnames
    file = sheet(GOOD)
    file.name = "many.xlsx"
    page = centre.post("/cases/new/many/", {"file": file})
    assert "检查通过，尚未登记" in page.content.decode()
    assert not Case.objects.exists()
    answer = centre.post("/cases/new/many/", {"token": page.context["token"]})
    jobs.run(LongJob.objects.get().pk)
    job = LongJob.objects.get()
    assert (job.state, job.error) == ("done", "")
    number = Case.objects.get().number
    assert number in centre.get(answer["Location"]).content.decode()
    file.seek(0)
    assert "没有新的内容" in centre.post("/cases/new/many/", {"file": file}).content.decode()
    file = sheet(BAD)
    file.name = "bad.xlsx"
    told = centre.post("/cases/new/many/", {"file": file}).content.decode()
    assert f"{filing_sheet.SHEET}!A2" in told


def test_the_page_of_the_line_shows_what_hangs(centre: Client) -> None:
    page = centre.get("/cases/line/").content.decode()
    assert "未配置" in page
    assert "还没有对过账" in page
    actions.register(
        by=people.HAND,
        channel="hotline",
        external_number="WH1",
        title="路灯",
        body="不亮",
        place="420106001001",
    )
    case = Case.objects.get()
    actions.accept(case.number, version=1, by=people.HAND, category="010303")
    page = centre.get("/cases/line/").content.decode()
    assert "WH1" in page
    assert "签收" in page
