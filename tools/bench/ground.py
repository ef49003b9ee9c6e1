"""The ground of a bench: a fresh database on our own durable PostgreSQL, loaded and analysed."""

from __future__ import annotations

import itertools
import json
import os
import random
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

import psycopg
from django.core.management import call_command
from django.db import connection

from huying.cases import actions
from huying.cases.models import Case
from huying.cases.queries import scope
from huying.kernel.clock import DISTRICT_ZONE
from tools.bench import district
from tools.bench.equal import differences
from tools.bench.plans import Maker

YEARS = 2
SEED = 420106
EQUAL = 200
SHARE = 10_000


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say what takes long, and how long it took."""
    sys.stderr.write(f"{name} …")
    sys.stderr.flush()
    started = time.perf_counter()
    yield
    sys.stderr.write(f" {time.perf_counter() - started:.1f} s\n")


def prepare(home: Path, *, cases: int, reuse: bool) -> list[str]:
    """Load a database of so many cases, or keep the last; what bulk did unlike real verbs."""
    mark = home / "loaded.json"
    wanted = {"cases": cases}
    if reuse and mark.exists() and json.loads(mark.read_text()) == wanted:
        with step("migrating the database of the last run"):
            call_command("migrate", verbosity=0)
        return []
    mark.unlink(missing_ok=True)
    with step("making the district"):
        _fresh_database()
        call_command("migrate", verbosity=0)
        district.install()
    end = datetime.now(DISTRICT_ZONE).replace(microsecond=0)
    maker = _maker(end)
    with step(f"proving {EQUAL} planned cases equal to real ones"):
        faults = differences(list(maker.plans(EQUAL)))
    with step(f"writing {cases:,} cases"), _checked_and_indexed_after():
        _write(cases, end)
    with step("VACUUM ANALYZE"), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    mark.write_text(json.dumps(wanted))
    return faults


def _maker(end: datetime) -> Maker:
    leaves = [c.code for c in scope.categories() if len(c.code) == 6]
    start = end - timedelta(days=365 * YEARS)
    return Maker(random.Random(SEED), leaves, start, end)  # noqa: S311 made lives, no secrets


@contextmanager
def _checked_and_indexed_after() -> Iterator[None]:
    """Leave out inverted indexes and foreign keys during the load; make the very same ones after.

    Row by row, the deferred keys of millions of rows take longer to check than all else to write.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef, format('DROP INDEX %%I', indexname) FROM pg_indexes"
            " WHERE tablename = %s AND indexdef LIKE '%% USING gin %%'",
            [Case._meta.db_table],
        )
        made = cursor.fetchall()
        cursor.execute(
            "SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s',"
            " conrelid::regclass, conname, pg_get_constraintdef(oid)),"
            " format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)"
            " FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text LIKE 'cases_%'"
        )
        made += cursor.fetchall()
        for _making, dropping in made:
            cursor.execute(dropping)
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for making, _dropping in made:
            cursor.execute(making)


def _write(cases: int, end: datetime) -> None:
    """Write the cases with one process for each core; whole days apart, so no series is shared."""
    writers = os.cpu_count() or 1
    connection.close()
    children = []
    for writer in range(writers):
        child = os.fork()
        if child == 0:
            _write_share(writer, writers, cases, end)
        children.append(child)
    failed = [child for child in children if os.waitpid(child, 0)[1] != 0]
    if failed:
        raise RuntimeError(f"{len(failed)} of {writers} writers failed; see above")


def _write_share(writer: int, writers: int, cases: int, end: datetime) -> NoReturn:
    """In a child: the cases of every so-many-th day, a few thousand to a transaction."""
    status = 1
    try:
        mine = (
            plan
            for plan in _maker(end).plans(cases)
            if plan.verbs[0].at.toordinal() % writers == writer
        )
        while share := list(itertools.islice(mine, SHARE)):
            actions.bulk_cases(share, by=district.HAND, note="bench")
        status = 0
    except Exception:
        traceback.print_exc()
    finally:
        os._exit(status)


def _fresh_database() -> None:
    """Drop and make the one database; nothing else lives on this server."""
    connection.close()
    settings = connection.settings_dict
    with psycopg.connect(
        host=settings["HOST"], user=settings["USER"], dbname="postgres", autocommit=True
    ) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{settings["NAME"]}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{settings["NAME"]}" TEMPLATE template0')


def states() -> dict[str, int]:
    """How many cases stand in each state, for the report."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT state, count(*) FROM "{Case._meta.db_table}" GROUP BY 1 ORDER BY 2 DESC'  # noqa: S608
        )
        return dict(cursor.fetchall())
