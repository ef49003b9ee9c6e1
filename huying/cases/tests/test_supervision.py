"""Orders of supervision: who gives, answers and closes them, and the level that a case shows."""

from __future__ import annotations

from datetime import datetime

import pytest

from huying.cases import actions, queries
from huying.cases.models import Case, SupervisionOrder
from huying.cases.tests import people
from huying.kernel.clock import DISTRICT_ZONE
from huying.kernel.errors import Forbidden, Invalid, NotNow

pytestmark = pytest.mark.usefixtures("district")


def level() -> int:
    return Case.objects.get().supervision


def test_an_order_names_its_level_reason_supervisor_and_deadline() -> None:
    people.supervised()
    order = SupervisionOrder.objects.get()
    assert (order.level, order.supervisor, order.trigger) == (2, "李处长", "hand")
    assert order.due_at == datetime(2026, 3, 4, 17, 30, tzinfo=DISTRICT_ZONE)
    assert level() == 2


def test_a_case_shows_its_highest_open_level() -> None:
    case = people.supervised()
    more = people.ORDER | {"level": 3}
    case = actions.supervise(case.number, version=case.version, by=people.centre, **more)
    assert level() == 3
    for shown in (2, 0):
        case = actions.answer_supervision(
            case.number, version=case.version, by=people.handler, answer="今晚修好"
        )
        case = actions.close_supervision(
            case.number, version=case.version, by=people.centre, reason="已办妥"
        )
        assert level() == shown


@pytest.mark.parametrize("wrong", [{"level": 2}, {"level": 1}, {"level": 4}, {"supervisor": " "}])
def test_a_second_order_is_of_a_higher_level_and_has_somebody_to_follow_it(
    wrong: dict[str, object],
) -> None:
    case = people.supervised()
    args = people.ORDER | {"level": 3} | wrong
    with pytest.raises(Invalid):
        actions.supervise(case.number, version=case.version, by=people.centre, **args)


def test_an_order_is_closed_only_once_it_was_answered() -> None:
    case = people.supervised()
    assert "close_supervision" not in queries.case_page(people.centre, case.number).verbs
    with pytest.raises(NotNow):
        actions.close_supervision(
            case.number, version=case.version, by=people.centre, reason="已办妥"
        )
    with pytest.raises(Forbidden):
        actions.answer_supervision(
            case.number, version=case.version, by=people.other_handler, answer="好"
        )


def test_a_bad_rating_opens_an_order_of_the_next_level_by_itself() -> None:
    case = people.evaluated(grade=1, solved=False)
    case = actions.dispatch(
        case.number, version=case.version, by=people.centre, lead=people.code(people.URBAN)
    )
    order = SupervisionOrder.objects.get()
    assert (order.level, order.trigger, level()) == (1, "again", 1)


def test_orders_end_with_their_case() -> None:
    case = people.supervised()
    actions.withdraw(case.number, version=case.version, by=people.centre, reason="不追究")
    assert level() == 0
    assert SupervisionOrder.objects.get().closed_at == people.MONDAY
