"""Whatever a request changes, it changes in one transaction, with its line of audit inside it.

The walks of `tests/faults` kill processes inside many verbs; this says of every address that there
is nothing between two transactions where a death could leave half a change.
"""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.permissions.stage import Stage, ask
from tests.permissions.table import Row
from tests.permissions.table_api import API
from tests.permissions.table_pages import PAGES
from tests.routes import filled

WRITE = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM|COPY) "?(\w+)"?')
# Kept about the visit and not about the deed; and a file is kept before the deed that owns it, for
# one whose deed never came is purged.
BESIDE = ("django_session", "usersessions_usersession", "org_cache", "kernel_blob")
AUDIT = "kernel_auditrow"


def transactions(statements: list[str]) -> list[set[str]]:
    """The tables that each outermost transaction of a request wrote to, in order.

    The request itself runs inside a transaction of the test, so its outermost ones are savepoints.
    """
    found: list[set[str]] = []
    open_points: list[str] = []
    for sql in statements:
        word, _space, name = sql.partition(" ")
        if word == "SAVEPOINT":
            if not open_points:
                found.append(set())
            open_points.append(name)
        elif sql.startswith(("RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")):
            point = sql.rsplit(" ", 1)[1]
            if sql.startswith("RELEASE") and point in open_points:
                del open_points[open_points.index(point) :]
        elif written := WRITE.match(sql):
            if written[1] in BESIDE:
                continue
            if not open_points:
                found.append(set())
            found[-1].add(written[1])
    return [tables for tables in found if tables]


def changing() -> list[tuple[str, str]]:
    """Every operation and page of the product where somebody is answered with a change."""
    rows = {**API, **PAGES}.items()
    return sorted(key for key, row in rows if key[0] != "GET" and row.may and row.good < 400)


@pytest.mark.parametrize("operation", changing(), ids=" ".join)
def test_a_change_is_one_transaction_with_its_audit(
    operation: tuple[str, str], stage: Stage
) -> None:
    method, route = operation
    row: Row = {**API, **PAGES}[operation]
    who = sorted(row.may & (row.sees or row.may), key=lambda role: role != "district_centre")[0]
    case = stage.case(row.verb) if row.verb else stage.cases["in_progress"]
    values = stage.values | {"number": case.number, "provider_id": "none"}
    values |= row.values(stage) if callable(row.values) else row.values
    address = filled(route, **values) + (f"?{row.query}" if row.query else "")
    payload = row.payload(stage) if callable(row.payload) else row.payload
    client = stage.client(who)
    with CaptureQueriesContext(connection) as captured:
        answer = ask(client, method, address, payload)
    assert answer.status_code == row.good
    found = transactions([query["sql"] for query in captured.captured_queries])
    assert len(found) <= 1, found
    assert not found or AUDIT in found[0], found
