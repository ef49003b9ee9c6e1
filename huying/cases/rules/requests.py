"""What the verbs of requests change: ask, take back, rule, and go on after a suspension."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from huying.cases.rules.clocks import ClockSpec
from huying.cases.rules.facts import Doing, Ledger, RequestFact, UnitFact
from huying.cases.rules.moves import (
    find,
    invalid,
    leave,
    led,
    pause,
    refuse_barred,
    required,
    settle,
    start,
    stop,
    take_back,
    unpause,
)
from huying.cases.rules.standing import remeasure
from huying.cases.rules.states import SUSPENDED_AT_MOST, SUSPENDED_AT_ONCE, SUSPENSIONS
from huying.kernel.working_time import DEFAULT_ZONE


def request_return(
    ledger: Ledger, doing: Doing, *, reason: str, suggested: UnitFact | None = None
) -> None:
    """申请退件: soon after the dispatch, and never again once it was ruled on (潍§22)."""
    named = {"suggested": suggested.as_json()} if suggested else {}
    _ask(ledger, doing, "return", reason, **named)


def request_extension(
    ledger: Ledger, doing: Doing, *, amount: str, reason: str, notice: str
) -> None:
    """申请延期: once, before it is due, at most as long again, with notice to the citizen (京§15).

    `amount` counts in the measure of the handling deadline.
    """
    required("notice", notice)
    try:
        wanted = Decimal(str(amount))
    except InvalidOperation:
        wanted = Decimal(0)
    clock = ledger.running("handle")
    most = Decimal(clock.rule["amount"]) if clock else Decimal(0)
    if clock and not (wanted.is_finite() and 0 < wanted <= most and wanted == round(wanted, 2)):
        what = _("延期须大于 0，且不超过原时限 %(most)s (京§15)。") % {"most": f"{most:f}"}
        raise invalid("amount", what, _("请缩短延期。"))
    measure = clock.rule["measure"] if clock else ""
    told = {"amount": f"{wanted:f}", "measure": measure, "notice": doing.hide(notice.strip())}
    _ask(ledger, doing, "extension", reason, **told)


def request_suspension(
    ledger: Ledger, doing: Doing, *, cause: str, plan: str, review_on: date | str
) -> None:
    """申请挂账: a reason of the closed list, a plan, and the day on which to look again."""
    if cause not in dict(SUSPENSIONS):
        raise invalid("cause", _("挂账的原因不在清单内。"), _("请从清单中选择。"))
    day = _day(review_on)
    _days_until(ledger, doing, day)
    _ask(ledger, doing, "suspension", plan, "plan", cause=cause, review_on=day.isoformat())


def request_closure(ledger: Ledger, doing: Doing, *, result: str, reason: str) -> None:
    """申请结案: what was done and told the citizen, and why no more can be done."""
    required("result", result)
    _ask(ledger, doing, "closure", reason, result=doing.hide(result.strip()))


def withdraw_request(ledger: Ledger, doing: Doing, *, reason: str = "") -> None:
    """撤回申请: the unit takes its request back before it is ruled on."""
    edge = find(ledger, "withdraw_request")
    refuse_barred(ledger, doing, "withdraw_request")
    request = settle(ledger, doing, "withdrawn", reason)
    leave(ledger, doing, edge, reason, kind=request.kind if request else "", **led(ledger))


def rule(ledger: Ledger, doing: Doing, *, approved: bool, reason: str) -> None:
    """裁定: approve or reject the open request, with a reason."""
    find(ledger, "rule")
    refuse_barred(ledger, doing, "rule")
    required("reason", reason)
    request = ledger.asked
    if request is None:
        raise TypeError("a case that counts a request open has it")
    edge = find(ledger, "rule", request.kind if approved else "reject")
    unit = led(ledger)
    if approved and request.kind == "suspension":
        # The ruling may come days after the request: the day to look again must still lie ahead.
        _days_until(ledger, doing, date.fromisoformat(request.data["review_on"]), "approved")
    settle(ledger, doing, "approved" if approved else "rejected", reason)
    more = APPROVED[request.kind](ledger, doing, request) if approved else {}
    leave(ledger, doing, edge, reason, kind=request.kind, approved=approved, **unit, **more)


def resume(
    ledger: Ledger, doing: Doing, *, reason: str, review_on: date | str | None = None
) -> None:
    """挂账复核: back to handling, or with `review_on` suspended on until that day."""
    edge = find(ledger, "resume", "stay" if review_on else "back")
    required("reason", reason)
    suspended = _suspended(ledger)
    if review_on:
        day = _day(review_on)
        _days_until(ledger, doing, day)
        stop(ledger, doing, "suspension")
        _start_review(ledger, doing, suspended, day)
        leave(ledger, doing, edge, reason, review_on=day.isoformat())
        return
    _end_suspension(ledger, doing)
    leave(ledger, doing, edge, reason, **led(ledger))


def _ask(
    ledger: Ledger, doing: Doing, kind: str, reason: str, field: str = "reason", /, **data: Any
) -> None:
    """Open a request; the clock of the ruling begins."""
    verb = f"request_{kind}"
    edge = find(ledger, verb)
    refuse_barred(ledger, doing, verb)
    required(field, reason)
    case, lead = ledger.case, ledger.lead
    if lead is None:
        raise TypeError("who may ask leads the case")
    ledger.requests.append(
        RequestFact(
            kind,
            case.round,
            doing.at,
            doing.by_id,
            doing.by_label,
            lead,
            doing.hide(reason.strip()),
            data,
        )
    )
    case.request = kind
    case.requests_made += 1
    start(ledger, doing, "ruling", doing.rules["ruling"])
    leave(ledger, doing, edge, reason, **data, **led(ledger))


def _approve_return(ledger: Ledger, doing: Doing, request: RequestFact) -> dict[str, Any]:
    """Back to the dispatcher; the minutes it lay with the unit stay in the history."""
    since = next((h.since for h in ledger.current() if h.part == "lead"), doing.at)
    take_back(ledger, doing)
    return {"minutes_lost": int((doing.at - since).total_seconds() // 60)}


def _approve_extension(ledger: Ledger, doing: Doing, request: RequestFact) -> dict[str, Any]:
    clock = ledger.running("handle")
    if clock is None:
        raise TypeError("an extension is asked for a running clock only")
    granted = min(Decimal(request.data["amount"]), Decimal(clock.rule["amount"]))
    clock.rule = {**clock.rule, "extension": f"{granted:f}"}
    remeasure(ledger, doing, clock)
    return {"amount": f"{granted:f}", "measure": clock.rule["measure"], "due": _due(ledger)}


def _approve_suspension(ledger: Ledger, doing: Doing, request: RequestFact) -> dict[str, Any]:
    pause(ledger, doing, "handle")
    review_on = date.fromisoformat(request.data["review_on"])
    _start_review(ledger, doing, request, review_on)
    return {"cause": request.data["cause"], "review_on": review_on.isoformat()}


def _approve_closure(ledger: Ledger, doing: Doing, request: RequestFact) -> dict[str, Any]:
    """As a reply that claims nothing solved; the citizen is still called back."""
    case = ledger.case
    if case.state == "suspended":
        _end_suspension(ledger, doing)
    case.result, case.solved_claim, case.replied_at = request.data["result"], False, doing.at
    stop(ledger, doing, "handle")
    return {}


APPROVED: dict[str, Callable[[Ledger, Doing, RequestFact], dict[str, Any]]] = {
    "return": _approve_return,
    "extension": _approve_extension,
    "suspension": _approve_suspension,
    "closure": _approve_closure,
}


def _start_review(ledger: Ledger, doing: Doing, request: RequestFact, on: date) -> None:
    """Start the clock of the next look, due at this hour of that day."""
    hours = (on - doing.at.astimezone(DEFAULT_ZONE).date()).days * 24
    own: ClockSpec = doing.rules["suspension"]
    start(ledger, doing, "suspension", replace(own, measure="natural_hours", amount=str(hours)))
    request.data = {**request.data, "review_on": on.isoformat()}


def _end_suspension(ledger: Ledger, doing: Doing) -> None:
    unpause(ledger, doing, "handle")
    stop(ledger, doing, "suspension")
    suspended = _suspended(ledger)
    suspended.data = {**suspended.data, "ended": doing.at.isoformat()}


def _suspended(ledger: Ledger) -> RequestFact:
    """The request by which the case stands suspended."""
    return next(
        one
        for one in reversed(ledger.requests)
        if one.kind == "suspension" and one.state == "approved" and "ended" not in one.data
    )


def _day(value: date | str) -> date:
    """A date, also as ISO text."""
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except ValueError:
        what = _("日期填写有误。")
        raise invalid("review_on", what, _("请按 2026-03-20 的样子填写。")) from None


def _days_until(ledger: Ledger, doing: Doing, on: date, field: str = "review_on") -> None:
    """Raise Invalid unless `on` is near enough, and all suspensions together short enough."""
    today = doing.at.astimezone(DEFAULT_ZONE).date()
    if not 1 <= (on - today).days <= SUSPENDED_AT_ONCE:
        what = _("复核日期须在明天起的 %(most)s 天之内。") % {"most": SUSPENDED_AT_ONCE}
        raise invalid(field, what, _("请重新选择日期；到期可以再次复核。"))
    stood = sum((_stood(one, doing) for one in ledger.requests), timedelta())
    if stood + (on - today) > timedelta(days=SUSPENDED_AT_MOST):
        what = _("挂账累计不超过 %(most)s 天。") % {"most": SUSPENDED_AT_MOST}
        raise invalid(field, what, _("请恢复办理或申请结案。"))


def _stood(request: RequestFact, doing: Doing) -> timedelta:
    """How long the case has stood suspended by this request."""
    if request.kind != "suspension" or request.state != "approved" or not request.ruled_at:
        return timedelta()
    ended = request.data.get("ended")
    return (datetime.fromisoformat(ended) if ended else doing.at) - request.ruled_at


def _due(ledger: Ledger) -> str:
    return ledger.case.due_at.isoformat() if ledger.case.due_at else ""


STEPS: dict[str, Callable[..., None]] = {
    "request_return": request_return,
    "request_extension": request_extension,
    "request_suspension": request_suspension,
    "request_closure": request_closure,
    "withdraw_request": withdraw_request,
    "rule": rule,
    "resume": resume,
}
