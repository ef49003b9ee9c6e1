"""Who is on duty for a unit at an instant, and whose roster watches over it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from huying.kernel.asker import Stranger
from huying.kernel.clock import now
from huying.kernel.errors import Forbidden
from huying.org import actions, queries
from huying.org.rules import watch_over
from huying.org.tests.people import DISTRICT, HOUCHANG, HUJIN, LIANGDAO, ZIYANG, Cast, account, unit

HOUR = timedelta(hours=1)


def test_a_street_watches_over_its_communities_and_the_district_over_itself_alone() -> None:
    street = "420100/420106/420106005/"
    assert watch_over(f"{street}420106005001/G1/") == (
        f"{street}420106005001/G1/",
        f"{street}420106005001/",
        street,
    )
    assert watch_over(street) == (street,)
    assert watch_over("420100/420106/") == ("420100/420106/",)


def test_each_unit_is_told_who_is_on_duty_for_it_in_one_statement(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    at = now()
    for code, name in ((LIANGDAO, "alice"), (DISTRICT, "centre")):
        actions.plan_shift(code, at - HOUR, at + HOUR, account(name).pk, by=cast.centre)
    units = [unit(code) for code in (HOUCHANG, LIANGDAO, ZIYANG, HUJIN, DISTRICT)]
    asker = cast.bob  # of another street: whom to call is no secret
    with django_assert_num_queries(1):
        found = queries.on_duty(asker, units, at)
    names = {code: [shift.person.name for shift in shifts] for code, shifts in found.items()}
    assert names == {
        HOUCHANG: ["王敏"],
        LIANGDAO: ["王敏"],
        ZIYANG: [],
        HUJIN: [],
        DISTRICT: ["中心梅"],
    }
    assert queries.on_duty(asker, [unit(LIANGDAO)], at + HOUR) == {LIANGDAO: []}
    with pytest.raises(Forbidden):
        queries.on_duty(Stranger(), units)


def test_a_community_with_its_own_watch_is_told_its_own(cast: Cast) -> None:
    at = now()
    actions.plan_shift(LIANGDAO, at, at + HOUR, account("alice").pk, by=cast.centre)
    actions.plan_shift(HOUCHANG, at, at + HOUR, account("carol").pk, by=cast.centre)
    found = queries.on_duty(cast.centre, [unit(HOUCHANG)], at)
    assert [shift.person.name for shift in found[HOUCHANG]] == ["陈社"]
