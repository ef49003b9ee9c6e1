"""The workbooks that serve while the city's line is down: theirs to us, and ours to them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import IO

from huying.kernel import workbook
from huying.kernel.workbook import Content, Headings

SHEET = "市热线消息"
HEADINGS: Headings = {
    "市级编号": ("order", True),
    "类别": ("kind", True),
    "市级时限": ("due", False),
    "标题": ("title", False),
    "内容": ("body", False),
    "诉求人": ("name", False),
    "电话": ("phone", False),
    "地址": ("address", False),
    "说明": ("reason", False),
}
EXAMPLE = ["WH20260302000123", "转办", "2026-03-09 17:30", "门口路灯不亮", "坏了一周"]
EXAMPLE += ["王敏", "13800000000", "粮道街花园山小区", ""]
# What the city may say, as a clerk writes it → kind and content.
KINDS: dict[str, tuple[str, dict[str, object]]] = {
    "转办": ("order", {}),
    "同意退单": ("ruling", {"asked": "return", "approved": True}),
    "不同意退单": ("ruling", {"asked": "return", "approved": False}),
    "同意延期": ("ruling", {"asked": "extension", "approved": True}),
    "不同意延期": ("ruling", {"asked": "extension", "approved": False}),
    "改期": ("deadline", {}),
    "重办": ("redo", {}),
    "撤销": ("withdrawn", {}),
}
NEED_DUE = ("转办", "同意延期", "改期")
GUIDE = [
    "严禁上传涉密信息。",
    "市热线线路不通时，用本表接收市里的消息；表头不要改动，一行一条，按发生的先后排列。",
    f"类别只能是：{'、'.join(KINDS)}。",
    "“转办”须有标题、内容和市级时限；“同意延期”“改期”须有新的市级时限；“重办”须写说明。",
    "市级时限写作 2026-03-09 17:30。",
    "任何一格有误，全部不接收；错误会按单元格一次列出。线路恢复后重复到达的同一消息只算一次。",
]
SENT = ("市级编号", "序号", "类别", "时间", "内容")


def template() -> bytes:
    """The empty workbook for the city's messages."""
    choices = {(SHEET, "类别"): list(KINDS)}
    return workbook.template(GUIDE, {SHEET: HEADINGS}, {SHEET: EXAMPLE}, choices)


def read(file: IO[bytes]) -> Content:
    """The rows of the city's workbook; faults of the file are among its `faults`."""
    return workbook.read(file, {SHEET: HEADINGS})


def written(rows: Iterable[tuple[str, ...]]) -> bytes:
    """What we have to tell, as a workbook: one row a message, every cell text."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(SHEET)
    bold = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1})
    sheet.set_column(0, 3, 20)
    sheet.set_column(4, 4, 80)
    sheet.freeze_panes(1, 0)
    for at, heading in enumerate(SENT):
        sheet.write_string(0, at, heading, bold)
    for number, row in enumerate(rows, 1):
        for at, value in enumerate(row):
            sheet.write_string(number, at, value)
    book.close()
    return buffer.getvalue()
