"""Rates over live cases against an independent recount, their scope, and the cases behind them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huying.cases import actions as case_actions
from huying.cases.models import Case, CaseClock
from huying.cases.tests import people
from huying.evaluate import actions
from huying.evaluate.actions import mark, mark_missed
from huying.evaluate.models import Mark
from huying.evaluate.queries import Board, board, months_back, one_month
from huying.evaluate.rules import COLUMNS, MARKS, RATES, Facts, marks_of
from huying.evaluate.tests import people as cast
from huying.kernel.clock import DISTRICT_ZONE, frozen

pytestmark = pytest.mark.usefixtures("district")

MARCH = one_month(date(2026, 3, 1))
LATER = datetime(2026, 4, 20, 9, 0, tzinfo=DISTRICT_ZONE)
START = people.MONDAY


def many() -> None:
    """Ten lives of cases: in time, late, silent, displeased, redone, sent back, on the spot."""
    cast.lived(START)
    cast.lived(START, signed=3)
    cast.lived(START, contacted=30, answered=40)
    cast.lived(START, answered=24 * 12)
    cast.lived(START, said=None)
    cast.lived(START, said=(False, 1))
    cast.lived(START, lead=people.WATER, said=(True, 2))
    cast.lived(START, lead=people.WATER, signed=None)
    redone = cast.lived(START, said=(False, 2))
    with frozen(START + timedelta(days=2)):
        case_actions.dispatch(
            redone.number, version=redone.version, by=people.centre, lead=people.code(people.WATER)
        )
    with frozen(START):
        sent = people.dispatched()
    with frozen(START + timedelta(hours=5)):
        sent = case_actions.reassign(
            sent.number, version=sent.version, by=people.centre, reason="不属其职责"
        )
    with frozen(START + timedelta(hours=6)):
        case_actions.dispatch(
            sent.number, version=sent.version, by=people.centre, lead=people.code(people.WATER)
        )
        spot = people.accepted()
        case_actions.answer_on_spot(
            spot.number,
            version=spot.version,
            by=people.centre,
            result="已当场说明。",
            solved=True,
            unit=people.code(people.DISTRICT),
        )
        taken = people.in_progress()
        case_actions.withdraw(
            taken.number, version=taken.version, by=people.centre, reason="不办了"
        )
        people.suspended()
    mark_missed()


def facts_of(case: Case) -> Facts:
    """What the rules read, fetched one by one through the models."""

    def outcome(kind: str) -> str:
        last = CaseClock.objects.filter(case=case, kind=kind).order_by("id").last()
        return last.outcome if last else ""

    return Facts(
        case.state,
        case.paused,
        case.dispatched_at is not None,
        case.round,
        outcome("sign"),
        outcome("contact"),
        outcome("handle"),
        case.solved,
        case.grade,
    )


def figures(found: Board) -> dict[str, Any]:
    """Every number of a board that a page shows."""
    return {
        "total": (found.total.raw, found.total.sums, found.total.composite),
        "units": {
            line.key: (line.raw, line.sums, line.composite, line.guarded, line.place, line.name)
            for ranking in found.rankings
            for line in ranking.lines
        },
        "months": [(line.key, line.sums) for line in found.months],
        "tops": [(line.key, line.sums) for line in found.tops],
    }


def test_the_marks_say_of_each_case_what_the_rules_say() -> None:
    many()
    rows = {mark.case_id: mark for mark in Mark.objects.filter(kind="case")}
    assert len(rows) == 11
    assert len({tuple(getattr(row, name) for name in MARKS) for row in rows.values()}) >= 6
    for pk, row in rows.items():
        marks = marks_of(facts_of(Case.objects.get(pk=pk)))
        assert {name: getattr(row, name) for name in MARKS} == vars(marks)


# An independent recount: no shared text, other joins, clocks taken by their times.
RECOUNT = """
select u.code, count(*),
  sum(case when c.dispatched_at is null then 1
      when (select s.stopped_at <= s.due_at and s.outcome <> 'void' from cases_caseclock s
            where s.case_id = c.id and s.kind = 'sign' order by s.started_at desc limit 1)
       and (select s.stopped_at <= s.due_at and s.outcome = 'met' from cases_caseclock s
            where s.case_id = c.id and s.kind = 'contact' order by s.started_at desc limit 1)
      then 1 else 0 end),
  sum(case when c.state not in ('dispatched', 'in_progress') and c.replied_at <= c.due_at
      then 1 else 0 end)
from cases_case c join org_unit u on u.id = c.lead_id
where c.imported is false and c.paused is false and c.state not in ('withdrawn', 'merged')
  and (c.due_at at time zone 'Asia/Shanghai')::date between '2026-03-01' and '2026-03-31'
group by u.code
"""
# Answers by whom history says the case had been given to, and the deadline printed at acceptance.
ANSWERS = """
select told.lead, count(*), sum(told.solved::int), sum((told.grade >= 3)::int)
from (
  select e.*, (
    select d.data -> 'lead' ->> 'code' from cases_caseevent d
    where d.case_id = e.case_id and d.verb = 'dispatch' and d.round = e.round
    order by d.version desc limit 1) as lead,
    (select (d.data ->> 'due')::timestamptz from cases_caseevent d
     where d.case_id = e.case_id and d.verb = 'accept') as due
  from cases_evaluation e) told
join cases_case c on c.id = told.case_id
where c.paused is false and c.state not in ('withdrawn', 'merged')
  and (told.due at time zone 'Asia/Shanghai')::date between '2026-03-01' and '2026-03-31'
group by told.lead
"""


def recounted(statement: str) -> dict[str, tuple[int, ...]]:
    """What the plain statement says of each unit."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {code: tuple(map(int, counts)) for code, *counts in cursor.fetchall()}


def test_rates_agree_with_an_independent_recount() -> None:
    many()
    with frozen(LATER):
        found = board(cast.leader, MARCH)
    departments = next(r for r in found.rankings if r.kind == "department")
    sums = {line.key: line.sums for line in departments.lines}
    cases, answers = recounted(RECOUNT), recounted(ANSWERS)
    assert {k: (s.cases, s.responded, s.on_time) for k, s in sums.items()} == {
        code: cases[code] for code in sums
    }
    assert {k: (s.answered, s.solved, s.satisfied) for k, s in sums.items()} == {
        code: answers[code] for code in sums
    }
    assert set(sums) == {people.code(people.URBAN), people.code(people.WATER)}
    assert found.total.sums.cases == sum(counts[0] for counts in cases.values())
    urban = found.line(people.code(people.URBAN))
    assert urban is not None
    assert urban.sums.cases == 6
    # The one that was displeased in the first round counts, though another unit has the case now.
    assert (urban.sums.answered, urban.sums.solved) == (6, 4)
    assert [str(rate.figure) for rate in urban.three] == ["66.67", "66.67", "66.67"]


def test_a_district_may_count_the_last_round_only() -> None:
    many()
    with frozen(LATER):
        actions.edit_rules(date(2026, 3, 1), by=cast.evaluator, counting="last")
        urban = board(cast.leader, MARCH).line(people.code(people.URBAN))
        assert urban is not None
        assert [str(rate.figure) for rate in urban.three] == ["66.67", "80.00", "80.00"]
        behind = cast.counted(cast.leader, MARCH, unit=urban.path, rate="solved")
        assert {mark.kind for mark in behind} == {"case"} and behind.count() == 5


def test_what_another_answered_counts_for_nothing_unless_the_district_says_so() -> None:
    good, led = cast.lived(START), cast.lived(START, said=None)
    case_actions.evaluate(
        led.number, version=led.version, by=people.caller, solved=True, grade=5, by_proxy=True
    )
    mark_missed()
    with frozen(LATER):
        sums = board(cast.leader, MARCH).total.sums
        assert (sums.called, sums.answered, sums.solved) == (2, 1, 1)
        missing = cast.counted(cast.leader, MARCH, rate="answered", part="missing")
        assert [(mark.case.number, mark.flaw) for mark in missing] == [(led.number, "by_proxy")]
        solved = cast.counted(cast.leader, MARCH, rate="solved", part="part")
        assert [mark.case.number for mark in solved] == [good.number]
        actions.edit_rules(date(2026, 3, 1), by=cast.evaluator, void_proxy=False)
        assert board(cast.leader, MARCH).total.sums.answered == 2


def test_twelve_months_together_say_what_each_month_says() -> None:
    many()
    with frozen(LATER):
        month = board(cast.leader, MARCH)
        year = board(cast.leader, months_back(12))
    assert figures(year) == figures(month)  # all of it fell due in March


def test_a_deadline_still_ahead_does_not_count() -> None:
    cast.lived(START)  # due on 9 March
    with frozen(START + timedelta(days=3)):
        assert board(cast.leader, MARCH).total.sums.cases == 0
    with frozen(START + timedelta(days=10)):
        assert board(cast.leader, MARCH).total.sums.cases == 1


def test_imported_history_never_counts() -> None:
    case = cast.lived(START)
    Case.objects.filter(number=case.number).update(imported=True)
    mark([Case.objects.get(number=case.number).pk])
    with frozen(LATER):
        assert board(cast.leader, MARCH).total.sums.cases == 0


def test_each_sees_the_rates_of_the_own_area_only() -> None:
    many()
    with frozen(LATER):
        own = board(cast.handler, MARCH)
        assert [line.key for r in own.rankings for line in r.lines] == [people.code(people.URBAN)]
        assert own.total.sums == own.rankings[0].lines[0].sums
        assert board(cast.auditor, MARCH).total.sums.cases == 0
        assert not board(cast.auditor, MARCH).rankings
        assert not cast.counted(cast.auditor, MARCH).exists()
        whole = board(cast.leader, MARCH)
    assert whole.total.sums.cases > own.total.sums.cases


def test_every_number_opens_to_its_cases() -> None:
    many()
    with frozen(LATER):
        found = board(cast.leader, MARCH)
        for line in [found.total, *(line for r in found.rankings for line in r.lines)]:
            for rate in line.rates:
                for part, number in (
                    ("whole", rate.whole),
                    ("part", rate.part),
                    ("missing", rate.whole - rate.part),
                ):
                    rows = cast.counted(
                        cast.leader, MARCH, unit=line.path, rate=rate.kind.code, part=part
                    )
                    assert rows.count() == number, (line.key, rate.kind.code, part)
        for line in found.tops:
            assert cast.counted(cast.leader, MARCH, top=line.key).count() == line.sums.cases


def test_a_grids_cases_count_for_its_community_and_its_street() -> None:
    cast.lived(START, lead=people.COMMUNITY)
    cast.lived(START, lead=people.STREET)
    with frozen(LATER):
        found = board(cast.leader, MARCH)
    street, community = (
        found.line(people.code(path)) for path in (people.STREET, people.COMMUNITY)
    )
    assert street is not None and street.sums.cases == 2
    assert community is not None and community.sums.cases == 1
    assert found.total.sums.cases == 2


def test_minutes_lost_to_bouncing_fall_on_the_unit_that_had_it() -> None:
    many()
    with frozen(LATER):
        found = board(cast.leader, MARCH)
    urban, water = (found.line(people.code(path)) for path in (people.URBAN, people.WATER))
    assert urban is not None and (urban.bounced, urban.hours) == (1, 5.0)
    assert water is not None and water.bounced == 0  # redone work is no bounce


def test_few_cases_have_no_place_and_a_place_is_within_the_class() -> None:
    for _again in range(20):
        cast.lived(START)
    cast.lived(START, lead=people.WATER)
    cast.lived(START, lead=people.STREET)
    with frozen(LATER):
        found = board(cast.leader, MARCH)
    urban, water, street = (
        found.line(people.code(path)) for path in (people.URBAN, people.WATER, people.STREET)
    )
    assert urban is not None and (urban.place, urban.among, urban.few) == (1, 1, False)
    assert water is not None and (water.place, water.few) == (None, True)
    assert water.composite == Decimal("100.00")
    assert street is not None and street.place is None


def test_a_board_costs_the_same_however_many_units() -> None:
    def statements() -> int:
        with frozen(LATER), CaptureQueriesContext(connection) as captured:
            board(cast.leader, MARCH)
        return len(captured)

    cast.lived(START)
    few = statements()
    many()
    assert statements() == few <= 6


def test_every_rate_has_its_counts() -> None:
    assert {name for kind in RATES for name in (kind.part, kind.whole)} <= set(COLUMNS)
