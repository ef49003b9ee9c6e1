"""Every address × every role × inside and outside the area is answered as the table says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.permissions.stage import KNOCKERS, STRANGER, Stage, ask
from tests.permissions.table import ALL, Row
from tests.permissions.table_api import API
from tests.permissions.table_pages import LIVING, PAGES
from tests.routes import filled, operations, pages


def knock(
    stage: Stage, method: str, route: str, row: Row, whom: Sequence[str] = KNOCKERS
) -> list[str]:
    """Every knocker that was not answered as the row says."""
    wrong = []
    case = stage.case(row.verb) if row.verb else stage.cases["in_progress"]
    values: dict[str, Any] = stage.values | {"number": case.number, "provider_id": "none"}
    named = row.values(stage) if callable(row.values) else row.values
    address = filled(route, **(values | named))
    address += f"?{row.query}" if row.query else ""
    payload = row.payload(stage) if callable(row.payload) else row.payload
    sent_away = 302 if method == "GET" and not address.startswith("/api/") else 401
    for inside in (True, False):
        for who in whom:
            if who == STRANGER and not inside:
                continue
            answer = ask(stage.client(who, inside=inside), method, address, payload)
            expected = row.expected(who, inside=inside, sent_away=sent_away)
            if answer.status_code != expected:
                where = "inside" if inside else "outside"
                wrong.append(f"{who} {where}: {answer.status_code}, not {expected}")
    return wrong


def test_every_operation_of_the_api_has_its_row() -> None:
    assert set(operations()) == set(API)


@pytest.mark.parametrize("operation", sorted(API), ids=" ".join)
def test_an_operation_opens_for_whom_it_should_and_for_nobody_else(
    operation: tuple[str, str], stage: Stage
) -> None:
    assert knock(stage, *operation, API[operation]) == []


def declared_pages() -> set[str]:
    return {route for route in pages() if not route.startswith(LIVING)}


def test_every_page_has_its_row() -> None:
    assert declared_pages() == {route for _method, route in PAGES}


@pytest.mark.parametrize("page", sorted(PAGES), ids=" ".join)
def test_a_page_opens_for_whom_it_should_and_for_nobody_else(
    page: tuple[str, str], stage: Stage
) -> None:
    assert knock(stage, *page, PAGES[page]) == []


def test_a_page_answers_no_method_that_has_no_row(stage: Stage) -> None:
    answered = []
    for route in sorted(declared_pages()):
        rows = [row for (_method, other), row in PAGES.items() if other == route]
        ours = not route.startswith(("accounts/", "language/"))  # allauth's and Django's are not
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH") if ours else ("GET", "POST"):
            if (method, route) not in PAGES:
                refused = replace(
                    rows[0], may=ALL, good=405, outside=405, stranger=405, sees=None, unseen={}
                )
                wrong = knock(stage, method, route, refused, whom=("district_centre",))
                answered += [f"{method} {route}: {words}" for words in wrong]
    assert answered == []
