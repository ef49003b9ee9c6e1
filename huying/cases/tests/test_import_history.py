"""Past appeals from files: what becomes of good rows, and every way a row or a file can be bad."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from django.db import connection

from huying.cases.actions.importing import Imported, import_files, rejected
from huying.cases.adapters import history_files
from huying.cases.adapters.history_files import COLUMNS, LABELS, Bad
from huying.cases.models import Appellant, Case, CaseClock, CaseEvent, Category
from huying.cases.queries import work
from huying.cases.tests import people
from huying.kernel.asker import System
from huying.kernel.errors import Forbidden, Invalid

pytestmark = pytest.mark.usefixtures("district")

BY = System("import")
REAL = Path(__file__).parents[4] / "shared" / "data" / "appeals"
MESSAGE = ["6", "A0001", "路口积水", "2019-05-06 08:09:10", "一下雨就积水。", "环境保护"]
REPLY = [
    *("6", "U0001", "校门口停车", "2016-02-03 10:00:00", "放学时走不动。"),
    *("已增派人员疏导。", "2016-02-05 09:30:00"),
]


def written(folder: Path, name: str, kind: str, *rows: list[str], encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS[kind])
    writer.writerows(rows)
    path = folder / name
    data = text.getvalue().encode(encoding)
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def imported(*paths: Path, **options: object) -> Imported:
    return import_files(paths, by=BY, **options)  # type: ignore[arg-type]


def reasons(refusal: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {fault.where: fault.what for fault in refusal.value.faults}


def test_an_unanswered_message_waits_unplaced_in_the_district_queue(tmp_path: Path) -> None:
    imported(written(tmp_path, "a.csv", "messages", MESSAGE))
    case = Case.objects.select_related("category").get()
    assert (case.state, case.channel, case.imported) == ("registered", "import", True)
    assert (case.place, case.longitude, case.address) == (None, None, "")
    assert case.scope == ["420100/", "420100/420106/"]
    assert case.category and case.category.name == "生态环境"
    assert case.registered_at.isoformat() == "2019-05-06T00:09:10+00:00"
    assert case.external_number == "messages:6" and case.number.startswith("20190506-000-I")
    assert not CaseClock.objects.exists()


def test_an_answered_message_is_archived_with_the_real_reply_and_its_time(tmp_path: Path) -> None:
    imported(written(tmp_path, "r.csv.gz", "replies", REPLY))
    case = Case.objects.get()
    assert (case.state, case.category, case.result) == ("archived", None, "已增派人员疏导。")
    assert case.replied_at and case.replied_at.isoformat() == "2016-02-05T01:30:00+00:00"
    assert case.solved is None and case.grade is None and case.evaluated_at is None
    assert Appellant.objects.get().name is not None
    assert [e.to_state for e in CaseEvent.objects.order_by("id")] == ["registered", "archived"]


def test_only_the_district_sees_the_queue_of_what_has_no_place(tmp_path: Path) -> None:
    imported(written(tmp_path, "a.csv", "messages", MESSAGE, ["7", *MESSAGE[1:]]))
    queue = {heap.code: heap.count for heap in work.heaps(people.centre)}
    assert queue[work.UNPLACED] == 2 and queue["accept"] == queue[work.OVERDUE] == 0
    waiting = Case.objects.filter(work.on_heap(people.centre, [work.UNPLACED]))
    assert waiting.count() == 2
    assert work.UNPLACED not in {heap.code for heap in work.heaps(people.dispatcher)}


def test_history_starts_no_notice_and_has_one_audit_row(tmp_path: Path) -> None:
    imported(written(tmp_path, "r.csv", "replies", REPLY))
    with connection.cursor() as cursor:
        cursor.execute(
            "select (select count(*) from kernel_notice),"
            " (select count(*) from kernel_auditrow where verb = 'cases.import_history')"
        )
        assert cursor.fetchone() == (0, 1)


def test_dates_before_the_calendar_are_provisional(tmp_path: Path) -> None:
    early = [*MESSAGE[:3], "2011-02-25 16:20:49", *MESSAGE[4:]]
    late = ["7", *MESSAGE[1:3], "2026-03-02 08:00:00", *MESSAGE[4:]]
    imported(written(tmp_path, "a.csv", "messages", early, late))
    first, second = Case.objects.order_by("registered_at")
    assert first.due_at and first.due_provisional
    assert second.due_at and not second.due_provisional


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "messages", MESSAGE)
    other = written(tmp_path, "r.csv", "replies", REPLY)
    assert imported(path).made == 1
    again = imported(path, other)
    assert (again.made, again.known) == (1, 1)
    assert imported(path, other).made == 0
    assert Case.objects.count() == 2


def test_the_same_id_in_two_kinds_of_file_is_two_messages(tmp_path: Path) -> None:
    imported(
        written(tmp_path, "a.csv", "messages", MESSAGE),
        written(tmp_path, "r.csv", "replies", REPLY),
    )
    assert set(Case.objects.values_list("external_number", flat=True)) == {
        "messages:6",
        "replies:6",
    }


def test_one_message_in_both_files_gets_class_and_reply(tmp_path: Path) -> None:
    twin = [*MESSAGE[:5], "已疏通。", "2019-05-07 08:00:00"]
    done = imported(
        written(tmp_path, "a.csv", "messages", MESSAGE),
        written(tmp_path, "r.csv", "replies", twin),
    )
    assert (done.twins, done.made) == (1, 2)
    for case in Case.objects.all():
        assert (case.category is not None, case.result) == (True, "已疏通。")


def test_a_reply_without_a_time_is_taken_and_told(tmp_path: Path) -> None:
    done = imported(written(tmp_path, "r.csv", "replies", [*REPLY[:6], ""]))
    case = Case.objects.get()
    assert (case.result, case.replied_at) == (REPLY[5], None)
    assert [note.where for note in done.notes] == ["r.csv 第 2 行"]


BAD: dict[str, tuple[str, list[str], str]] = {
    "no id": ("messages", ["", *MESSAGE[1:]], "缺少编号"),
    "an odd id": ("messages", ["六 六", *MESSAGE[1:]], "编号只能由字母"),
    "no time": ("messages", [*MESSAGE[:3], "", *MESSAGE[4:]], "缺少时间"),
    "a time that is none": ("messages", [*MESSAGE[:3], "2019-02-30 8:00", *MESSAGE[4:]], "不是日"),
    "the future": ("messages", [*MESSAGE[:3], "2031-01-01 00:00:00", *MESSAGE[4:]], "至今之间"),
    "no title": ("messages", [*MESSAGE[:2], " ", *MESSAGE[3:]], "标题为空"),
    "a title too long": ("messages", [*MESSAGE[:2], "长" * 201, *MESSAGE[3:]], "标题超过 200 字"),
    "no body": ("messages", [*MESSAGE[:4], "", MESSAGE[5]], "正文为空"),
    "a body too long": ("messages", [*MESSAGE[:4], "长" * 10_001, MESSAGE[5]], "正文超过"),
    "an unknown class": ("messages", [*MESSAGE[:5], "天文"], "没有“天文”这一类别"),
    "a control character": ("messages", [*MESSAGE[:4], "甲\x00乙", MESSAGE[5]], "控制字符"),
    "too few columns": ("messages", MESSAGE[:5], "有 5 列，应为 6 列"),
    "a reply before the message": (
        "replies",
        [*REPLY[:6], "2016-02-01 00:00:00"],
        "答复时间早于来信时间",
    ),
    "a reply time without a reply": ("replies", [*REPLY[:5], "", REPLY[6]], "没有答复"),
}


@pytest.mark.parametrize(("kind", "row", "why"), BAD.values(), ids=BAD)
def test_a_bad_row_is_named_by_line_and_refuses_the_file(
    tmp_path: Path, kind: str, row: list[str], why: str
) -> None:
    good = ["5", *(MESSAGE if kind == "messages" else REPLY)[1:]]
    path = written(tmp_path, "x.csv", kind, good, row)
    with pytest.raises(Invalid) as refusal:
        imported(path)
    (fault,) = refusal.value.faults
    assert fault.where == "x.csv 第 3 行" and why in fault.what
    assert not Case.objects.exists()


def test_all_bad_rows_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    lines = "第一行\n第二行"  # a field of two lines: the next record begins one line later
    first = written(
        *(tmp_path, "a.csv", "messages"),
        [*MESSAGE[:4], lines, MESSAGE[5]],
        [*MESSAGE[:3], "", "", "x"],
    )
    second = written(tmp_path, "r.csv", "replies", [*REPLY[:3], "昨天", *REPLY[4:]])
    with pytest.raises(Invalid) as refusal:
        imported(first, second)
    told = reasons(refusal)
    assert set(told) == {"a.csv 第 4 行", "r.csv 第 2 行"}
    assert told["a.csv 第 4 行"].count("；") == 3  # repeated id, body, time, class


def test_a_repeated_id_names_the_line_of_the_first(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refusal:
        imported(written(tmp_path, "a.csv", "messages", MESSAGE, MESSAGE))
    assert reasons(refusal) == {"a.csv 第 3 行": "编号 6 与 a.csv 第 2 行重复"}


def test_bytes_that_are_not_utf8_are_told_by_line(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "messages", ["5", *MESSAGE[1:]])
    path.write_bytes(path.read_bytes() + ",".join(MESSAGE).encode("gb18030") + b"\r\n")
    with pytest.raises(Invalid) as refusal:
        imported(path)
    assert reasons(refusal) == {"a.csv 第 3 行": "编码有误，不是 UTF-8"}
    done = imported(path, skip_bad=True)
    assert done.made == 1
    assert "编码有误" in rejected(done.bad).decode("utf-8-sig")


def test_an_unclosed_quote_is_told_by_line(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "messages", MESSAGE)
    path.write_bytes(path.read_bytes() + b'8,"never closed\r\n')
    with pytest.raises(Invalid) as refusal:
        imported(path)
    assert "CSV 格式有误" in reasons(refusal)["a.csv 第 3 行"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.csv", b""),
        ("other.csv", b"name,phone\r\nx,1\r\n"),
        ("broken.csv.gz", gzip.compress(b"id,user\r\n" * 99, mtime=0)[:-9]),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(64)),
    ],
    ids=["empty", "other", "broken", "picture"],
)
def test_a_file_of_another_kind_is_refused_clearly(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Invalid) as refusal:
        imported(tmp_path / name, tmp_path / "missing.csv", skip_bad=True)
    told = list(reasons(refusal))
    assert len(told) == 2 and told[0].startswith(name) and told[1] == "missing.csv"


def test_a_packed_file_is_not_unpacked_beyond_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_files, "LARGEST_INSIDE", 1 << 20)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(bytes(64 << 20)))  # a single line without an end
    with pytest.raises(Invalid) as refusal:
        imported(path)
    assert "1 MB" in reasons(refusal)["bomb.csv.gz"]


def test_skip_bad_writes_the_rest_and_a_reject_file(tmp_path: Path) -> None:
    path = written(
        tmp_path, "a.csv", "messages", MESSAGE, ["7", *MESSAGE[1:5], "天文"], ["8", *MESSAGE[1:]]
    )
    told: list[Bad] = []
    done = imported(path, skip_bad=True, refused=told.extend)
    assert (done.rows, done.made, done.bad) == (3, 2, tuple(told))
    rows = list(csv.reader(rejected(told).decode("utf-8-sig").splitlines()))
    assert rows == [
        ["文件", "行", "来源编号", "原因"],
        ["a.csv", "3", "messages:7", "没有“天文”这一类别"],
    ]


def test_import_is_a_right_of_the_district_centre(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "messages", MESSAGE)
    with pytest.raises(Forbidden):
        import_files([path], by=people.dispatcher)
    assert import_files([path], by=people.centre).made == 1


def test_every_label_has_a_class_of_ours() -> None:
    known = set(Category.objects.filter(parent=None).values_list("code", flat=True))
    assert set(LABELS.values()) <= known


@pytest.mark.needs("appeals")
def test_the_real_files_are_taken_as_they_are() -> None:
    files = [REAL / "appeals_full.csv.gz", REAL / "replies.csv.gz"]
    done = import_files(files, by=BY)
    assert (done.rows, done.made, done.bad) == (3345, 3345, ())
    cases = Case.objects.filter(imported=True)
    assert cases.count() == 3345 and not cases.filter(place__isnull=False).exists()
    assert cases.filter(category__isnull=False, state="registered").count() == 1092 - 5
    assert cases.filter(state="archived").exclude(result="").count() == 2253 + 5
    assert cases.filter(registered_at__year__lt=2018, due_provisional=False).count() == 0
    assert not CaseClock.objects.exists()
    assert import_files(files, by=BY).made == 0
