"""Every verb refuses alike: 401 signed out, 404 outside, 403 without right, 409 not now."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from huying.cases import actions, queries
from huying.cases.actions import Done
from huying.cases.models import Case, CaseEvent
from huying.cases.rules.edges import LABELS, allowed
from huying.cases.tests import people
from huying.kernel.asker import Asker, Stranger
from huying.kernel.errors import Forbidden, NotFound, NotNow, Stale, Unauthenticated
from huying.kernel.models import AuditRow

pytestmark = pytest.mark.usefixtures("district")

State = Callable[[], Done]
# verb → a case in its time, arguments, somebody who may, and how to make a case not in its time.
VERBS: dict[str, tuple[State, dict[str, Any], Asker, State | None]] = {
    "accept": (people.registered, {"category": "010303"}, people.dispatcher, people.accepted),
    "refuse": (people.registered, {"reason": "outside"}, people.dispatcher, people.accepted),
    "dispatch": (
        people.accepted,
        {"lead": people.code(people.URBAN)},
        people.dispatcher,
        people.registered,
    ),
    "sign": (people.dispatched, {}, people.handler, people.in_progress),
    "contact": (people.in_progress, {"reached": True}, people.handler, people.registered),
    "reassign": (people.in_progress, {"reason": "非其职责"}, people.dispatcher, people.accepted),
    "reply": (
        people.in_progress,
        {"result": "已修复", "solved": True},
        people.handler,
        people.dispatched,
    ),
    "review": (people.replied, {"passed": True}, people.dispatcher, people.in_progress),
    "evaluate": (
        people.awaiting_callback,
        {"solved": True, "grade": 5},
        people.caller,
        people.replied,
    ),
    "archive": (people.evaluated, {}, people.dispatcher, people.replied),
    "withdraw": (people.in_progress, {"reason": "不追究"}, people.dispatcher, people.replied),
    "comment": (people.registered, {"text": "请尽快"}, people.grid_worker, None),
    "recategorise": (
        people.accepted,
        {"category": "010302", "reason": "是井盖"},
        people.dispatcher,
        people.replied,
    ),
    "set_place": (
        people.registered,
        {"place": people.code(people.COMMUNITY)},
        people.dispatcher,
        None,
    ),
    "unmask": (people.in_progress, {"reason": "联系诉求人"}, people.handler, None),
    "request_return": (people.dispatched, people.ASKING["return"], people.handler, people.replied),
    "request_extension": (
        people.in_progress,
        people.ASKING["extension"],
        people.handler,
        people.asked,
    ),
    "request_suspension": (
        people.in_progress,
        people.ASKING["suspension"],
        people.handler,
        people.suspended,
    ),
    "request_closure": (
        people.in_progress,
        people.ASKING["closure"],
        people.handler,
        people.dispatched,
    ),
    "withdraw_request": (
        people.asked,
        {"reason": "灯具提前到货"},
        people.handler,
        people.in_progress,
    ),
    "rule": (
        people.asked,
        {"approved": True, "reason": "同意"},
        people.centre,
        people.in_progress,
    ),
    "resume": (people.suspended, {"reason": "已具备条件"}, people.centre, people.asked),
    "add_unit": (
        people.in_progress,
        {"unit": people.code(people.COMMUNITY), "reason": "需社区配合"},
        people.centre,
        people.accepted,
    ),
    "remove_unit": (
        people.in_progress,
        {"unit": people.code(people.WATER), "reason": "与水务无关"},
        people.centre,
        people.accepted,
    ),
    "call_back": (
        people.awaiting_callback,
        {"outcome": "no_answer"},
        people.caller,
        people.replied,
    ),
    "reappeal": (
        people.archived,
        {"reason": "路灯又坏了", "verified": True},
        people.caller,
        people.evaluated,
    ),
    "city_return": (people.city_order, {"reason": "不属本区"}, people.centre, people.accepted),
    "city_extend": (
        people.city_order,
        {"reason": "等待到货", "until": people.MONDAY + timedelta(days=9)},
        people.centre,
        people.accepted,
    ),
    "city_rule": (people.city_order, {"ruling": "withdrawn"}, people.centre, people.accepted),
    "city_redo": (people.city_order, {"reason": "不满意"}, people.centre, people.accepted),
    "supervise": (people.in_progress, people.ORDER, people.centre, people.accepted),
    "answer_supervision": (
        people.supervised,
        {"answer": "今晚修好"},
        people.handler,
        people.in_progress,
    ),
    "close_supervision": (
        people.answered,
        {"reason": "已办妥"},
        people.centre,
        people.supervised,
    ),
    "answer_on_spot": (
        people.accepted,
        {"result": "已说明", "solved": True, "unit": people.code(people.COMMUNITY)},
        people.dispatcher,
        people.in_progress,
    ),
    "merge": (
        people.doubled,
        {"into": people.FIRST, "reason": "同一件事"},
        people.dispatcher,
        people.replied,
    ),
    "unmerge": (people.merged, {"reason": "不是一件事"}, people.dispatcher, people.accepted),
    "split": (
        people.accepted,
        {
            "parts": [
                {"title": "路灯不亮", "lead": people.code(people.URBAN)},
                {"title": "路面积水", "lead": people.code(people.WATER)},
            ],
            "reason": "涉及两个单位",
        },
        people.dispatcher,
        people.replied,
    ),
    "hand_over": (
        people.registered,
        {"track": "to_police", "reason": "已报警"},
        people.dispatcher,
        people.in_progress,
    ),
    "record_receipt": (
        people.handed_over,
        {"receipt": "已收悉"},
        people.dispatcher,
        people.registered,
    ),
    "publish": (
        people.in_progress,
        {"title": "路灯不亮", "body": "路灯坏了"},
        people.centre,
        people.registered,
    ),
    "rule_publication": (
        people.proposed,
        {"approved": True},
        people.centre,
        people.in_progress,
    ),
    "unpublish": (people.proposed, {"reason": "需更正"}, people.centre, people.in_progress),
    "call_up": (
        people.with_a_community,
        {"lead": people.code(people.STREET), "subject": "电缆被挖断", "ask": "协调供电抢修"},
        people.community,
        people.accepted,
    ),
    "convene": (
        people.in_progress,
        {
            "participants": [people.code(people.URBAN), people.code(people.WATER)],
            "held_at": people.MONDAY + timedelta(days=2),
            "room": "302 会议室",
            "question": "路灯由谁维护？",
        },
        people.centre,
        people.registered,
    ),
    "attach": (people.registered, {"name": "a.txt", "data": b"hello"}, people.dispatcher, None),
}


def do(verb: str, case: Done, by: Asker, version: int | None = None) -> Any:
    args = VERBS[verb][1]
    return getattr(actions, verb)(case.number, version=version or case.version, by=by, **args)


def test_the_table_names_every_verb() -> None:
    assert set(VERBS) == set(LABELS) - {"register"}


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_does_it_once_and_leaves_one_line_and_one_audit_row(verb: str) -> None:
    make, _args, by, _wrong = VERBS[verb]
    case = make()
    do(verb, case, by)
    row = Case.objects.get(number=case.number)
    assert row.version == case.version + 1
    line = CaseEvent.objects.get(case=row, version=row.version)
    assert (line.verb, line.actor_id, line.actor_label) == (verb, by.id, by.label)
    assert line.at == people.MONDAY
    assert line.to_state == row.state
    audit = AuditRow.objects.get(verb=f"cases.{verb}", object_id=case.number)
    assert audit.detail["version"] == row.version


@pytest.mark.parametrize("verb", VERBS)
def test_whoever_has_the_button_may_press_it_and_nobody_else(verb: str) -> None:
    for by in (people.centre, people.dispatcher, people.handler, people.grid_worker):
        case = VERBS[verb][0]()
        if not queries.visible(by).filter(number=case.number).exists():
            continue
        shown = verb in queries.case_page(by, case.number).verbs
        if shown:
            do(verb, case, by)
        else:
            with pytest.raises(Forbidden):
                do(verb, case, by)


@pytest.mark.parametrize("verb", VERBS)
def test_outside_the_area_there_is_no_such_case(verb: str) -> None:
    case = VERBS[verb][0]()
    with pytest.raises(NotFound):
        do(verb, case, people.other_dispatcher)
    with pytest.raises(NotFound):
        do(verb, Done("20260302-001-P9999", 1, ""), people.centre)


@pytest.mark.parametrize("verb", VERBS)
def test_inside_the_area_without_the_right_is_forbidden(verb: str) -> None:
    case = VERBS[verb][0]()
    with pytest.raises(Forbidden):
        do(verb, case, people.leader)
    with pytest.raises(Unauthenticated):
        do(verb, case, Stranger())


@pytest.mark.parametrize("verb", VERBS)
def test_a_stale_version_is_refused_with_what_changed(verb: str) -> None:
    make, _args, by, _wrong = VERBS[verb]
    case = make()
    actions.unmask(case.number, version=case.version, by=people.centre, reason="先看一下")
    before = CaseEvent.objects.count()
    with pytest.raises(Stale, match="查看诉求人信息"):
        do(verb, case, by)
    assert CaseEvent.objects.count() == before


@pytest.mark.parametrize("verb", [verb for verb in VERBS if VERBS[verb][3]])
def test_at_the_wrong_time_the_refusal_names_what_is_allowed(verb: str) -> None:
    wrong = VERBS[verb][3]
    assert wrong is not None
    case = wrong()
    before = AuditRow.objects.count()
    with pytest.raises(NotNow) as refusal:
        do(verb, case, people.HAND)
    assert verb not in refusal.value.allowed
    assert set(refusal.value.allowed) <= set(allowed(case.state))
    assert refusal.value.allowed
    assert AuditRow.objects.count() == before


def test_a_file_outside_the_area_is_not_there() -> None:
    with pytest.raises(NotFound):
        queries.attachment(people.centre, uuid.uuid4())
