"""Clocks that have run out, found among all cases, and the orders that they open."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection

from huying.cases import actions
from huying.cases.actions import CasePlan, Planned
from huying.cases.actions.defaults import install_defaults
from huying.cases.actions.finding import fire
from huying.cases.models import Case
from huying.cases.queries.triggers import condition, spec_of, triggers
from huying.kernel.clock import now
from tools.bench.district import DEPARTMENTS, GRIDS, HAND
from tools.bench.figures import Report, figure, timed

FIND_AIM, ACT_AIM = 1_000.0, 10_000.0
ORDERS = 1_000
CLOCKS = ("unsigned", "overdue", "lapsed")


def measure(report: Report, *, quick: bool) -> None:
    """Find what is due, each condition of supervision apart; then open 1,000 orders, three times.

    Acting is durable: every chunk of it commits, with its history, audit and notices.
    """
    install_defaults(by=HAND)
    rounds, count = (1, 100) if quick else (3, ORDERS)
    actions.bulk_cases(_overdue(rounds * count), by=HAND, note="bench: due clocks")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_case, cases_caseclock, cases_caseevent, cases_appellant")
    times = 3 if quick else 20
    report.add(figure("due clocks, bare index scan", timed(_bare, times)))
    specs = {row.code: spec_of(row) for row in triggers()}
    found = {code: partial(_found, code) for code in specs}
    due = timed(lambda: [found[code]() for code in CLOCKS], times)
    note = f"{_bare():,} clocks have run out"
    report.add(figure("find due clocks and orders", due, aim=FIND_AIM, note=note))
    every = timed(lambda: [find() for find in found.values()], times)
    detail = {code: [round(one, 1) for one in timed(find, 3)] for code, find in found.items()}
    report.add(figure("find by every condition", every, aim=FIND_AIM, detail=detail))
    samples = []
    for _ in range(rounds):
        started = time.perf_counter()
        opened = fire(specs["overdue"], most=count)
        samples.append((time.perf_counter() - started) * 1000)
        if opened != count:
            raise RuntimeError(f"{opened} orders opened instead of {count}")
    report.add(figure(f"act on {count:,} due clocks", samples, aim=ACT_AIM))


def _bare() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM cases_caseclock WHERE stopped_at IS NULL AND due_at < now()"
        )
        return int(cursor.fetchone()[0])


def _found(code: str) -> list[int]:
    spec = next(spec_of(row) for row in triggers() if row.code == code)
    return list(Case.objects.filter(condition(spec, now())).values_list("pk", flat=True))


def _overdue(count: int) -> Iterator[CasePlan]:
    """So many cases that have lain with a department for thirty days."""
    start = now() - timedelta(days=30)
    for number in range(count):
        at = start + timedelta(seconds=number)
        opening = {
            "channel": "phone",
            "title": f"压测逾期第{number}件",
            "body": "居民反映路灯不亮。",
            "name": "欧阳建国",
            "phone": f"137{number:08d}",
            "place": GRIDS[number % len(GRIDS)],
        }
        steps: tuple[tuple[str, dict[str, Any]], ...] = (
            ("register", opening),
            ("accept", {"category": "010202"}),
            ("dispatch", {"lead": DEPARTMENTS[number % len(DEPARTMENTS)]}),
            ("sign", {}),
        )
        yield CasePlan(
            [
                Planned(verb, at + timedelta(minutes=minute), HAND, args)
                for minute, (verb, args) in enumerate(steps)
            ]
        )
