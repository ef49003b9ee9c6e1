"""How the API answers: times in one zone, and what is wrong in the asker's language alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, get_args

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation
from pydantic_core import core_schema

from huying.kernel.clock import now
from huying.org import actions
from huying.project.faults import GENERAL, fault_of
from tests.mainline import FILING, GRID, MOVES
from tests.permissions.stage import HAND, Stage, ask
from tests.permissions.table_api import API
from tests.permissions.test_statements import address_of

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
DISTRICT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+08:00")
READS = sorted(route for method, route in API if method == "GET")
# What is the same in every language: names of forms, values, an address.
NOT_ENGLISH = {"JSON", "UUID", "true", "false", "api", "openapi", "json", "CSRF"}
CONTEXT = dict.fromkeys(("min_length", "max_length", "gt", "ge", "lt", "le", "multiple_of"), 3)


def instants(value: Any) -> Iterator[str]:
    """Every time anywhere in an answer."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from instants(one)
    elif isinstance(value, str) and INSTANT.match(value):
        yield value


def english(words: str) -> set[str]:
    return set(re.findall(r"[A-Za-z]{2,}", words)) - NOT_ENGLISH


def test_every_read_operation_answers_times_in_the_districts_zone(stage: Stage) -> None:
    centre, soon = stage.cast.people["district_centre"].pk, now() + timedelta(days=9)
    actions.issue_key(centre, "试", ["cases.view"], expires_at=soon, by=HAND)
    found: dict[str, list[str]] = {}
    for route in READS:
        may = API["GET", route].may
        client = stage.client("district_centre" if "district_centre" in may else min(may))
        address = address_of(route, stage)
        if route.endswith("/shifts"):
            address = address.replace("2026-01-02", "2099-01-01").replace(GRID, GRID[:12])
        answer = ask(client, "GET", address)
        if answer.headers["Content-Type"].startswith("application/json"):
            found[route] = list(instants(json.loads(answer.content)))
    wrong = {route: one for route, all_ in found.items() for one in all_ if not DISTRICT.match(one)}
    assert wrong == {}
    for route in ("cases", "cases/{number}", "org/keys", "org/units/{code}/shifts"):
        assert found[f"/api/v1/{route}"], route  # there were times to look at


def test_a_verb_answers_the_times_it_just_made_in_the_same_zone(stage: Stage) -> None:
    case = stage.case("accept")
    payload = {"version": case.version} | MOVES["accept"].payload
    client = stage.client("district_centre")
    answer = ask(client, "POST", f"/api/v1/cases/{case.number}/accept", payload)
    times = list(instants(json.loads(answer.content)))
    assert times and all(DISTRICT.match(one) for one in times)


@pytest.mark.parametrize("kind", get_args(core_schema.ErrorType))
def test_every_fault_of_shape_is_told_in_the_askers_language(kind: str) -> None:
    wrong = {
        "type": kind,
        "loc": ("body", "body", "papers", 0, "name"),
        "msg": "Input should be a valid string",
        "ctx": CONTEXT | {"expected": "'yes', 'no' or 'maybe'", "error": ValueError("wrong")},
    }
    with translation.override("zh-hans"):
        fault = fault_of(wrong)
    assert fault.where == "papers.0.name"
    assert fault.what and fault.remedy
    assert english(fault.what + fault.remedy) <= {"yes", "no", "maybe"}
    with translation.override("en"):
        fault = fault_of(wrong)
    assert not re.search("[\u4e00-\u9fff]", fault.what + fault.remedy)


def test_a_fault_whose_context_is_not_what_we_know_gets_the_general_sentence() -> None:
    wrong = {"type": "string_too_long", "loc": ("query", "q"), "msg": "too long", "ctx": {}}
    with translation.override("zh-hans"):
        assert fault_of(wrong).what == str(GENERAL)


def test_what_the_api_says_of_a_body_is_chinese_and_names_the_place(stage: Stage) -> None:
    client = stage.client("district_centre")
    body = FILING | {"title": 7, "urgent": "maybe", "longitude": "east"}
    del body["channel"]
    answer = ask(client, "POST", "/api/v1/cases", body)
    error = json.loads(answer.content)["error"]
    assert answer.status_code == 422
    assert {fault["where"]: fault["what"] for fault in error["faults"]} == {
        "channel": "缺少这一项。",
        "title": "应为文字。",
        "urgent": "应为 true 或 false。",
        "longitude": "应为数值。",
    }
    assert error["faults"][0]["remedy"] and english(json.dumps(error, ensure_ascii=False)) == {
        *("code", "invalid", "message", "remedy", "faults", "where", "what"),
        *("channel", "title", "urgent", "longitude"),
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_the_framework_refuses_is_told_in_the_askers_language(
    stage: Stage, language: str
) -> None:
    said = []
    for client, status in ((Client(), 400), (Client(enforce_csrf_checks=True), 403)):
        client.force_login(stage.cast.people["district_centre"])
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        answer = client.post("/api/v1/cases", "{", "application/json")
        assert answer.status_code == status
        error = json.loads(answer.content)["error"]
        said.append(error["message"] + error["remedy"])
    if language == "en":
        assert not any(re.search("[\u4e00-\u9fff]", words) for words in said)
    else:
        assert not any(english(words) for words in said)
