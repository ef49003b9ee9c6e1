"""What steps are made of: finding the edge, moving along it, starting and stopping clocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from huying.cases.rules import city, clocks
from huying.cases.rules.bars import bound
from huying.cases.rules.edges import Edge, allowed, edges_of
from huying.cases.rules.facts import (
    CaseFacts,
    CategoryFact,
    ClockFact,
    Doing,
    EventFact,
    HandlerFact,
    Ledger,
    RequestFact,
    UnitFact,
    ancestors,
    scope_of,
)
from huying.cases.rules.orders import NOBODY, highest, open_order, open_orders
from huying.cases.rules.standing import STAYS, end_calls, remeasure
from huying.cases.rules.states import MAX_ROUNDS, REAPPEAL_WITHIN, SATISFIED, STATES
from huying.kernel.errors import Fault, Invalid, NotNow

STATE_LABELS = dict(STATES)
NEVER_PUBLIC = ("withdrawn", "merged", "not_accepted")


def may_archive(solved: bool, grade: int, round_number: int) -> bool:
    """Whether an evaluated case may end: solved and satisfied, or no round is left."""
    return (solved and grade >= SATISFIED) or round_number >= MAX_ROUNDS


def settled(case: CaseFacts) -> bool:
    """Whether an evaluated case may end; one whose citizen was never reached may too."""
    return case.unreached or may_archive(bool(case.solved), case.grade or 0, case.round)


def usable(ledger: Ledger, at: datetime | None = None) -> tuple[str, ...]:
    """The verbs this very case admits: the table, less what its own facts rule out.

    With `at`, also less what it is too late for then.
    """
    verbs = allowed(ledger.case.state)
    verbs = tuple(verb for verb in verbs if not barred(ledger, verb, at))
    if ledger.case.state == "evaluated":
        good = settled(ledger.case)
        verbs = tuple(v for v in verbs if v != ("dispatch" if good else "archive"))
    return verbs


def refuse_barred(ledger: Ledger, doing: Doing, verb: str) -> None:
    """Raise NotNow when the facts of the case rule the verb out."""
    if why := barred(ledger, verb, doing.at):
        raise NotNow(why, allowed=usable(ledger, doing.at), remedy=_("请按当前情况办理。"))


def barred(ledger: Ledger, verb: str, at: datetime | None = None) -> str:
    """Why the facts of a case rule a verb out that its state allows; empty when they do not."""
    case = ledger.case
    if why := bound(ledger, verb):
        return why
    if verb in ("rule", "withdraw_request"):
        return "" if case.request else _("这件诉求没有待裁定的申请。")
    if why := city.barred(case, verb):
        return why
    if verb == "answer_supervision" and all(o.answered_at for o in open_orders(ledger)):
        return _("没有待回复的督办。")
    if verb == "close_supervision":
        orders = [o for o in open_orders(ledger) if o.level == highest(ledger)]
        return "" if orders and orders[-1].answered_at else _("没有已回复、待销号的督办。")
    if verb == "convene" and any(one.ended_at is None for one in ledger.meetings):
        return _("已召集会商，还没有裁定。")
    if verb == "reappeal":
        late = at and case.ended_at and at > case.ended_at + timedelta(days=REAPPEAL_WITHIN)
        if late or case.imported or ledger.lead is None:
            return _("归档超过 %(days)s 天的诉求请重新登记。") % {"days": REAPPEAL_WITHIN}
    if not verb.startswith("request_"):
        return ""
    if case.request:
        return _("还有一项申请等待裁定，一次只能申请一项。")
    if verb == "request_return":
        if at and case.return_until and at > case.return_until:
            return _("派单已超过可以退件的时间。")
        if any(_returned(one, ledger.lead) for one in ledger.requests):
            return _("退件已经裁定，同一单位不能再次退件 (潍§22)。")
    if verb == "request_extension":
        if ledger.running("handle") is None or case.due_at is None:
            return _("没有可以延长的办理时限。")
        if at and at > case.due_at:
            return _("已超过办理时限，不能再申请延期。")
        if any(r.kind == "extension" and r.state == "approved" for r in _of_round(ledger)):
            return _("延期只能一次 (京§15)。")
    return ""


def _returned(request: RequestFact, lead: UnitFact | None) -> bool:
    ruled = request.state in ("approved", "rejected")
    return request.kind == "return" and ruled and request.unit == lead


def _of_round(ledger: Ledger) -> list[RequestFact]:
    return [request for request in ledger.requests if request.round == ledger.case.round]


def find(ledger: Ledger, verb: str, outcome: str = "") -> Edge:
    """The edge of `verb` out of the case's state; NotNow, naming what is allowed, without one.

    Also NotNow where the case's ties rule the verb out.
    """
    for edge in edges_of(verb, ledger.case.state):
        if not outcome or edge.outcome == outcome:
            if why := bound(ledger, verb):
                raise NotNow(why, allowed=usable(ledger), remedy=_("请按当前情况办理。"))
            return edge
    label = STATE_LABELS.get(ledger.case.state, "")
    raise NotNow(
        _("诉求现在是“%(state)s”，不能进行这项操作。") % {"state": label},
        allowed=usable(ledger),
        remedy=_("请刷新页面，按当前状态办理。"),
    )


def leave(ledger: Ledger, doing: Doing, edge: Edge, reason: str = "", /, **data: Any) -> None:
    """Move along the edge, count the version, recompute the scope, write the history."""
    case = ledger.case
    source = case.state
    case.state = edge.to or source
    if case.calls_open and case.state not in STAYS:
        end_calls(ledger, doing)
    case.version += 1
    city.follow(ledger, edge.verb, case.state, doing.hide(reason.strip()))
    case.scope = scope_of(doing.district, ledger.place, ledger.engaged())
    if case.confidential:
        case.scope = ancestors(doing.district.path)
    if case.publication and case.state in NEVER_PUBLIC:
        end_publications(ledger, doing)
    ledger.events.append(
        EventFact(
            case.version,
            doing.at,
            edge.verb,
            source,
            case.state,
            case.round,
            doing.by_id,
            doing.by_label,
            doing.hide(reason.strip()),
            data,
        )
    )


def standing(ledger: Ledger) -> None:
    """Write on the case what of its publications is open."""
    states = {one.state for one in ledger.publications}
    both = {"asked", "approved"} <= states
    ledger.case.publication = (
        "renewed" if both else next((s for s in ("asked", "approved") if s in states), "")
    )


def end_publications(ledger: Ledger, doing: Doing) -> None:
    """What ends without an answer is not shown to everybody any longer."""
    for one in ledger.publications:
        if one.state in ("asked", "approved"):
            one.state, one.ended_at, one.ended_by = "withdrawn", doing.at, doing.by_label
    standing(ledger)


def start(
    ledger: Ledger,
    doing: Doing,
    kind: str,
    rule: clocks.ClockSpec,
    at: Any = None,
    pauses: Sequence[clocks.Pause] = (),
) -> None:
    """Start a clock; imported history gets its due date but no live clock."""
    started = at or doing.at
    governing = ledger.case.city_due_at
    if kind == "handle" and governing is not None:
        rule = clocks.before(doing.rules["city"], governing)
    due_at, provisional = doing.due(rule, started, pauses)
    if kind == "handle":
        ledger.case.due_at, ledger.case.due_provisional = due_at, provisional
    if ledger.case.imported:
        return
    ledger.clocks.append(
        ClockFact(kind, rule.as_json(), started, due_at, provisional, list(pauses))
    )


def stop(ledger: Ledger, doing: Doing, kind: str, outcome: str = "") -> None:
    clock = ledger.running(kind)
    if clock is not None:
        clock.stopped_at = doing.at
        clock.outcome = outcome or clocks.outcome(doing.at, clock.due_at)


def reopen(ledger: Ledger, doing: Doing, kind: str) -> None:
    """Let the last stopped clock run on; the time it stood still is a pause."""
    stopped = [c for c in ledger.clocks if c.kind == kind and c.stopped_at and c.outcome != "void"]
    if not stopped:
        return
    clock = max(stopped, key=lambda c: c.stopped_at or c.started_at)
    clock.pauses.append((clock.stopped_at or doing.at, doing.at))
    clock.stopped_at, clock.outcome = None, ""
    remeasure(ledger, doing, clock)


def pause(ledger: Ledger, doing: Doing, kind: str) -> None:
    """Let the running clock stand still; it has no due date of its own until it goes on."""
    clock = ledger.running(kind)
    if clock is not None:
        clock.pauses.append((doing.at, None))
    ledger.case.paused = True


def unpause(ledger: Ledger, doing: Doing, kind: str) -> None:
    """Let the clock go on, due so much later as it stood still."""
    clock = ledger.running(kind)
    if clock is not None and clock.pauses and clock.pauses[-1][1] is None:
        clock.pauses[-1] = (clock.pauses[-1][0], doing.at)
        remeasure(ledger, doing, clock)
    ledger.case.paused = False


def settle(ledger: Ledger, doing: Doing, state: str, ruling: str = "") -> RequestFact | None:
    """End the open request, if there is one; `void` when the case went on without a ruling."""
    request = ledger.asked
    if request is not None:
        request.state, request.ruled_at = state, doing.at
        request.ruled_by, request.ruling = doing.by_label, doing.hide(ruling.strip())
        ledger.case.request = ""
        stop(ledger, doing, "ruling", "void" if state in ("void", "withdrawn") else "")
    return request


def next_round(ledger: Ledger, doing: Doing) -> None:
    """Begin a new round after a bad rating (重派): supervision rises, the clocks run anew."""
    case = ledger.case
    if settled(case):
        raise NotNow(
            _("诉求人已认可办理结果或轮次已用完，不再重派。"),
            allowed=usable(ledger),
            remedy=_("请归档。"),
        )
    begin_round(ledger, doing)


def begin_round(ledger: Ledger, doing: Doing) -> None:
    """Wipe what the last round found, and start the handling clock anew."""
    case = ledger.case
    case.round += 1
    case.callbacks_made, case.unreached = 0, False
    if highest(ledger) < 3:  # at the highest level there is nothing to raise
        open_order(ledger, doing, highest(ledger) + 1, "again", "", NOBODY)
    case.contacted_at = case.replied_at = case.reviewed_at = case.evaluated_at = None
    case.solved_claim = case.solved = case.grade = None
    case.result = ""
    own = ledger.category.clock if ledger.category else ""
    start(ledger, doing, "handle", clocks.handling_rule(doing.rules, own, case.urgent))


def assign(ledger: Ledger, doing: Doing, lead: UnitFact, co: Sequence[UnitFact]) -> None:
    ledger.handlers.append(HandlerFact(lead, "lead", doing.at))
    ledger.handlers.extend(HandlerFact(unit, "co", doing.at) for unit in co)
    ledger.case.lead_id = lead.id


def relieve(ledger: Ledger, doing: Doing) -> None:
    for handler in ledger.current():
        handler.until = doing.at
    ledger.case.lead_id = None


def hand_out(ledger: Ledger, doing: Doing) -> None:
    """Start what the lead unit must do in time: sign, and contact the citizen."""
    case = ledger.case
    case.dispatched_at, case.signed_at = doing.at, None
    case.return_until, _guessed = doing.due(doing.rules["return"], doing.at, ())
    start(ledger, doing, "sign", doing.rules["sign"])
    if case.contacted_at is None:
        start(ledger, doing, "contact", doing.rules["contact"])


def take_back(ledger: Ledger, doing: Doing) -> None:
    """Take the case from its units; what they had to do in time is void."""
    relieve(ledger, doing)
    for kind in ("sign", "contact"):
        stop(ledger, doing, kind, "void")
    ledger.case.signed_at = ledger.case.return_until = None


def put(ledger: Ledger, place: UnitFact | None) -> None:
    ledger.place, ledger.case.place_id = place, place.id if place else None


def categorise(ledger: Ledger, category: CategoryFact | None) -> None:
    ledger.category, ledger.case.category_id = category, category.id if category else None


def where(place: UnitFact | None) -> dict[str, Any]:
    return {"place": place.as_json()} if place else {}


def led(ledger: Ledger) -> dict[str, Any]:
    return {"unit": ledger.lead.as_json()} if ledger.lead else {}


def required(field: str, text: str) -> None:
    if not text.strip():
        raise invalid(field, _("此项不能为空。"), _("请填写。"))


def invalid(field: str, what: str, remedy: str) -> Invalid:
    return Invalid(what, faults=[Fault(field, what, remedy)], remedy=remedy)
