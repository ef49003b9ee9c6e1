"""Measures the assessment: all rates of all units, beside a bare count of the cases."""

from __future__ import annotations

import time

from django.db import connection, transaction

from huying.evaluate.actions import mark_missed
from huying.evaluate.queries import board, months_back, one_month
from huying.kernel.asker import System
from tools.bench.figures import Report, figure, timed

BY = System("bench")
YEAR_AIM = 2000.0  # milliseconds, of the issue


def measure(report: Report, *, quick: bool) -> None:
    """Mark what was written in bulk, then sum a month and a year of it."""
    started = time.perf_counter()
    if count := mark_missed():
        took = (time.perf_counter() - started) * 1000
        report.add(figure("marks of all cases, made anew", [took], note=f"{count:,} cases"))
        with connection.cursor() as cursor:
            cursor.execute("vacuum analyze evaluate_mark")
    times = 5 if quick else 15
    floor = report.add(figure("bare count of the cases, every row read", timed(_count, times)))
    year = months_back(12)
    rows = report.add(
        figure("rates of all units, a year", timed(lambda: board(BY, year), times), aim=YEAR_AIM)
    )
    rows.note = f"{rows.p50 / floor.p50:.1f} × the bare count"
    samples = timed(lambda: board(BY, one_month(year.last)), times)
    report.add(figure("rates of all units, this month", samples))


def _count() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for way in ("indexonlyscan", "indexscan", "bitmapscan"):
            cursor.execute(f"set local enable_{way} = off")
        cursor.execute("select count(*) from cases_case")
        cursor.fetchone()
