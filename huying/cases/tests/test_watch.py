"""What a watch is told of appeals: what cannot wait, what is open, nothing of who complained."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from huying.cases import actions
from huying.cases.models import Case
from huying.cases.queries import watch
from huying.cases.tests import people
from huying.kernel.clock import frozen, now
from huying.org import actions as org_actions
from huying.org import queries as org
from tests.cast import Cast, assemble
from tests.mainline import HANDLING, brought


def test_urgent_work_names_the_unit_that_must_act_now(district: None) -> None:
    people.accepted()
    case = people.registered(urgent=True)
    (work,) = watch.urgent(people.centre)
    assert (work.number, work.unit_path) == (case.number, people.GRID)
    done = actions.accept(case.number, version=1, by=people.centre, category="010303", urgent=True)
    actions.dispatch(
        case.number, version=done.version, by=people.centre, lead=people.code(people.URBAN)
    )
    (work,) = watch.urgent(people.centre)
    assert work.unit_path == people.URBAN and work.due_at is not None
    assert watch.urgent(people.other_dispatcher) == []


def test_a_class_of_danger_is_urgent_and_what_waits_for_the_citizen_is_not(
    district: None,
) -> None:
    case = people.registered()
    actions.accept(case.number, version=1, by=people.centre, category="010302")
    people.replied(urgent=True)
    assert [work.number for work in watch.urgent(people.centre)] == [case.number]


def test_what_is_open_is_listed_by_its_kind(district: None) -> None:
    urgent = people.registered(urgent=True)
    late = people.in_progress()
    actions.supervise(
        late.number, version=late.version, by=people.centre, level=1, reason="催办", supervisor="甲"
    )
    actions.call_alone(
        by=people.dispatcher,
        unit=people.code(people.STREET),
        lead=people.code(people.DISTRICT),
        subject="移动泵",
        ask="两台",
    )
    with frozen(people.MONDAY + timedelta(days=30)):
        found = watch.open_work(people.centre, people.DISTRICT)
        kinds = [(str(work.kind), work.number) for work in found]
        assert kinds[:2] == [("紧急诉求", urgent.number), ("逾期诉求", late.number)]
        assert [kind for kind, _number in kinds[2:]] == ["呼叫", "督办单"]
        assert watch.open_work(people.other_dispatcher, people.OTHER_STREET) == []
        water = watch.open_work(people.other_handler, people.WATER)
        assert {work.number for work in water} == {late.number}, "it helps with this one"


def test_more_than_are_listed_are_counted(district: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "MOST", 1)
    for _number in range(3):
        people.registered(urgent=True)
    found = watch.open_work(people.centre, people.DISTRICT)
    assert [work.title for work in found[1:]] == ["另有 2 项没有列出"]


def test_a_record_tells_a_unit_nothing_of_what_is_said_about_it(district: None) -> None:
    case = people.registered(urgent=True, about=people.code(people.WATER))
    (work,) = watch.open_work(people.centre, people.DISTRICT)
    assert work.number == case.number and "路灯" not in work.title
    Case.objects.update(confidential=True)
    assert watch.open_work(people.centre, people.DISTRICT) == []


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


def test_a_handed_over_watch_keeps_what_was_open_then(cast: Cast) -> None:
    case = brought("in_progress")
    Case.objects.filter(number=case.number).update(urgent=True)
    shifts = [
        org_actions.plan_shift(
            HANDLING,
            now() + start,
            now() + start + timedelta(hours=8),
            account.pk,
            by=cast.asker("district_centre"),
        )
        for start, account in (
            (timedelta(hours=-7), cast.people["department_handler"]),
            (timedelta(hours=1), cast.people["district_centre"]),
        )
    ]
    record = org_actions.hand_over_shift(shifts[0].pk, by=cast.asker("department_handler"))
    assert [one["number"] for one in record.items] == [case.number]
    Case.objects.filter(number=case.number).update(title="改了标题")
    again = org.handover_of(cast.asker("district_centre"), record.pk)
    assert again.items == record.items and "改了标题" not in str(again.items)


def test_the_page_of_a_case_tells_whom_to_call_now(cast: Cast) -> None:
    case = brought("in_progress")
    client = Client()
    client.force_login(cast.people["district_centre"])

    def page() -> str:
        return client.get(f"/cases/{case.number}/").content.decode()

    assert "现在无人值班" in page() and "紧急诉求正在计时" not in page()
    Case.objects.filter(number=case.number).update(urgent=True)
    assert "紧急诉求正在计时" in page()
    org_actions.plan_shift(
        HANDLING,
        now() - timedelta(hours=1),
        now() + timedelta(hours=1),
        cast.people["department_handler"].pk,
        phone="02788881234",
        by=cast.asker("district_centre"),
    )
    assert "tel:02788881234" in page() and "现在无人值班" not in page()
