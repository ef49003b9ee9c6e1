"""The Excel workbook of units and people: its headings, template and reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from huying.kernel import workbook
from huying.kernel.errors import Fault
from huying.kernel.workbook import Headings, Line

__all__ = ["PEOPLE", "SHEETS", "UNITS", "Content", "Line", "read", "template"]

UNITS, PEOPLE = "单位", "人员"
SHEETS: dict[str, Headings] = {
    UNITS: {
        "编码": ("code", True),
        "名称": ("name", True),
        "类别": ("kind", True),
        "上级编码": ("parent_code", True),
        "简称": ("short_name", False),
    },
    PEOPLE: {
        "登录名": ("username", True),
        "姓名": ("name", True),
        "单位编码": ("unit_code", True),
        "电话": ("phone", False),
    },
}
EXAMPLES = {
    UNITS: ["420106005099", "示例社区", "社区", "420106005", "示例"],
    PEOPLE: ["wang.min", "王敏", "420106005", "13800000000"],
}


@dataclass
class Content:
    """What a workbook holds, and what is already wrong with it as a file."""

    units: list[Line]
    people: list[Line]
    faults: list[Fault]


def read(file: IO[bytes]) -> Content:
    """Read a workbook, with every missing heading and empty cell told at once."""
    found = workbook.read(file, SHEETS)
    return Content(found.lines[UNITS], found.lines[PEOPLE], found.faults)


def template(kinds: list[str]) -> bytes:
    """The empty workbook with instructions."""
    guide = [
        "严禁上传涉密信息。",
        "在“单位”“人员”两张表中填写,表头不要改动;不导入的表可留空。",
        f"单位类别只能是:{'、'.join(kinds)}。上级编码须是已有单位,或在本表更靠前的行。",
        "编码和电话按文本填写,避免变成科学计数。",
        "编码已存在的单位会更新名称和简称,不会移动。登录名已存在的人员会被拒绝。",
        "任何一格有误,全部不导入;错误会按工作表和单元格一次列出。",
        "导入的账户没有密码:由系统管理员重置密码后告知本人,或使用统一身份认证登录。",
        "岗位由安全保密管理员另行授予 (三员分立)。",
    ]
    return workbook.template(guide, SHEETS, EXAMPLES, {(UNITS, "类别"): kinds})
