"""What each verb changes, purely: one function a verb over a `Ledger`, for verbs and bulk alike.

Every step first finds its edge in the table and raises `NotNow` when there is none, then changes
the facts, starts and stops clocks, and writes one line of history. Nothing here knows the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from huying.cases.rules import (
    callbacks,
    calling,
    city_steps,
    clocks,
    meetings,
    outward,
    papers,
    requests,
    sendings,
    supervision,
    together,
    units,
)
from huying.cases.rules.edges import Edge, allowed
from huying.cases.rules.facts import (
    CategoryFact,
    ClockFact,
    Doing,
    Ledger,
    UnitFact,
)
from huying.cases.rules.moves import (
    assign,
    categorise,
    find,
    hand_out,
    invalid,
    leave,
    led,
    next_round,
    put,
    refuse_barred,
    relieve,
    reopen,
    required,
    settle,
    settled,
    start,
    stop,
    take_back,
    where,
)
from huying.cases.rules.orders import end_orders
from huying.cases.rules.states import REFUSALS
from huying.kernel.errors import NotNow


def register(
    ledger: Ledger,
    doing: Doing,
    *,
    place: UnitFact | None = None,
    category: CategoryFact | None = None,
    about: UnitFact | None = None,
    files: Sequence[str] = (),
    **columns: Any,
) -> None:
    """登记: the facts as told, with the number among them; `files` are the names of its papers."""
    edge = find(ledger, "register")
    for name, value in columns.items():
        if not hasattr(ledger.case, name):
            raise TypeError(f"a case has no column {name}")
        setattr(ledger.case, name, value)
    case = ledger.case
    case.last_four = case.number[-4:]
    case.registered_at = doing.at
    ledger.about, case.about_id = about, about.id if about else None
    if case.channel == "hotline" and case.external_number and not case.imported:
        case.city_state = "sent"
    put(ledger, place)
    categorise(ledger, category)
    start(ledger, doing, "intake", doing.rules["intake"])
    if case.imported:
        rule = clocks.handling_rule(doing.rules, category.clock if category else "", case.urgent)
        start(ledger, doing, "handle", rule)
    papers = {"files": list(files)} if files else {}
    leave(ledger, doing, edge, channel=case.channel, **where(place), **papers)


def accept(
    ledger: Ledger,
    doing: Doing,
    *,
    category: CategoryFact | None = None,
    place: UnitFact | None = None,
    about: UnitFact | None = None,
    urgent: bool | None = None,
    sensitive: bool | None = None,
) -> None:
    """受理: with a category; the deadline starts here and is printed on the notice (京§13)."""
    edge = find(ledger, "accept")
    if category:
        categorise(ledger, category)
    if ledger.category is None:
        raise invalid("category", _("受理前须选定分类。"), _("请选择一个分类。"))
    if place:
        put(ledger, place)
    if about:
        ledger.about, ledger.case.about_id = about, about.id
    case = ledger.case
    case.urgent = case.urgent if urgent is None else urgent
    case.sensitive = case.sensitive if sensitive is None else sensitive
    case.accepted_at = doing.at
    stop(ledger, doing, "intake")
    rule = clocks.handling_rule(doing.rules, ledger.category.clock, case.urgent)
    start(ledger, doing, "handle", rule)
    due = case.due_at.isoformat() if case.due_at else ""
    leave(ledger, doing, edge, category=ledger.category.name, due=due, **where(ledger.place))


def refuse(ledger: Ledger, doing: Doing, *, reason: str, note: str = "") -> None:
    """不予受理: a reason of the closed list, with where the citizen should go (京§11, 潍§19)."""
    edge = find(ledger, "refuse")
    refuse_barred(ledger, doing, "refuse")
    if reason not in REFUSALS:
        raise invalid("reason", _("不予受理的理由不在清单内。"), _("请从清单中选择。"))
    ledger.case.refusal = reason
    ledger.case.ended_at = doing.at
    stop(ledger, doing, "intake")
    leave(ledger, doing, edge, note, refusal=reason)


def dispatch(
    ledger: Ledger,
    doing: Doing,
    *,
    lead: UnitFact,
    co: Sequence[UnitFact] = (),
    reason: str = "",
    despite_about: bool = False,
) -> None:
    """派单: a lead unit and co-units; again after a bad rating, with a new round (重派)."""
    edge = find(ledger, "dispatch")
    if edge.outcome == "again":
        next_round(ledger, doing)
    co = [unit for unit in dict.fromkeys(co) if unit != lead]
    about = ledger.about
    if about and not despite_about and any(u.path.startswith(about.path) for u in (lead, *co)):
        raise invalid(
            "lead",
            _("“%(unit)s”是被反映单位。") % {"unit": about.name},
            _("请改派其他单位；确需由其办理时请勾选确认，诉求人信息对其保密。"),
        )
    relieve(ledger, doing)
    assign(ledger, doing, lead, co)
    hand_out(ledger, doing)
    leave(
        ledger,
        doing,
        edge,
        reason,
        lead=lead.as_json(),
        co=[unit.as_json() for unit in co],
        **({"despite_about": True} if despite_about and about else {}),
    )


def sign(ledger: Ledger, doing: Doing) -> None:
    """签收: the lead unit takes the case on."""
    edge = find(ledger, "sign")
    ledger.case.signed_at = doing.at
    stop(ledger, doing, "sign")
    leave(ledger, doing, edge, **led(ledger))


def contact(ledger: Ledger, doing: Doing, *, reached: bool, note: str = "") -> None:
    """联系诉求人: what was said; the first time it reaches the citizen stops the clock."""
    edge = find(ledger, "contact")
    case = ledger.case
    if reached and case.contacted_at is None and case.state in ("dispatched", "in_progress"):
        case.contacted_at = doing.at
        stop(ledger, doing, "contact")
    leave(ledger, doing, edge, note, reached=reached)


def reassign(ledger: Ledger, doing: Doing, *, reason: str) -> None:
    """改派: back to the dispatcher; the minutes it lay with the unit stay in the history."""
    edge = find(ledger, "reassign")
    required("reason", reason)
    lost_by = led(ledger)
    since = next((h.since for h in ledger.current() if h.part == "lead"), doing.at)
    settle(ledger, doing, "void")
    take_back(ledger, doing)
    minutes = int((doing.at - since).total_seconds() // 60)
    leave(ledger, doing, edge, reason, minutes_lost=minutes, **lost_by)


def reply(
    ledger: Ledger,
    doing: Doing,
    *,
    result: str,
    solved: bool,
    articles: Sequence[Mapping[str, str]] = (),
) -> None:
    """办结回复: the result and the handler's claim; `articles` is what of 知识库 it cites."""
    edge = find(ledger, "reply")
    _answered(ledger, doing, edge, result, solved, articles)


def answer_on_spot(
    ledger: Ledger,
    doing: Doing,
    *,
    result: str,
    solved: bool,
    unit: UnitFact,
    articles: Sequence[Mapping[str, str]] = (),
) -> None:
    """当场答复: what can be told at once is told, by `unit`, without an order to anybody."""
    edge = find(ledger, "answer_on_spot")
    assign(ledger, doing, unit, ())
    _answered(ledger, doing, edge, result, solved, articles)


def _answered(
    ledger: Ledger,
    doing: Doing,
    edge: Edge,
    result: str,
    solved: bool,
    articles: Sequence[Mapping[str, str]],
) -> None:
    required("result", result)
    case = ledger.case
    settle(ledger, doing, "void")
    case.result = doing.hide(result)
    case.solved_claim = solved
    case.replied_at = doing.at
    stop(ledger, doing, "handle")
    cited = {"articles": [dict(one) for one in articles]} if articles else {}
    leave(ledger, doing, edge, result, solved=solved, **led(ledger), **cited)


def reply_of_history(ledger: Ledger, doing: Doing, *, result: str, dated: bool = True) -> None:
    """历史答复: an imported appeal that was answered ends with its answer, unevaluated.

    Not a verb: only imports use it. Undated, the answer keeps no time of its own.
    """
    if not ledger.case.imported:
        raise TypeError("only imported history ends so")
    required("result", result)
    case = ledger.case
    case.result = doing.hide(result)
    case.replied_at = doing.at if dated else None
    case.ended_at = doing.at
    leave(ledger, doing, Edge("reply", case.state, "archived"), result, dated=dated)


def review(ledger: Ledger, doing: Doing, *, passed: bool, reason: str = "") -> None:
    """审核: pass to callback, or return to the handler; returned time does not count against it."""
    through = "part" if ledger.case.parent_id else "pass"
    edge = find(ledger, "review", through if passed else "return")
    if passed and edge.outcome == "part":  # its citizen is asked about the whole, once
        ledger.case.reviewed_at = ledger.case.ended_at = doing.at
        stop(ledger, doing, "contact", "missed")
        end_orders(ledger, doing)
    elif passed:
        ledger.case.reviewed_at = doing.at
        stop(ledger, doing, "contact", "missed")  # passed without one: nobody contacted them
        start(ledger, doing, "callback", doing.rules["callback"])
    else:
        required("reason", reason)
        reopen(ledger, doing, "handle")
    part = {"part": True} if edge.outcome == "part" else {}
    leave(ledger, doing, edge, reason, passed=passed, **part, **led(ledger))


def archive(ledger: Ledger, doing: Doing) -> None:
    """归档: after a good rating, or when all rounds are used up."""
    edge = find(ledger, "archive")
    case = ledger.case
    if not settled(case):
        raise NotNow(
            _("诉求人未认可办理结果，不能归档。"),
            allowed=[verb for verb in allowed(case.state) if verb != "archive"],
            remedy=_("请重新派单办理。"),
        )
    case.ended_at = doing.at
    stop(ledger, doing, "archive", "met")  # it says how long to wait, and nobody is late for that
    end_orders(ledger, doing)
    leave(ledger, doing, edge)


def withdraw(ledger: Ledger, doing: Doing, *, reason: str) -> None:
    """撤诉: the verified citizen takes the appeal back; every clock ends void."""
    edge = find(ledger, "withdraw")
    required("reason", reason)
    ledger.case.ended_at = doing.at
    settle(ledger, doing, "void")
    end_orders(ledger, doing)
    for clock in ledger.clocks:
        if clock.stopped_at is None:
            clock.stopped_at, clock.outcome = doing.at, "void"
    leave(ledger, doing, edge, reason)


def comment(ledger: Ledger, doing: Doing, *, text: str) -> None:
    """备注: a remark for colleagues."""
    edge = find(ledger, "comment")
    required("text", text)
    leave(ledger, doing, edge, text)


def attach(ledger: Ledger, doing: Doing, *, name: str, size: int) -> None:
    """上传附件: that a file came; the file itself is kept by the caller."""
    leave(ledger, doing, find(ledger, "attach"), file=name, size=size)


def recategorise(ledger: Ledger, doing: Doing, *, category: CategoryFact, reason: str) -> None:
    """改分类: a running handling clock is measured anew by the new rule, from its old start."""
    edge = find(ledger, "recategorise")
    required("reason", reason)
    was = ledger.category.name if ledger.category else ""
    categorise(ledger, category)
    old = ledger.running("handle")
    case = ledger.case
    if case.accepted_at is not None:
        rule = clocks.handling_rule(doing.rules, category.clock, case.urgent)
        started, pauses = (old.started_at, old.pauses) if old else (case.accepted_at, [])
        stop(ledger, doing, "handle", "void")
        start(ledger, doing, "handle", extended(rule, old), started, pauses)
    leave(ledger, doing, edge, reason, was=was, category=category.name)


def extended(rule: clocks.ClockSpec, old: ClockFact | None) -> clocks.ClockSpec:
    """A new rule with the extension granted under the old one, as far as it may reach (京§15)."""
    granted = Decimal(old.rule.get("extension", "0")) if old else Decimal(0)
    if old is None or not granted or old.rule["measure"] != rule.measure:
        return rule
    return replace(rule, extension=f"{min(granted, Decimal(rule.amount)):f}")


def set_place(
    ledger: Ledger,
    doing: Doing,
    *,
    place: UnitFact,
    address: str | None = None,
    longitude: float | None = None,
    latitude: float | None = None,
) -> None:
    """落位: which unit's ground the matter lies on."""
    edge = find(ledger, "set_place")
    case = ledger.case
    put(ledger, place)
    if address is not None:
        case.address = doing.hide(address.strip())
    if longitude is not None and latitude is not None:
        case.longitude, case.latitude = longitude, latitude
    leave(ledger, doing, edge, **where(place))


def unmask(ledger: Ledger, doing: Doing, *, reason: str) -> None:
    """查看诉求人信息: leaves a trace, changes nothing."""
    edge = find(ledger, "unmask")
    required("reason", reason)
    leave(ledger, doing, edge, reason)


STEPS: dict[str, Callable[..., None]] = {
    "register": register,
    "accept": accept,
    "refuse": refuse,
    "dispatch": dispatch,
    "sign": sign,
    "contact": contact,
    "reassign": reassign,
    "reply": reply,
    "answer_on_spot": answer_on_spot,
    "reply_of_history": reply_of_history,
    "review": review,
    "archive": archive,
    "withdraw": withdraw,
    "comment": comment,
    "attach": attach,
    "recategorise": recategorise,
    "set_place": set_place,
    "unmask": unmask,
    **callbacks.STEPS,
    **city_steps.STEPS,
    **calling.STEPS,
    **meetings.STEPS,
    **requests.STEPS,
    **supervision.STEPS,
    **units.STEPS,
    **together.STEPS,
    **outward.STEPS,
    **papers.STEPS,
    **sendings.STEPS,
}
