"""Orders that open by themselves: each condition, once for a reason and round, raised when due."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest

from huying.cases import actions, queries
from huying.cases.actions import Done
from huying.cases.models import Case, CaseEvent, SupervisionOrder, SupervisionTrigger
from huying.cases.tests import people
from huying.kernel.clock import frozen, now
from huying.kernel.models import AuditRow, Notice
from huying.org.models import Account, Holding, Post, Role, Unit
from tests import invariants

pytestmark = pytest.mark.usefixtures("district")


def after(**span: float) -> AbstractContextManager[None]:
    """The same clock, so much later."""
    return frozen(now() + timedelta(**span))


def orders() -> list[tuple[str, int]]:
    """Every order: why and at which level, the oldest first."""
    return list(SupervisionOrder.objects.order_by("id").values_list("trigger", "level"))


def tuned(code: str, **facts: Any) -> None:
    SupervisionTrigger.objects.filter(code=code).update(**facts)


def only(*codes: str) -> None:
    SupervisionTrigger.objects.exclude(code__in=codes).update(active=False)


def redone() -> None:
    """Sent back by the review, three times."""
    case = people.replied()
    for _ in range(3):
        case = actions.review(
            case.number, version=case.version, by=people.centre, passed=False, reason="缺照片"
        )
        case = actions.reply(
            case.number, version=case.version, by=people.handler, result="已补照片", solved=True
        )


def moved(times: int, how: Callable[[Done], Done]) -> None:
    """Taken from its unit and sent out again, so many times."""
    case = people.dispatched()
    for turn in range(times):
        case = how(case)
        lead = (people.WATER, people.URBAN)[turn % 2]
        case = actions.dispatch(
            case.number, version=case.version, by=people.centre, lead=people.code(lead)
        )


def transferred() -> None:
    moved(
        3,
        lambda case: actions.reassign(
            case.number, version=case.version, by=people.centre, reason="不属职责"
        ),
    )


def returned() -> None:
    def back(case: Done) -> Done:
        lead = Case.objects.get(number=case.number).lead
        assert lead is not None
        by = people.handler if lead.path == people.URBAN else people.other_handler
        case = actions.request_return(
            case.number, version=case.version, by=by, reason="不属职责", suggested=None
        )
        return actions.rule(
            case.number, version=case.version, by=people.centre, approved=True, reason="属实"
        )

    moved(2, back)


def of_one_citizen() -> None:
    for minute, place in enumerate((people.GRID, people.OTHER_COMMUNITY, people.COMMUNITY)):
        with after(minutes=minute):
            people.dispatched(place=people.code(place))


def at_one_place() -> None:
    for minute in range(5):
        with after(minutes=minute):
            people.dispatched(phone=f"1390000000{minute}")


def sensitive() -> None:
    people.dispatched(sensitive=True)


MADE: dict[str, tuple[Callable[[], object], float, int]] = {
    # how it comes about, hours until it is found, level of its order
    "unsigned": (people.dispatched, 2.1, 1),
    "overdue": (people.in_progress, 24 * 8, 2),
    "redone": (redone, 0, 2),
    "returned": (returned, 0, 1),
    "transferred": (transferred, 0, 2),
    "citizen": (of_one_citizen, 0.1, 1),
    "place": (at_one_place, 0.1, 1),
    "sensitive": (sensitive, 0, 1),
}


@pytest.mark.parametrize("code", sorted(MADE))
def test_each_condition_opens_one_order_and_no_second_for_the_same_reason(code: str) -> None:
    make, hours, level = MADE[code]
    only(code)
    make()
    with after(hours=hours):
        assert actions.supervise_due() == 1
        assert orders() == [(code, level)]
        assert Case.objects.filter(supervision=level).count() == 1
        assert actions.supervise_due() == 0
    assert invariants.broken() == []


@pytest.mark.parametrize("code", sorted(MADE))
def test_a_condition_that_is_switched_off_or_not_yet_met_opens_nothing(code: str) -> None:
    make, hours, _level = MADE[code]
    make()
    only(code)
    if hours > 1:
        assert actions.supervise_due() == 0
    with after(hours=hours):
        if SupervisionTrigger.objects.get(code=code).threshold:
            tuned(code, threshold=9)
            assert actions.supervise_due() == 0
            tuned(code, threshold=1)
        tuned(code, active=False)
        assert actions.supervise_due() == 0


def test_a_due_instant_is_still_in_time() -> None:
    only("unsigned")
    people.dispatched()  # on Monday at 9: two working hours
    with after(hours=2):
        assert actions.supervise_due() == 0
    with after(hours=2, seconds=1):
        assert actions.supervise_due() == 1


def test_an_order_by_itself_has_its_own_deadline_history_audit_and_notice() -> None:
    only("unsigned")
    case = people.dispatched()
    with after(hours=3):
        actions.supervise_due()
        order = SupervisionOrder.objects.get()
        assert order.round == 1 and order.reason == ""
        assert order.due_at > now() + timedelta(hours=20)  # one working day, 民法典 §201
        line = CaseEvent.objects.get(case__number=case.number, version=case.version + 1)
        assert (line.verb, line.actor_id) == ("supervise", "system:supervision")
        assert AuditRow.objects.filter(verb="cases.supervise", object_id=case.number).count() == 1
        told = Notice.objects.filter(type="cases.changed", payload__verb="supervise")
        assert told.count() == 1
        page = queries.case_page(people.handler, case.number)
        assert "未按时签收" in page.timeline[-1].text
        assert "answer_supervision" in page.verbs


def at_the_centre(*names: str) -> None:
    """People who may close orders, in posts of the centre."""
    unit = Unit.objects.get(path=people.DISTRICT)
    role = Role.objects.create(code="c", name="c", verbs=["cases.close_supervision"])
    post = Post.objects.create(unit=unit, role=role, area=unit, title="督办")
    since = now() - timedelta(days=1)
    for name in names:
        person = Account.objects.create(username=name, name=name)
        Holding.objects.create(person=person, post=post, since=since)


def test_an_order_after_a_bad_rating_gets_a_name_without_a_line_of_history() -> None:
    only("sensitive")
    case = people.evaluated(grade=1, solved=False)
    case = actions.dispatch(
        case.number, version=case.version, by=people.centre, lead=people.code(people.URBAN)
    )
    rows = AuditRow.objects.count()
    actions.supervise_due()  # nobody is there to be named
    assert SupervisionOrder.objects.get().supervisor == "" and AuditRow.objects.count() == rows
    at_the_centre("王敏")
    actions.supervise_due()
    actions.supervise_due()
    assert SupervisionOrder.objects.get().supervisor == "王敏"
    assert Case.objects.get(number=case.number).version == case.version
    assert AuditRow.objects.filter(object_kind="orders").count() == 1


def test_the_orders_of_a_chunk_name_the_people_of_the_centre_in_turn() -> None:
    only("sensitive")
    at_the_centre("王敏", "李强")
    for _ in range(4):
        sensitive()
    assert actions.supervise_due() == 4
    named = SupervisionOrder.objects.values_list("supervisor", "supervisor_id")
    assert {name for name, _ in named} == {"王敏", "李强"}
    assert all(identity.startswith("person:") for _, identity in named)
    tuned("sensitive", watcher="person", person=Account.objects.get(name="李强"))
    sensitive()
    actions.supervise_due()
    assert SupervisionOrder.objects.latest("id").supervisor == "李强"


def test_an_order_that_nobody_answers_is_raised_to_the_third_level_and_no_further() -> None:
    only("unsigned", "lapsed")
    case = people.dispatched()
    for days in (1, 8, 16, 24):
        with after(days=days):
            actions.supervise_due()
    assert orders() == [("unsigned", 1), ("lapsed", 2), ("lapsed", 3)]
    first, second, third = SupervisionOrder.objects.order_by("id")
    assert first.lapsed_at == first.closed_at and second.lapsed_at and third.closed_at is None
    assert Case.objects.get(number=case.number).supervision == 3
    assert invariants.broken() == []


def test_an_answered_order_is_not_raised() -> None:
    only("lapsed")
    people.answered()
    with after(days=20):
        assert actions.supervise_due() == 0


def test_a_lower_order_is_not_opened_beside_a_higher_one() -> None:
    only("unsigned")
    case = people.dispatched()
    actions.supervise(case.number, version=case.version, by=people.centre, **people.ORDER)
    with after(days=1):
        assert actions.supervise_due() == 0


def test_a_paused_clock_and_history_are_left_alone() -> None:
    only("overdue", "unsigned", "sensitive")
    people.suspended()
    Case.objects.filter(number=people.dispatched(sensitive=True).number).update(imported=True)
    with after(days=15):
        assert actions.supervise_due() == 0


def test_a_new_round_may_be_supervised_for_the_same_reason_again() -> None:
    only("unsigned")
    case = people.dispatched()
    with after(hours=3):
        assert actions.supervise_due() == 1
        order = SupervisionOrder.objects.get()
        row = Case.objects.get(number=case.number)
        assert row.round == order.round == 1
    SupervisionOrder.objects.update(closed_at=now())
    Case.objects.update(round=2, supervision=0)
    with after(hours=3):
        assert actions.supervise_due() == 1
        assert [order.round for order in SupervisionOrder.objects.order_by("id")] == [1, 2]


def test_a_run_costs_the_same_for_one_case_as_for_thirty(
    django_assert_max_num_queries: Any,
) -> None:
    only("sensitive")
    for _ in range(30):
        sensitive()
    with django_assert_max_num_queries(20):
        assert actions.supervise_due() == 30
