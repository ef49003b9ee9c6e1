"""Callbacks, second appeals, and units that join and leave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huying.cases import actions, queries
from huying.cases.actions import Done
from huying.cases.models import Callback, Case, CaseClock, CaseUnit
from huying.cases.tests import people
from huying.kernel.clock import frozen
from huying.kernel.errors import Forbidden, Invalid, NotNow

pytestmark = pytest.mark.usefixtures("district")


def call(case: Done, outcome: str, hours: float, note: str = "") -> Done:
    with frozen(people.MONDAY + timedelta(hours=hours)):
        return actions.call_back(
            case.number, version=case.version, by=people.caller, outcome=outcome, note=note
        )


def test_three_failed_calls_at_different_hours_end_the_waiting() -> None:
    case = people.awaiting_callback()
    case = call(case, "no_answer", 1)
    with pytest.raises(Invalid, match="时段"):
        call(case, "busy", 1.5)
    with pytest.raises(Invalid, match="时段"):
        call(case, "busy", 25)  # the same hour of another day
    case = call(case, "busy", 2)
    assert case.state == "awaiting_callback"
    case = call(case, "refused", 24 + 5)
    assert case.state == "evaluated"
    row = Case.objects.get()
    assert row.unreached and row.grade is None and row.solved is None
    assert "archive" in queries.case_page(people.centre, case.number).verbs
    assert "dispatch" not in queries.case_page(people.centre, case.number).verbs
    with frozen(people.MONDAY + timedelta(days=10)):
        assert actions.archive_due() == 1
    assert CaseClock.objects.get(kind="archive").outcome == "met", "waiting is nobody's delay"


def test_a_call_that_reached_the_citizen_is_followed_by_the_evaluation() -> None:
    case = call(people.awaiting_callback(), "reached", 1)
    assert case.state == "awaiting_callback"
    done = actions.evaluate(
        case.number, version=case.version, by=people.caller, solved=True, grade=4
    )
    assert done.state == "evaluated" and not Case.objects.get().unreached


def test_what_is_noted_of_a_call_is_masked() -> None:
    call(people.awaiting_callback(), "no_answer", 1, f"{people.NAME}的{people.PHONE}无人接")
    note = Callback.objects.get().note
    assert people.PHONE not in note and people.NAME not in note


def test_a_citizen_appeals_again_within_thirty_days() -> None:
    case = people.archived()
    assert Case.objects.get().ended_at
    with pytest.raises(Invalid, match="核实"):
        actions.reappeal(
            case.number, version=case.version, by=people.caller, reason="又坏", verified=False
        )
    done = actions.reappeal(
        case.number, version=case.version, by=people.caller, reason="又坏", verified=True
    )
    row = Case.objects.get()
    assert (done.state, row.round, row.supervision, row.ended_at) == ("dispatched", 2, 1, None)
    assert row.lead and row.lead.path == people.URBAN
    assert set(CaseClock.objects.filter(outcome="").values_list("kind", flat=True)) == {
        "handle",
        "sign",
        "contact",
    }


def test_after_thirty_days_it_is_a_new_appeal() -> None:
    case = people.archived()
    with frozen(people.MONDAY + timedelta(days=30, seconds=1)):
        assert "reappeal" not in queries.case_page(people.caller, case.number).verbs
        with pytest.raises(NotNow, match="重新登记"):
            actions.reappeal(
                case.number, version=case.version, by=people.caller, reason="又坏", verified=True
            )


def test_a_unit_that_helps_sees_the_case_until_it_is_relieved() -> None:
    case = people.in_progress()
    helper = people.person("department_handler", people.OTHER_STREET)
    assert not queries.visible(helper).exists()
    unit = people.code(people.OTHER_STREET)
    case = actions.add_unit(
        case.number, version=case.version, by=people.centre, unit=unit, reason="交界"
    )
    assert queries.visible(helper).exists()
    with pytest.raises(Invalid, match="已经在办理"):
        actions.add_unit(
            case.number, version=case.version, by=people.centre, unit=unit, reason="交界"
        )
    actions.remove_unit(
        case.number, version=case.version, by=people.centre, unit=unit, reason="已划清"
    )
    assert not queries.visible(helper).exists()
    assert CaseUnit.objects.get(unit__code=unit).until == people.MONDAY


def test_the_lead_is_not_removed_and_the_unit_complained_about_not_added_by_mistake() -> None:
    case = people.in_progress(about=people.code(people.OTHER_STREET))
    with pytest.raises(Invalid, match="不是协办"):
        actions.remove_unit(
            case.number,
            version=case.version,
            by=people.centre,
            unit=people.code(people.URBAN),
            reason="换",
        )
    with pytest.raises(Invalid, match="被反映"):
        actions.add_unit(
            case.number,
            version=case.version,
            by=people.centre,
            unit=people.code(people.OTHER_STREET),
            reason="配合",
        )
    with pytest.raises(Forbidden):
        actions.add_unit(
            case.number,
            version=case.version,
            by=people.handler,
            unit=people.code(people.COMMUNITY),
            reason="配合",
        )
