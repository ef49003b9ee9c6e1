"""Planned cases equal those made by the verbs, column by column."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from huying.cases import actions
from huying.cases.actions import CasePlan, PartPlan, Planned
from huying.cases.actions.finding import HAND as FINDER
from huying.cases.models import Case, CaseClock, Meeting, RoutingRule
from huying.cases.tests import people
from huying.kernel.errors import Forbidden, NotNow
from tests.invariants import broken
from tests.lived import by_verbs, columns, live

pytestmark = pytest.mark.usefixtures("district")

SECOND = people.person("district_centre", people.DISTRICT, number=7)
THIRD = people.person("district_centre", people.DISTRICT, number=8)
OPENING: dict[str, Any] = {
    "channel": "phone",
    "title": "路灯不亮",
    "body": f"联系人{people.NAME}{people.PHONE}",
    "name": people.NAME,
    "phone": people.PHONE,
    "address": "花园山",
}
HERE = {"place": people.code(people.GRID)}
LEAD = {"lead": people.code(people.URBAN), "co": [people.code(people.WATER)]}

# Lives that touch every verb that can be planned: (verb, hours after the one before, by, args).
Life = list[tuple[str, int, Any, dict[str, Any]]]
OPEN: Life = [("register", 0, people.centre, OPENING | HERE)]
TAKEN: Life = [*OPEN, ("accept", 1, people.centre, {"category": "010303", "urgent": True})]
SENT: Life = [*TAKEN, ("dispatch", 1, people.centre, LEAD)]
SIGNED: Life = [*SENT, ("sign", 3, people.handler, {})]
DONE: Life = [*SIGNED, ("reply", 20, people.handler, {"result": "已修", "solved": True})]
MET: Life = [
    *SIGNED,
    (
        *("convene", 1, people.centre),
        {
            "participants": [people.code(people.URBAN), people.code(people.WATER)],
            "held_at": people.MONDAY + timedelta(days=1),
            "room": "302",
            "question": f"{people.NAME}门前的灯归谁管？",
        },
    ),
    ("minute", 24, people.centre, {"minutes": "各方已到场"}),
    (
        *("rule_meeting", 1, people.centre),
        {
            "duty": people.code(people.WATER),
            "entry": "第 12 条",
            "reason": "随泵站移交",
            "due_on": "2026-03-10",
            "keywords": ["路灯"],
        },
    ),
]
HANDED: Life = [
    *OPEN,
    ("hand_over", 1, people.centre, {"track": "to_discipline", "reason": people.PHONE}),
    ("record_receipt", 30, people.centre, {"receipt": "纪〔2026〕3号"}),
]
TOLD: Life = [
    *DONE,
    ("review", 5, people.centre, {"passed": True}),
    ("publish", 1, people.centre, {"title": "路灯", "body": "已修", "address": "花园山3栋"}),
    ("rule_publication", 1, SECOND, {"approved": True}),
    ("publish", 1, people.centre, {"title": "路灯", "body": "已修好"}),
    ("rule_publication", 1, SECOND, {"approved": False, "reason": "不必"}),
    ("unpublish", 1, people.centre, {"reason": "到期"}),
]
CALLED: Life = [
    *SIGNED,
    ("call_up", 1, people.handler, {"lead": "420106", "subject": "请协调", "ask": people.PHONE}),
    ("answer_call", 2, people.centre, {"answer": "今天到场"}),
    ("finish_call", 5, people.centre, {"result": "已协调"}),
    ("rate_call", 1, people.handler, {"side": "caller", "grade": 4}),
    ("rule_call", 1, THIRD, {"misuse": True, "reason": "本级可办"}),
]
WATCHED: Life = [
    *SENT,
    ("supervise", 60, FINDER, {"trigger": "unsigned"}),
    ("sign", 1, people.handler, {}),
    ("answer_supervision", 1, people.handler, {"answer": "已签收"}),
    ("close_supervision", 1, people.centre, {"reason": "已办"}),
]
ORDERED: Life = [
    (
        *("register", 0, people.centre),
        OPENING | HERE | {"channel": "hotline", "external_number": "WH20260302001"},
    ),
    *DONE[1:],
    ("review", 5, people.centre, {"passed": True}),
]
LIVES: list[Life] = [
    MET,
    HANDED,
    TOLD,
    CALLED,
    WATCHED,
    ORDERED,
    OPEN,
    [("register", 0, people.centre, OPENING)],
    [*OPEN, ("refuse", 1, people.centre, {"reason": "outside"})],
    [*OPEN, ("withdraw", 1, people.centre, {"reason": f"{people.NAME}不追究了"})],
    TAKEN,
    [*TAKEN, ("recategorise", 1, people.centre, {"category": "010302", "reason": "是井盖"})],
    SENT,
    [*SENT, ("reassign", 30, people.centre, {"reason": "不属其职责"})],
    [*SIGNED, ("contact", 2, people.handler, {"reached": True, "note": people.PHONE})],
    [
        *DONE,
        ("review", 5, people.centre, {"passed": False, "reason": "未附照片"}),
        ("reply", 9, people.handler, {"result": "补照片", "solved": True}),
        ("review", 1, people.centre, {"passed": True}),
        ("evaluate", 1, people.caller, {"solved": False, "grade": 1, "comment": "没修"}),
        ("dispatch", 1, people.centre, LEAD),
    ],
    [
        *OPEN,
        ("accept", 1, people.centre, {"category": "010303"}),
        ("dispatch", 1, people.centre, LEAD),
        ("sign", 1, people.handler, {}),
        ("request_extension", 2, people.handler, people.ASKING["extension"]),
        ("rule", 2, people.centre, {"approved": True, "reason": "同意"}),
        ("request_suspension", 2, people.handler, people.ASKING["suspension"]),
        ("rule", 2, people.centre, {"approved": True, "reason": "同意"}),
        ("resume", 100, people.centre, {"reason": "再等", "review_on": "2026-03-30"}),
        ("resume", 100, people.centre, {"reason": "恢复"}),
        ("request_closure", 1, people.handler, people.ASKING["closure"]),
        ("rule", 1, people.centre, {"approved": False, "reason": "再想办法"}),
    ],
    [
        *DONE,
        ("review", 5, people.centre, {"passed": True}),
        ("call_back", 1, people.caller, {"outcome": "busy", "note": people.PHONE}),
        ("call_back", 1, people.caller, {"outcome": "no_answer"}),
        ("call_back", 1, people.caller, {"outcome": "no_answer"}),
        ("archive", 200, people.centre, {}),
        ("reappeal", 20, people.caller, {"reason": "又坏了", "verified": True}),
        ("add_unit", 1, people.centre, {"unit": people.code(people.STREET), "reason": "配合"}),
        ("remove_unit", 1, people.centre, {"unit": people.code(people.WATER), "reason": "无关"}),
    ],
    [
        *SIGNED,
        ("supervise", 1, people.centre, people.ORDER),
        ("answer_supervision", 1, people.handler, {"answer": people.PHONE}),
        ("close_supervision", 1, people.centre, {"reason": "已办妥"}),
        ("supervise", 1, people.centre, people.ORDER),
        ("withdraw", 1, people.centre, {"reason": "不追究"}),
    ],
    [
        *SENT,
        ("request_return", 1, people.handler, people.ASKING["return"]),
        ("rule", 2, people.centre, {"approved": True, "reason": "同意"}),
    ],
    [
        *DONE,
        ("review", 5, people.centre, {"passed": True}),
        ("evaluate", 1, people.caller, {"solved": True, "grade": 4}),
        ("archive", 200, people.centre, {}),
    ],
]


def timed(life: Life) -> list[tuple[str, datetime, Any, dict[str, Any]]]:
    at, found = people.MONDAY, []
    for verb, hours, by, args in life:
        at += timedelta(hours=hours)
        found.append((verb, at, by, args))
    return found


def planned(life: Life) -> list[Planned]:
    return [Planned(*step) for step in timed(life)]


def plan(life: Life, **kwargs: Any) -> CasePlan:
    return CasePlan(planned(life), **kwargs)


@pytest.mark.parametrize("life", LIVES, ids=lambda life: "-".join(step[0] for step in life))
def test_a_planned_case_equals_one_made_by_the_verbs(life: Life) -> None:
    real = by_verbs(plan(life))
    (planned,) = actions.bulk_cases([plan(life)], by=people.centre)
    assert columns([planned]) == real
    assert Case.objects.get(number=planned).bulk


def test_a_planned_family_equals_one_made_by_the_verbs() -> None:
    told = by_verbs(family())
    planned = actions.bulk_cases([family()], by=people.centre)
    assert len(told) == len(planned) == 5
    assert columns(planned) == told
    assert broken() == []


def _part(by: Any) -> Life:
    return [
        ("sign", 8, by, {}),
        ("reply", 2, by, {"result": "已办", "solved": True}),
        ("review", 1, people.centre, {"passed": True}),
    ]


def family() -> CasePlan:
    """An appeal that two others are merged into, and that is settled in two parts."""
    whole: Life = [
        *TAKEN,
        ("dispatch", 3, people.centre, LEAD),
        ("sign", 1, people.handler, {}),
        ("split", 1, people.centre, {"reason": "两件事"}),
        ("reply", 40, people.handler, {"result": "都办了", "solved": True}),
        ("review", 1, people.centre, {"passed": True}),
        ("evaluate", 1, people.caller, {"solved": True, "grade": 5, "who": 0}),
        ("evaluate", 1, people.caller, {"solved": True, "grade": 3, "who": 2}),
        ("call_back", 1, people.caller, {"outcome": "busy", "who": 1}),
        ("evaluate", 1, people.caller, {"solved": True, "grade": 4, "who": 1}),
    ]
    second: Life = [
        ("register", 2, people.centre, OPENING | HERE | {"name": "王二", "phone": "13900000002"}),
        ("merge", 1, people.centre, {"reason": "同一盏灯"}),
    ]
    third: Life = [
        ("register", 1, people.centre, OPENING | HERE | {"name": "李三", "phone": "13900000003"}),
        ("accept", 1, people.centre, {"category": "010303"}),
        ("merge", 2, people.centre, {"reason": "同一盏灯"}),
    ]
    parts = [
        PartPlan("换灯", people.code(people.URBAN), planned(_part(people.handler))),
        PartPlan(
            *("修井", people.code(people.WATER), planned(_part(people.other_handler))),
            *("井盖", "010302"),
        ),
    ]
    return CasePlan(planned(whole), merged=[plan(second), plan(third)], parts=parts)


def test_a_planned_ruling_is_a_precedent() -> None:
    before = list(RoutingRule.objects.values_list("pk", flat=True))
    actions.bulk_cases([plan(MET)], by=people.centre)
    first = RoutingRule.objects.order_by("position")[0]
    assert first.pk not in before
    assert first.unit and first.unit.code == people.code(people.WATER)
    assert Meeting.objects.get().precedent == first


def test_planned_numbers_go_on_where_the_verbs_stopped() -> None:
    assert live(plan(OPEN))[0].endswith("P0001")
    made = actions.bulk_cases([plan(OPEN), plan(OPEN)], by=people.centre)
    assert [number[-4:] for number in made] == ["0002", "0003"]
    assert live(plan(OPEN))[0].endswith("P0004")


def test_imported_history_has_no_clock_and_no_news() -> None:
    (number,) = actions.bulk_cases([plan(SIGNED, imported=True)], by=people.centre)
    case = Case.objects.get(number=number)
    assert case.imported and case.due_at and not CaseClock.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from kernel_notice")
        assert cursor.fetchone() == (0,)


def test_a_plan_against_the_table_writes_nothing() -> None:
    broken = [*OPEN, ("sign", 1, people.handler, {})]
    with pytest.raises(NotNow):
        actions.bulk_cases([plan(OPEN), plan(broken)], by=people.centre)
    assert not Case.objects.exists()


def test_bulk_is_a_right_of_its_own() -> None:
    with pytest.raises(Forbidden):
        actions.bulk_cases([plan(OPEN)], by=people.dispatcher)
