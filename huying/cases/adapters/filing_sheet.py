"""The workbook or CSV in which an operator files many appeals at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import IO

from huying.kernel import workbook
from huying.kernel.workbook import Content, Headings, Line

SHEET = "诉求"
HEADINGS: Headings = {
    "标题": ("title", True),
    "内容": ("body", True),
    "诉求人": ("name", False),
    "电话": ("phone", False),
    "地址": ("address", False),
    "社区或网格编码": ("place", False),
    "分类编码": ("category", False),
    "渠道": ("channel", False),
    "市级编号": ("external_number", False),
    "紧急": ("urgent", False),
}
EXAMPLE = ["门口路灯不亮", "路灯坏了一周，老人出行不便", "王敏", "13800000000"]
EXAMPLE += ["粮道街花园山小区", "420106001001", "010303", "电话", "", "否"]
CHANNELS = {"电话": "phone", "窗口": "operator", "网格": "grid", "12345": "hotline"}
YES = {"是": True, "否": False, "": False}
GUIDE = [
    "严禁上传涉密信息。",
    "在“诉求”表中填写，一行一件，表头不要改动；也可以另存为 CSV 上传。",
    f"渠道只能是：{'、'.join(CHANNELS)}，不填按“窗口”。紧急填“是”或“否”。",
    "社区或网格编码不填时，按地址自动落位；找不到的由区里落位。",
    "先检查、后登记：任何一格有误，默认全部不登记，错误会按单元格一次列出；",
    "也可以选择跳过有误的行，其余照常登记，有误的行另存一个文件供改正后再上传。",
    "同一个文件重复上传不会重复登记；与已有诉求疑似重复的会标出，由您决定。",
]


def template() -> bytes:
    """The empty workbook."""
    choices = {(SHEET, "渠道"): list(CHANNELS), (SHEET, "紧急"): ["是", "否"]}
    return workbook.template(GUIDE, {SHEET: HEADINGS}, {SHEET: EXAMPLE}, choices)


def read(file: IO[bytes], name: str) -> Content:
    """The rows of a workbook, or of a CSV file by its name; faults of the file among `faults`."""
    if name.lower().endswith(".csv"):
        return workbook.read_csv(file, SHEET, HEADINGS)
    return workbook.read(file, {SHEET: HEADINGS})


def rejected(rows: Iterable[tuple[Line, str]]) -> bytes:
    """The refused rows as a CSV that can be corrected and uploaded again, each with its reasons."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*HEADINGS, "原因"])
    for line, reasons in rows:
        writer.writerow(
            [*(line.values.get(name, "") for name, _must in HEADINGS.values()), reasons]
        )
    return text.getvalue().encode("utf-8-sig")
