"""What a callback attempt, its answer and a second appeal change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from huying.cases.rules.facts import CallbackFact, Doing, EvaluationFact, Ledger
from huying.cases.rules.moves import (
    begin_round,
    find,
    hand_out,
    invalid,
    leave,
    led,
    refuse_barred,
    required,
    settled,
    start,
    stop,
)
from huying.cases.rules.states import (
    CALLBACKS,
    CALLBACKS_AT_MOST,
    CAUSES,
    GRADES,
    HEARD_AS,
    SATISFIED,
)
from huying.cases.rules.tied import AppellantFact
from huying.kernel.working_time import DEFAULT_ZONE

GRADE_LABELS = dict(GRADES)
CAUSE_LABELS = dict(CAUSES)


def waiting(ledger: Ledger) -> list[AppellantFact]:
    """Whom this round still has to hear: neither rated nor called in vain often enough."""
    case = ledger.case
    heard = {said.appellant_id for said in ledger.evaluations if said.round == case.round}
    return [
        person
        for person in ledger.people
        if person.id not in heard and len(_failed(ledger, person)) < CALLBACKS_AT_MOST
    ]


def call_back(
    ledger: Ledger,
    doing: Doing,
    *,
    outcome: str,
    by_proxy: bool = False,
    prompted: bool = False,
    note: str = "",
    appellant: int | None = None,
) -> None:
    """回访登记: an attempt, with 代答 and 诱导 marked; the third that fails ends the waiting.

    Attempts that fail lie at different hours of the day, else they prove nothing. Each appellant
    of the case and of those merged into it is called.
    """
    find(ledger, "call_back")
    if outcome not in dict(CALLBACKS):
        raise invalid("outcome", _("回访结果不在清单内。"), _("请从清单中选择。"))
    person = whose(ledger, appellant)
    case, failed = ledger.case, _failed(ledger, person)
    if outcome != "reached" and any(_hour(c.at) == _hour(doing.at) for c in failed):
        what = _("这个时段已经回访过一次。")
        raise invalid("outcome", what, _("请换一个时段再回访，三次须在不同时段。"))
    attempt = CallbackFact(
        case.round, doing.at, outcome, by_proxy, prompted, doing.hide(note), doing.by_id, person.id
    )
    ledger.callbacks.append(attempt)
    case.callbacks_made += 1
    over = not waiting(ledger)
    edge = find(ledger, "call_back", "unreached" if over else "tried")
    if over:
        _end_round(ledger, doing)
    flags = {name: True for name, set_ in (("by_proxy", by_proxy), ("prompted", prompted)) if set_}
    tried = sum(c.appellant_id == person.id for c in ledger.callbacks if c.round == case.round)
    leave(ledger, doing, edge, note, outcome=outcome, tried=tried, **flags, **_of(ledger, person))


def evaluate(
    ledger: Ledger,
    doing: Doing,
    *,
    solved: bool,
    grade: int,
    comment: str = "",
    cause: str = "unsaid",
    by_proxy: bool = False,
    prompted: bool = False,
    appellant: int | None = None,
) -> None:
    """回访评价: solved or not, one of five grades, and the cause where the citizen is displeased.

    代答 and 诱导 are marked here; whether such an answer counts is the assessment's rule. The case
    is evaluated when all its appellants were heard or called in vain.
    """
    find(ledger, "evaluate")
    if grade not in GRADE_LABELS:
        raise invalid("grade", _("满意度只有五级。"), _("请填 1(非常不满意)到 5(非常满意)。"))
    displeased = not solved or grade < SATISFIED
    if displeased and cause not in CAUSE_LABELS:
        raise invalid("cause", _("须问明不满意的原因。"), _("请从清单中选择；不愿说的也照实选。"))
    person = whose(ledger, appellant)
    why = cause if displeased else ""
    flags = {"by_proxy": by_proxy, "prompted": prompted}
    ledger.evaluations.append(
        EvaluationFact(
            *(ledger.case.round, doing.at, solved, grade, doing.hide(comment), doing.by_id, why),
            by_proxy=by_proxy,
            prompted=prompted,
            appellant_id=person.id,
        )
    )
    over = not waiting(ledger)
    edge = find(ledger, "evaluate", "all" if over else "heard")
    if over:
        _end_round(ledger, doing)
    told: dict[str, Any] = {name: True for name, marked in flags.items() if marked}
    if why:
        told["cause"] = why
    told |= _of(ledger, person)
    leave(ledger, doing, edge, comment, solved=solved, grade=grade, **told)


def _end_round(ledger: Ledger, doing: Doing) -> None:
    """Everybody was asked: what they said becomes the case's own mark, by HEARD_AS."""
    case = ledger.case
    said = [one for one in ledger.evaluations if one.round == case.round]
    case.evaluated_at, case.unreached = doing.at, not said
    if said:
        case.solved = bool(HEARD_AS["solved"](one.solved for one in said))
        case.grade = HEARD_AS["grade"](one.grade for one in said)
    stop(ledger, doing, "callback")
    if settled(case):
        start(ledger, doing, "archive", doing.rules["archive"])


def whose(ledger: Ledger, appellant: int | None) -> AppellantFact:
    """Who is meant; it must be said only where more than one still waits."""
    left = waiting(ledger)
    if appellant is None and len(left) == 1:
        return left[0]
    for person in left:
        if person.id == appellant:
            return person
    if appellant is None:
        raise invalid("appellant", _("还有几位诉求人待回访，须写明是哪一位。"), _("请选择诉求人。"))
    raise invalid("appellant", _("这位诉求人不在待回访之列。"), _("请选择还没有评价的诉求人。"))


def _failed(ledger: Ledger, person: AppellantFact) -> list[CallbackFact]:
    return [
        c
        for c in ledger.callbacks
        if (c.round, c.appellant_id) == (ledger.case.round, person.id) and c.outcome != "reached"
    ]


def _of(ledger: Ledger, person: AppellantFact) -> dict[str, str]:
    """Which of several appellants: by the number under which they appealed."""
    return {"of": person.number} if len(ledger.people) > 1 else {}


def reappeal(ledger: Ledger, doing: Doing, *, reason: str, verified: bool) -> None:
    """再次诉求: only the citizen, known to be the same; a new round with the same units."""
    edge = find(ledger, "reappeal")
    refuse_barred(ledger, doing, "reappeal")
    required("reason", reason)
    if not verified:
        what = _("须先核实是诉求人本人。")
        raise invalid("verified", what, _("请核对姓名、电话或查询码后勾选。"))
    ledger.case.ended_at = None
    begin_round(ledger, doing)
    hand_out(ledger, doing)
    leave(ledger, doing, edge, reason, **led(ledger))


def _hour(at: datetime) -> int:
    return at.astimezone(DEFAULT_ZONE).hour


STEPS: dict[str, Callable[..., None]] = {
    "call_back": call_back,
    "evaluate": evaluate,
    "reappeal": reappeal,
}
