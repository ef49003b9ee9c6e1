"""Whatever is sent, the answer is a refusal in words and never an error of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mainline import FILING, MOVES
from tests.permissions.stage import Stage, ask, undone
from tests.permissions.table_api import API
from tests.permissions.table_pages import PAGES
from tests.permissions.test_statements import address_of
from tests.routes import document, filled

NASTY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.text(max_size=30),
    st.sampled_from(
        ["", "\x00", "\ud7ff\ufffe", "' OR 1=1 --", "%00", "9" * 400, "{{7*7}}", "../"]
    ),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)
FEW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
    derandomize=True,
)
WRITES = sorted(
    (method, route)
    for method, route in API
    if method in ("POST", "PUT") and not route.endswith("/attach")
)


def properties(method: str, route: str) -> list[str]:
    """The names that the body of an operation may hold."""
    body = document()["paths"][route][method.lower()].get("requestBody")
    if body is None:
        return []
    schema = next(iter(body["content"].values()))["schema"]
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return sorted(schema.get("properties", {}))


def sound(stage: Stage, method: str, route: str) -> dict[str, Any]:
    """A body that would be accepted."""
    row = API[method, route]
    return dict(row.payload(stage) if callable(row.payload) else row.payload or {})


def who_may(method: str, route: str) -> str:
    may = API[method, route].may
    return "district_centre" if "district_centre" in may else min(may)


@pytest.mark.parametrize("operation", WRITES, ids=" ".join)
def test_no_body_breaks_an_operation(operation: tuple[str, str], stage: Stage) -> None:
    method, route = operation
    names = properties(method, route)
    case = stage.case(API[operation].verb) if API[operation].verb else stage.cases["in_progress"]
    named = API[operation].values
    values = stage.values | {"number": case.number}
    values |= named(stage) if callable(named) else named
    address, client = filled(route, **values), stage.client(who_may(method, route))

    @FEW
    @given(st.dictionaries(st.sampled_from([*names, "more"]), NASTY, max_size=4))
    def send(changes: dict[str, Any]) -> None:
        body = sound(stage, method, route) | changes
        answer = ask(client, method, address, body)
        assert answer.status_code < 500, f"{body!r}: {answer.content[:300]!r}"
        if answer.status_code >= 400:
            assert json.loads(answer.content)["error"]["message"]

    send()


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"version": NaN}', b"[" * 5000]
)
def test_what_is_no_json_is_refused(raw: bytes, stage: Stage) -> None:
    client = stage.client("district_centre")
    for address in ("/api/v1/cases", f"/api/v1/cases/{stage.case('accept').number}/accept"):
        with undone(client):
            answer = client.generic("POST", address, raw, "application/json")
        assert 400 <= answer.status_code < 500


GETS = sorted(route for method, route in (*PAGES, *API) if method == "GET")
QUERIES = (
    "q", "after", "before", "sort", "state", "category", "lead", "place", "work", "columns",
    "registered_from", "registered_to", "export", "limit", "since", "until", "text", "unit",
    "parent", "kind", "longitude", "latitude", "next", "urgent", "overdue", "view", "bare", "page",
)  # fmt: skip


@pytest.mark.parametrize("route", GETS)
def test_no_query_breaks_a_page(route: str, stage: Stage) -> None:
    table = API if route.startswith("/api/") else PAGES
    may = table["GET", route].may
    client = stage.client("district_centre" if "district_centre" in may else min(may))
    address = address_of(route, stage).partition("?")[0]

    @settings(FEW, max_examples=12)
    @given(st.dictionaries(st.sampled_from(QUERIES), NASTY.map(str), max_size=4))
    def look(query: dict[str, str]) -> None:
        with undone(client):
            answer = client.get(address, query)
            if answer.streaming:
                b"".join(answer.streaming_content)
        assert answer.status_code < 500, f"{query!r}"

    look()


@pytest.mark.parametrize("number", ["x", "%00", "20261122-001-P9999", "..", "%F0%9F%92%A9", "'"])
def test_no_number_breaks_a_page(number: str, stage: Stage) -> None:
    client = stage.client("district_centre")
    for address in (f"/cases/{number}/", f"/api/v1/cases/{number}"):
        assert ask(client, "GET", address).status_code in (301, 302, 404, 422)
    for verb in MOVES:
        address = f"/api/v1/cases/{number}/{verb}"
        answer = ask(client, "POST", address, {"version": 1} | plain(MOVES[verb].payload))
        assert answer.status_code in (404, 422), address


def plain(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if not isinstance(value, bytes)}


@pytest.mark.parametrize("field", ["title", "body", "name", "phone", "address"])
def test_a_filing_survives_any_text(field: str, stage: Stage) -> None:
    client = stage.client("district_centre")

    @FEW
    @given(st.text(max_size=60))
    def send(text: str) -> None:
        answer = ask(client, "POST", "/api/v1/cases", FILING | {field: text})
        assert answer.status_code in (201, 422), answer.content

    send()
