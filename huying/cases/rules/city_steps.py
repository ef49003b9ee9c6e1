"""What the verbs of the city's order change: ask the city, take its ruling, do it over for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from huying.cases.rules.city import ASKED, OVER, Report
from huying.cases.rules.clocks import before
from huying.cases.rules.facts import Doing, Ledger
from huying.cases.rules.moves import (
    begin_round,
    find,
    hand_out,
    invalid,
    leave,
    led,
    refuse_barred,
    required,
    settle,
)
from huying.cases.rules.orders import end_orders
from huying.cases.rules.standing import remeasure
from huying.cases.rules.states import ENDS

RULINGS = [
    *((f"{kind}_approved", label) for kind, label in ASKED),
    *((f"{kind}_rejected", label) for kind, label in ASKED),
    ("deadline", _("改期")),
    ("withdrawn", _("撤销")),
]


def city_return(ledger: Ledger, doing: Doing, *, reason: str) -> None:
    """申请向市里退单: the matter is none of this district's; it stays ours until the city rules."""
    _ask(ledger, doing, "return", reason)


def city_extend(ledger: Ledger, doing: Doing, *, reason: str, until: datetime | str) -> None:
    """向市里申请延期: to a later instant than the city's deadline."""
    at = _instant(until, "until")
    governing = ledger.case.city_due_at
    if at <= doing.at or (governing and at <= governing):
        raise invalid("until", _("申请的时限须晚于现在的市级时限。"), _("请改为更晚的时间。"))
    _ask(ledger, doing, "extension", reason, until=at.isoformat())


def city_rule(
    ledger: Ledger,
    doing: Doing,
    *,
    ruling: str,
    reason: str = "",
    due_at: datetime | str | None = None,
) -> None:
    """市级裁定: what the city decided on our request, a new deadline, or that it is withdrawn."""
    refuse_barred(ledger, doing, "city_rule")
    due = _instant(due_at, "due_at") if due_at else None
    if ruling not in dict(RULINGS):
        raise invalid("ruling", _("没有这种裁定。"), _("请从清单中选择。"))
    if ruling in ("deadline", "extension_approved") and due is None:
        raise invalid("due_at", _("须写明新的市级时限。"), _("请填写。"))
    case = ledger.case
    end = {"return_approved": "returned", "withdrawn": "withdrawn"}.get(ruling, "")
    edge = find(ledger, "city_rule", end if end and case.state not in ENDS else "keep")
    if end:
        case.city_state, case.city_asked = end, ""
    elif ruling.removesuffix("_rejected").removesuffix("_approved") == case.city_asked:
        case.city_asked = ""
    if edge.to:
        _end(ledger, doing, returned=end == "returned")
    elif due is not None:
        _govern(ledger, doing, due)
    data = {"due": due.isoformat()} if due else {}
    leave(ledger, doing, edge, reason, ruling=ruling, **data)


def city_redo(
    ledger: Ledger, doing: Doing, *, reason: str, due_at: datetime | str | None = None
) -> None:
    """市级重办: the city's own callback was not content; the same units begin a new round."""
    refuse_barred(ledger, doing, "city_redo")
    due = _instant(due_at, "due_at") if due_at else None
    required("reason", reason)
    case = ledger.case
    edge = find(ledger, "city_redo", "again" if _answered(ledger) else "stay")
    case.city_round += 1
    if case.city_state not in OVER:
        case.city_state, case.city_asked = "signed", ""
    if due is not None:
        case.city_due_at = due
    if edge.to:
        case.ended_at = None
        settle(ledger, doing, "void")
        for clock in ledger.clocks:
            if clock.stopped_at is None:
                clock.stopped_at, clock.outcome = doing.at, "void"
        begin_round(ledger, doing)
        hand_out(ledger, doing)
    elif due is not None:
        _govern(ledger, doing, due)
    data = {"due": due.isoformat()} if due else {}
    leave(ledger, doing, edge, reason, round=case.city_round, **data, **led(ledger))


def _ask(ledger: Ledger, doing: Doing, kind: str, reason: str, **content: str) -> None:
    verb = {"return": "city_return", "extension": "city_extend"}[kind]
    edge = find(ledger, verb)
    refuse_barred(ledger, doing, verb)
    required("reason", reason)
    ledger.case.city_asked = kind
    told = {"reason": doing.hide(reason.strip()), **content}
    ledger.reports.append(Report(f"{kind}_asked", told))
    leave(ledger, doing, edge, reason, **content)


def _instant(value: datetime | str, where: str) -> datetime:
    """An instant as a verb is given it: aware, or its ISO 8601 text."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise invalid(where, _("不是带时区的时间。"), _("请重新选择。"))
    return found


def _answered(ledger: Ledger) -> bool:
    """Whether there is an answer to be done over, and somebody to do it."""
    states = ("replied", "awaiting_callback", "evaluated", "archived")
    return ledger.case.state in states and ledger.lead is not None


def _govern(ledger: Ledger, doing: Doing, due_at: datetime) -> None:
    """Let the city's new deadline govern; a running clock is measured back from it."""
    ledger.case.city_due_at = due_at
    clock = ledger.running("handle")
    if clock is not None:
        clock.rule = before(doing.rules["city"], due_at).as_json()
        remeasure(ledger, doing, clock)


def _end(ledger: Ledger, doing: Doing, *, returned: bool) -> None:
    """The city took the order away: nothing of it runs any longer."""
    case = ledger.case
    case.ended_at, case.paused = doing.at, False
    if returned:
        case.refusal = "outside"
    settle(ledger, doing, "void")
    end_orders(ledger, doing)
    for clock in ledger.clocks:
        if clock.stopped_at is None:
            clock.stopped_at, clock.outcome = doing.at, "void"


STEPS: dict[str, Callable[..., None]] = {
    "city_return": city_return,
    "city_extend": city_extend,
    "city_rule": city_rule,
    "city_redo": city_redo,
}
