"""Reply templates (回复模板): their placeholders, how they are filled, what came with the product.

A placeholder stands in braces, `{编号}`. What was done, `{办理情况}`, is left for the one who
answers: what they typed already stands there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PLACEHOLDERS: dict[str, str | Promise] = {
    "编号": _("诉求编号"),
    "标题": _("诉求标题"),
    "分类": _("诉求分类"),
    "地点": _("诉求地点"),
    "单位": _("填写人所在的单位"),
    "主办单位": _("诉求的主办单位"),
    "登记日期": _("诉求登记的日期"),
    "到期日期": _("办理时限到期的日期"),
    "今天": _("今天的日期"),
    "办理情况": _("已经写下的话，没有则留空待填"),
}
OPEN = "办理情况"

# Verbs whose words may come from a template, and the field of their form that takes them.
FIELDS: dict[str, str] = {
    "reply": "result",
    "answer_on_spot": "result",
    "refuse": "note",
    "contact": "note",
    "call_back": "note",
    "request_return": "reason",
    "request_extension": "notice",
    "request_suspension": "plan",
    "request_closure": "result",
}
# Those whose words may cite articles of the knowledge base.
CITING = frozenset({"reply", "answer_on_spot"})
SCOPES: list[tuple[str, str | Promise]] = [
    ("own", _("只有我")),
    ("unit", _("本单位")),
    ("district", _("全区")),
]
MARK = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class DefaultTemplate:
    """A template that every install has; 未经本区确认 until somebody signs it."""

    code: str
    verb: str
    name: str
    text: str
    category: str = ""


def unknown(text: str) -> list[str]:
    """The placeholders of a text that nothing fills, in order; an open brace counts as one."""
    found = [mark for mark in MARK.findall(text) if mark not in PLACEHOLDERS]
    rest = MARK.sub("", text)
    return found + sorted({brace for brace in rest if brace in "{}"})


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with what is known in its places; what is not known leaves a gap to be filled.

    `{办理情况}` stays as it is when `values` has nothing for it.
    """

    def put(mark: re.Match[str]) -> str:
        name = mark[1]
        if name == OPEN and name not in values:
            return mark[0]
        return values.get(name) or "＿＿＿"

    return MARK.sub(put, text)


DEFAULTS: tuple[DefaultTemplate, ...] = (
    DefaultTemplate(
        "reply-done",
        "reply",
        "已办结（通用）",
        "您好！您反映的“{标题}”（编号 {编号}）收悉。{单位}已派人到现场核实办理：{办理情况}。"
        "如有新的情况，欢迎再次反映，我们会继续跟进。感谢您的监督和支持！",
    ),
    DefaultTemplate(
        "reply-planned",
        "reply",
        "已纳入计划、需要时间",
        "您好！您反映的“{标题}”收悉。经核实，{办理情况}。此事涉及施工周期，{单位}已列入计划，"
        "将按期推进并把进展告知您。给您带来不便，敬请谅解。",
    ),
    DefaultTemplate(
        "reply-explained",
        "reply",
        "不能满足、已作解释",
        "您好！您反映的“{标题}”收悉。{单位}已认真核实：{办理情况}。依照现行规定，此项诉求暂时"
        "无法满足，经办人员已当面（电话）向您说明依据。如有不同意见，可以在回访时提出。",
    ),
    DefaultTemplate(
        "reply-noise",
        "reply",
        "噪声扰民已处理",
        "您好！关于您 {登记日期} 反映的{地点}噪声问题，{单位}已到现场核查：{办理情况}。已要求当事"
        "方限时整改，并安排夜间复查。如再次扰民，请保留时间段信息后随时反映。",
        "0501",
    ),
    DefaultTemplate(
        "spot-enquiry",
        "answer_on_spot",
        "咨询当场答复",
        "您好！您咨询的“{标题}”，答复如下：{办理情况}。以上依据现行政策，办理时以窗口审核为准。",
    ),
    DefaultTemplate(
        "spot-progress",
        "answer_on_spot",
        "告知办理进展",
        "您好！您询问的事项正在办理，由{单位}负责：{办理情况}。办理结果出来后会主动告知您。",
    ),
    DefaultTemplate(
        "refuse-court",
        "refuse",
        "已进入法律程序",
        "您反映的事项已进入诉讼（仲裁、复议）程序，应由受理机关依法处理，热线不再另行交办。"
        "建议您向受理机关查询进展：{办理情况}。",
    ),
    DefaultTemplate(
        "refuse-vague",
        "refuse",
        "要素不全、无法核实",
        "您反映的内容缺少具体地点、时间或对象，目前无法核实。补充这些信息后可以再次提出，"
        "我们会及时受理。{办理情况}",
    ),
    DefaultTemplate(
        "contact-visit",
        "contact",
        "约定上门或见面",
        "已与诉求人联系，核对了诉求内容，约定时间和地点：{办理情况}。诉求人表示同意。",
    ),
    DefaultTemplate(
        "callback-quiet",
        "call_back",
        "未接通",
        "按登记号码拨打，响铃无人接听，已间隔后再次拨打仍未接通。{办理情况}",
    ),
    DefaultTemplate(
        "return-duty",
        "request_return",
        "不属本单位职责",
        "经核实，“{标题}”位于{地点}，不属{单位}职责。依据权责清单：{办理情况}。建议由相关单位承办。",
    ),
    DefaultTemplate(
        "extension-works",
        "request_extension",
        "施工未完、告知诉求人",
        "您好！您反映的“{标题}”原定 {到期日期} 前办结。因{办理情况}，需要延长办理时间，"
        "我们会抓紧推进，完成后第一时间告知您。",
    ),
    DefaultTemplate(
        "suspension-plan",
        "request_suspension",
        "列入改造计划",
        "该问题须结合改造项目一并解决：{办理情况}。期间由{单位}每月巡查一次，做好应急处置。",
    ),
    DefaultTemplate(
        "closure-explained",
        "request_closure",
        "已穷尽措施",
        "{单位}已多次到场并与诉求人沟通：{办理情况}。现有条件下无法进一步解决，已向诉求人解释清楚。",
    ),
)
