"""Publishing: a redacted text of its own, approved by a second person, delayed and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from huying.cases import actions, queries
from huying.cases.actions import Done
from huying.cases.models import Case, Publication
from huying.cases.tests import people
from huying.kernel.clock import frozen
from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow
from tests import invariants

pytestmark = pytest.mark.usefixtures("district")

colleague = people.person("district_centre", people.DISTRICT, number=77)
TEXT: dict[str, Any] = {
    "title": "路灯不亮",
    "body": f"路灯坏了，{people.NAME}，{people.PHONE}，{people.ID_NUMBER}。",
    "address": "粮道街花园山小区3栋2单元501室",
}


def proposed(case: Done, **more: Any) -> Done:
    return actions.publish(case.number, version=case.version, by=people.centre, **(TEXT | more))


def ruled(case: Done, approved: bool = True, by: Any = colleague, reason: str = "") -> Done:
    return actions.rule_publication(
        case.number, version=case.version, by=by, approved=approved, reason=reason
    )


def state() -> str:
    return Case.objects.get().publication


def test_what_is_proposed_is_masked_and_points_at_no_home() -> None:
    proposed(people.accepted(longitude=114.30512, latitude=30.54321))
    row = Publication.objects.get()
    for secret in (people.NAME, people.PHONE, people.ID_NUMBER, "501"):
        assert secret not in f"{row.title} {row.body} {row.address}"
    assert (row.address, row.longitude, row.latitude) == ("粮道街花园山小区", 114.305, 30.543)
    assert (row.state, state()) == ("asked", "asked")


def test_only_another_person_approves() -> None:
    case = proposed(people.accepted())
    assert "rule_publication" not in queries.case_page(people.centre, case.number).verbs
    with pytest.raises(Forbidden, match="自己"):
        ruled(case, by=people.centre)
    assert "rule_publication" in queries.case_page(colleague, case.number).verbs
    ruled(case)
    row = Publication.objects.get()
    assert (row.state, row.ruled_by, state()) == ("approved", colleague.label, "approved")
    assert invariants.broken() == []


def test_it_may_wait_for_a_date_but_not_for_ever() -> None:
    later = people.MONDAY + timedelta(days=10)
    case = proposed(people.accepted(), visible_from=later)
    ruled(case)
    assert Publication.objects.get().visible_from == later
    with pytest.raises(Invalid, match="90"):
        proposed(people.accepted(), visible_from=people.MONDAY + timedelta(days=91))


def test_what_is_approved_late_is_not_visible_before() -> None:
    case = proposed(people.accepted())
    with frozen(people.MONDAY + timedelta(days=2)):
        ruled(case)
    assert Publication.objects.get().visible_from == people.MONDAY + timedelta(days=2)


def test_a_refusal_has_a_reason_and_leaves_nothing_public() -> None:
    case = proposed(people.accepted())
    with pytest.raises(Invalid):
        ruled(case, approved=False)
    done = ruled(case, approved=False, reason="有门牌")
    assert (Publication.objects.get().state, state()) == ("rejected", "")
    assert "publish" in queries.case_page(people.centre, done.number).verbs


def test_a_newer_text_replaces_the_one_that_stands_only_once_approved() -> None:
    case = ruled(proposed(people.accepted()))
    case = proposed(case, title="路灯修好了")
    assert state() == "renewed"
    with pytest.raises(NotNow, match="待批准"):
        proposed(case)
    ruled(case)
    rows = dict(Publication.objects.values_list("title", "state"))
    assert rows == {"路灯不亮": "replaced", "路灯修好了": "approved"}
    assert state() == "approved"


def test_it_is_taken_back_at_any_time_with_a_reason() -> None:
    case = ruled(proposed(people.accepted()))
    with pytest.raises(Invalid):
        actions.unpublish(case.number, version=case.version, by=people.centre, reason="")
    case = actions.unpublish(case.number, version=case.version, by=people.centre, reason="家属要求")
    assert (Publication.objects.get().state, state()) == ("withdrawn", "")
    with pytest.raises(NotNow):
        actions.unpublish(case.number, version=case.version, by=people.centre, reason="再撤")


def test_what_ends_without_an_answer_is_taken_back_by_itself() -> None:
    case = ruled(proposed(people.in_progress()))
    actions.withdraw(case.number, version=case.version, by=people.centre, reason="不办了")
    assert (Publication.objects.get().state, state()) == ("withdrawn", "")
    assert invariants.broken() == []


@pytest.mark.parametrize("what", ["sensitive", "anonymous", "about", "registered"])
def test_some_appeals_are_never_published(what: str) -> None:
    every: dict[str, dict[str, Any]] = {
        "sensitive": {"sensitive": True},
        "anonymous": {"anonymous": True},
        "about": {"about": people.code(people.URBAN)},
        "registered": {},
    }
    facts = every[what]
    case = people.registered(**facts) if what == "registered" else people.accepted(**facts)
    assert "publish" not in queries.case_page(people.centre, case.number).verbs
    with pytest.raises((NotNow, Invalid)):
        proposed(case)


def test_only_the_centre_of_the_place_publishes() -> None:
    case = people.accepted()
    for asker, refusal in ((people.dispatcher, Forbidden), (people.other_dispatcher, NotFound)):
        with pytest.raises(refusal):
            actions.publish(case.number, version=case.version, by=asker, **TEXT)
