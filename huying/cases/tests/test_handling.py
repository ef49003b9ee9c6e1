"""What the verbs of handling do beyond moving along their edge."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from huying.cases import actions, queries
from huying.cases.models import Case, CaseClock, CaseEvent, CaseUnit, Evaluation
from huying.cases.tests import people
from huying.kernel.clock import DISTRICT_ZONE, frozen
from huying.kernel.errors import Forbidden, Invalid, NotNow

pytestmark = pytest.mark.usefixtures("district")


def clock(kind: str) -> CaseClock:
    return CaseClock.objects.get(kind=kind, outcome="")


def at(hours: float) -> datetime:
    return people.MONDAY + timedelta(hours=hours)


def test_accepting_needs_a_category_and_starts_the_deadline() -> None:
    case = people.registered()
    with pytest.raises(Invalid, match="分类"):
        actions.accept(case.number, version=1, by=people.centre)
    done = actions.accept(case.number, version=1, by=people.centre, category="010303")
    # Five working days after Monday 2 March: the close of Monday 9 March.
    assert done.due_at == datetime(2026, 3, 9, 17, 30, tzinfo=DISTRICT_ZONE)
    assert not done.due_provisional


def test_what_endangers_life_is_due_in_two_hours() -> None:
    case = people.registered()
    done = actions.accept(case.number, version=1, by=people.centre, category="010303", urgent=True)
    assert done.due_at == at(2)


def test_a_deadline_beyond_the_published_calendar_is_provisional() -> None:
    with frozen(datetime(2031, 6, 2, 9, 0, tzinfo=DISTRICT_ZONE)):
        assert people.accepted().due_provisional


def test_a_reason_of_refusal_comes_from_the_closed_list_and_says_where_to_go() -> None:
    case = people.registered()
    with pytest.raises(Invalid):
        actions.refuse(case.number, version=1, by=people.centre, reason="no time")
    actions.refuse(case.number, version=1, by=people.centre, reason="litigation")
    line = queries.case_page(people.centre, case.number).timeline[-1]
    assert "法院" in line.text


def test_dispatching_names_lead_and_co_units_who_then_see_the_case() -> None:
    case = people.accepted()
    assert not queries.visible(people.handler).exists()
    actions.dispatch(
        case.number,
        version=case.version,
        by=people.centre,
        lead=people.code(people.URBAN),
        co=[people.code(people.WATER), people.code(people.URBAN)],
    )
    assert list(CaseUnit.objects.order_by("id").values_list("part", "unit__path")) == [
        ("lead", people.URBAN),
        ("co", people.WATER),
    ]
    for handler in (people.handler, people.other_handler):
        assert queries.visible(handler).exists()


def test_only_the_lead_signs_and_replies() -> None:
    case = people.dispatched()
    with pytest.raises(Forbidden):
        actions.sign(case.number, version=case.version, by=people.other_handler)
    signed = actions.sign(case.number, version=case.version, by=people.handler)
    with pytest.raises(Forbidden):
        actions.reply(
            signed.number,
            version=signed.version,
            by=people.other_handler,
            result="已修",
            solved=True,
        )


def test_the_unit_complained_about_leads_only_when_that_is_confirmed() -> None:
    case = people.accepted(about=people.code(people.URBAN))
    lead = people.code(people.URBAN)
    with pytest.raises(Invalid, match="被反映单位"):
        actions.dispatch(case.number, version=case.version, by=people.centre, lead=lead)
    actions.dispatch(
        case.number, version=case.version, by=people.centre, lead=lead, despite_about=True
    )


def test_signing_in_time_is_met_and_late_is_missed() -> None:
    case = people.dispatched()
    assert clock("sign").due_at == at(2)
    with frozen(at(2)):
        actions.sign(case.number, version=case.version, by=people.handler)
    other = people.dispatched()
    with frozen(at(2.5)):
        actions.sign(other.number, version=other.version, by=people.handler)
    outcomes = CaseClock.objects.filter(kind="sign").order_by("id")
    assert list(outcomes.values_list("outcome", flat=True)) == ["met", "missed"]


def test_only_a_contact_that_reaches_the_citizen_stops_the_clock() -> None:
    case = people.in_progress()
    missed = actions.contact(case.number, version=case.version, by=people.handler, reached=False)
    assert clock("contact").stopped_at is None
    actions.contact(case.number, version=missed.version, by=people.handler, reached=True)
    assert not CaseClock.objects.filter(kind="contact", stopped_at=None).exists()
    assert Case.objects.get().contacted_at == people.MONDAY


def test_reassigning_relieves_the_units_and_counts_the_minutes_lost() -> None:
    case = people.dispatched()
    with frozen(at(3)):
        actions.reassign(case.number, version=case.version, by=people.centre, reason="不是城管的事")
    row = Case.objects.get()
    assert (row.state, row.lead_id) == ("accepted", None)
    assert CaseEvent.objects.get(verb="reassign").data["minutes_lost"] == 180
    assert not queries.visible(people.handler).exists()
    outcomes = CaseClock.objects.exclude(kind="intake").values_list("kind", "outcome")
    assert dict(outcomes) == {"sign": "void", "contact": "void", "handle": ""}


def test_a_case_can_be_answered_on_the_spot_by_a_unit_of_ones_own() -> None:
    case = people.accepted()
    said: dict[str, Any] = {"result": "已答", "solved": True, "by": people.community}
    with pytest.raises(NotNow):
        actions.reply(case.number, version=case.version, **said)
    with pytest.raises(Forbidden):
        actions.answer_on_spot(
            case.number, version=case.version, unit=people.code(people.URBAN), **said
        )
    done = actions.answer_on_spot(
        case.number, version=case.version, unit=people.code(people.COMMUNITY), **said
    )
    assert done.state == "replied"
    row = Case.objects.select_related("lead").get()
    assert row.lead is not None and row.lead.path == people.COMMUNITY
    assert row.dispatched_at is None
    page = queries.case_page(people.centre, case.number)
    assert page.timeline[-1].text == "花园山社区当场答复,称已解决"


def test_time_under_review_does_not_count_against_the_handler() -> None:
    case = people.replied()
    with frozen(datetime(2026, 3, 4, 9, 0, tzinfo=DISTRICT_ZONE)):
        with pytest.raises(Invalid):
            actions.review(case.number, version=case.version, by=people.centre, passed=False)
        done = actions.review(
            case.number, version=case.version, by=people.centre, passed=False, reason="未附图"
        )
    assert done.state == "in_progress"
    # The period ran to Monday 9 March, 17:30. It stood still on all Tuesday and for half an hour
    # of Wednesday, so that it ends on Tuesday the 10th and half an hour into Wednesday.
    assert done.due_at == datetime(2026, 3, 11, 9, 0, tzinfo=DISTRICT_ZONE)
    assert clock("handle").due_at == done.due_at


def test_a_bad_rating_is_dispatched_again_and_supervision_rises() -> None:
    case = people.evaluated(grade=1, solved=False)
    with pytest.raises(NotNow) as refusal:
        actions.archive(case.number, version=case.version, by=people.centre)
    assert "dispatch" in refusal.value.allowed and "archive" not in refusal.value.allowed
    done = actions.dispatch(
        case.number, version=case.version, by=people.centre, lead=people.code(people.WATER)
    )
    row = Case.objects.get()
    assert (done.state, row.round, row.supervision, row.grade) == ("dispatched", 2, 1, None)
    assert Evaluation.objects.get().round == 1
    assert clock("handle").started_at == people.MONDAY


def test_a_good_rating_is_not_dispatched_again() -> None:
    case = people.evaluated(grade=3)
    with pytest.raises(NotNow) as refusal:
        actions.dispatch(
            case.number, version=case.version, by=people.centre, lead=people.code(people.URBAN)
        )
    assert "archive" in refusal.value.allowed


def test_only_five_grades_exist() -> None:
    case = people.awaiting_callback()
    with pytest.raises(Invalid):
        actions.evaluate(case.number, version=case.version, by=people.caller, solved=True, grade=6)


def test_those_who_handle_do_not_evaluate() -> None:
    case = people.awaiting_callback()
    for by in (people.centre, people.handler, people.dispatcher):
        with pytest.raises(Forbidden):
            actions.evaluate(case.number, version=case.version, by=by, solved=True, grade=5)


def test_withdrawing_ends_every_clock_void() -> None:
    case = people.in_progress()
    actions.withdraw(case.number, version=case.version, by=people.centre, reason="已自行解决")
    assert not CaseClock.objects.filter(stopped_at=None).exists()
    assert Case.objects.get().ended_at == people.MONDAY


def test_another_category_measures_the_deadline_anew_from_its_old_start() -> None:
    case = people.accepted()
    with frozen(at(1)):
        done = actions.recategorise(
            case.number,
            version=case.version,
            by=people.centre,
            category="010302",
            reason="是井盖缺失",
        )
    assert done.due_at == at(2)
    assert clock("handle").started_at == people.MONDAY


def test_placing_a_case_moves_who_sees_it() -> None:
    case = people.registered(place=None, address="")
    assert not queries.visible(people.other_dispatcher).exists()
    actions.set_place(
        case.number,
        version=1,
        by=people.centre,
        place=people.code(people.OTHER_COMMUNITY),
    )
    assert queries.visible(people.other_dispatcher).exists()
    with pytest.raises(Invalid, match="地点"):
        actions.set_place(case.number, version=2, by=people.centre, address="天涯海角")
    with pytest.raises(Invalid, match="不是街道"):
        actions.set_place(case.number, version=2, by=people.centre, place=people.code(people.URBAN))
