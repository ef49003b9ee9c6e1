"""Keeps the marks in step with the cases: by their news, and all anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from huying.cases.models import Case
from huying.evaluate.models import Marked
from huying.evaluate.rules import ANSWERED_BY_UNIT, CALLED, NOT_COUNTED, SATISFIED
from huying.kernel.events import Received

LOCK = 0x4D41524B  # one writer of marks at a time, so that none writes what it read too early
CHUNK = 10_000

MARKS_OF_A_ROW = (
    "kind, case_id, unit_id, unit_path, top, at, month, round, excluded, responded, signed,"
    " contacted, on_time, called, answered, solved, satisfied, redone, returned, minutes, grade,"
    " flaw"
)

# What all three kinds of marks are read from. `counts`: not taken back, joined or paused.
BASE = """
with base as (
    select c.id, c.lead_id, u.path, c.state, c.round, c.due_at, c.dispatched_at, c.grade, c.solved,
           c.unreached, c.parent_id is null as asked,
           coalesce(split_part(k.path, '/', 1), '') as top,
           c.lead_id is not null and c.due_at is not null and not c.paused
               and c.state <> all(%(never)s) as counts,
           exists (
               select from evaluate_exclusion e where e.case_id = c.id and e.state = 'approved'
           ) as excluded
    from cases_case c
    left join org_unit u on u.id = c.lead_id
    left join cases_category k on k.id = c.category_id
    where c.id = any(%(ids)s) and not c.imported
)
"""

# The outcome of a case's last clock of each kind: the greatest id, with the outcome in its last
# bit, so that one pass over the clocks finds all three.
CASES = """
, clock as (
    select l.case_id,
           mod(max(l.id * 2 + (l.outcome = 'met')::int) filter (where l.kind = 'sign'), 2) = 1
               as signing,
           mod(max(l.id * 2 + (l.outcome = 'met')::int) filter (where l.kind = 'contact'), 2) = 1
               as contacting,
           mod(max(l.id * 2 + (l.outcome = 'met')::int) filter (where l.kind = 'handle'), 2) = 1
               as handling
    from cases_caseclock l join base on base.id = l.case_id
    where l.kind in ('sign', 'contact', 'handle')
    group by l.case_id
), told as (
    select base.*, base.dispatched_at is null as spot,
           coalesce(signing, false) as signing,
           coalesce(contacting, false) as contacting,
           coalesce(handling, false) and base.state = any(%(by_unit)s) as on_time,
           asked and base.state = any(%(called)s) as called,
           base.state = any(%(called)s) and base.grade is not null as answered,
           (
               select case when e.by_proxy then 'by_proxy' when e.prompted then 'prompted' end
               from cases_evaluation e
               where e.case_id = base.id and e.round = base.round order by e.id desc limit 1
           ) as flawed
    from base left join clock on clock.case_id = base.id
    where counts
)
select 'case', id, lead_id, path, top, due_at, {month}, round, excluded,
       spot or (signing and contacting), spot or signing, spot or contacting,
       on_time, called, answered,
       answered and coalesce(solved, false),
       answered and grade >= %(satisfied)s,
       round > 1, false, 0, case when answered then grade end,
       case when answered then coalesce(flawed, '')
            when called and unreached then 'unreached' when called then 'waiting' else '' end
from told
"""

# Of a part nobody is asked: its citizen is called back about the whole, once.
# A callback is due in every round that came so far; what was said counts for who led then, and by
# the deadline of then.
CALLBACKS = """
, due as (
    select e.case_id, e.round, e.at, true as answered, e.solved, e.grade,
           case when e.by_proxy then 'by_proxy' when e.prompted then 'prompted' else '' end as flaw
    from cases_evaluation e join base on base.id = e.case_id
    where counts
    union all
    select a.case_id, a.round, max(a.at), false, false, null, 'unreached'
    from cases_callback a join base on base.id = a.case_id
    where counts and a.round < base.round and not exists (
        select from cases_evaluation e where e.case_id = a.case_id and e.round = a.round
    )
    group by a.case_id, a.round
    union all
    select id, round, null, false, false, null,
           case when unreached then 'unreached' else 'waiting' end
    from base
    where counts and asked and state = any(%(called)s) and not exists (
        select from cases_evaluation e where e.case_id = base.id and e.round = base.round
    )
), placed as (
    select due.*, base.top, base.excluded, coalesce(then_led.id, base.lead_id) as unit_id,
           coalesce(then_led.path, base.path) as path,
           coalesce(then_due.due_at, base.due_at) as due_at
    from due join base on base.id = due.case_id
    left join lateral (
        select u.id, u.path
        from cases_caseunit h join org_unit u on u.id = h.unit_id
        where due.round < base.round and h.case_id = due.case_id and h.part = 'lead'
          and h.since <= due.at and h.until >= due.at
        order by h.id limit 1
    ) then_led on true
    left join lateral (
        select l.due_at from cases_caseclock l
        where due.round < base.round and l.case_id = due.case_id and l.kind = 'handle'
          and l.started_at <= due.at and l.stopped_at <= due.at
        order by l.id desc limit 1
    ) then_due on true
)
select 'callback', case_id, unit_id, path, top, due_at, {month}, round, excluded,
       false, false, false, false, true, answered, answered and solved,
       answered and grade >= %(satisfied)s, false, false, 0, grade, flaw
from placed
"""

# An order has come back when its unit was relieved before the citizen was asked (退单拉锯).
ORDERS = """
, orders as (
    select h.case_id, h.unit_id, u.path, base.top, h.since as due_at, base.excluded, h.until,
           h.since, h.until is not null and not exists (
               select from cases_evaluation e
               where e.case_id = h.case_id and e.at >= h.since and e.at <= h.until
           ) as returned
    from cases_caseunit h join base on base.id = h.case_id join org_unit u on u.id = h.unit_id
    where h.part = 'lead'
)
select 'order', case_id, unit_id, path, top, due_at, {month}, 1, excluded,
       false, false, false, false, false, false, false, false, false, returned,
       case when returned then (extract(epoch from until - since) / 60)::int else 0 end, null, ''
from orders
"""
MONTH = "date_trunc('month', due_at at time zone 'Asia/Shanghai')::date"


def follow(news: Received) -> None:
    """What to do when a case changed; news that come twice, late or out of order change nothing."""
    case = Case.objects.filter(number=news.payload["number"]).values_list("pk", "version").first()
    if case is None:
        return
    known = Marked.objects.filter(pk=case[0]).values_list("version", flat=True).first()
    if known != case[1]:
        mark([case[0]])


def rehang(news: Received) -> None:
    """What to do when a unit moved: its marks and those below it lie where it now does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update evaluate_mark m set unit_path = u.path from org_unit u"
            " where u.id = m.unit_id and m.unit_path <> u.path and starts_with(u.path, %s)",
            [news.payload["new_path"]],
        )


def mark(cases: Iterable[int]) -> None:
    """Make the marks of these cases, by id, from their facts as they stand now."""
    ids = sorted(set(cases))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        for start in range(0, len(ids), CHUNK):
            _write(cursor, ids[start : start + CHUNK])


def mark_missed() -> int:
    """Mark what no news told of: bulk writing, a restored backup. Safe to repeat; how many."""
    behind = _behind()
    for start in range(0, len(behind), CHUNK):
        mark(behind[start : start + CHUNK])
    return len(behind)


def rebuild_marks() -> int:
    """重建考核标记: make every mark anew, a part at a time while others read on; how many cases."""
    ids = list(Case.objects.filter(imported=False).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        mark(ids[start : start + CHUNK])
    return len(ids)


def _write(cursor: Any, ids: list[int]) -> None:
    cursor.execute("delete from evaluate_mark where case_id = any(%s)", [ids])
    values = {
        "ids": ids,
        "never": list(NOT_COUNTED),
        "by_unit": list(ANSWERED_BY_UNIT),
        "called": list(CALLED),
        "satisfied": SATISFIED,
    }
    for kind in (CASES, CALLBACKS, ORDERS):
        cursor.execute(
            f"insert into evaluate_mark ({MARKS_OF_A_ROW})" + BASE + kind.format(month=MONTH),
            values,
        )
    cursor.execute(
        "insert into evaluate_marked (case_id, version)"
        " select id, version from cases_case where id = any(%s) and not imported"
        " on conflict (case_id) do update set version = excluded.version",
        [ids],
    )


def _behind() -> list[int]:
    """The cases whose marks are missing or of an earlier version. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.id from cases_case c left join evaluate_marked m on m.case_id = c.id"
            " where not c.imported and m.version is distinct from c.version order by c.id"
        )
        return [identity for (identity,) in cursor.fetchall()]
