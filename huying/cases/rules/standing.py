"""When the handling clock of a case stands still for its calls, and for how long it then runs."""

from __future__ import annotations

from huying.cases.rules import calls, clocks
from huying.cases.rules.called import CallFact
from huying.cases.rules.clocks import Pause
from huying.cases.rules.facts import ClockFact, Doing, Ledger

# Elsewhere nobody waits for what was called for.
STAYS = ("in_progress", "suspended")


def remeasure(ledger: Ledger, doing: Doing, clock: ClockFact) -> None:
    """When a clock is due by its rule, extension and pauses."""
    rule = clocks.ClockSpec(**clock.rule)
    clock.due_at, clock.provisional = doing.due(rule, clock.started_at, clock.pauses)
    if clock.kind == "handle":
        ledger.case.due_at, ledger.case.due_provisional = clock.due_at, clock.provisional


def carry(ledger: Ledger, doing: Doing, call: CallFact, before: list[Pause]) -> None:
    """Let the handling clock stand still as the call now says, no longer as it did before."""
    ledger.case.calls_open = sum(1 for one in ledger.calls if one.ended_at is None)
    after = calls.spans(call)
    if after == before:
        return
    for clock in ledger.clocks:
        if clock.kind == "handle" and clock.outcome != "void" and _holds(clock, before):
            _exchange(clock, before, after)
            if not ledger.case.paused:  # while suspended it has no due date of its own
                remeasure(ledger, doing, clock)


def end_calls(ledger: Ledger, doing: Doing) -> None:
    """The case goes on without what was called for: its open calls are void."""
    for call in ledger.calls:
        if call.ended_at is None:
            before = calls.spans(call)
            calls.void(call, doing)
            carry(ledger, doing, call, before)


def _holds(clock: ClockFact, before: list[Pause]) -> bool:
    """Whether this is the clock that the call let stand still, or now comes to."""
    if not before:
        return clock.stopped_at is None
    return all(pause in clock.pauses for pause in before)


def _exchange(clock: ClockFact, before: list[Pause], after: list[Pause]) -> None:
    """Other pauses for those of the call; a pause without end stays the last."""
    for pause in before:
        clock.pauses.remove(pause)
    standing = [pause for pause in clock.pauses if pause[1] is None]
    ended = [pause for pause in clock.pauses if pause[1] is not None]
    clock.pauses = [*ended, *after, *standing]
