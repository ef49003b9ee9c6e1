"""Writes the table of docs/day.md: what each task costs now, and what it cost before mending."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests.day.limits import BEFORE
from tests.day.person import Cost, Ledger

ASKED = "HUYING_DAY_REPORT"
GOAL = Path(__file__).parents[2] / "docs" / "day.md"
TABLE = re.compile(r"(?<=<!-- table -->\n).*?(?=<!-- end -->)", re.DOTALL)
HEAD = (
    "| 角色 | 事项 | 次数 | 点击 | 按键 | 填写 | 重填 | 页面 | 死路 | 改之前 点击/填写 |\n"
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n"
)
ROLES = {
    "citizen": "市民",
    "grid_worker": "网格员",
    "community_staff": "社区",
    "street_dispatcher": "街道派单员",
    "department_handler": "部门承办人",
    "district_centre": "区呼应中心",
    "callback_agent": "回访员",
    "evaluator": "评价员",
    "leader": "领导",
    "auditor": "审计员",
    "system_admin": "系统管理员",
    "security_admin": "安全管理员",
}


def write(ledger: Ledger) -> None:
    """The table anew, where somebody asks for it."""
    if not os.environ.get(ASKED):
        return
    rows = [
        _row(role, task, len(times), ledger.worst(role, task))
        for (role, task), times in sorted(ledger.costs.items(), key=_place)
    ]
    whole = ledger.total()
    words = (
        f"\n全天合计：点击 {whole.clicks}，按键 {whole.keys}，填写 {whole.typed}，"
        f"重填 {whole.again}，页面 {whole.pages}，死路 {len(whole.dead)}。\n"
    )
    table = HEAD + "".join(rows) + words
    said = GOAL.read_text(encoding="utf-8")
    GOAL.write_text(TABLE.sub(lambda _found: table, said), encoding="utf-8")


def _place(one: tuple[tuple[str, str], list[Cost]]) -> int:
    return list(ROLES).index(one[0][0])


def _row(role: str, task: str, times: int, cost: Cost) -> str:
    before, was = BEFORE.get((role, task)), "—"
    if before is not None and before != (cost.clicks, cost.typed):
        was = f"{before[0]} / {before[1]}"
    numbers = (cost.clicks, cost.keys, cost.typed, cost.again, cost.pages, len(cost.dead))
    return f"| {' | '.join([ROLES[role], task, str(times), *map(str, numbers), was])} |\n"
