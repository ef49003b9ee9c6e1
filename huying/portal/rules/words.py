"""How a case's progress is told to a citizen in plain words, and what a citizen may do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

CITIZEN_VERBS = ("comment", "withdraw", "evaluate", "reappeal")
ENDED = ("not_accepted", "handed_over", "archived", "merged", "withdrawn")
ANSWERED = ("awaiting_callback", "evaluated", "archived")

GROUPS = [
    ("elder", _("养老助残")),
    ("family", _("婚育收养")),
    ("identity", _("户籍证件")),
    ("social", _("社保就业")),
    ("health", _("医疗卫生")),
    ("housing", _("住房房产")),
    ("school", _("教育入学")),
    ("business", _("开店经营")),
    ("traffic", _("交通出行")),
]

GRADES = [
    (5, _("非常满意")),
    (4, _("满意")),
    (3, _("基本满意")),
    (2, _("不满意")),
    (1, _("非常不满意")),
]
# Why somebody is displeased, by the case side's codes; saying nothing is an answer too.
CAUSES = [
    ("unsolved", _("事情没有解决")),
    ("slow", _("办得太慢")),
    ("attitude", _("态度不好")),
    ("answer", _("说的和实际不一样，或没说清楚")),
    ("repeated", _("好了又坏")),
    ("expectation", _("说政策不允许")),
    ("unsaid", _("不想说")),
]


@dataclass(frozen=True)
class Standing:
    """Where a case stands, for a citizen: a short label, its tone, and one plain sentence."""

    label: Words
    tone: str
    words: Words
    stage: int


# state → what it means to the citizen; `stage` counts the four steps of the progress line
STANDINGS: Mapping[str, Standing] = {
    "registered": Standing(_("已收到"), "info", _("我们已收到，正在核对，很快告诉您是否受理。"), 1),
    "not_accepted": Standing(_("不予受理"), "idle", _("这件事不归我们办，请看下面的说明。"), 4),
    "handed_over": Standing(_("已移交"), "info", _("已移交给有权办理的机关，请看下面的说明。"), 4),
    "accepted": Standing(_("已受理"), "info", _("已经受理，正在确定由哪个单位办理。"), 1),
    "dispatched": Standing(_("已交办"), "info", _("已交给承办单位，等单位签收。"), 2),
    "in_progress": Standing(_("办理中"), "info", _("承办单位正在办理。"), 2),
    "suspended": Standing(_("需要较长时间"), "warn", _("已列入计划，定期复查。"), 2),
    "replied": Standing(_("正在审核"), "info", _("承办单位已提交办理结果，区里正在审核。"), 3),
    "awaiting_callback": Standing(
        _("请您评价"), "warn", _("已有办理结果，请告诉我们：解决了吗？"), 3
    ),
    "evaluated": Standing(_("您已评价"), "ok", _("谢谢您的评价。"), 4),
    "archived": Standing(_("已办结"), "ok", _("这件事已经办结归档。"), 4),
    "merged": Standing(_("并案办理"), "info", _("与另一件相同的诉求一起办理。"), 2),
    "withdrawn": Standing(_("已撤回"), "idle", _("您已撤回这件诉求。"), 4),
}
STAGES = (_("收到"), _("办理"), _("答复"), _("评价"))
OTHER = Standing(_("办理中"), "info", _("承办单位正在办理。"), 2)

# step → words; `%(unit)s` is the unit that handles it
STEPS: Mapping[str, Words] = {
    "register": _("收到您的诉求"),
    "accept": _("决定受理"),
    "refuse": _("不予受理"),
    "dispatch": _("交给%(unit)s办理"),
    "again": _("重新交给%(unit)s办理"),
    "sign": _("%(unit)s已签收，开始办理"),
    "reached": _("工作人员联系了您"),
    "unreached": _("工作人员给您打电话，没有接通"),
    "reassign": _("正在换一个单位来办"),
    "reply": _("%(unit)s提交了办理结果"),
    "answered": _("办理结果通过审核"),
    "returned": _("审核没有通过，退回%(unit)s继续办"),
    "suspend": _("需要较长时间，已列入计划"),
    "resume": _("继续办理"),
    "evaluate": _("收到您的评价"),
    "archive": _("办结归档"),
    "withdraw": _("您撤回了诉求"),
    "merge": _("与相同的诉求合并办理"),
    "unmerge": _("改为单独办理"),
    "answer_on_spot": _("%(unit)s当场答复"),
    "hand_over": _("移交给%(unit)s"),
    "reappeal": _("您再次提出诉求"),
}


def standing(state: str) -> Standing:
    """How a state is told; one that came later than this table is told as being handled."""
    return STANDINGS.get(state, OTHER)


def step_of(verb: str, to_state: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """Which step a line of history is to the citizen, and whose; empty when none of theirs."""
    lead = data.get("lead") or data.get("unit") or {}
    unit = str(lead.get("name", "")) if isinstance(lead, Mapping) else ""
    unit = unit or str(data.get("office", ""))
    if verb == "contact":
        return ("reached" if data.get("reached") else "unreached"), ""
    if verb == "review":
        return ("answered" if to_state == "awaiting_callback" else "returned"), unit
    if verb in STEPS:
        return verb, unit
    if to_state == "suspended":
        return "suspend", ""
    if to_state == "merged":
        return "merge", ""
    if verb == "resume" or (to_state == "in_progress" and verb == "rule"):
        return "resume", ""
    return "", ""


def is_open(state: str) -> bool:
    """Whether Open311 calls it open: nobody has answered yet."""
    return state not in ENDED and state not in ANSWERED


def told(step: str, unit: str) -> str:
    """A step in words."""
    return str(STEPS[step]) % {"unit": unit}
