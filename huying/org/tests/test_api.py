"""The API: who is recognised how, every address × every role, refusals as JSON."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from huying.kernel.clock import now
from huying.org import actions
from huying.org.models import ApiKey, Post
from huying.org.tests.people import HOUCHANG, HUJIN, LIANGDAO, Cast, account, unit

API = "/api/v1/org"
ROLES = ("sysadmin", "secadmin", "auditor", "centre", "alice", "carol", "grid", "dept", "nobody")


def client_of(username: str) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    if username:
        client.force_login(account(username))
    return client


def post(client: Client, path: str, **body: Any) -> Any:
    """POST JSON."""
    return client.post(f"{API}{path}", json.dumps(body), content_type="application/json")


def key_of(username: str, *scopes: str) -> dict[str, str]:
    """Headers with a fresh key of this person."""
    person = account(username)
    asker = getattr(Cast(), username)
    _key, clear = actions.issue_key(person.pk, "测试", list(scopes), by=asker)
    return {"authorization": f"Bearer {clear}"}


def test_stranger_is_told_to_sign_in(cast: Cast) -> None:
    answer = Client().get(f"{API}/me")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "unauthenticated"


def test_key_is_recognised_and_its_use_noted(cast: Cast) -> None:
    answer = Client().get(f"{API}/me", headers=key_of("alice", "org.view"))
    assert answer.json()["areas"] == {"org.view": [unit(LIANGDAO).path]}
    assert ApiKey.objects.get().last_used_at is not None


def test_unknown_key_is_refused_even_with_a_session(cast: Cast) -> None:
    answer = client_of("alice").get(f"{API}/me", headers={"authorization": "Bearer hy_x"})
    assert answer.status_code == 401


def test_session_needs_the_csrf_token_to_change_and_a_key_does_not(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(account("sysadmin"))
    body = json.dumps({"name": "新名", "version": 1})
    path = f"{API}/units/{HOUCHANG}/rename"
    refused = client.post(path, body, content_type="application/json")
    assert refused.status_code == 403
    assert unit(HOUCHANG).name == "候补街社区"
    headers = key_of("sysadmin", "org.rename_unit", "org.view")
    by_key = Client(enforce_csrf_checks=True).post(
        path, body, content_type="application/json", headers=headers
    )
    assert by_key.status_code == 200


def test_key_cannot_do_what_its_scopes_do_not_say(cast: Cast) -> None:
    answer = Client().post(
        f"{API}/units/{HOUCHANG}/rename",
        json.dumps({"name": "新名", "version": 1}),
        content_type="application/json",
        headers=key_of("sysadmin", "org.view"),
    )
    assert answer.status_code == 403


def test_key_issues_no_further_key(cast: Cast) -> None:
    answer = Client().post(
        f"{API}/keys",
        json.dumps({"name": "再一个", "scopes": ["org.view"]}),
        content_type="application/json",
        headers=key_of("alice", "org.*"),
    )
    assert answer.status_code == 403


def test_a_person_who_must_change_the_password_is_held_back(cast: Cast) -> None:
    type(account("alice")).objects.filter(username="alice").update(must_change_password=True)
    assert client_of("alice").get(f"{API}/me").status_code == 403


def test_stale_version_is_a_conflict_and_nothing_changes(cast: Cast) -> None:
    client = client_of("sysadmin")
    assert post(client, f"/units/{HOUCHANG}/rename", name="甲", version=1).status_code == 200
    answer = post(client, f"/units/{HOUCHANG}/rename", name="乙", version=1)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "stale")


def test_every_fault_is_listed(cast: Cast) -> None:
    answer = post(client_of("sysadmin"), "/units", code="!", name="", kind="x")
    assert answer.status_code == 403  # a new top of the tree is not a district's to make
    answer = post(client_of("sysadmin"), "/units", code="!", name="", kind="x", parent=LIANGDAO)
    assert answer.status_code == 422
    faults = {fault["where"] for fault in answer.json()["error"]["faults"]}
    assert faults == {"code", "name", "kind"}
    answer = post(client_of("sysadmin"), "/units", code="1")
    assert {fault["where"] for fault in answer.json()["error"]["faults"]} >= {
        "name",
        "kind",
    }


READS: dict[str, dict[str, int]] = {
    "/units": dict.fromkeys(ROLES, 200),
    f"/units/{HOUCHANG}": dict.fromkeys(ROLES, 200) | {"grid": 404, "dept": 404, "nobody": 404},
    f"/units/{HUJIN}": {
        **dict.fromkeys(ROLES, 404),
        **dict.fromkeys(("sysadmin", "secadmin", "auditor", "centre"), 200),
    },
    f"/units/{HOUCHANG}/posts": dict.fromkeys(ROLES, 200)
    | {"grid": 404, "dept": 404, "nobody": 404},
    "/people": dict.fromkeys(ROLES, 200),
    "/roles": dict.fromkeys(ROLES, 200) | {"nobody": 403},
    "/keys": dict.fromkeys(ROLES, 200),
    "/me": dict.fromkeys(ROLES, 200),
}


@pytest.mark.parametrize("path", READS)
def test_reads_by_role(cast: Cast, path: str) -> None:
    answers = {who: client_of(who).get(f"{API}{path}").status_code for who in ROLES}
    assert answers == READS[path]
    assert Client().get(f"{API}{path}").status_code == 401


SYSTEM_ONLY = dict.fromkeys(ROLES, 403) | {"grid": 404, "dept": 404, "nobody": 404}
DEEDS: dict[str, tuple[dict[str, Any], str]] = {
    "/units": (
        {"code": "420106005002", "name": "新社区", "kind": "community", "parent": LIANGDAO},
        "sysadmin",
    ),
    f"/units/{HOUCHANG}/rename": ({"name": "新名", "version": 1}, "sysadmin"),
    f"/units/{HOUCHANG}/move": ({"parent": "420106008", "version": 1}, "sysadmin"),
    f"/units/{HOUCHANG}/set-boundary": ({"boundary": None, "version": 1}, "sysadmin"),
    "/people": ({"username": "new.one", "name": "新人", "unit": HOUCHANG}, "sysadmin"),
    "/people/@carol/edit": ({"name": "新", "unit": HOUCHANG, "version": 1}, "sysadmin"),
    "/people/@carol/close": ({"version": 1}, "sysadmin"),
    "/people/@nobody/reset-password": ({}, "sysadmin"),
    "/posts": ({"unit": HOUCHANG, "role": "leader", "title": "书记"}, "secadmin"),
    "/posts/@post/close": ({}, "secadmin"),
    "/posts/@post/give": ({"person": "@nobody"}, "secadmin"),
    "/holdings/@holding/end": ({}, "secadmin"),
    "/roles/leader/edit": ({"verbs": ["org.view"], "version": 1}, "secadmin"),
}


@pytest.mark.parametrize("path", DEEDS)
@pytest.mark.parametrize("who", ROLES)
def test_deeds_by_role(cast: Cast, path: str, who: str) -> None:
    body, allowed = DEEDS[path]
    place = Post.objects.get(unit__code=HOUCHANG)
    holding = place.holdings.get()
    for word, number in (
        ("@carol", account("carol").pk),
        ("@nobody", account("nobody").pk),
        ("@post", place.pk),
        ("@holding", holding.pk),
    ):
        path = path.replace(word, str(number))
        body = {name: number if value == word else value for name, value in body.items()}
    status = post(client_of(who), path, **body).status_code
    assert status == 200 if who == allowed else status in (403, 404)


@pytest.mark.parametrize("path", DEEDS)
def test_strangers_do_nothing(cast: Cast, path: str) -> None:
    for word in ("@carol", "@nobody", "@post", "@holding"):
        path = path.replace(word, "1")
    assert post(Client(), path, **DEEDS.get(path, ({}, ""))[0]).status_code == 401


def test_shifts_by_api(cast: Cast) -> None:
    start = now().replace(microsecond=0)
    body = {
        "unit": LIANGDAO,
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=8)).isoformat(),
        "person": account("carol").pk,
    }
    assert post(client_of("bob"), "/shifts", **body).status_code == 404
    made = post(client_of("alice"), "/shifts", **body)
    assert made.status_code == 200
    window = {"since": start.isoformat(), "until": (start + timedelta(days=1)).isoformat()}
    listed = client_of("alice").get(f"{API}/units/{LIANGDAO}/shifts", window).json()
    assert [shift["person"] for shift in listed] == [account("carol").pk]
    assert post(client_of("alice"), f"/shifts/{made.json()['id']}/cancel").status_code == 200


def test_lists_cost_few_statements(cast: Cast, django_assert_max_num_queries: Any) -> None:
    client = client_of("centre")
    for path in ("/units", "/people", "/roles"):
        with django_assert_max_num_queries(4):
            client.get(f"{API}{path}")


def test_the_document_names_every_verb(cast: Cast) -> None:
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    for path in DEEDS:
        shape = path.replace(HOUCHANG, "{code}").replace("leader", "{code}")
        for word, name in (
            ("@carol", "{person}"),
            ("@nobody", "{person}"),
            ("@post", "{post}"),
            ("@holding", "{holding}"),
        ):
            shape = shape.replace(word, name)
        assert f"{API}{shape}" in paths
