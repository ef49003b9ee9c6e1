"""A key acts within its scopes and never beyond what its owner may."""

from __future__ import annotations

import pytest

from huying.org import actions as org_actions
from tests.cast import HAND
from tests.mainline import FILING, MOVES
from tests.permissions.stage import STRANGER, Stage, ask
from tests.permissions.table_api import API
from tests.routes import filled


def key(stage: Stage, owner: str, *scopes: str) -> str:
    person = stage.cast.people[owner]
    return org_actions.issue_key(person.pk, "narrow", list(scopes), by=HAND)[1]


def called(stage: Stage, token: str, operation: tuple[str, str]) -> int:
    """The answer to a good call of this operation with this key."""
    method, route = operation
    row = API[operation]
    case = stage.case(row.verb) if row.verb else stage.cases["in_progress"]
    values = stage.values | {"number": case.number}
    values |= row.values(stage) if callable(row.values) else row.values
    payload = row.payload(stage) if callable(row.payload) else row.payload
    address = filled(route, **values) + (f"?{row.query}" if row.query else "")
    client = stage.client(STRANGER)
    return ask(client, method, address, payload, authorization=f"Bearer {token}").status_code


def test_a_key_to_look_can_do_nothing_else(stage: Stage) -> None:
    token = key(stage, "district_centre", "cases.view")
    allowed = {
        ("GET", "/api/v1/cases"),
        ("GET", "/api/v1/cases/{number}"),
        ("GET", "/api/v1/cases/{number}/attachments/{attachment_id}"),
        ("GET", "/api/v1/categories"),
        ("GET", "/api/v1/clock_rules"),
        ("GET", "/api/v1/supervision_orders"),
        ("GET", "/api/v1/supervision_triggers"),
        ("GET", "/api/v1/calls"),
        ("GET", "/api/v1/calls/{call}"),
        ("GET", "/api/v1/meetings"),
        ("GET", "/api/v1/meetings/{meeting}"),
        ("GET", "/api/v1/articles"),
        ("GET", "/api/v1/articles/{code}"),
        ("GET", "/api/v1/reply_templates"),
        ("GET", "/api/v1/cases/{number}/papers"),
        ("GET", "/api/v1/papers"),
        ("GET", "/api/v1/papers/{paper_id}/{form}"),
        ("GET", "/api/v1/paper_templates"),
        ("GET", "/api/v1/desk"),
        ("GET", "/api/v1/desk/changes"),
        ("GET", "/api/v1/sendings"),
        ("GET", "/api/v1/org/me"),
        ("GET", "/api/v1/org/keys"),
    }
    opened = {one for one in API if called(stage, token, one) in (200, 201, 204)}
    # Lists of the organisation are empty without org.view; nothing of it is named.
    assert opened - {("GET", f"/api/v1/org/{name}") for name in ("units", "people")} == allowed


def test_a_key_for_one_verb_does_that_verb_only(stage: Stage) -> None:
    token = key(stage, "district_centre", "cases.accept")
    for verb in sorted(MOVES):
        status = called(stage, token, ("POST", f"/api/v1/cases/{{number}}/{verb}"))
        assert status == 200 if verb == "accept" else status in (403, 404), verb


def test_a_key_for_everything_may_no_more_than_its_owner(stage: Stage) -> None:
    token = key(stage, "leader", "cases.*", "org.view")
    for verb in sorted(MOVES):
        assert called(stage, token, ("POST", f"/api/v1/cases/{{number}}/{verb}")) == 403, verb


@pytest.mark.parametrize("text", ["", "x", "hy_", "Bearer", "hy_aaaaaaaaaaaa_bbbbbbbb", "\u00e9"])
def test_what_is_no_key_is_nobody(text: str, stage: Stage) -> None:
    for method, address in (("GET", "/api/v1/cases"), ("POST", "/api/v1/cases")):
        headers = {"authorization": f"Bearer {text}"}
        answer = ask(stage.client(STRANGER), method, address, FILING, **headers)
        assert answer.status_code == 401
