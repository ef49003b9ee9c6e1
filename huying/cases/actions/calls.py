"""Verbs of calls (呼叫): call up, answer, finish, withdraw, rate, rule; and which levels may."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from huying.cases.actions.calling_rows import write_call
from huying.cases.actions.intake import draw
from huying.cases.actions.writing import (
    Done,
    Taking,
    call_changed,
    doing_now,
    require_signed_in,
    take,
    tell,
    write,
)
from huying.cases.models import Call, CallLevel
from huying.cases.queries.called import (
    call_fact,
    joined,
    may_call,
    no_such_call,
    upper_of,
)
from huying.cases.queries.calls import entitled, sides_of
from huying.cases.queries.identity import Hider, hider
from huying.cases.queries.ledger import Units, load
from huying.cases.queries.rights import acts_for
from huying.cases.rules import calls, numbers
from huying.cases.rules.called import CallFact
from huying.cases.rules.calling import CHANGES, call_of, on_call
from huying.cases.rules.facts import Doing, Ledger, UnitFact
from huying.cases.rules.moves import find
from huying.kernel.asker import Asker, may
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Forbidden, Invalid, Stale
from huying.kernel.verbs import act, require


@dataclass(frozen=True)
class CallDone:
    """Where a call stands after a verb."""

    number: str
    version: int
    state: str
    due_at: datetime | None


def call_up(
    number: str,
    *,
    version: int,
    by: Asker,
    lead: str,
    co: Sequence[str] = (),
    subject: str,
    ask: str,
) -> Done:
    """呼叫上级 for a case: by its lead unit, which keeps the case. `lead` and `co` are codes."""
    with take("call_up", number, version=version, by=by, units=(lead, *co)) as case:
        find(case.ledger, "call_up")
        caller = case.ledger.lead
        if caller is not None:  # every state with the edge has one
            _speaking_for(by, caller)
            _short(subject)
            case.step(
                "call_up",
                number=_draw_number(caller, case.doing.at),
                upper=_upper(caller, case.units),
                lead=case.units.code(lead, "lead"),
                co=[case.units.code(code, "co") for code in co],
                subject=subject,
                ask=ask,
            )
    return case.done


def call_alone(
    *, by: Asker, unit: str, lead: str, co: Sequence[str] = (), subject: str, ask: str
) -> CallDone:
    """呼叫上级 for what is no case: by a unit in its own name."""
    require_signed_in(by)
    with act("cases.call_up", by=by) as deed:
        require("cases.call_up", by)
        units = Units((unit, lead, *co))
        caller = units.code(unit, "unit")
        _speaking_for(by, caller)
        _short(subject)
        doing = doing_now(by, units, Hider())
        call = calls.open_call(
            doing,
            number=_draw_number(caller, doing.at),
            caller=caller,
            upper=_upper(caller, units),
            lead=units.code(lead, "lead"),
            co=[units.code(code, "co") for code in co],
            subject=subject,
            ask=ask,
        )
        write_call(None, call)
        deed.tell(call_changed(call))
        deed.on("call", call.number, call.caller.path, version=call.version, to=call.state)
        return _done(call)


def answer_call(number: str, *, version: int, by: Asker, answer: str) -> CallDone:
    """应答呼叫: by the called unit."""
    with _take("answer_call", number, version=version, by=by) as call:
        call.step(answer=answer)
    return call.done


def finish_call(number: str, *, version: int, by: Asker, result: str) -> CallDone:
    """处置完毕: by the called unit."""
    with _take("finish_call", number, version=version, by=by) as call:
        call.step(result=result)
    return call.done


def withdraw_call(number: str, *, version: int, by: Asker, reason: str) -> CallDone:
    """撤回呼叫: by the caller."""
    with _take("withdraw_call", number, version=version, by=by) as call:
        call.step(reason=reason)
    return call.done


def rate_call(
    number: str, *, version: int, by: Asker, side: str, grade: int, comment: str = ""
) -> CallDone:
    """评价呼叫: one side rates the other (京§33)."""
    with _take("rate_call", number, version=version, by=by) as call:
        known = side in dict(calls.SIDES)
        if known and call.fact.state == "done" and side not in sides_of(by, call.fact):
            own = call.fact.caller if side == "caller" else call.fact.lead
            if getattr(call.fact, f"{side}_grade") is None:
                _speaking_for(by, own, "rate_call")
        call.step(side=side, grade=grade, comment=comment)
    return call.done


def rule_call(number: str, *, version: int, by: Asker, misuse: bool, reason: str) -> CallDone:
    """裁定呼叫: whether it was the caller's own duty; never by who made or answered it."""
    with _take("rule_call", number, version=version, by=by) as call:
        call.step(misuse=misuse, reason=reason)
    return call.done


def set_call_level(kind: str, *, by: Asker, active: bool) -> None:
    """Let units of a kind call up or not; the district signs for it thereby."""
    with act("cases.set_call_level", by=by) as deed:
        require("cases.set_call_level", by)
        if kind not in {code for code, _label, _active in calls.LEVELS}:
            what = _("没有这一级呼叫。")
            raise Invalid(what, faults=[Fault("kind", what, _("请从列表中选择。"))])
        CallLevel.objects.update_or_create(
            kind=kind,
            defaults={"active": active, "confirmed_by": by.label, "confirmed_at": now()},
        )
        deed.on("call_level", kind, active=active)


@dataclass
class _CallTaking:
    """A call taken in hand by one verb, with the case it cites, both locked."""

    verb: str
    fact: CallFact
    doing: Doing
    case: Taking | None

    def step(self, **args: object) -> None:
        """Do what the rules say this verb changes."""
        if self.case is None:
            CHANGES[self.verb](self.fact, self.doing, **args)
        else:
            on_call(self.case.ledger, self.doing, self.verb, call=self.fact.number, **args)

    @property
    def done(self) -> CallDone:
        """Where the call stands now."""
        return _done(self.fact)


@contextmanager
def _take(verb: str, number: str, *, version: int, by: Asker) -> Iterator[_CallTaking]:
    """The frame of every verb on a call: locks its case first, as the verbs on cases do."""
    with act(f"cases.{verb}", by=by) as deed:
        require_signed_in(by)
        cited = Call.objects.filter(number=number).values_list("case__number", flat=True).first()
        case, fact = None, None
        units = Units()
        if cited:
            loaded = load(cited, lock=True)
            hide = hider(loaded.id)
            doing = doing_now(by, units, hide)
            case = Taking(loaded.id, loaded.ledger, doing, units, hide)
            fact = call_of(loaded.ledger, number)
        else:
            rows = joined(Call.objects.select_for_update(of=("self",)))
            row = rows.filter(number=number).first()
            doing = doing_now(by, units, Hider())
            fact = call_fact(row) if row is not None else None
        if fact is None:
            raise no_such_call(number)
        _guard(verb, fact, by)
        if fact.version != version:
            raise Stale(_("呼叫已被更新。"), remedy=_("请刷新页面，看过新的内容再办理。"))
        taking = _CallTaking(verb, fact, doing, case)
        before = dict(vars(case.ledger.case)) if case else {}
        yield taking
        if case is not None and case.ledger.events:
            write(case, before)
            tell(deed, case)
            deed.detail["call"] = number
        else:
            write_call(case.case_id if case else None, fact)
            deed.on("call", number, fact.caller.path, version=fact.version, to=fact.state)
            deed.tell(call_changed(fact, cited or ""))


def _guard(verb: str, call: CallFact, by: Asker) -> None:
    """404 outside the asker's area, 403 inside it without the right."""
    if entitled(by, verb, call):
        return
    if not may(by, "cases.view", *(unit.path for unit in call.units)):
        raise no_such_call(call.number)
    require(f"cases.{verb}", by)
    raise Forbidden(
        _("这次呼叫不由您办理。"),
        remedy=_("应答和评价由相关单位本身办理，裁定由未经手的人员办理。"),
    )


def _speaking_for(by: Asker, unit: UnitFact, verb: str = "call_up") -> None:
    if not acts_for(by, verb, unit):
        raise Forbidden(
            _("只能以本单位的名义办理呼叫。"),
            remedy=_("请由“%(unit)s”的人员办理。") % {"unit": unit.name},
        )


def calling(ledger: Ledger, units: Units, at: datetime) -> dict[str, object]:
    """What `call_up` in a plan of verbs finds out for itself: its number, and whom it calls."""
    caller = ledger.lead
    if caller is None:
        return {}
    codes = caller.path.strip("/").split("/")[:-1]
    above = (units.code(code, "lead") for code in reversed(codes))
    upper = next(unit for unit in above if unit.kind == calls.UPPER[caller.kind])
    return {"number": _draw_number(caller, at), "upper": upper}


def _upper(caller: UnitFact, units: Units) -> UnitFact:
    """The level that is called; Invalid where this district lets nobody call up so."""
    upper = None
    if may_call(caller.kind):
        above = calls.UPPER.get(caller.kind) == units.district.kind
        upper = units.district if above else upper_of(caller)
    if upper is None:
        what = _("“%(unit)s”这一级没有开启呼叫。") % {"unit": caller.name}
        raise Invalid(what, faults=[Fault("lead", what, _("由区呼应中心在“呼叫层级”中开启。"))])
    return upper


def _short(subject: str) -> None:
    if len(subject) > 100:
        what = _("事由不超过 100 字。")
        raise Invalid(what, faults=[Fault("subject", what, _("请精简，详情写在请求里。"))])


def _draw_number(caller: UnitFact, at: datetime) -> str:
    key = numbers.series_of(at, caller.path, numbers.CALL)
    return numbers.number(key, draw({key: 1})[key])


def _done(call: CallFact) -> CallDone:
    due = calls.due_of(call.state, call.answer_due, call.due_at)
    return CallDone(call.number, call.version, call.state, due)
