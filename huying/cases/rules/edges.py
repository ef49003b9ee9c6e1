"""The one transition table of an appeal: who may go from where to where by which verb.

`where` says on which paths the right must hold: `place` is where the matter lies (the district
while it has no place), `lead` the leading unit, `handlers` lead and co-units, `any` the scope.
Verbs without an edge of their own (comments, attachments, …) are overlays: `to` is empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huying.cases.rules.states import LIVE, STATES

Where = Literal["place", "lead", "handlers", "any"]


@dataclass(frozen=True)
class Edge:
    """One way out of a state; `outcome` tells edges of one verb apart (review: pass or return)."""

    verb: str
    source: str
    to: str
    where: Where = "place"
    outcome: str = ""


# What was accepted may be told to everybody, also after its end.
PUBLISHED = (*(code for code in LIVE if code != "registered"), "archived")

EDGES: tuple[Edge, ...] = (
    Edge("register", "", "registered"),
    Edge("accept", "registered", "accepted"),
    Edge("refuse", "registered", "not_accepted"),
    Edge("dispatch", "accepted", "dispatched"),
    Edge("answer_on_spot", "accepted", "replied", "any"),
    Edge("sign", "dispatched", "in_progress", "lead"),
    Edge("reassign", "dispatched", "accepted"),
    Edge("reassign", "in_progress", "accepted"),
    Edge("reply", "in_progress", "replied", "lead"),
    Edge("review", "replied", "awaiting_callback", outcome="pass"),
    Edge("review", "replied", "in_progress", outcome="return"),
    Edge("review", "replied", "archived", outcome="part"),
    Edge("evaluate", "awaiting_callback", "evaluated", outcome="all"),
    Edge("evaluate", "awaiting_callback", "", outcome="heard"),
    Edge("archive", "evaluated", "archived"),
    Edge("dispatch", "evaluated", "dispatched", outcome="again"),
    *(
        Edge("withdraw", source, "withdrawn")
        for source in ("registered", "accepted", "dispatched", "in_progress")
    ),
    *(
        Edge("contact", source, "", "any")
        for source in (
            *("accepted", "dispatched", "in_progress", "suspended", "replied"),
            "awaiting_callback",
        )
    ),
    Edge("request_return", "dispatched", "", "lead"),
    Edge("request_return", "in_progress", "", "lead"),
    Edge("request_extension", "in_progress", "", "lead"),
    Edge("request_suspension", "in_progress", "", "lead"),
    Edge("request_closure", "in_progress", "", "lead"),
    Edge("request_closure", "suspended", "", "lead"),
    *(
        edge
        for source in ("dispatched", "in_progress", "suspended")
        for edge in (
            Edge("withdraw_request", source, "", "lead"),
            Edge("rule", source, "", outcome="reject"),
        )
    ),
    Edge("rule", "dispatched", "accepted", outcome="return"),
    Edge("rule", "in_progress", "accepted", outcome="return"),
    Edge("rule", "in_progress", "", outcome="extension"),
    Edge("rule", "in_progress", "suspended", outcome="suspension"),
    Edge("rule", "in_progress", "replied", outcome="closure"),
    Edge("rule", "suspended", "replied", outcome="closure"),
    *(
        Edge(verb, source, "")
        for verb in ("add_unit", "remove_unit")
        for source in ("dispatched", "in_progress", "suspended")
    ),
    *(
        edge
        for source in ("dispatched", "in_progress", "suspended", "replied")
        for edge in (
            Edge("supervise", source, ""),
            Edge("answer_supervision", source, "", "lead"),
            Edge("close_supervision", source, ""),
        )
    ),
    Edge("call_up", "in_progress", "", "lead"),
    *(
        Edge("convene", source, "")
        for source in ("accepted", "dispatched", "in_progress", "suspended")
    ),
    Edge("close_supervision", "awaiting_callback", ""),
    Edge("close_supervision", "evaluated", ""),
    Edge("call_back", "awaiting_callback", "", outcome="tried"),
    Edge("call_back", "awaiting_callback", "evaluated", outcome="unreached"),
    Edge("reappeal", "archived", "dispatched"),
    *(
        Edge(verb, source, "", "place")
        for verb in ("city_return", "city_extend")
        for source in ("registered", "accepted", "dispatched", "in_progress", "suspended")
    ),
    *(Edge("city_rule", source, "not_accepted", outcome="returned") for source in LIVE),
    *(Edge("city_rule", source, "withdrawn", outcome="withdrawn") for source in LIVE),
    *(Edge("city_rule", code, "", outcome="keep") for code, _label in STATES),
    *(
        Edge("city_redo", source, "dispatched", outcome="again")
        for source in ("replied", "awaiting_callback", "evaluated", "archived")
    ),
    *(Edge("city_redo", code, "", outcome="stay") for code, _label in STATES),
    Edge("resume", "suspended", "in_progress", outcome="back"),
    Edge("resume", "suspended", "", outcome="stay"),
    Edge("merge", "registered", "merged"),
    Edge("merge", "accepted", "merged"),
    Edge("unmerge", "merged", "registered", outcome="registered"),
    Edge("unmerge", "merged", "accepted", outcome="accepted"),
    Edge("split", "", "dispatched", outcome="part"),
    *(Edge("split", source, "") for source in ("accepted", "dispatched", "in_progress")),
    Edge("hand_over", "registered", "not_accepted"),
    Edge("hand_over", "accepted", "not_accepted"),
    Edge("record_receipt", "not_accepted", ""),
    *(
        Edge(verb, source, "")
        for verb in ("publish", "rule_publication", "unpublish")
        for source in PUBLISHED
    ),
    *(
        Edge("recategorise", source, "")
        for source in ("registered", "accepted", "dispatched", "in_progress")
    ),
    *(Edge("set_place", source, "") for source in LIVE),
    *(Edge("comment", source, "", "any") for source in LIVE),
    *(Edge("attach", source, "", "any") for source in LIVE),
    *(Edge("unmask", code, "", "any") for code, _label in STATES),
)

LABELS: dict[str, str | Promise] = {
    "register": _("登记"),
    "accept": _("受理"),
    "refuse": _("不予受理"),
    "dispatch": _("派单"),
    "sign": _("签收"),
    "contact": _("联系诉求人"),
    "reassign": _("改派"),
    "reply": _("办结回复"),
    "review": _("审核"),
    "evaluate": _("回访评价"),
    "archive": _("归档"),
    "withdraw": _("撤诉"),
    "comment": _("备注"),
    "attach": _("上传附件"),
    "recategorise": _("改分类"),
    "set_place": _("落位"),
    "unmask": _("查看诉求人信息"),
    "request_return": _("申请退件"),
    "request_extension": _("申请延期"),
    "request_suspension": _("申请挂账"),
    "request_closure": _("申请结案"),
    "withdraw_request": _("撤回申请"),
    "rule": _("裁定申请"),
    "resume": _("挂账复核"),
    "add_unit": _("增加协办"),
    "remove_unit": _("减少协办"),
    "call_back": _("回访登记"),
    "reappeal": _("再次诉求"),
    "city_return": _("向市里退单"),
    "city_extend": _("向市里申请延期"),
    "city_rule": _("市级裁定"),
    "city_redo": _("市级重办"),
    "supervise": _("督办"),
    "answer_supervision": _("督办回复"),
    "close_supervision": _("督办销号"),
    "answer_on_spot": _("当场答复"),
    "merge": _("并入另一件"),
    "unmerge": _("解除并件"),
    "split": _("拆分"),
    "hand_over": _("移交"),
    "record_receipt": _("登记移交回执"),
    "publish": _("申请公开"),
    "rule_publication": _("审批公开"),
    "unpublish": _("撤下公开"),
    "call_up": _("呼叫上级"),
    "convene": _("召集会商"),
}

BY_VERB: dict[str, tuple[Edge, ...]] = {
    verb: tuple(edge for edge in EDGES if edge.verb == verb) for verb in LABELS
}


def edges_of(verb: str, state: str) -> tuple[Edge, ...]:
    """The ways `verb` leads out of `state`; none when it is not the time for it."""
    return tuple(edge for edge in BY_VERB[verb] if edge.source == state)


def allowed(state: str) -> tuple[str, ...]:
    """The verbs that may be used in `state`, in the order of the table."""
    return tuple(dict.fromkeys(edge.verb for edge in EDGES if edge.source == state))


def paths_for(
    where: Where, scope: Sequence[str], place: str, lead: str, handlers: Sequence[str]
) -> tuple[str, ...]:
    """The paths on one of which the asker must hold the right."""
    if where == "place":
        return (place,)
    if where == "lead":
        return (lead,) if lead else ()
    if where == "handlers":
        return tuple(handlers)
    return tuple(scope)
