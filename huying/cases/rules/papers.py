"""文书: the eight papers of an appeal, when each is offered, and what issuing one changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huying.cases.rules.edges import Edge
from huying.cases.rules.facts import Ledger, RequestFact
from huying.cases.rules.moves import leave
from huying.cases.rules.orders import open_orders

LABELS: dict[str, str | Promise] = {
    "issue_paper": _("出具文书"),
    "sign_paper": _("签发文书"),
    "void_paper": _("作废文书"),
    "edit_paper_template": _("修改文书模板和文号"),
    "confirm_paper_template": _("确认文书模板和文号"),
}
# Where the right must hold, and which unit issues: who dispatches, or who handles.
Side = Literal["place", "lead"]
SIGNATURE = frozenset({"签发人", "签发日期"})  # left open until somebody signs


@dataclass(frozen=True)
class PaperKind:
    """A kind of paper. Who may do the `deed` that it documents may issue it.

    `letter` is its part of the 文号. Only what goes `to_citizen` names the appellant, masked; what
    is `signed` prints as 未签发 until another person has signed. `facts` and `lists` are what its
    template may use besides COMMON, each with an example.
    """

    code: str
    label: str | Promise
    letter: str
    deed: str
    side: Side
    facts: Mapping[str, str]
    lists: Mapping[str, list[dict[str, str]]] = field(default_factory=dict)
    to_citizen: bool = False
    signed: bool = False


COMMON: Mapping[str, str] = {
    "文号": "武呼〔2026〕12号",
    "发文机关": "武昌区呼应中心",
    "主送": "区城管执法局",
    "成文日期": "2026年3月2日",
    "经办人": "吴雪梅",
    "签发人": "",
    "签发日期": "",
    "诉求编号": "20260302-001-P0001",
    "市级编号": "",
    "诉求标题": "花园山小区门口路灯不亮",
    "诉求内容": "小区门口三盏路灯坏了一周，夜间漆黑，老人出行不便，希望尽快修复。",
    "诉求分类": "路灯照明",
    "诉求地点": "粮道街道花园山社区 粮道街花园山小区门口",
    "来源渠道": "电话",
    "缓急程度": "一般",
    "登记时间": "2026年3月2日 09:00",
    "受理时间": "2026年3月2日 09:20",
    "办理时限": "2026年3月9日 17:30",
    "主办单位": "区城管执法局",
    "被反映单位": "",
}
COMMON_LISTS: Mapping[str, list[dict[str, str]]] = {
    "协办单位": [{"名称": "区水务和湖泊局"}, {"名称": "粮道街道办事处"}],
    "附件": [{"名称": "现场照片.jpg", "序号": "1"}, {"名称": "位置图.png", "序号": "2"}],
}

KINDS: dict[str, PaperKind] = {
    kind.code: kind
    for kind in (
        PaperKind(
            "acceptance",
            _("受理告知"),
            "受",
            "accept",
            "place",
            {"诉求人称呼": "欧阳**"},
            to_citizen=True,
        ),
        PaperKind(
            "assignment",
            _("交办单"),
            "交",
            "dispatch",
            "place",
            {
                "交办意见": "请于时限内办结并答复诉求人。",
                "交办时间": "2026年3月2日 10:00",
                "签收时限": "2026年3月2日 14:30",
                "首次联系时限": "2026年3月3日 10:00",
            },
        ),
        PaperKind(
            "return",
            _("退单申请"),
            "退",
            "request_return",
            "lead",
            {
                "申请单位": "区城管执法局",
                "申请时间": "2026年3月2日 11:00",
                "申请理由": "该路灯由供电公司维护，不属本单位职责。",
                "建议承办单位": "区水务和湖泊局",
                "交办时间": "2026年3月2日 10:00",
                "裁定结果": "待裁定",
                "裁定意见": "",
            },
        ),
        PaperKind(
            "extension",
            _("延期审批"),
            "延",
            "rule",
            "place",
            {
                "申请单位": "区城管执法局",
                "申请时间": "2026年3月4日 15:00",
                "申请理由": "等待灯具到货。",
                "延长时间": "3 个工作日",
                "告知诉求人": "灯具到货后三天内修好。",
                "审批结果": "同意",
                "审批意见": "请抓紧采购。",
                "审批人": "吴雪梅",
                "审批时间": "2026年3月4日 16:00",
            },
        ),
        PaperKind(
            "supervision",
            _("督办单"),
            "督",
            "supervise",
            "place",
            {
                "督办级别": "二级：书面、挂牌",
                "督办起因": "办理逾期",
                "督办理由": "临近汛期，诉求人反复来电。",
                "督办人": "郑向阳",
                "督办时间": "2026年3月10日 09:00",
                "回复时限": "2026年3月12日 17:30",
            },
        ),
        PaperKind(
            "handover",
            _("移交单"),
            "移",
            "hand_over",
            "place",
            {
                "移交单号": "移〔2026〕1号",
                "移交去向": "区信访局",
                "移交理由": "该事项已进入信访程序。",
                "移交时间": "2026年3月2日 10:00",
            },
        ),
        PaperKind(
            "minutes",
            _("会商纪要"),
            "会",
            "minute",
            "place",
            {
                "会商编号": "20260302-001-M0001",
                "会商时间": "2026年3月4日 15:00",
                "会商地点": "302 会议室",
                "会商议题": "小区门口路灯由谁维护",
                "会商记录": "城管执法局：路灯不在移交清单内。\n水务和湖泊局：与排水设施无关。",
                "承办单位": "区城管执法局",
                "权责清单条目": "权责清单第 12 条",
                "裁定意见": "由区城管执法局先行修复，再明确管养责任。",
                "接办期限": "2026年3月9日",
                "裁定人": "吴雪梅",
            },
            {"参加单位": [{"名称": "区城管执法局"}, {"名称": "区水务和湖泊局"}]},
        ),
        PaperKind(
            "completion",
            _("办结报告"),
            "结",
            "reply",
            "lead",
            {
                "办理结果": "已更换三盏路灯，当晚恢复照明，并电话告知诉求人。",
                "是否解决": "已解决",
                "签收时间": "2026年3月2日 11:00",
                "首次联系时间": "2026年3月2日 15:00",
                "办结时间": "2026年3月6日 16:00",
            },
            {
                "办理过程": [
                    {"时间": "3月2日 10:00", "事项": "派单：区城管执法局主办", "序号": "1"},
                    {"时间": "3月2日 11:00", "事项": "区城管执法局签收", "序号": "2"},
                    {"时间": "3月6日 16:00", "事项": "区城管执法局办结回复", "序号": "3"},
                ]
            },
            signed=True,
        ),
    )
}
KIND_CHOICES = [(kind.code, kind.label) for kind in KINDS.values()]

ACCEPTED = (
    *("accepted", "dispatched", "in_progress", "suspended", "replied"),
    *("awaiting_callback", "evaluated", "archived"),
)
WITH_A_UNIT = ("dispatched", "in_progress", "suspended")
ANSWERED = ("replied", "awaiting_callback", "evaluated", "archived")
ASKED = ("open", "approved", "rejected")


@dataclass(frozen=True)
class Offer:
    """A paper that may be issued now; `subject` tells apart several of one kind."""

    kind: str
    subject: str
    about: str = ""


def offers(ledger: Ledger) -> list[Offer]:
    """What may be issued of a case as it stands, in the order of KINDS.

    Nothing of imported history, which others wrote papers for; the citizen is told once, of the
    whole and not of its parts.
    """
    case = ledger.case
    if case.imported:
        return []
    found: list[Offer] = []
    if case.accepted_at and case.state in ACCEPTED and not case.parent_id:
        found.append(Offer("acceptance", "once"))
    if ledger.lead and case.state in WITH_A_UNIT and case.dispatched_at:
        found.append(Offer("assignment", f"{case.round}:{case.dispatched_at.timestamp():.0f}"))
    for kind in ("return", "extension"):
        if (request := last_request(ledger, kind)) is not None:
            found.append(Offer(kind, f"request:{request.id}", request.unit.name))
    for order in open_orders(ledger):
        found.append(Offer("supervision", f"order:{order.id}", f"{order.level} 级"))
    if ledger.handover is not None:
        found.append(Offer("handover", ledger.handover.number, ledger.handover.office))
    found += [
        Offer("minutes", meeting.number, meeting.number)
        for meeting in ledger.meetings
        if meeting.state == "ruled"
    ]
    if ledger.lead and case.state in ANSWERED and case.result:
        found.append(Offer("completion", f"{case.round}"))
    return found


def last_request(ledger: Ledger, kind: str) -> RequestFact | None:
    """The newest request of a kind that was neither taken back nor overtaken."""
    asked = [one for one in ledger.requests if one.kind == kind and one.state in ASKED]
    return asked[-1] if asked else None


def path_of(offer: Offer, ledger: Ledger, district: str) -> str:
    """Where the right to issue a paper must hold."""
    if KINDS[offer.kind].side == "lead":
        request = last_request(ledger, offer.kind)
        unit = request.unit if request is not None else ledger.lead
        return unit.path if unit else ""
    place = ledger.place
    return place.path if place is not None and not ledger.case.confidential else district


def known_facts(kind: str) -> dict[str, str]:
    """Every fact that a template of this kind may use, with an example."""
    return {**COMMON, **KINDS[kind].facts}


def known_lists(kind: str) -> dict[str, list[dict[str, str]]]:
    """Every list, with example items."""
    return {**COMMON_LISTS, **KINDS[kind].lists}


def _line(verb: str) -> Callable[..., None]:
    """A step that only leaves a line in the history: a paper changes nothing of its case."""

    def step(ledger: Ledger, doing: Any, *, kind: str, paper: str, reason: str = "") -> None:
        edge = Edge(verb, ledger.case.state, "", "any")
        leave(ledger, doing, edge, reason, kind=kind, paper=paper)

    return step


STEPS: dict[str, Callable[..., None]] = {
    verb: _line(verb) for verb in ("issue_paper", "sign_paper", "void_paper")
}
