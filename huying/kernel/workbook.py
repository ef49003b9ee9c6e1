"""Workbooks and CSV files of rows under known headings: template, and reading cell by cell."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.translation import gettext as _

from huying.kernel.errors import Fault, Invalid

MOST_ROWS = 50_000
MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 400 * 1024 * 1024

Headings = Mapping[str, tuple[str, bool]]
"""Heading → (field, whether it must be filled); the same headings in every language."""


@dataclass
class Line:
    """One filled row: where it stands, and its values by field."""

    sheet: str
    number: int
    columns: dict[str, str]
    values: dict[str, str] = field(default_factory=dict)

    def where(self, name: str) -> str:
        """The cell of a field, such as `人员!C12`; the row when the field has no column."""
        return f"{self.sheet}!{self.columns.get(name, '')}{self.number}"


@dataclass
class Content:
    """What a workbook holds by sheet, and what is already wrong with it as a file."""

    lines: dict[str, list[Line]]
    faults: list[Fault] = field(default_factory=list)


def read(file: IO[bytes], sheets: Mapping[str, Headings]) -> Content:
    """Read a workbook, with every missing heading and empty cell told at once."""
    _check_size(file)
    try:
        return _read(file, sheets)
    except Invalid:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged part happens to break
        raise Invalid(_("这不是可读的 .xlsx 文件。"), remedy=_("请用模板另存为 .xlsx。")) from error


def read_csv(file: IO[bytes], sheet: str, headings: Headings) -> Content:
    """Read a CSV file (UTF-8 or GB 18030, as Excel saves it) as one sheet of that name."""
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise _too_large()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            raise Invalid(
                _("文件编码无法识别。"), remedy=_("请另存为 UTF-8 编码的 CSV。")
            ) from None
    content = Content({sheet: []})
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as failed:
        raise Invalid(_("CSV 格式有误：%(why)s") % {"why": failed}) from None
    _read_rows(sheet, iter(rows), headings, content)
    return content


def _read(file: IO[bytes], sheets: Mapping[str, Headings]) -> Content:
    from openpyxl import load_workbook  # slow to import; only an import pays for it

    book = load_workbook(file, read_only=True, data_only=True)
    content = Content({name: [] for name in sheets})
    try:
        found = [name for name in sheets if name in book.sheetnames]
        if not found:
            names = _("或").join(f"“{name}”" for name in sheets)
            fault = Fault(
                "", _("没有%(names)s工作表。") % {"names": names}, _("请使用下载的模板。")
            )
            raise Invalid(_("文件不是本系统的模板。"), faults=[fault])
        for name in found:
            _read_rows(name, book[name].iter_rows(values_only=True), sheets[name], content)
    finally:
        book.close()
    return content


def _check_size(file: IO[bytes]) -> None:
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(0)
    if size > MOST_BYTES:
        raise _too_large()
    try:
        with zipfile.ZipFile(file) as packed:
            unpacked = sum(member.file_size for member in packed.infolist())
    except zipfile.BadZipFile as error:
        raise Invalid(_("这不是可读的 .xlsx 文件。"), remedy=_("请用模板另存为 .xlsx。")) from error
    finally:
        file.seek(0)
    if unpacked > MOST_UNPACKED:
        raise Invalid(_("文件解压后过大。"), remedy=_("请删去空白行列后另存。"))


def _too_large() -> Invalid:
    return Invalid(_("文件超过 20 MB。"), remedy=_("请拆成几个文件。"))


def _read_rows(
    name: str, rows: Iterator[Sequence[Any]], headings: Headings, content: Content
) -> None:
    from openpyxl.utils import get_column_letter

    lines, faults = content.lines[name], content.faults
    first = [_text(value) for value in next(rows, ())]
    places = {heading: first.index(heading) for heading in headings if heading in first}
    missing = [heading for heading in headings if heading not in places and headings[heading][1]]
    if missing:
        what = _("缺少列：%s。") % "、".join(missing)
        faults.append(Fault(f"{name}!1", what, _("请勿改动模板的表头。")))
        return
    columns = {headings[h][0]: get_column_letter(at + 1) for h, at in places.items()}
    for number, row in enumerate(rows, start=2):
        values = {
            headings[heading][0]: _text(row[at]) if at < len(row) else ""
            for heading, at in places.items()
        }
        if not any(values.values()):
            continue
        if len(lines) >= MOST_ROWS:
            faults.append(Fault(f"{name}!A{number}", _("超过 %s 行。") % MOST_ROWS))
            return
        line = Line(name, number, columns, values)
        lines.append(line)
        for heading, (key, must) in headings.items():
            if must and not values.get(key):
                faults.append(Fault(line.where(key), _("“%s”不能为空。") % heading))


def _text(value: Any) -> str:
    """A cell as text; Excel turns long codes into numbers."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def template(
    guide: Iterable[str],
    sheets: Mapping[str, Headings],
    examples: Mapping[str, Sequence[str]],
    choices: Mapping[tuple[str, str], Sequence[str]] | None = None,
) -> bytes:
    """The empty workbook with instructions; every column is text, `choices` are lists of values."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    text = book.add_format({"num_format": "@"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    words = book.add_worksheet("说明")
    words.set_column(0, 0, 90, wrap)
    for number, said in enumerate(guide):
        words.write_string(number, 0, said)
    for name, headings in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for at, heading in enumerate(headings):
            sheet.set_column(at, at, 18, text)
            sheet.write_string(0, at, heading, bold)
            sheet.write_comment(0, at, f"例:{examples[name][at]}")
            if allowed := (choices or {}).get((name, heading)):
                rule = {"validate": "list", "source": list(allowed)}
                sheet.data_validation(1, at, MOST_ROWS, at, rule)
    book.close()
    return buffer.getvalue()
