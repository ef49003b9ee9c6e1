"""The standing cast of this room: those of the cases, with their rights over the assessment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from huying.cases import actions
from huying.cases.actions import Done
from huying.cases.roles import ROLE_VERBS as CASE_VERBS
from huying.cases.tests import people
from huying.evaluate.actions import mark_missed
from huying.evaluate.models import Freeze
from huying.evaluate.queries import Period, marks_behind, source_for
from huying.evaluate.roles import ROLE_VERBS
from huying.kernel.asker import Asker
from huying.kernel.clock import frozen
from huying.org.asker import HeldPost, PersonAsker


def person(role: str, unit: str, number: int = 0) -> PersonAsker:
    """Somebody of `role` in the unit at `unit`, with both rooms' rights over it."""
    verbs = {f"cases.{verb}" for verb in CASE_VERBS.get(role, ())}
    verbs |= {f"evaluate.{verb}" for verb in ROLE_VERBS.get(role, ())}
    code = people.code(unit)
    post = HeldPost(role, "business", role, code, role, unit, unit, frozenset(verbs))
    return PersonAsker(number or sum(map(ord, role + unit)), f"{role}-{code}", (post,))


evaluator = person("evaluator", people.DISTRICT)
second_evaluator = person("evaluator", people.DISTRICT, 7)
centre = person("district_centre", people.DISTRICT)
leader = person("leader", people.DISTRICT)
handler = person("department_handler", people.URBAN)
other_handler = person("department_handler", people.WATER)
dispatcher = person("street_dispatcher", people.STREET)
auditor = person("auditor", people.DISTRICT)


def counted(by: Asker, period: Period, *, freeze: Freeze | None = None, **which: Any) -> Any:
    """The marks behind a number, as this asker opens it."""
    return marks_behind(source_for(by, period, freeze), **which)


def lived(
    at: datetime,
    *,
    lead: str = people.URBAN,
    signed: float | None = 1,
    contacted: float | None = 2,
    answered: float | None = 24,
    said: tuple[bool, int] | None = (True, 5),
    category: str = "010303",
    **facts: Any,
) -> Done:
    """A case registered then, and marked; hours until each step, None for one that never came."""
    case = _lived(at, lead, signed, contacted, answered, said, category, **facts)
    mark_missed()
    return case


def _lived(
    at: datetime,
    lead: str,
    signed: float | None,
    contacted: float | None,
    answered: float | None,
    said: tuple[bool, int] | None,
    category: str,
    **facts: Any,
) -> Done:
    by = people.person("department_handler", lead)
    with frozen(at):
        case = people.registered(**facts)
        case = actions.accept(
            case.number, version=case.version, by=people.centre, category=category
        )
        case = actions.dispatch(
            case.number, version=case.version, by=people.centre, lead=people.code(lead)
        )
    steps: list[tuple[float | None, str, dict[str, Any]]] = [
        (signed, "sign", {}),
        (contacted, "contact", {"reached": True}),
        (answered, "reply", {"result": "已处理。", "solved": True}),
    ]
    for hours, verb, args in steps:
        if hours is None:
            if verb == "contact":
                continue
            return case
        with frozen(at + timedelta(hours=hours)):
            case = getattr(actions, verb)(case.number, version=case.version, by=by, **args)
    with frozen(at + timedelta(hours=(answered or 0) + 1)):
        case = actions.review(case.number, version=case.version, by=people.centre, passed=True)
        if said:
            case = actions.evaluate(
                case.number, version=case.version, by=people.caller, solved=said[0], grade=said[1]
            )
    return case
