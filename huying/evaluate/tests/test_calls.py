"""Calls by unit and period against a count by hand, and every number against its calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from huying.cases import actions
from huying.cases.tables_calls import CallTable
from huying.cases.tests import people as cast
from huying.evaluate.queries.calls import CallLine, call_lines
from huying.evaluate.queries.periods import month_of, one_month
from huying.kernel.clock import DISTRICT_ZONE, frozen

pytestmark = pytest.mark.django_db
MARCH = one_month(month_of("2026-03") or datetime.now(DISTRICT_ZONE).date())


def at(day: int, hour: int = 10) -> Any:
    return frozen(datetime(2026, 3, day, hour, tzinfo=DISTRICT_ZONE))


def call(lead: str, by: Any = cast.dispatcher) -> str:
    return actions.call_alone(
        by=by,
        unit=by.posts[0].unit_code,
        lead=cast.code(lead),
        subject="移动泵",
        ask="请调配",
    ).number


@pytest.fixture
def march() -> None:
    """Five calls of one street to a department: in time, late, never, misused, withdrawn."""
    with at(2):
        cast.build()
        good, late, never, wrong, back = (call(cast.URBAN) for _ in range(5))
        actions.answer_call(good, version=1, by=cast.handler, answer="就来")
        actions.rule_call(wrong, version=1, by=cast.centre, misuse=True, reason="本职")
        actions.withdraw_call(back, version=1, by=cast.dispatcher, reason="不用了")
        call(cast.DISTRICT)
    with at(4):
        actions.finish_call(good, version=2, by=cast.handler, result="到了")
        actions.rate_call(good, version=3, by=cast.dispatcher, side="caller", grade=5)
        actions.answer_call(late, version=1, by=cast.handler, answer="迟了")
    with at(20):
        actions.finish_call(late, version=2, by=cast.handler, result="到了")
        actions.rate_call(late, version=3, by=cast.dispatcher, side="caller", grade=2)
    assert never


@pytest.mark.usefixtures("march")
def test_a_month_of_calls_is_counted_by_unit() -> None:
    with at(21):
        lines = {line.code: line for line in call_lines(cast.centre, MARCH)}
    assert lines[cast.code(cast.URBAN)] == CallLine(
        cast.code(cast.URBAN),
        "区城管执法局",
        received=5,
        answer_due=3,
        answered=1,
        handling_due=3,
        handled=1,
        rated=2,
        good=1,
    )
    street = lines[cast.code(cast.STREET)]
    assert (street.received, street.made, street.misused) == (0, 6, 1)
    assert lines[cast.code(cast.DISTRICT)].received == 1


@pytest.mark.usefixtures("march")
def test_what_is_not_yet_due_counts_neither_for_nor_against() -> None:
    with at(3, 9):
        line = next(one for one in call_lines(cast.centre, MARCH) if one.received == 5)
    assert (line.answer_due, line.handling_due) == (2, 2)


@pytest.mark.usefixtures("march")
def test_a_street_sees_its_own_calls_and_another_month_none() -> None:
    with at(21):
        assert call_lines(cast.other_dispatcher, MARCH) == []
        april = one_month(month_of("2026-04") or MARCH.last)
        assert call_lines(cast.centre, april) == []


@pytest.mark.usefixtures("march")
def test_every_number_opens_to_just_as_many_calls() -> None:
    span = {"opened_from": "2026-03-01", "opened_to": "2026-03-31"}
    with at(21):
        line = next(one for one in call_lines(cast.centre, MARCH) if one.received == 5)
        for mark in ("answer_due", "answered", "handling_due", "handled", "rated", "good"):
            query = QueryDict(urlencode({**span, "lead": line.code, "mark": mark}))
            rows = CallTable().narrowed(cast.centre, query)
            assert rows.count() == getattr(line, mark), mark
