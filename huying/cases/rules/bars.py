"""What a case's ties rule out: to a master, to parts, to another track, to what is published."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from huying.cases.rules.facts import Ledger
from huying.cases.rules.states import LIVE, MASTERS

LEAVING = ("withdraw", "refuse", "merge", "hand_over")
ANSWERING = ("reply", "answer_on_spot", "request_closure")
OF_THE_WHOLE = ("split", "merge", "hand_over", "publish", "reappeal")
ASKED, STANDING = ("asked", "renewed"), ("approved", "renewed")


def bound(ledger: Ledger, verb: str) -> str:
    """Why the ties of a case rule out a verb that its state allows; empty when they do not."""
    case = ledger.case
    if case.merged_count and verb in LEAVING:
        return _("有 %(count)s 件诉求并入了这一件，请先解除并件。") % {"count": case.merged_count}
    waiting = sum(part.state in LIVE for part in ledger.parts)
    if waiting and verb in (*LEAVING, *ANSWERING):
        return _("拆分出的诉求还有 %(count)s 件没有答复。") % {"count": waiting}
    if case.parent_id and verb in OF_THE_WHOLE:
        return _("这是拆分出的诉求，请在原诉求上办理。")
    return OWN[verb](ledger) if verb in OWN else ""


def _merge(ledger: Ledger) -> str:
    case = ledger.case
    if case.imported:
        return _("历史导入的诉求不能并件。")
    if case.parts_made:
        return _("已拆分的诉求不能并件。")
    if case.supervision or case.calls_open:
        return _("还有未了结的督办或呼叫，不能并件。")
    return ""


def _unmerge(ledger: Ledger) -> str:
    if ledger.master is None or ledger.master.state not in MASTERS:
        return _("主件已经答复或结束，不能再解除并件。")
    return ""


def _split(ledger: Ledger) -> str:
    if ledger.case.imported:
        return _("历史导入的诉求不能拆分。")
    return _("还有一项申请等待裁定，裁定后再拆分。") if ledger.case.request else ""


def _hand_over(ledger: Ledger) -> str:
    if ledger.case.imported:
        return _("历史导入的诉求不能移交。")
    if ledger.case.supervision or ledger.case.calls_open:
        return _("还有未了结的督办或呼叫，不能移交。")
    return ""


def _record_receipt(ledger: Ledger) -> str:
    if ledger.handover is None:
        return _("这件诉求没有移交。")
    return _("已登记过回执。") if ledger.handover.received_at else ""


def _publish(ledger: Ledger) -> str:
    case = ledger.case
    if case.sensitive:
        return _("敏感诉求不公开。")
    if case.about_id:
        return _("反映单位或人员的诉求不公开。")
    if case.imported:
        return _("历史诉求不公开。")
    return _("已有待批准的公开申请。") if case.publication in ASKED else ""


def _rule_publication(ledger: Ledger) -> str:
    return "" if ledger.case.publication in ASKED else _("没有待批准的公开申请。")


def _unpublish(ledger: Ledger) -> str:
    return "" if ledger.case.publication else _("这件诉求没有公开。")


OWN: dict[str, Callable[[Ledger], str]] = {
    "merge": _merge,
    "unmerge": _unmerge,
    "split": _split,
    "hand_over": _hand_over,
    "record_receipt": _record_receipt,
    "publish": _publish,
    "rule_publication": _rule_publication,
    "unpublish": _unpublish,
}
