"""How many statements a request may cost: lists 8, a case's page 15, creating 15."""

from __future__ import annotations

from typing import Any

import pytest

from huying.cases.tables import CaseTable
from huying.kernel.clock import frozen, now
from tests.mainline import FILING, MOVES, brought
from tests.permissions.stage import Stage, statements
from tests.permissions.table_api import API
from tests.permissions.table_pages import PAGES
from tests.routes import filled

# Authentication is counted, transaction control is not. A page that gets cheaper may be told so
# here; one that gets dearer fails. `LISTS` and `PAGES_OF_ONE` name every GET of the product.
LISTS = {
    "audit/": ("auditor", 8),
    "cases/": ("district_centre", 8),
    "deliveries/": ("system_admin", 8),
    "jobs/": ("district_centre", 8),
    "org/people/": ("district_centre", 8),
    "org/roles/": ("district_centre", 8),
    "org/units/": ("district_centre", 8),
    "org/duty/": ("district_centre", 8),
    "org/handovers/": ("district_centre", 8),
    "/api/v1/org/handovers": ("district_centre", 8),
    "/api/v1/org/units/{code}/on-duty": ("district_centre", 8),
    "cases/categories/": ("district_centre", 8),
    "cases/clocks/": ("district_centre", 8),
    "cases/routing/": ("district_centre", 8),
    "cases/orders/": ("district_centre", 8),
    "cases/calls/": ("district_centre", 8),
    "cases/meetings/": ("district_centre", 8),
    "cases/bouncing/": ("district_centre", 8),
    "cases/morning/": ("district_centre", 22),
    "cases/morning/cases/": ("district_centre", 8),
    "/api/v1/morning": ("district_centre", 22),
    "/api/v1/calls": ("district_centre", 8),
    "/api/v1/meetings": ("district_centre", 8),
    "cases/knowledge/": ("district_centre", 8),
    "cases/reply-templates/": ("district_centre", 8),
    "/api/v1/articles": ("district_centre", 8),
    "/api/v1/reply_templates": ("district_centre", 8),
    "cases/desk/": ("district_centre", 12),
    "cases/console/": ("district_centre", 12),
    "cases/console/areas/": ("district_centre", 8),
    "/api/v1/desk": ("district_centre", 8),
    "/api/v1/desk/changes": ("district_centre", 8),
    "/api/v1/console": ("district_centre", 12),
    "/api/v1/sendings": ("district_centre", 8),
    "cases/triggers/": ("district_centre", 8),
    "cases/papers/": ("district_centre", 8),
    "cases/papers/many/": ("district_centre", 8),
    "cases/papers/templates/": ("district_centre", 8),
    "/api/v1/papers": ("district_centre", 8),
    "/api/v1/paper_templates": ("district_centre", 8),
    "defaults/": ("district_centre", 15),  # no list: one or more for each kind of default
    "evaluate/cases/": ("district_centre", 8),
    "evaluate/calls/": ("district_centre", 8),
    "evaluate/callbacks/": ("callback_agent", 8),
    "evaluate/exclusions/": ("district_centre", 8),
    "evaluate/appeals/": ("district_centre", 8),
    "evaluate/months/": ("evaluator", 8),
    "portal/": ("citizen", 8),
    "portal/public/": ("citizen", 8),
    "portal/matters/": ("citizen", 8),
    "portal/desk/": ("district_centre", 8),
    "portal/desk/matters/": ("district_centre", 8),
    "open311/v2/requests.<slug:form>": ("citizen", 8),
    "open311/v2/servicerequestupdates.<slug:form>": ("citizen", 8),
    "/api/v1/cases": ("district_centre", 8),
    "/api/v1/categories": ("district_centre", 8),
    "/api/v1/clock_rules": ("district_centre", 8),
    "/api/v1/routing_trial": ("district_centre", 8),
    "/api/v1/supervision_orders": ("district_centre", 8),
    "/api/v1/supervision_triggers": ("district_centre", 8),
    "/api/v1/org/units": ("district_centre", 8),
    "/api/v1/org/people": ("district_centre", 8),
    "/api/v1/org/roles": ("district_centre", 8),
    "/api/v1/org/keys": ("district_centre", 8),
    "/api/v1/org/units/{code}/posts": ("district_centre", 8),
    "/api/v1/org/units/{code}/shifts": ("district_centre", 8),
}
PAGES_OF_ONE = {
    "cases/<str:number>/": 15,
    "/api/v1/cases/{number}": 15,
    "": 12,
    "search/": 9,  # one for each kind of thing
}
CREATE = 15
VERB = 18
# Who is still to be heard, and whether it is the handler who asks; two cases locked; three written;
# a call has a number, a level and a history of its own.
DEARER = {"call_up": 20, "evaluate": 20, "merge": 19, "unmerge": 19, "split": 22}


def gets() -> set[str]:
    """Every address that answers GET."""
    return {route for method, route in (*PAGES, *API) if method == "GET"}


def address_of(route: str, stage: Stage) -> str:
    row = (API if route.startswith("/api/") else PAGES)["GET", route]
    values: dict[str, Any] = stage.values | {
        "number": stage.cases["in_progress"].number,
        "provider_id": "none",
    }
    values |= row.values(stage) if callable(row.values) else row.values
    return filled(route, **values) + (f"?{row.query}" if row.query else "")


def too_many(found: list[str], most: int) -> str:
    """What was asked, when it was more than may be."""
    lines = "\n".join(f"{n}. {sql[:160]}" for n, sql in enumerate(found, 1))
    return f"{len(found)} statements, at most {most}\n{lines}" if len(found) > most else ""


@pytest.mark.parametrize("route", sorted(LISTS))
def test_a_list_costs_few_statements_however_many_rows(route: str, stage: Stage) -> None:
    who, most = LISTS[route]
    address = address_of(route, stage)
    few = statements(stage.client(who), "GET", address)
    assert too_many(few, most) == ""


def test_an_idle_console_costs_one_small_statement(stage: Stage) -> None:
    """Beside the three that say who asks: session, account, rights."""
    client = stage.client("street_dispatcher")
    address = "/cases/console/live/"
    with frozen(now()):  # the mark changes with every minute
        mark = client.get(address).json()["mark"]
        found = statements(client, "GET", f"{address}?seen={mark}")
        assert client.get(f"{address}?seen={mark}").status_code == 204
    assert too_many(found, 4) == ""
    whole = statements(client, "GET", address)
    assert too_many(whole, 12) == ""


def test_no_list_costs_a_statement_for_each_row(stage: Stage) -> None:
    """Fifteen more cases, and every list that shows them costs what it cost before."""
    lists = [route for route in LISTS if "cases" in route]
    before = {}
    for route in lists:
        client, address = stage.client(LISTS[route][0]), address_of(route, stage)
        statements(client, "GET", address)  # what is remembered afterwards is not counted twice
        before[route] = len(statements(client, "GET", address))
    for _ in range(5):
        for state in ("registered", "accepted", "dispatched"):
            brought(state)
    for route in lists:
        client, address = stage.client(LISTS[route][0]), address_of(route, stage)
        assert len(statements(client, "GET", address)) <= before[route], route


@pytest.mark.parametrize("query", ["category=01", "lead=420106", "place=420106", "q=路灯"])
def test_a_filter_costs_no_more_though_much_lies_below_it_and_it_fills_pages(
    stage: Stage, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CaseTable, "page_size", 2)
    client = stage.client("district_centre")
    first = client.get(f"/cases/?{query}")
    assert b"after=" in first.content  # there is a second page, so that this one is counted
    assert too_many(statements(client, "GET", f"/cases/?{query}"), 8) == ""


def test_each_further_filter_costs_the_one_statement_that_names_it(stage: Stage) -> None:
    query = "category=01&lead=420106&place=420106&state=in_progress&urgent=0&q=路灯"
    found = statements(stage.client("district_centre"), "GET", f"/cases/?{query}")
    assert too_many(found, 10) == ""


@pytest.mark.parametrize("route", sorted(PAGES_OF_ONE))
def test_a_page_costs_few_statements(route: str, stage: Stage) -> None:
    address = address_of(route, stage) + ("?q=路灯" if route == "search/" else "")
    found = statements(stage.client("district_centre"), "GET", address)
    assert too_many(found, PAGES_OF_ONE[route]) == ""


def test_every_other_page_costs_no_more_than_a_page_of_a_case(stage: Stage) -> None:
    dear = []
    for route in sorted(gets() - set(LISTS) - set(PAGES_OF_ONE)):
        table = API if route.startswith("/api/") else PAGES
        may = sorted(table["GET", route].may)
        who = "district_centre" if "district_centre" in may else may[0]
        found = statements(stage.client(who), "GET", address_of(route, stage))
        if said := too_many(found, 15):
            dear.append(f"{route}: {said}")
    assert dear == []


def test_creating_a_case_costs_few_statements(stage: Stage) -> None:
    client = stage.client("district_centre")
    statements(client, "POST", "/api/v1/cases", FILING)
    found = statements(client, "POST", "/api/v1/cases", FILING)
    assert too_many(found, CREATE) == ""


@pytest.mark.parametrize("verb", sorted(set(MOVES) - {"attach"}))
def test_a_verb_costs_few_statements(verb: str, stage: Stage) -> None:
    case, move = stage.case(verb), MOVES[verb]
    payload = {"version": case.version} | move.payload
    address = f"/api/v1/cases/{case.number}/{verb}"
    found = statements(stage.client(move.role), "POST", address, payload)
    assert too_many(found, DEARER.get(verb, VERB)) == ""
