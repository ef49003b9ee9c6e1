"""Import from Excel: every error by sheet and cell at once, and nothing of a rejected file."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from huying.kernel import jobs
from huying.kernel.errors import Forbidden, Invalid
from huying.kernel.models import LongJob
from huying.kernel.workbook import MOST_UNPACKED
from huying.org import actions
from huying.org.models import Account, Unit
from huying.org.tests.people import HUJIN, LIANGDAO, Cast, account, unit

UNIT_HEAD = ["编码", "名称", "类别", "上级编码", "简称"]
PEOPLE_HEAD = ["登录名", "姓名", "单位编码", "电话"]


def book(units: list[list[Any]] | None = None, people: list[list[Any]] | None = None) -> io.BytesIO:
    """A workbook with these rows below the template's headings."""
    made = Workbook()
    del made["Sheet"]
    for name, head, rows in ((("单位"), UNIT_HEAD, units), ("人员", PEOPLE_HEAD, people)):
        if rows is not None:
            sheet = made.create_sheet(name)
            for row in [head, *rows]:
                sheet.append(row)
    file = io.BytesIO()
    made.save(file)
    file.seek(0)
    return file


GOOD_UNITS: list[list[Any]] = [
    [420106005077, "新河社区", "社区", LIANGDAO, "新河"],
    ["420106005077G01", "新河一网格", "网格", "420106005077", ""],
]
GOOD_PEOPLE: list[list[Any]] = [["li.si", "李四", "420106005077", 13812345678]]


def test_good_workbook_brings_units_and_people_that_need_each_other(cast: Cast) -> None:
    plan = actions.import_workbook(book(GOOD_UNITS, GOOD_PEOPLE), by=cast.sysadmin)
    assert (len(plan.fresh), len(plan.renewed), len(plan.people)) == (2, 0, 1)
    person = account("li.si")
    assert person.unit == unit("420106005077")
    assert person.phone == "13812345678"
    assert not person.has_usable_password() and not person.holdings.exists()


def test_every_fault_is_told_by_cell_at_once_and_nothing_is_imported(cast: Cast) -> None:
    file = book(
        [
            ["420106005077", "", "社区", LIANGDAO, ""],
            ["坏码!", "甲", "县", LIANGDAO, ""],
            ["420106005078", "乙", "社区", "999", ""],
            ["420106005077", "丙", "社区", LIANGDAO, ""],
            [LIANGDAO, "丁", "街道", "420100", ""],
        ],
        [
            ["alice", "重名", LIANGDAO, ""],
            ["ok.name", "", "nowhere", "12"],
            ["twin", "孪生", LIANGDAO, ""],
            ["Twin", "孪生", LIANGDAO, ""],
        ],
    )
    before = Unit.objects.count(), Account.objects.count()
    with pytest.raises(Invalid) as refusal:
        actions.import_workbook(file, by=cast.sysadmin)
    assert [fault.where for fault in refusal.value.faults] == [
        *("单位!B2", "单位!A3", "单位!C3", "单位!D4", "单位!A5", "单位!D6"),
        *("人员!A2", "人员!B3", "人员!C3", "人员!D3", "人员!A5"),
    ]
    assert (Unit.objects.count(), Account.objects.count()) == before


def test_a_unit_that_is_there_is_renamed_and_never_moved(cast: Cast) -> None:
    actions.import_workbook(
        book([[HUJIN, "湖锦新社区", "社区", "420106008", "湖锦"]]), by=cast.sysadmin
    )
    assert unit(HUJIN).name == "湖锦新社区"
    with pytest.raises(Invalid, match="1 处"):
        actions.import_workbook(
            book([[HUJIN, "湖锦新社区", "社区", LIANGDAO, ""]]), by=cast.sysadmin
        )


def test_import_reaches_no_further_than_the_importer(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        actions.plan_import(book(GOOD_UNITS), by=cast.secadmin)
    post = actions.create_post(LIANGDAO, "system_admin", "街道管理员", by=cast.secadmin)
    actions.give_post(account("nobody").pk, post.pk, by=cast.secadmin)
    with pytest.raises(Invalid) as refusal:
        actions.plan_import(
            book([["420106008077", "甲", "社区", "420106008", ""]], [["x.y", "某", HUJIN, ""]]),
            by=cast.nobody,
        )
    assert [fault.where for fault in refusal.value.faults] == ["单位!D2", "人员!C2"]


@pytest.mark.parametrize(
    "content", [b"", b"no zip at all", b"PK\x03\x04broken", "zip of text", "wrong sheets"]
)
def test_what_is_no_workbook_is_said_so(cast: Cast, content: bytes | str) -> None:
    file = io.BytesIO(content) if isinstance(content, bytes) else io.BytesIO()
    if content == "zip of text":
        with zipfile.ZipFile(file, "w") as packed:
            packed.writestr("a.txt", "a")
    if content == "wrong sheets":
        file = io.BytesIO()
        Workbook().save(file)
    with pytest.raises(Invalid):
        actions.plan_import(file, by=cast.sysadmin)


def test_a_file_that_unpacks_to_a_flood_is_refused(cast: Cast) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("flood", b"0" * (MOST_UNPACKED + 1))
    with pytest.raises(Invalid, match="过大"):
        actions.plan_import(file, by=cast.sysadmin)


def test_missing_heading_is_named(cast: Cast) -> None:
    made = Workbook()
    made.create_sheet("人员").append(["登录名", "电话"])
    file = io.BytesIO()
    made.save(file)
    with pytest.raises(Invalid) as refusal:
        actions.plan_import(file, by=cast.sysadmin)
    assert "姓名" in refusal.value.faults[0].what


def client_of(username: str) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(account(username))
    return client


def test_template_opens_and_is_refused_only_for_being_empty(cast: Cast) -> None:
    body = client_of("sysadmin").get("/org/import/template.xlsx").content
    opened = load_workbook(io.BytesIO(body))
    assert opened.sheetnames == ["说明", "单位", "人员"]
    assert opened["说明"]["A1"].value == "严禁上传涉密信息。"
    with pytest.raises(Invalid, match="1 处"):
        actions.plan_import(io.BytesIO(body), by=cast.sysadmin)


def test_page_previews_then_imports(cast: Cast) -> None:
    client = client_of("sysadmin")
    assert "严禁上传涉密信息" in client.get("/org/import/").content.decode()
    upload = SimpleUploadedFile("单位.xlsx", book(GOOD_UNITS, GOOD_PEOPLE).read())
    preview = client.post("/org/import/", {"file": upload})
    assert preview.status_code == 200
    assert not Unit.objects.filter(code="420106005077").exists()
    token = preview.context["token"]
    assert client_of("secadmin").post("/org/import/", {"token": token}).status_code == 403
    client.post("/org/import/", {"token": token})
    assert Unit.objects.filter(code="420106005077").exists()


def test_page_shows_faults_by_cell(cast: Cast) -> None:
    upload = SimpleUploadedFile("x.xlsx", book([["1", "", "社区", LIANGDAO, ""]]).read())
    answer = client_of("sysadmin").post("/org/import/", {"file": upload})
    assert answer.status_code == 422
    assert "单位!B2" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_large_import_runs_as_a_long_job(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huying.org.views.imports.AT_ONCE", 1)
    client = client_of("sysadmin")
    upload = SimpleUploadedFile("单位.xlsx", book(GOOD_UNITS, GOOD_PEOPLE).read())
    token = client.post("/org/import/", {"file": upload}).context["token"]
    client.post("/org/import/", {"token": token})
    job = LongJob.objects.get()
    assert not Unit.objects.filter(code="420106005077").exists()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.error) == ("done", 3, "")
    assert Account.objects.filter(username="li.si").exists()


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_workbook_with_a_damaged_part_is_refused(cast: Cast, part: str) -> None:
    damaged = io.BytesIO()
    with (
        zipfile.ZipFile(book(GOOD_UNITS, GOOD_PEOPLE)) as whole,
        zipfile.ZipFile(damaged, "w") as into,
    ):
        for name in whole.namelist():
            data = whole.read(name)
            into.writestr(name, data[: len(data) // 2] if name == part else data)
    with pytest.raises(Invalid, match="xlsx"):
        actions.plan_import(damaged, by=cast.sysadmin)
