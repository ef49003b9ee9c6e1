"""The city hotline's order (12345 转办单) beside a case: what both sides hold, who follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _gettext
from django.utils.translation import gettext_lazy as _

from huying.cases.rules.facts import CaseFacts, Ledger

# Where an order stands between the two sides; only these five, whatever happens in the district.
CITY_STATES = [
    ("sent", _("待签收")),
    ("signed", _("已签收")),
    ("answered", _("已回传")),
    ("returned", _("已退单")),
    ("withdrawn", _("已撤销")),
]
OVER = ("returned", "withdrawn")
ASKED = [("return", _("退单")), ("extension", _("延期"))]

# What the city says; `order` is always the first of a number.
SAID = [
    ("order", _("转办")),
    ("ruling", _("裁定")),
    ("deadline", _("改期")),
    ("redo", _("重办")),
    ("withdrawn", _("撤销")),
]
# What we report; `report` tells how the whole order stands here, for repair.
REPORTED = [
    ("signed", _("签收")),
    ("return_asked", _("申请退单")),
    ("extension_asked", _("申请延期")),
    ("answered", _("办结回传")),
    ("withdrawn", _("诉求人撤诉")),
    ("report", _("补报")),
]
BY_THE_CITY = ("city_rule", "city_redo")
CITY_VERBS = ("city_return", "city_extend", *BY_THE_CITY)
# What two books of the same orders can differ in.
DIFFERENCES = [
    ("missing_here", _("我方没有")),
    ("missing_there", _("市里没有")),
    ("state", _("办理情况不一致")),
    ("due", _("时限不一致")),
    ("reply", _("回传内容不一致")),
]
REMEDIES = [
    ("pull", _("取回市里的消息")),
    ("push", _("重发我方的消息")),
    ("adopt", _("以市里为准")),
    ("report", _("向市里补报")),
]


@dataclass(frozen=True)
class Report:
    """What a step wants the city to be told."""

    kind: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """How one order stands on one side; `due` is an instant as text, `reply` a digest.

    `said` counts what the city said, `told` what we told, as far as this side knows.
    """

    order: str
    state: str
    round: int
    asked: str
    due: str
    reply: str
    said: int
    told: int


def spelled(at: datetime | None) -> str:
    """One spelling for one instant, to the second, so that two books can be compared."""
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""


def follow(ledger: Ledger, verb: str, state: str, reason: str) -> None:
    """Move the order along with the case, and say what the city is to be told of it."""
    case = ledger.case
    if case.city_state in ("", *OVER) or verb in BY_THE_CITY:
        return
    if verb == "accept" and case.city_state == "sent":
        case.city_state = "signed"
        ledger.reports.append(Report("signed", {}))
    elif verb == "review" and state == "awaiting_callback":
        case.city_state, case.city_asked = "answered", ""
        content = {"result": case.result, "solved": bool(case.solved_claim)}
        ledger.reports.append(Report("answered", content))
    elif verb == "withdraw":
        case.city_state, case.city_asked = "withdrawn", ""
        ledger.reports.append(Report("withdrawn", {"reason": reason}))


def barred(case: CaseFacts, verb: str) -> str:
    """Why an order of the city, or its being none, rules a verb out; empty when it does not."""
    if verb in CITY_VERBS and (not case.city_state or case.imported):
        return _gettext("这件诉求不是市热线转办单。")
    if not case.city_state or case.city_state in OVER:
        asking = verb in ("city_return", "city_extend")
        return _gettext("市热线转办单已经结束。") if asking else ""
    if verb == "refuse":
        return _gettext("市热线转办单不能直接不予受理，请向市里退单。")
    if verb == "request_extension" and case.city_due_at is not None:
        return _gettext("时限由市热线规定，请由区呼应中心向市里申请延期。")
    if verb in ("city_return", "city_extend"):
        if case.city_asked:
            return _gettext("还有一项申请等待市里裁定。")
        if case.city_state == "answered":
            return _gettext("已经回传市里，不能再申请。")
    return ""


def differences(ours: Standing | None, theirs: Standing | None) -> list[tuple[str, str]]:
    """What differs, each with the remedy that mends it: `[(difference, remedy), …]`.

    What is missing is sent again; where nothing is missing, the city governs the deadline and the
    end of an order, and we govern what was done and answered.
    """
    if ours is None or theirs is None:
        return [("missing_here", "pull")] if ours is None else [("missing_there", "report")]
    pull, push = theirs.said > ours.said, ours.told > theirs.told
    found = []
    if (ours.state, ours.round, ours.asked) != (theirs.state, theirs.round, theirs.asked):
        theirs_governs = theirs.state in OVER or theirs.round > ours.round
        ruled = bool(ours.asked) and not theirs.asked
        found.append(("state", "adopt" if theirs_governs or ruled else "report"))
    if ours.due != theirs.due:
        found.append(("due", "adopt"))
    if ours.reply != theirs.reply:
        found.append(("reply", "report"))
    if pull or push:
        return [(kind, "pull" if pull else "push") for kind, _remedy in found]
    return found
