"""Filing by Open311: keys, validation, tokens, repetition, a word to one's own request."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from huying.cases.models import Appellant, Case, CaseEvent
from huying.org import actions as org
from huying.org.models import ApiKey
from huying.portal.models import IntakeMessage
from huying.portal.tests.people import HAND, LAMP, PHONE, deliver, open311_key, taken
from huying.portal.tests.test_open311 import as_json, as_xml, asked, errors

pytestmark = pytest.mark.usefixtures("district")

GOOD = {
    "service_code": LAMP,
    "lat": "30.5432",
    "long": "114.3051",
    "description": "路灯坏了",
    "first_name": "建国",
    "last_name": "欧阳",
    "phone": PHONE,
    "email": "someone@example.com",
    "jurisdiction_id": "420106",
    "attribute[lamp]": "L-17",
    "attribute[count]": "2",
    "media_url": "https://example.com/a.jpg",
    "account_id": "9",
    "device_id": "d",
}


def sent(key: str, path: str = "requests", form: str = "json", **changes: Any) -> HttpResponse:
    headers = changes.pop("headers", {})
    given = {"api_key": key} | GOOD | changes if path == "requests" else {"api_key": key} | changes
    given = {name: value for name, value in given.items() if value is not None}
    return Client().post(f"/open311/v2/{path}.{form}", given, headers=headers)  # type: ignore[return-value]


def token_of(answer: HttpResponse) -> str:
    assert answer.status_code == 200, answer.content.decode()
    (one,) = answer.json()  # type: ignore[attr-defined]
    assert one["account_id"] is None
    assert one["service_notice"]
    return str(one["token"])


def test_a_token_becomes_an_id_and_the_case_has_everything() -> None:
    token = token_of(sent(open311_key()))
    assert as_json(f"tokens/{token}.json") == [{"service_request_id": None, "token": token}]
    deliver()
    (found,) = as_json(f"tokens/{token}.json")
    case = Case.objects.get()
    assert found == {"service_request_id": case.number, "token": token}
    assert case.channel == "open311"
    assert case.category is not None
    assert case.category.code == LAMP
    assert (case.latitude, case.longitude) == (30.5432, 114.3051)
    for words in ("路灯坏了", "灯杆编号", "L-17", "https://example.com/a.jpg"):
        assert words in case.body
    assert "example.com/a.jpg" in case.body
    assert "someone@" not in case.body + case.title
    person = Appellant.objects.get()
    assert (person.shown_phone, person.verified) == ("138****5678", False)
    tree = as_xml(f"tokens/{token}.xml")
    assert tree.tag == "service_requests"
    assert [child.tag for child in tree[0]] == ["service_request_id", "token"]


def test_a_repeated_post_is_one_request() -> None:
    key = open311_key()
    assert token_of(sent(key)) == token_of(sent(key))
    assert token_of(sent(key, description="另一盏")) != token_of(sent(key))
    keyed = [
        token_of(sent(key, description=f"第 {n} 次", headers={"Idempotency-Key": "k1"}))
        for n in range(2)
    ]
    assert keyed[0] == keyed[1]
    deliver()
    answer = sent(key, description="第 9 次", headers={"Idempotency-Key": "k1"})
    (one,) = json.loads(answer.content)
    assert one["service_request_id"] in set(Case.objects.values_list("number", flat=True))
    assert Case.objects.count() == 3


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"service_code": None}, 400),
        ({"service_code": "999999"}, 404),
        ({"jurisdiction_id": "0"}, 404),
        ({"lat": None, "long": None}, 400),
        ({"lat": "91"}, 400),
        ({"long": None}, 400),
        ({"lat": "north"}, 400),
        ({"description": "长" * 4001}, 400),
        ({"attribute[count]": "许多"}, 400),
        ({"attribute[colour]": "red"}, 400),
        ({"service_code": "010302", "attribute[lamp]": None, "attribute[count]": None}, 400),
    ],
)
def test_what_is_wrong_is_refused_with_the_code_of_the_specification(
    changes: dict[str, Any], code: int, form: str
) -> None:
    assert errors(sent(open311_key(), form=form, **changes))[0] == code
    assert not IntakeMessage.objects.exists()


def test_an_address_is_place_enough_and_lists_take_their_keys() -> None:
    plain: dict[str, Any] = {
        "lat": None,
        "long": None,
        "attribute[lamp]": None,
        "attribute[count]": None,
    }
    answer = sent(
        open311_key(),
        service_code="010101",
        address_string="粮道街花园山社区",
        **{**plain, "attribute[kinds][]": ["bulky", "green"]},
    )
    token_of(answer)
    deliver()
    assert "旧家具、树枝杂草" in Case.objects.get().body


def test_without_a_good_key_nothing_is_filed() -> None:
    good = open311_key()
    revoked = open311_key()
    org.revoke_key(revoked.split("_")[1], by=HAND)
    owner = ApiKey.objects.filter(revoked_at=None).first()
    assert owner is not None
    api = org.issue_key(owner.owner_id, "接口", ["cases.register"], by=HAND)[1]
    narrow = open311_key(("cases.view",))
    for key in ("", "hy_x", good[:-1], revoked, api, narrow):
        assert errors(sent(key))[0] == 403
    assert not IntakeMessage.objects.exists()


def test_the_filer_sees_the_state_of_ones_own_but_not_texts_of_it() -> None:
    key = open311_key()
    token = token_of(sent(key))
    deliver()
    number = as_json(f"tokens/{token}.json")[0]["service_request_id"]
    assert asked(f"requests/{number}.json").status_code == 404
    (own,) = as_json(f"requests/{number}.json", api_key=key)
    assert own["status"] == "open"
    assert own["description"] is None
    assert own["lat"] is None
    other = taken(key="web:9").number
    assert asked(f"requests/{other}.json", api_key=key).status_code == 404


def test_a_word_to_ones_own_request_reaches_the_case_once() -> None:
    key = open311_key()
    token = token_of(sent(key))
    deliver()
    number = as_json(f"tokens/{token}.json")[0]["service_request_id"]
    word = {
        "service_request_id": number,
        "update_id": "u1",
        "updated_datetime": "2026-03-02T10:00:00+08:00",
        "status": "OPEN",
        "description": "今晚还是黑的",
    }
    path = "servicerequestupdates"
    first = sent(key, path, **word)
    assert first.status_code == 200
    assert list(json.loads(first.content)[0]) == ["update_id"]
    assert sent(key, path, **word).content == first.content
    tree = sent(key, path, "xml", **word).content.decode()
    assert "<service_request_updates><request_update><update_id>" in tree
    deliver()
    assert CaseEvent.objects.filter(verb="comment").count() == 1
    for changes, code in (
        ({"service_request_id": ""}, 400),
        ({"description": ""}, 400),
        ({"service_request_id": taken(key="web:9").number}, 404),
    ):
        assert errors(sent(key, path, **(word | changes)))[0] == code
    assert errors(sent("bad", path, **word))[0] == 403


def test_a_refused_message_says_why_by_its_token() -> None:
    message = taken(channel="open311", category="999999")
    code, words = errors(asked(f"tokens/{message.token}.json"))
    assert code == 400
    assert words


def test_a_key_is_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    from huying.portal.api import requests
    from huying.portal.rules.limits import HOUR, Limit

    monkeypatch.setattr(requests, "OPEN311_BY_KEY", (Limit("open311.key", 2, HOUR),))
    key = open311_key()
    codes = [sent(key, description=f"第 {n} 件").status_code for n in range(3)]
    assert codes == [200, 200, 429]
