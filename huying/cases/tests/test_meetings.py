"""Joint meetings: who convenes, minutes and rules; the precedent; what bouncing costs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.http import QueryDict

from huying.cases import actions, queries
from huying.cases.models import Case, Meeting, RoutingRule
from huying.cases.queries.bouncing import bouncers
from huying.cases.queries.meetings import found_meetings, meeting_page, visible_meetings
from huying.cases.queries.routing import dry_run_routing, routing_facts
from huying.cases.tables_calls import BounceTable
from huying.cases.tests import people
from huying.kernel.clock import DISTRICT_ZONE, frozen
from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow, Stale
from tests import invariants

pytestmark = pytest.mark.usefixtures("district")

WHEN = datetime(2026, 3, 4, 15, 0, tzinfo=DISTRICT_ZONE)
MEET: dict[str, Any] = {
    "participants": [people.code(people.URBAN), people.code(people.WATER)],
    "held_at": WHEN,
    "room": "302 会议室",
    "question": "路灯由谁维护？",
}
RULE: dict[str, Any] = {
    "duty": people.code(people.WATER),
    "entry": "区级权责清单第 12 条",
    "reason": "属附属设施",
    "due_on": date(2026, 3, 9),
}


def convened(**changes: Any) -> Meeting:
    """A meeting on a case in progress with the urban management office."""
    case = people.in_progress()
    actions.convene(case.number, version=case.version, by=people.centre, **(MEET | changes))
    return Meeting.objects.get()


def minuted(**changes: Any) -> Meeting:
    """The same with its minutes."""
    meeting = convened(**changes)
    actions.minute(meeting.number, version=1, by=people.centre, minutes="各执一词")
    return Meeting.objects.get()


def test_a_meeting_has_participants_a_time_a_room_and_a_question() -> None:
    meeting = convened()
    assert meeting.number == "20260302-001-M0001"
    kept = Case.objects.get()
    assert (kept.state, kept.meetings_made) == ("in_progress", 1)
    assert kept.lead is not None and kept.lead.path == people.URBAN
    line = queries.case_page(people.centre, kept.number).timeline[-1]
    assert line.text.endswith("03-04 15:00，区城管执法局、区水务和湖泊局参加")
    assert invariants.broken() == []


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"participants": [people.code(people.URBAN)] * 2}, "participants"),
        ({"held_at": datetime(2026, 3, 1, tzinfo=DISTRICT_ZONE)}, "held_at"),
        ({"room": " "}, "room"),
        ({"question": ""}, "question"),
    ],
)
def test_a_meeting_of_one_or_of_yesterday_is_none(wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(Invalid) as refused:
        convened(**wrong)
    assert [fault.where for fault in refused.value.faults] == [where]


def test_one_meeting_is_open_at_a_time() -> None:
    meeting = convened()
    case = Case.objects.get()
    assert "convene" not in queries.case_page(people.centre, case.number).verbs
    with pytest.raises(NotNow):
        actions.convene(case.number, version=case.version, by=people.centre, **MEET)
    actions.cancel_meeting(meeting.number, version=1, by=people.centre, reason="已协商一致")
    case = Case.objects.get()
    actions.convene(case.number, version=case.version, by=people.centre, **MEET)
    assert invariants.broken() == []


def test_it_is_ruled_only_with_minutes_and_only_from_above_all_who_took_part() -> None:
    meeting = convened()
    with pytest.raises(NotNow):
        actions.rule_meeting(meeting.number, version=1, by=people.centre, **RULE)
    actions.minute(meeting.number, version=1, by=people.dispatcher, minutes="各执一词")
    with pytest.raises(Stale):
        actions.rule_meeting(meeting.number, version=1, by=people.centre, **RULE)
    with pytest.raises(Forbidden):
        actions.rule_meeting(meeting.number, version=2, by=people.dispatcher, **RULE)
    with pytest.raises(Forbidden):
        actions.minute(meeting.number, version=2, by=people.handler, minutes="我来改")
    with pytest.raises(NotFound):
        actions.minute(meeting.number, version=2, by=people.other_dispatcher, minutes="我来改")
    actions.rule_meeting(meeting.number, version=2, by=people.centre, **RULE)
    assert Meeting.objects.get().state == "ruled"
    assert invariants.broken() == []


def test_a_street_rules_among_its_own() -> None:
    below = [people.code(people.COMMUNITY), people.code(people.STREET)]
    meeting = minuted(participants=below)
    assert "rule_meeting" in meeting_page(people.dispatcher, meeting.number).verbs
    actions.rule_meeting(
        meeting.number, version=2, by=people.dispatcher, **(RULE | {"duty": below[0]})
    )


def test_the_ruling_is_what_routing_proposes_for_this_case_and_the_next() -> None:
    old = actions.write_routing_rule(
        by=people.centre, position=1, name="照旧", unit=people.code(people.URBAN)
    )
    meeting = minuted()
    actions.rule_meeting(meeting.number, version=2, by=people.centre, **RULE, keywords=["路灯"])
    case = Case.objects.get()
    actions.reassign(case.number, version=case.version, by=people.centre, reason="按会商裁定")
    proposal = queries.case_page(people.centre, case.number).proposal
    assert proposal is not None and proposal.name == "区水务和湖泊局"
    assert proposal.rule == f"会商裁定 {meeting.number}，区级权责清单第 12 条"
    following = people.accepted()
    proposal = queries.case_page(people.centre, following.number).proposal
    assert proposal is not None and proposal.name == "区水务和湖泊局"
    other = people.accepted(title="井盖缺失", body="井盖不见了", address="")
    proposal = queries.case_page(people.centre, other.number).proposal
    assert proposal is not None and proposal.name == "区城管执法局"
    rules = list(RoutingRule.objects.order_by("position"))
    assert [rule.pk for rule in rules][1] == old
    assert Meeting.objects.get().precedent == rules[0]
    trials = dry_run_routing(
        people.centre, routing_facts(), people.MONDAY, datetime(2026, 3, 3, tzinfo=DISTRICT_ZONE)
    )
    assert {trial.would for trial in trials} == {"区水务和湖泊局", "区城管执法局"}


def test_without_the_entry_there_is_no_ruling() -> None:
    meeting = minuted()
    for wrong in ({"entry": " "}, {"due_on": date(2026, 3, 1)}, {"duty": "none"}):
        with pytest.raises(Invalid):
            actions.rule_meeting(meeting.number, version=2, by=people.centre, **(RULE | wrong))
    assert not RoutingRule.objects.exists()


def test_who_was_invited_sees_the_case_until_the_ruling_and_the_meeting_ever_after() -> None:
    case = people.accepted()
    case = actions.dispatch(
        case.number, version=case.version, by=people.centre, lead=people.code(people.URBAN)
    )
    actions.convene(case.number, version=case.version, by=people.centre, **MEET)
    number = Meeting.objects.get().number
    assert queries.visible(people.other_handler).exists()
    assert invariants.broken() == []
    actions.minute(number, version=1, by=people.centre, minutes="各执一词")
    actions.rule_meeting(
        number, version=2, by=people.centre, **(RULE | {"duty": people.code(people.URBAN)})
    )
    assert not queries.visible(people.other_handler).exists()
    assert visible_meetings(people.other_handler).exists()
    assert meeting_page(people.other_handler, number).case is None
    assert not visible_meetings(people.other_dispatcher).exists()
    assert invariants.broken() == []


def test_meetings_are_found_by_number_last_four_and_question() -> None:
    meeting = convened()
    for text in (meeting.number, meeting.number[-4:], "谁维护"):
        assert [one.number for one in found_meetings(people.centre, text)] == [meeting.number]
    assert not found_meetings(people.other_dispatcher, meeting.number)


def test_what_is_minuted_names_nobody() -> None:
    meeting = convened(question=f"{people.NAME}家门口的路灯")
    actions.minute(meeting.number, version=1, by=people.centre, minutes=f"电话{people.PHONE}")
    kept = Meeting.objects.get()
    assert people.NAME not in kept.question and people.PHONE not in kept.minutes


def test_minutes_lost_to_bouncing_are_shown_by_unit() -> None:
    case = people.in_progress()
    with frozen(datetime(2026, 3, 2, 11, 30, tzinfo=DISTRICT_ZONE)):
        case = actions.reassign(
            case.number, version=case.version, by=people.centre, reason="职责不符"
        )
        lead = people.code(people.WATER)
        case = actions.dispatch(case.number, version=case.version, by=people.centre, lead=lead)
    with frozen(datetime(2026, 3, 2, 12, 0, tzinfo=DISTRICT_ZONE)):
        case = actions.request_return(
            case.number, version=case.version, by=people.other_handler, reason="属城管"
        )
        actions.rule(
            case.number, version=case.version, by=people.centre, approved=True, reason="同意"
        )
    found = [(one.name, one.times, one.minutes) for one in bouncers(people.centre)]
    assert found == [("区城管执法局", 1, 150), ("区水务和湖泊局", 1, 30)]
    rows = BounceTable().narrowed(people.centre, QueryDict(f"unit={lead}"))
    assert [row.lost for row in rows] == [30]
    assert bouncers(people.other_dispatcher) == []
