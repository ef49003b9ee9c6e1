"""Leaving a case out takes evidence and two persons; units may appeal."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from huying.cases.tests import people
from huying.evaluate import actions
from huying.evaluate.models import AssessmentAppeal, Exclusion
from huying.evaluate.queries import appeals, board, exclusions
from huying.evaluate.tests import people as cast
from huying.evaluate.tests.test_rates import LATER, MARCH, START
from huying.kernel.asker import Stranger
from huying.kernel.clock import frozen
from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow, Unauthenticated
from huying.kernel.models import AuditRow

pytestmark = pytest.mark.usefixtures("district")
WHY = {"reason": "outside_duty", "evidence": "权责清单第 12 条"}


def asked() -> tuple[str, int]:
    """A displeased citizen's case that the evaluator asks to leave out."""
    case = cast.lived(START, said=(False, 1))
    return case.number, actions.exclude(case.number, by=cast.evaluator, **WHY)


def test_what_two_persons_leave_out_no_longer_counts_but_stays_visible() -> None:
    number, identity = asked()
    with frozen(LATER):
        assert board(cast.leader, MARCH).total.sums.cases == 1  # not yet ruled on
        actions.approve_exclusion(
            identity, by=cast.second_evaluator, approved=True, ruling="查证属实"
        )
        total = board(cast.leader, MARCH).total
        assert (total.raw.cases, total.sums.cases, total.excluded) == (1, 0, 1)
        left = cast.counted(cast.leader, MARCH, excluded=True)
        assert [mark.case.number for mark in left] == [number]
    row = AuditRow.objects.get(verb="evaluate.approve_exclusion")
    assert row.actor_id == cast.second_evaluator.id


def test_who_asked_does_not_rule() -> None:
    _number, identity = asked()
    with pytest.raises(Forbidden):
        actions.approve_exclusion(identity, by=cast.evaluator, approved=True, ruling="属实")
    with pytest.raises(IntegrityError), transaction.atomic():
        Exclusion.objects.filter(pk=identity).update(ruled_by_id=cast.evaluator.id)


def test_it_is_ruled_on_once() -> None:
    _number, identity = asked()
    actions.approve_exclusion(identity, by=cast.second_evaluator, approved=False, ruling="不足")
    with pytest.raises(NotNow):
        actions.approve_exclusion(identity, by=cast.second_evaluator, approved=True, ruling="足")


def test_a_case_is_asked_for_once_and_again_after_a_refusal() -> None:
    number, identity = asked()
    with pytest.raises(NotNow), transaction.atomic():
        actions.exclude(number, by=cast.centre, **WHY)
    actions.approve_exclusion(identity, by=cast.second_evaluator, approved=False, ruling="不足")
    assert actions.exclude(number, by=cast.centre, **WHY) != identity


def test_reason_and_evidence_are_needed() -> None:
    case = cast.lived(START)
    with pytest.raises(Invalid) as refused:
        actions.exclude(case.number, by=cast.evaluator, reason="其他", evidence=" ")
    assert [fault.where for fault in refused.value.faults] == ["reason", "evidence"]


def test_a_ruling_needs_its_grounds() -> None:
    _number, identity = asked()
    with pytest.raises(Invalid):
        actions.approve_exclusion(identity, by=cast.second_evaluator, approved=True, ruling="")


def test_a_case_that_does_not_count_cannot_be_left_out() -> None:
    case = people.accepted()
    with pytest.raises(NotNow):
        actions.exclude(case.number, by=cast.evaluator, **WHY)


@pytest.mark.parametrize("who", ["leader", "dispatcher", "handler"])
def test_others_may_not_ask_or_rule(who: str) -> None:
    number, identity = asked()
    by = getattr(cast, who)
    with pytest.raises(Forbidden), transaction.atomic():
        actions.exclude(number, by=by, **WHY)
    outcome = NotFound if who == "dispatcher" else Forbidden  # another unit's, out of its sight
    with pytest.raises(outcome), transaction.atomic():
        actions.approve_exclusion(identity, by=by, approved=True, ruling="属实")


def test_the_centre_asks_but_does_not_rule() -> None:
    case = cast.lived(START)
    identity = actions.exclude(case.number, by=cast.centre, **WHY)
    with pytest.raises(Forbidden), transaction.atomic():
        actions.approve_exclusion(identity, by=cast.centre, approved=True, ruling="属实")


def test_outside_the_area_there_is_no_such_case_and_no_such_exclusion() -> None:
    number, identity = asked()
    elsewhere = cast.person("evaluator", people.OTHER_STREET)
    with pytest.raises(NotFound), transaction.atomic():
        actions.exclude(number, by=elsewhere, **WHY)
    with pytest.raises(NotFound), transaction.atomic():
        actions.approve_exclusion(identity, by=elsewhere, approved=True, ruling="属实")
    assert not exclusions(elsewhere).exists()
    assert exclusions(cast.leader).count() == 1


def test_strangers_are_asked_to_sign_in() -> None:
    number, identity = asked()
    for attempt in (
        lambda: actions.exclude(number, by=Stranger(), **WHY),
        lambda: actions.approve_exclusion(identity, by=Stranger(), approved=True, ruling="是"),
        lambda: actions.appeal_assessment(number, by=Stranger(), mark="solved", **WHY),
        lambda: actions.rule_appeal(1, by=Stranger(), upheld=True, ruling="是"),
    ):
        with pytest.raises(Unauthenticated), transaction.atomic():
            attempt()


def appealed() -> tuple[str, int]:
    case = cast.lived(START, said=(False, 1))
    return case.number, actions.appeal_assessment(
        case.number, by=cast.handler, mark="satisfied", **WHY
    )


def test_an_upheld_appeal_leaves_the_case_out() -> None:
    _number, identity = appealed()
    actions.rule_appeal(identity, by=cast.evaluator, upheld=True, ruling="成立")
    row = AssessmentAppeal.objects.get(pk=identity)
    assert row.state == "upheld" and row.exclusion is not None
    assert row.exclusion.by_id == cast.handler.id
    assert row.exclusion.ruled_by_id == cast.evaluator.id
    with frozen(LATER):
        assert board(cast.leader, MARCH).total.sums.cases == 0


def test_an_upheld_appeal_settles_an_exclusion_already_asked_for() -> None:
    number, identity = appealed()
    asked_for = actions.exclude(number, by=cast.evaluator, **WHY)
    actions.rule_appeal(identity, by=cast.evaluator, upheld=True, ruling="成立")
    assert Exclusion.objects.get().pk == asked_for
    assert Exclusion.objects.get().state == "approved"


def test_a_rejected_appeal_leaves_the_case_in_and_may_be_made_again() -> None:
    number, identity = appealed()
    with pytest.raises(NotNow), transaction.atomic():
        actions.appeal_assessment(number, by=cast.handler, mark="solved", **WHY)
    actions.rule_appeal(identity, by=cast.evaluator, upheld=False, ruling="不成立")
    assert not Exclusion.objects.exists()
    assert actions.appeal_assessment(number, by=cast.handler, mark="solved", **WHY) != identity


def test_a_unit_appeals_for_its_own_cases_only() -> None:
    number, identity = appealed()
    with pytest.raises(NotFound), transaction.atomic():
        actions.appeal_assessment(number, by=cast.other_handler, mark="solved", **WHY)
    with pytest.raises(Forbidden), transaction.atomic():
        actions.rule_appeal(identity, by=cast.handler, upheld=True, ruling="成立")
    with pytest.raises(Forbidden), transaction.atomic():
        actions.appeal_assessment(number, by=cast.dispatcher, mark="solved", **WHY)
    assert not appeals(cast.other_handler).exists()
    assert appeals(cast.handler).count() == 1
