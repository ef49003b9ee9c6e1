"""Calls up the levels in the demonstration: what a unit asks for that it cannot do alone."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from demo.stories import Story

if TYPE_CHECKING:
    from demo.lives import Life
    from huying.kernel.asker import Asker

STREET, COMMUNITY = len("420106001"), len("420106001001")
# How often the lead unit of an appeal calls up: by the length of its code, departments seldom.
OFTEN = {STREET: 0.06, COMMUNITY: 0.16}
DEPARTMENTS = 0.006
FRESH = 4  # times as often of late, so that calls stand open when somebody looks

ASKS = (
    "已到现场核实，问题属实，但涉及的设施产权单位多次联系未到场，请协调其限期处置。",
    "物业和业主意见不一，社区已组织两次调解没有结果，请派人指导并参加下一次协调会。",
    "需要占用道路施工，本级没有审批权限，请协调办理手续并明确完成时间。",
    "现场需要专业检测，本级没有设备和资质，请安排检测并出具结论。",
    "涉及相邻两个辖区，界线不清，请明确由谁牵头，我们配合。",
    "应急处置经费不足，请帮助落实资金来源；已先行围挡，保证安全。",
)
ANSWERS = (
    "已收到，今天安排人员到现场，先与你们会合。",
    "已联系产权单位，约定明天上午到场，请派人引路。",
    "已列入本周工作安排，指定专人跟进，有进展随时告知。",
    "请先做好现场围护和解释，材料我们来准备。",
)
RESULTS = (
    "产权单位已到场修复，现场已清理，请你们向诉求人说明并回访。",
    "已组织三方协调，形成书面意见，按意见分头落实。",
    "检测已完成，结论为一般缺陷，已安排维修，照片见现场记录。",
    "手续已办结，施工单位明天进场，预计两天完成。",
)
WITHDRAWN = ("产权单位已主动到场，不再需要协调。", "与物业谈妥了，自行处理。")
OWN_DUTY = "属基层网格日常巡查范围，应由本级先行处置，不应上交。"
THANKS = ("应答及时，到场解决了问题。", "沟通顺畅。", "处置比约定的晚了一些。", "")
ON_THE_CALLER = ("情况说得清楚，材料齐全。", "先期处置到位。", "前期可以再多做一步。", "")


@dataclass(frozen=True)
class Calling:
    """A call as it will go: whom, about what, and how the called unit takes it."""

    lead: str
    subject: str
    ask: str
    answer: str
    result: str
    late: bool
    fate: float


def calls_up(lead: str, fresh: bool, generator: random.Random) -> bool:
    """Whether this unit calls up for the appeal it leads."""
    often = OFTEN.get(len(lead), 0) if lead.isdigit() else DEPARTMENTS
    return generator.random() < often * (FRESH if fresh else 1)


def calling(lead: str, story: Story, route: str, generator: random.Random) -> Calling:
    """A community calls its street, a street the department of the matter or the district."""
    target = "420106"
    if len(lead) == COMMUNITY:
        target = lead[:STREET]
    elif lead.isdigit() and route != "street" and generator.random() < 0.8:
        target = route
    return Calling(
        target,
        story.title[:60],
        generator.choice(ASKS),
        generator.choice(ANSWERS),
        generator.choice(RESULTS),
        generator.random() < 0.12,
        generator.random(),
    )


def grade(late: bool, generator: random.Random) -> int:
    """How the caller finds the answer; late ones less so."""
    weights = (8, 20, 40, 24, 8) if late else (46, 34, 14, 4, 2)
    return generator.choices((5, 4, 3, 2, 1), weights)[0]


def lived(life: Life, since: datetime, handler: Asker) -> datetime:
    """Call up for what the unit cannot do alone; when it can go on by itself."""
    generator = life.generator
    told = calling(life.lead, life.matter.story, life.matter.route, generator)
    answering = life.staff(told.lead)
    opened = life.working(since, 1.2, 5)
    opened = life.then(
        *("call_up", opened, handler),
        lead=told.lead,
        subject=told.subject,
        ask=told.ask,
    )
    if told.fate < 0.07:
        reason = generator.choice(WITHDRAWN)
        back = life.then("withdraw_call", life.working(opened, 1, 6), handler, reason=reason)
        return life.working(back, 1, 4)
    if told.fate < 0.15:
        ruled = life.working(opened, 1, 7)
        life.then(
            *("rule_call", ruled, life.other(answering)),
            misuse=True,
            reason=OWN_DUTY,
        )
        return life.working(ruled, 2, 8)
    at = life.working(opened, *((7.5, 12) if told.late else (0.4, 6)))
    at = life.then("answer_call", at, answering, answer=told.answer)
    done = life.working(at, *((34, 44) if told.late else (3, 20)))
    done = life.then("finish_call", done, answering, result=told.result)
    for side, by, said in (
        ("caller", handler, THANKS),
        ("called", answering, ON_THE_CALLER),
    ):
        rated = life.working(life.verbs[-1].at, 0.2, 2)
        if rated < life.times.now and life.chance(0.8):
            given = grade(told.late and side == "caller", generator)
            comment = generator.choice(said)
            life.then("rate_call", rated, by, side=side, grade=given, comment=comment)
    return life.working(done, 1, 5)
