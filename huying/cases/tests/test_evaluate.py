"""What a citizen said: why, where displeased; marked where another answered; never by a handler."""

from __future__ import annotations

import pytest

from huying.cases import actions
from huying.cases.models import CaseEvent, Evaluation
from huying.cases.rules.sentences import sentence
from huying.cases.tests import people
from huying.kernel.errors import Forbidden, Invalid
from huying.org.asker import HeldPost, PersonAsker

pytestmark = pytest.mark.usefixtures("district")


def both(number: int, *roles: tuple[str, str]) -> PersonAsker:
    """One person who holds several posts."""
    posts: tuple[HeldPost, ...] = ()
    for role, unit in roles:
        posts += people.person(role, unit).posts
    return PersonAsker(number, "兼任者", posts)


def test_the_cause_of_displeasure_must_be_asked_for() -> None:
    case = people.awaiting_callback()
    for solved, grade in ((False, 5), (True, 2)):
        with pytest.raises(Invalid) as refused:
            actions.evaluate(
                case.number,
                version=case.version,
                by=people.caller,
                solved=solved,
                grade=grade,
                cause="",
            )
        assert [fault.where for fault in refused.value.faults] == ["cause"]
    actions.evaluate(
        case.number, version=case.version, by=people.caller, solved=False, grade=2, cause="slow"
    )
    assert Evaluation.objects.get().cause == "slow"
    event = CaseEvent.objects.get(verb="evaluate")
    assert "办得慢" in sentence("evaluate", event.data)


def test_who_is_content_is_asked_no_cause() -> None:
    case = people.awaiting_callback()
    actions.evaluate(
        case.number, version=case.version, by=people.caller, solved=True, grade=3, cause="slow"
    )
    assert Evaluation.objects.get().cause == ""


def test_an_answer_by_somebody_else_or_led_is_marked() -> None:
    case = people.awaiting_callback()
    actions.evaluate(
        case.number,
        version=case.version,
        by=people.caller,
        solved=True,
        grade=5,
        by_proxy=True,
        prompted=True,
    )
    said = Evaluation.objects.get()
    assert (said.by_proxy, said.prompted) == (True, True)
    assert "代答" in sentence("evaluate", CaseEvent.objects.get(verb="evaluate").data)


def test_a_callback_agent_who_also_sits_in_the_lead_unit_does_not_rate_its_work() -> None:
    case = people.awaiting_callback()
    by = both(77, ("callback_agent", people.DISTRICT), ("department_handler", people.URBAN))
    with pytest.raises(Forbidden):
        actions.evaluate(case.number, version=case.version, by=by, solved=True, grade=5)
    other = both(78, ("callback_agent", people.DISTRICT), ("department_handler", people.WATER))
    actions.evaluate(case.number, version=case.version, by=other, solved=True, grade=5)


def test_who_answered_and_then_changed_posts_does_not_rate_it() -> None:
    case = people.awaiting_callback()
    moved = PersonAsker(people.handler.account_id, "调任者", people.caller.posts)
    assert moved.id == people.handler.id
    with pytest.raises(Forbidden):
        actions.evaluate(case.number, version=case.version, by=moved, solved=True, grade=5)
