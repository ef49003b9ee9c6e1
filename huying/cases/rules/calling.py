"""What calls change in the case they cite: the history, the pauses of its clock, who sees it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from huying.cases.rules import calls
from huying.cases.rules.called import CallFact
from huying.cases.rules.edges import Edge
from huying.cases.rules.facts import Doing, Ledger, UnitFact
from huying.cases.rules.moves import find, leave
from huying.cases.rules.standing import carry
from huying.kernel.errors import NotFound


def call_up(
    ledger: Ledger,
    doing: Doing,
    *,
    number: str,
    upper: UnitFact,
    lead: UnitFact,
    co: Sequence[UnitFact] = (),
    subject: str,
    ask: str,
) -> None:
    """呼叫上级: the lead unit calls up; the case stays with it, its clock stands still."""
    edge = find(ledger, "call_up")
    caller = ledger.lead
    if caller is None:
        raise TypeError("who may call up leads the case")
    call = calls.open_call(
        doing,
        number=number,
        caller=caller,
        upper=upper,
        lead=lead,
        co=co,
        subject=subject,
        ask=ask,
    )
    ledger.calls.append(call)
    ledger.case.calls_made += 1
    carry(ledger, doing, call, [])
    leave(ledger, doing, edge, call.ask, **_of(call), co=[unit.as_json() for unit in call.co])


def on_call(ledger: Ledger, doing: Doing, verb: str, *, call: str = "", **args: Any) -> None:
    """A verb on a call, carried to the clock and the history of the case it cites.

    Ratings, and rulings that end nothing, are no matter of the case.
    """
    one = call_of(ledger, call)
    before, ended = calls.spans(one), one.ended_at
    CHANGES[verb](one, doing, **args)
    if verb == "rate_call" or (verb == "rule_call" and one.ended_at == ended):
        return
    carry(ledger, doing, one, before)
    edge = Edge(verb, ledger.case.state, "", "any")
    leave(ledger, doing, edge, one.lines[-1].text, **_of(one))


def call_of(ledger: Ledger, number: str = "") -> CallFact:
    """The call of this number; without one the last that was made."""
    found = [call for call in ledger.calls if not number or call.number == number]
    if not found:
        raise NotFound(_("没有这次呼叫。"), remedy=_("请核对编号。"))
    return found[-1]


def _of(call: CallFact) -> dict[str, object]:
    return {"call": call.number, "unit": call.caller.as_json(), "called": call.lead.as_json()}


# What each verb changes in the call itself, which is all there is to one without a case.
CHANGES: dict[str, Callable[..., None]] = {
    "answer_call": calls.answer,
    "finish_call": calls.finish,
    "withdraw_call": calls.withdraw,
    "rate_call": calls.rate,
    "rule_call": calls.rule,
}


def _step(verb: str) -> Callable[..., None]:
    return lambda ledger, doing, **args: on_call(ledger, doing, verb, **args)


STEPS: dict[str, Callable[..., None]] = {
    "call_up": call_up,
    **{verb: _step(verb) for verb in CHANGES},
}
