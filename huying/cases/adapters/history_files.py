"""Reads files of past appeals (CSV, plain or gzip) and finds everything wrong in them, by line.

Two kinds are known by their header: `messages` (id, user, title, time, body, label) and `replies`
(id, user, title, time, body, reply, reply_time). Their ids count separately, so that a source is
named with its kind: `messages:6`. Nothing here knows the database.
"""

from __future__ import annotations

import csv
import errno
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from huying.kernel.clock import DISTRICT_ZONE
from huying.kernel.errors import Fault, Invalid

COLUMNS: dict[str, tuple[str, ...]] = {
    "messages": ("id", "user", "title", "time", "body", "label"),
    "replies": ("id", "user", "title", "time", "body", "reply", "reply_time"),
}
# The first-level classes of past files → the code of ours that holds the same matters.
LABELS = {
    "城乡建设": "14",
    "环境保护": "05",
    "交通运输": "04",
    "教育文体": "08",
    "劳动和社会保障": "06",
    "商贸旅游": "09",
    "卫生计生": "07",
}
MOST = {"title": 200, "body": 10_000, "reply": 20_000, "user": 60}
TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M")
IDENTITY = re.compile(r"[A-Za-z0-9_-]{1,24}")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
UNDECODED = re.compile(r"[\udc80-\udcff]")
EARLIEST = datetime(1990, 1, 1, tzinfo=DISTRICT_ZONE)
LONGEST_FIELD = 1 << 20
LARGEST_INSIDE = 256 << 20  # bytes of one file unpacked: some hundred thousand appeals
TOLD_EVERY = 500


@dataclass(frozen=True)
class Message:
    """One past appeal of a file, with its class or its reply when the file has them."""

    source: str
    file: str
    line: int
    user: str
    title: str
    body: str
    at: datetime
    label: str = ""
    reply: str = ""
    replied_at: datetime | None = None

    @property
    def said(self) -> tuple[str, str, datetime]:
        """What makes two rows the same message, whoever numbered it."""
        return self.title, self.body, self.at


@dataclass(frozen=True)
class Bad:
    """A row that cannot be taken: where it is and everything that is wrong with it."""

    file: str
    line: int
    source: str
    reasons: tuple[str, ...]


@dataclass
class Reading:
    """What one file or several held."""

    messages: list[Message] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)
    rows: int = 0


def read_files(
    paths: Sequence[Path], *, now: datetime, told: Callable[[int], None] = lambda rows: None
) -> Reading:
    """Read every file, row by row; `told` hears the number of rows read so far.

    Raises Invalid when a file as a whole cannot be read: missing, damaged, of another kind.
    """
    reading = Reading()
    seen: dict[str, tuple[str, int]] = {}
    faults: list[Fault] = []
    for path in paths:
        try:
            _read_file(path, reading, seen, now, told)
        except Invalid as refusal:
            faults.extend(refusal.faults)
    if faults:
        raise Invalid(_("文件无法读取，没有导入任何内容。"), faults=faults)
    return reading


def _read_file(
    path: Path,
    reading: Reading,
    seen: dict[str, tuple[str, int]],
    now: datetime,
    told: Callable[[int], None],
) -> None:
    with _opened(path) as text:
        rows = _records(text, path.name)
        first = next(rows, None)
        kind = kind_of(first[1] if isinstance(first, tuple) else [], path.name)
        header = first[1] if isinstance(first, tuple) else []
        for row in rows:
            reading.rows += 1
            if reading.rows % TOLD_EVERY == 0:
                told(reading.rows)
            if isinstance(row, Bad):
                reading.bad.append(row)
                continue
            line, cells = row
            _take(path.name, line, kind, header, cells, reading, seen, now)
    told(reading.rows)


def kind_of(header: Sequence[str], name: str) -> str:
    """Which kind of file has this header; Invalid with what was expected when none has."""
    for kind, columns in COLUMNS.items():
        if set(columns) <= set(header) and len(set(header)) == len(header):
            return kind
    known = "；".join(",".join(columns) for columns in COLUMNS.values())
    found = ",".join(header[:12])[:120].encode(errors="replace").decode() or _("空")
    raise Invalid(
        _("无法识别文件。"),
        faults=[
            Fault(
                _("%(file)s 第 1 行") % {"file": name},
                _("表头不是已知的格式：%(found)s") % {"found": found},
                _("需要的列：%(known)s") % {"known": known},
            )
        ],
    )


@contextmanager
def _opened(path: Path) -> Iterator[io.TextIOWrapper]:
    """The text of a file; bytes that are not UTF-8 survive as lone surrogates, to be reported."""
    with ExitStack() as stack:
        try:
            raw = stack.enter_context(path.open("rb"))
        except OSError as failed:
            raise _unreadable(path.name, failed.strerror or str(failed)) from None
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        data = stack.enter_context(_Unpacked(fileobj=raw)) if packed else raw
        yield stack.enter_context(
            io.TextIOWrapper(data, encoding="utf-8-sig", errors="surrogateescape", newline="")
        )


class _Unpacked(gzip.GzipFile):
    """A packed file that is read no further than its size may be, whatever it would unpack to."""

    def read1(self, size: int = -1) -> bytes:
        """The next bytes; OSError when they are too many by now."""
        data = super().read1(size)
        if self.tell() > LARGEST_INSIDE:
            most = LARGEST_INSIDE >> 20
            raise OSError(errno.EFBIG, _("解开后超过 %(most)s MB，请分成几个文件") % {"most": most})
        return data


def _records(text: Iterable[str], name: str) -> Iterator[tuple[int, list[str]] | Bad]:
    """Each record with the line on which it begins; a record the format cannot read is bad."""
    before = csv.field_size_limit(LONGEST_FIELD)
    try:
        reader = csv.reader(text, strict=True)
        line = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as failed:
                yield Bad(name, line, "", (_("CSV 格式有误：%(why)s") % {"why": failed},))
            except (EOFError, gzip.BadGzipFile, zlib.error):
                raise _unreadable(name, _("压缩文件已损坏或不完整")) from None
            except OSError as failed:
                raise _unreadable(name, failed.strerror or str(failed)) from None
            else:
                if cells:
                    yield line, cells
            line = reader.line_num + 1
    finally:
        csv.field_size_limit(before)


def _unreadable(name: str, why: str) -> Invalid:
    return Invalid(_("文件无法读取。"), faults=[Fault(name, why, _("请重新取得该文件。"))])


def _take(
    name: str,
    line: int,
    kind: str,
    header: Sequence[str],
    cells: Sequence[str],
    reading: Reading,
    seen: dict[str, tuple[str, int]],
    now: datetime,
) -> None:
    """Check one row; it joins the messages or the bad ones."""
    if len(cells) != len(header):
        why = _("有 %(found)s 列，应为 %(wanted)s 列") % {
            "found": len(cells),
            "wanted": len(header),
        }
        reading.bad.append(Bad(name, line, "", (why,)))
        return
    row = {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
    row = {column: row[column] for column in COLUMNS[kind]}
    if any(UNDECODED.search(cell) for cell in row.values()):  # nothing else of it can be told
        reading.bad.append(Bad(name, line, "", (_("编码有误，不是 UTF-8"),)))
        return
    source = f"{kind}:{row['id']}" if IDENTITY.fullmatch(row["id"]) else ""
    reasons = [*_identity_faults(row["id"], source, seen), *_text_faults(row)]
    at = _time(row["time"], _("时间"), now, reasons)
    replied_at = None
    if row.get("reply_time"):
        replied_at = _time(row["reply_time"], _("答复时间"), now, reasons)
        if not row["reply"]:
            reasons.append(_("有答复时间而没有答复"))
    if at and replied_at and replied_at < at:
        reasons.append(_("答复时间早于来信时间"))
    if kind == "messages" and row["label"] not in LABELS:
        reasons.append(_("没有“%(label)s”这一类别") % {"label": row["label"][:20]})
    if source:
        seen.setdefault(source, (name, line))
    if reasons or at is None:
        reading.bad.append(Bad(name, line, source, tuple(reasons)))
        return
    if row.get("reply") and replied_at is None:
        where = _("%(file)s 第 %(line)s 行") % {"file": name, "line": line}
        reading.notes.append(Fault(where, _("有答复而没有答复时间，按答复时间不详导入")))
    reading.messages.append(
        Message(
            source,
            name,
            line,
            row["user"],
            row["title"],
            row["body"],
            at,
            row.get("label", ""),
            row.get("reply", ""),
            replied_at,
        )
    )


def _identity_faults(identity: str, source: str, seen: dict[str, tuple[str, int]]) -> Iterator[str]:
    if not identity:
        yield _("缺少编号")
    elif not source:
        yield _("编号只能由字母、数字、- 和 _ 组成，至多 24 位")
    elif source in seen:
        file, line = seen[source]
        yield _("编号 %(id)s 与 %(file)s 第 %(line)s 行重复") % {
            "id": identity,
            "file": file,
            "line": line,
        }


def _text_faults(row: dict[str, str]) -> Iterator[str]:
    names = {"title": _("标题"), "body": _("正文"), "reply": _("答复"), "user": _("用户")}
    if any(CONTROL.search(cell) for cell in row.values()):
        yield _("含有不可见的控制字符")
    for column in ("title", "body"):
        if not row[column]:
            yield _("%(column)s为空") % {"column": names[column]}
    for column, most in MOST.items():
        if len(row.get(column, "")) > most:
            yield _("%(column)s超过 %(most)s 字") % {"column": names[column], "most": most}


def _time(text: str, name: str, now: datetime, reasons: list[str]) -> datetime | None:
    """The instant in the district's zone; what is wrong with it joins `reasons`."""
    if not text:
        reasons.append(_("缺少%(name)s") % {"name": name})
        return None
    for form in TIMES:
        try:
            at = datetime.strptime(text, form).replace(tzinfo=DISTRICT_ZONE)
        except ValueError:
            continue
        if not EARLIEST <= at <= now:
            reasons.append(
                _("%(name)s“%(text)s”不在 1990 年至今之间") % {"name": name, "text": text[:30]}
            )
            return None
        return at
    reasons.append(
        _("%(name)s“%(text)s”不是日期时间，应如 2020-01-06 12:09:38")
        % {"name": name, "text": text[:30]}
    )
    return None
