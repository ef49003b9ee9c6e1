"""Calls up the levels: who calls whom, by when, who answers, rates and rules; the case's clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from huying.cases import actions, queries
from huying.cases.actions import CallDone, Done
from huying.cases.models import Call, CallEvent, Case, CaseClock, CaseEvent
from huying.cases.queries.calls import call_page, found_calls, visible_calls
from huying.cases.tests import people
from huying.kernel.clock import DISTRICT_ZONE, frozen
from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow, Stale
from huying.kernel.models import AuditRow, Notice
from huying.org.models import Unit
from tests import invariants

pytestmark = pytest.mark.usefixtures("district")

ASK: dict[str, Any] = {"subject": "路灯电缆被挖断", "ask": "需要协调供电抢修"}
UP = {"lead": people.code(people.STREET), **ASK}


def led(path: str = people.COMMUNITY, **facts: Any) -> Done:
    """A case in progress with the community (or another unit)."""
    case = people.accepted(**facts)
    case = actions.dispatch(
        case.number, version=case.version, by=people.centre, lead=people.code(path)
    )
    return actions.sign(case.number, version=case.version, by=people.centre)


def called(**facts: Any) -> tuple[Done, Call]:
    """The same after its community has called up the street."""
    case = led(**facts)
    case = actions.call_up(case.number, version=case.version, by=people.community, **UP)
    return case, Call.objects.get()


def answered() -> Call:
    """A call that the street has answered."""
    _case, call = called()
    actions.answer_call(call.number, version=1, by=people.dispatcher, answer="已联系供电公司")
    return Call.objects.get()


def done() -> Call:
    """A call that the street has settled."""
    call = answered()
    actions.finish_call(call.number, version=2, by=people.dispatcher, result="电缆已修复")
    return Call.objects.get()


def day(number: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 3, number, hour, minute, tzinfo=DISTRICT_ZONE)


def test_a_community_calls_up_its_street_and_keeps_the_case() -> None:
    case, call = called()
    assert call.number == "20260302-001-C0001"
    assert call.answer_due == day(3, 17, 30)
    assert call.due_at == day(9, 17, 30)
    kept = Case.objects.get()
    assert kept.lead is not None and kept.lead.path == people.COMMUNITY
    assert (kept.calls_made, kept.calls_open, kept.version) == (1, 1, case.version)
    assert not call.rules["answer"]["confirmed"] and call.rules["answer"]["basis"] == "G"
    line = queries.case_page(people.centre, case.number).timeline[-1]
    assert line.text == "花园山社区呼叫粮道街道，编号 20260302-001-C0001"
    assert invariants.broken() == []


def test_the_clock_of_the_case_stands_still_until_the_call_is_done() -> None:
    before = led()
    due = before.due_at
    after = actions.call_up(before.number, version=before.version, by=people.community, **UP)
    call = Call.objects.get()
    assert due == day(9, 17, 30)
    assert after.due_at == day(10, 17, 30)  # at least until the answer is due
    with frozen(day(3, 10)):
        actions.answer_call(call.number, version=1, by=people.dispatcher, answer="已到场")
    assert Case.objects.get().due_at == day(16, 17, 30)  # now until the handling is due
    with frozen(day(4, 10)):
        actions.finish_call(call.number, version=2, by=people.dispatcher, result="修好")
    # From Monday 9:00 to Wednesday 10:00: of the period, which began on Tuesday, one day and a half
    # an hour short of the second opening are given back.
    assert Case.objects.get().due_at == day(11, 10)
    assert invariants.broken() == []


def test_a_call_that_nobody_answers_in_time_lets_the_clock_run_by_itself() -> None:
    case, call = called()
    assert case.due_at == day(10, 17, 30)
    with frozen(day(9)):
        actions.answer_call(call.number, version=1, by=people.dispatcher, answer="迟了")
    # Pauses: from the call to the missed answer, and from the late answer to the end of handling.
    clock = CaseClock.objects.get(kind="handle")
    spans = [tuple(datetime.fromisoformat(one) for one in pair) for pair in clock.pauses]
    assert spans == [(people.MONDAY, day(3, 17, 30)), (day(9), day(9, 17, 30))]


@pytest.mark.parametrize(
    ("lead", "co", "where"),
    [
        (people.DISTRICT, [], "lead"),
        (people.OTHER_STREET, [], "lead"),
        (people.COMMUNITY, [], "lead"),
        (people.STREET, [people.WATER], "co"),
        (people.STREET, [people.GRID], "co"),
    ],
)
def test_a_community_calls_its_own_street_and_nobody_beyond(
    lead: str, co: list[str], where: str
) -> None:
    case = led()
    with pytest.raises(Invalid) as refused:
        actions.call_up(
            case.number,
            version=case.version,
            by=people.community,
            lead=people.code(lead),
            co=[people.code(path) for path in co],
            **ASK,
        )
    assert [fault.where for fault in refused.value.faults] == [where]


def test_a_street_calls_the_district_or_its_departments_with_others_beside() -> None:
    case = led(people.STREET)
    actions.call_up(
        case.number,
        version=case.version,
        by=people.dispatcher,
        lead=people.code(people.URBAN),
        co=[people.code(people.WATER), people.code(people.URBAN)],
        **ASK,
    )
    call = Call.objects.get()
    assert [unit["name"] for unit in call.co] == ["区水务和湖泊局"]
    for seeing in (people.handler, people.other_handler, people.dispatcher, people.centre):
        assert visible_calls(seeing).count() == 1
        assert queries.visible(seeing).count() == 1  # and see the case while the call is open
    assert visible_calls(people.other_dispatcher).count() == 0
    actions.withdraw_call(call.number, version=1, by=people.dispatcher, reason="自行解决")
    assert queries.visible(people.other_handler).count() == 0
    assert visible_calls(people.other_handler).count() == 1


@pytest.mark.parametrize("by", [people.centre, people.dispatcher, people.handler, people.leader])
def test_only_the_unit_that_leads_calls_up_for_its_case(by: Any) -> None:
    case = led()
    assert "call_up" not in queries.case_page(people.centre, case.number).verbs
    assert "call_up" in queries.case_page(people.community, case.number).verbs
    with pytest.raises((Forbidden, NotFound)):
        actions.call_up(case.number, version=case.version, by=by, **UP)


def test_grids_and_the_district_call_up_only_where_the_district_says_so() -> None:
    own = {"unit": people.code(people.COMMUNITY), "lead": people.code(people.COMMUNITY)}
    worker = people.person("grid_worker", people.GRID)
    own = {"unit": people.code(people.GRID), "lead": people.code(people.COMMUNITY), **ASK}
    with pytest.raises(Invalid):
        actions.call_alone(by=worker, **own)
    with pytest.raises(Forbidden):
        actions.set_call_level("grid", by=people.dispatcher, active=True)
    actions.set_call_level("grid", by=people.centre, active=True)
    made = actions.call_alone(by=worker, **own)
    assert made.number == "20260302-001-C0001"
    actions.set_call_level("community", by=people.centre, active=False)
    case = led()
    assert "call_up" not in queries.case_page(people.community, case.number).verbs
    with pytest.raises(Invalid):
        actions.call_up(case.number, version=case.version, by=people.community, **UP)


def test_a_call_goes_its_way_and_leaves_its_lines_in_both_histories() -> None:
    call = done()
    assert call.state == "done" and call.ended_at == people.MONDAY
    lines = CallEvent.objects.filter(call=call).order_by("version")
    assert [line.verb for line in lines] == ["call_up", "answer_call", "finish_call"]
    verbs = CaseEvent.objects.order_by("version").values_list("verb", flat=True)
    assert list(verbs)[-3:] == ["call_up", "answer_call", "finish_call"]
    told = Notice.objects.filter(type="cases.call_changed").order_by("id")
    assert [one.payload["state"] for one in told] == ["open", "answered", "done"]
    assert told[0].payload["lead_path"] == people.STREET
    assert invariants.broken() == []


def test_each_side_rates_the_other_once() -> None:
    call = done()
    rate: dict[str, Any] = {"grade": 4, "comment": people.PHONE}
    assert call_page(people.community, call.number).sides == ["caller"]
    with pytest.raises(Forbidden):
        actions.rate_call(call.number, version=3, by=people.community, side="called", **rate)
    actions.rate_call(call.number, version=3, by=people.community, side="caller", **rate)
    with pytest.raises(NotNow):
        actions.rate_call(call.number, version=4, by=people.community, side="caller", **rate)
    actions.rate_call(call.number, version=4, by=people.dispatcher, side="called", grade=2)
    kept = Call.objects.get()
    assert (kept.caller_grade, kept.called_grade, kept.version) == (4, 2, 5)
    assert people.PHONE not in kept.caller_comment
    assert Case.objects.get().version == CaseEvent.objects.count()
    assert AuditRow.objects.filter(object_kind="call", verb="cases.rate_call").count() == 2


def test_what_was_ones_own_duty_ends_the_call_and_its_pause() -> None:
    _case, call = called()
    with frozen(day(3, 10)):
        with pytest.raises(Forbidden):
            actions.rule_call(
                call.number, version=1, by=people.dispatcher, misuse=True, reason="本职"
            )
        actions.rule_call(call.number, version=1, by=people.centre, misuse=True, reason="本职")
    kept = Call.objects.get()
    assert (kept.state, kept.misuse) == ("misused", True)
    assert Case.objects.get().due_at == day(10, 10)  # an hour and a half of office time given back
    with pytest.raises(NotNow):
        actions.rule_call(call.number, version=2, by=people.centre, misuse=False, reason="复查")
    assert invariants.broken() == []


def test_a_ruling_in_favour_leaves_the_call_as_it_is() -> None:
    call = answered()
    actions.rule_call(call.number, version=2, by=people.centre, misuse=False, reason="确需协调")
    assert Call.objects.get().state == "answered"
    assert invariants.broken() == []


def test_whoever_answered_does_not_rule() -> None:
    case = led(people.STREET)
    up = {"lead": people.code(people.DISTRICT), **ASK}
    actions.call_up(case.number, version=case.version, by=people.dispatcher, **up)
    call = Call.objects.get()
    actions.answer_call(call.number, version=1, by=people.centre, answer="已协调")
    assert "rule_call" not in call_page(people.centre, call.number).verbs
    with pytest.raises(Forbidden):
        actions.rule_call(call.number, version=2, by=people.centre, misuse=True, reason="本职")


@pytest.mark.parametrize("verb", ["reply", "reassign", "withdraw"])
def test_calls_end_when_the_case_goes_on_without_them(verb: str) -> None:
    case, _call = called()
    args: dict[str, Any] = {"reason": "改派"}
    by = people.centre
    if verb == "reply":
        args, by = {"result": "已修", "solved": True}, people.community
    with frozen(day(3, 10)):
        getattr(actions, verb)(case.number, version=case.version, by=by, **args)
    call = Call.objects.get()
    assert (call.state, call.ended_at) == ("void", day(3, 10))
    clock = CaseClock.objects.get(kind="handle")
    if verb == "withdraw":  # its clocks are void, whenever they would have been due
        assert clock.outcome == "void"
    else:
        assert clock.due_at == day(10, 10)
    assert invariants.broken() == []


def test_a_call_may_be_answered_while_its_case_stands_suspended() -> None:
    case, call = called()
    asked = actions.request_suspension(
        case.number, version=case.version, by=people.community, **people.ASKING["suspension"]
    )
    ruled = actions.rule(
        asked.number, version=asked.version, by=people.centre, approved=True, reason="同意"
    )
    with frozen(day(3, 10)):
        actions.answer_call(call.number, version=1, by=people.dispatcher, answer="好")
    with frozen(day(4, 10)):
        actions.finish_call(call.number, version=2, by=people.dispatcher, result="好了")
    assert invariants.broken() == []
    now_version = Case.objects.get().version
    assert now_version == ruled.version + 2
    with frozen(day(12)):
        actions.resume(case.number, version=now_version, by=people.centre, reason="恢复")
    clock = CaseClock.objects.get(kind="handle")
    assert clock.due_at == Case.objects.get().due_at
    assert clock.due_at > day(12)
    assert invariants.broken() == []


def test_stale_outside_and_too_late_are_told_apart() -> None:
    _case, call = called()
    with pytest.raises(Stale):
        actions.answer_call(call.number, version=7, by=people.dispatcher, answer="好")
    with pytest.raises(NotFound):
        actions.answer_call(call.number, version=1, by=people.other_dispatcher, answer="好")
    with pytest.raises(Forbidden):
        actions.answer_call(call.number, version=1, by=people.community, answer="好")
    with pytest.raises(Invalid):
        actions.answer_call(call.number, version=1, by=people.dispatcher, answer=" ")
    with pytest.raises(NotNow) as refused:
        actions.finish_call(call.number, version=1, by=people.dispatcher, result="好")
    assert refused.value.allowed == ("answer_call", "withdraw_call", "rule_call")
    with pytest.raises(NotFound):
        actions.answer_call("20260302-001-C9999", version=1, by=people.dispatcher, answer="好")


def test_a_call_without_a_case_has_its_own_audit_and_news() -> None:
    own = {"unit": people.code(people.STREET), "lead": people.code(people.URBAN), **ASK}
    made: CallDone = actions.call_alone(by=people.dispatcher, **own)
    assert made.due_at == day(3, 17, 30)
    actions.answer_call(made.number, version=1, by=people.handler, answer="就来")
    rows = AuditRow.objects.filter(object_kind="call", object_id=made.number)
    assert rows.count() == 2
    assert Notice.objects.filter(type="cases.call_changed").count() == 2
    assert Call.objects.get().state == "answered"
    done = actions.finish_call(made.number, version=2, by=people.handler, result="已到")
    assert (done.state, done.version, done.due_at) == ("done", 3, None)
    with pytest.raises(Forbidden):
        actions.call_alone(by=people.centre, **own)


def test_calls_are_found_by_number_last_four_and_subject() -> None:
    _case, call = called()
    for text in (call.number, call.number.lower(), call.number[-4:], "电缆"):
        assert [one.number for one in found_calls(people.centre, text)] == [call.number]
    assert not found_calls(people.other_dispatcher, call.number)


def test_a_call_tells_no_identity() -> None:
    case = led(people.STREET)
    ask = {"lead": people.code(people.URBAN), "subject": f"找{people.NAME}"}
    ask["ask"] = f"请联系{people.NAME} {people.PHONE}"
    actions.call_up(case.number, version=case.version, by=people.dispatcher, **ask)
    Case.objects.update(about=Unit.objects.get(path=people.URBAN))
    page = call_page(people.handler, Call.objects.get().number)
    told = page.call.subject + page.call.ask + "".join(line.said for line in page.timeline)
    assert people.NAME not in told and people.PHONE not in told and people.PHONE[-4:] not in told


def test_a_call_taken_back_at_once_gives_nothing_back() -> None:
    with frozen(day(8, 12)):
        case = led()
        due = case.due_at
        call_case = actions.call_up(case.number, version=case.version, by=people.community, **UP)
        actions.withdraw_call(
            Call.objects.get().number, version=1, by=people.community, reason="不用了"
        )
        assert Case.objects.get().due_at == due
        assert call_case.due_at is not None and due is not None and call_case.due_at > due
