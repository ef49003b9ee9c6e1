"""Whoever keeps the calendar sees how many running clocks wait for it, and no case."""

from __future__ import annotations

from datetime import datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from huying.cases import actions
from huying.cases.queries.provisional import provisional_clocks
from huying.cases.tests import people
from huying.kernel.clock import DISTRICT_ZONE, frozen
from huying.kernel.errors import Forbidden

pytestmark = pytest.mark.usefixtures("district")


def test_only_running_clocks_beyond_the_published_calendar_are_counted(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with frozen(people.MONDAY):
        people.accepted()
    assert list(provisional_clocks(people.HAND)) == []
    with frozen(datetime(2026, 12, 30, 9, 0, tzinfo=DISTRICT_ZONE)):
        done = people.accepted()
        people.accepted()
    with django_assert_num_queries(1):
        (found,) = [one for one in provisional_clocks(people.HAND) if one.label == "一般诉求"]
    assert found.number == 2
    assert found.first_due.astimezone(DISTRICT_ZONE).year == 2027
    with frozen(datetime(2026, 12, 30, 10, 0, tzinfo=DISTRICT_ZONE)):
        actions.withdraw(done.number, version=done.version, by=people.HAND, reason="自己解决")
    (found,) = [one for one in provisional_clocks(people.HAND) if one.label == "一般诉求"]
    assert found.number == 1


def test_nobody_but_the_keeper_of_the_calendar_asks() -> None:
    with pytest.raises(Forbidden):
        provisional_clocks(people.centre)
