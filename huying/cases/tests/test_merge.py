"""Merging: one matter told twice, handled once; every appellant is answered, called and heard."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from huying.cases import actions, queries
from huying.cases.actions import Done
from huying.cases.models import Appellant, Callback, Case, CaseClock, Evaluation
from huying.cases.queries.ties import twins_of
from huying.cases.tests import minutes, people
from huying.kernel.clock import frozen
from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow, Stale
from tests import invariants

pytestmark = pytest.mark.usefixtures("district")

OTHERS = {"name": "司马青云", "phone": "13987654321", "id_number": "420106197001011234"}


def merged(case: Done, master: Done, by: Any = people.centre) -> Done:
    return actions.merge(
        case.number, version=case.version, by=by, into=master.number, reason="同一盏路灯"
    )


def pair(answered: bool = True) -> tuple[Done, Done]:
    """A master with another citizen's case merged into it."""
    master = people.in_progress()
    case = merged(people.registered(**OTHERS), master)
    if answered:
        with frozen(people.MONDAY + timedelta(hours=1)):
            master = actions.reply(
                master.number, version=master.version, by=people.handler, result="修好", solved=True
            )
            master = actions.review(
                master.number, version=master.version, by=people.centre, passed=True
            )
    return master, case


def row(case: Done) -> Case:
    return Case.objects.get(number=case.number)


def own(case: Done) -> int:
    return Appellant.objects.get(case__number=case.number).pk


def rated(master: Done, case: Done | None, grade: int = 5, hours: float = 2) -> Done:
    with frozen(people.MONDAY + timedelta(hours=hours)):
        return actions.evaluate(
            master.number,
            version=row(master).version,
            by=people.caller,
            solved=grade > 2,
            grade=grade,
            appellant=own(case) if case else None,
        )


def test_a_merged_case_ends_in_its_master_and_stops_its_clocks() -> None:
    master, case = pair(answered=False)
    assert (case.state, row(case).merged_into_id) == ("merged", row(master).pk)
    assert row(master).merged_count == 1
    assert not CaseClock.objects.filter(case=row(case), stopped_at=None).exists()
    page = queries.case_page(people.centre, master.number)
    assert [tie.number for tie in page.ties.merged] == [case.number]
    assert page.ties.people == 2
    assert queries.case_page(people.centre, case.number).ties.master == master.number
    assert [c.number for c in queries.narrowed(people.centre, merged=True)] == [master.number]
    assert invariants.broken() == []


def test_a_case_is_evaluated_when_every_appellant_was_heard_and_the_worst_grade_counts() -> None:
    master, case = pair()
    with pytest.raises(Invalid, match="哪一位"):
        rated(master, None)
    first = rated(master, master, grade=5)
    assert first.state == "awaiting_callback" and row(master).grade is None
    with pytest.raises(Invalid, match="不在待回访"):
        rated(master, master, grade=1)
    second = rated(master, case, grade=1)
    assert second.state == "evaluated"
    assert (row(master).grade, row(master).solved) == (1, False)
    assert {e.appellant_id for e in Evaluation.objects.all()} == {own(master), own(case)}
    assert "dispatch" in queries.case_page(people.centre, master.number).verbs
    assert invariants.broken() == []


def test_each_appellant_is_called_three_times_before_they_are_given_up() -> None:
    master, case = pair()
    rated(master, master, grade=4)
    for hours in (3, 4, 5):
        assert row(master).state == "awaiting_callback"
        with frozen(people.MONDAY + timedelta(hours=hours)):
            actions.call_back(
                master.number, version=row(master).version, by=people.caller, outcome="no_answer"
            )
    found = row(master)
    assert (found.state, found.grade, found.unreached) == ("evaluated", 4, False)
    assert {c.appellant_id for c in Callback.objects.all()} == {own(case)}
    assert invariants.broken() == []


def test_the_caller_chooses_among_masked_appellants() -> None:
    master, case = pair()
    page = queries.case_page(people.caller, master.number)
    labels = {one.id: one.label for one in page.ties.waiting}
    assert set(labels) == {own(master), own(case)}
    assert case.number in labels[own(case)]
    for secret in (*OTHERS.values(), people.NAME, people.PHONE):
        assert not any(secret in label for label in labels.values())


def test_what_is_noted_of_another_appellant_is_masked_on_the_master_too() -> None:
    master, case = pair()
    with frozen(people.MONDAY + timedelta(hours=3)):
        actions.call_back(
            master.number,
            version=row(master).version,
            by=people.caller,
            outcome="busy",
            note=f"{OTHERS['name']}占线",
            appellant=own(case),
        )
    assert OTHERS["name"] not in Callback.objects.get().note


@pytest.mark.parametrize("accepted", [False, True])
def test_unmerged_it_stands_where_it_stood_and_has_lost_no_time(accepted: bool) -> None:
    master = people.in_progress()
    case = people.accepted(**OTHERS) if accepted else people.registered(**OTHERS)
    kind = "handle" if accepted else "intake"
    before = CaseClock.objects.get(case=row(case), kind=kind).due_at
    case = merged(case, master)
    with frozen(people.MONDAY + timedelta(days=1)):
        case = actions.unmerge(
            case.number, version=case.version, by=people.centre, reason="不是同一盏"
        )
    assert case.state == ("accepted" if accepted else "registered")
    assert row(master).merged_count == 0
    clock = CaseClock.objects.get(case=row(case), kind=kind)
    assert clock.stopped_at is None and clock.outcome == ""
    if accepted:
        assert clock.due_at == minutes.due_by_minutes(row(case), clock) > before
    else:
        assert clock.due_at == before + timedelta(days=1)
    assert invariants.broken() == []


def test_nobody_leaves_a_master_that_has_been_answered() -> None:
    _master, case = pair()
    assert "unmerge" not in queries.case_page(people.centre, case.number).verbs
    with pytest.raises(NotNow, match="已经答复"):
        actions.unmerge(case.number, version=case.version, by=people.centre, reason="不是")


def test_a_master_does_not_vanish_under_those_merged_into_it() -> None:
    master, _case = pair(answered=False)
    assert "withdraw" not in queries.case_page(people.centre, master.number).verbs
    with pytest.raises(NotNow, match="并入了这一件"):
        actions.withdraw(master.number, version=master.version, by=people.centre, reason="不办")


def test_no_case_is_merged_into_itself_an_ended_one_or_one_that_nobody_accepted() -> None:
    case = people.accepted()
    ended = people.archived()
    waiting = people.registered()
    for other, why in ((case, "自己"), (ended, "归档"), (waiting, "已登记")):
        with pytest.raises(Invalid, match=why):
            merged(case, other)
    with pytest.raises(Invalid, match="没有编号"):
        actions.merge(
            case.number,
            version=case.version,
            by=people.centre,
            into="20260101-001-P9999",
            reason="a",
        )
    assert row(case).state == "accepted"


def test_a_circle_of_masters_cannot_come_about() -> None:
    first, second, third = people.accepted(), people.accepted(), people.accepted()
    merged(first, second)
    for other in (first, third):
        with pytest.raises(NotNow, match="并入了这一件"):
            merged(second, other)
    with pytest.raises(Invalid, match="并件"):
        merged(third, first)


def test_the_right_is_needed_over_both_places() -> None:
    case = people.accepted()
    elsewhere = people.accepted(place=people.code(people.OTHER_COMMUNITY))
    with pytest.raises(Invalid, match="没有编号"):  # what one does not see is not there
        merged(case, elsewhere, by=people.dispatcher)
    with pytest.raises(NotFound):
        merged(case, elsewhere, by=people.other_dispatcher)
    with pytest.raises(Forbidden):
        merged(case, people.accepted(), by=people.community)
    helped = actions.dispatch(
        elsewhere.number,
        version=elsewhere.version,
        by=people.centre,
        lead=people.code(people.URBAN),
        co=[people.code(people.STREET)],
    )
    with pytest.raises(Forbidden):  # sees it as a co-unit, but it does not lie on its ground
        merged(case, helped, by=people.dispatcher)
    assert merged(case, helped).state == "merged"


def test_a_case_is_not_merged_into_one_that_the_unit_complained_about_handles() -> None:
    case = people.accepted(about=people.code(people.URBAN), **OTHERS)
    with pytest.raises(Invalid, match="被反映单位"):
        merged(case, people.in_progress())


def test_a_stale_reader_merges_nothing() -> None:
    master, case = people.in_progress(), people.registered()
    actions.comment(case.number, version=case.version, by=people.centre, text="看过")
    with pytest.raises(Stale):
        merged(case, master)


def test_likely_masters_are_shown_with_one_press_to_merge() -> None:
    master = people.in_progress()
    case = people.registered(**OTHERS)
    assert [twin.number for twin in twins_of(people.centre, row(case))] == [master.number]
    page = queries.case_page(people.centre, case.number)
    assert [twin.number for twin in page.ties.twins] == [master.number]
    assert queries.case_page(people.community, case.number).ties.twins == []
