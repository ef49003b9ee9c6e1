"""The HTTP gateway against an independent one that fails, delays, doubles, loses and rejects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from huying.kernel import secrets
from huying.kernel.clock import frozen, now
from huying.kernel.errors import Forbidden, Invalid, NotNow
from huying.kernel.models import AuditRow, Notice
from huying.org import queries as org_queries
from huying.portal.actions import texting
from huying.portal.actions.codes import send_code
from huying.portal.adapters.sms import Text, Unsent, sender
from huying.portal.models import MessageWords, ShortMessage
from huying.portal.queries.texts import words_of
from huying.portal.rules import gateway, messages
from huying.portal.tests.people import HAND, PHONE, centre_account, deliver, taken
from huying.portal.tests.sms_server import SECRET, Gateway
from huying.portal.tests.test_following import answered
from huying.portal.views.receipts import door

pytestmark = pytest.mark.usefixtures("district")

FORM = {
    "form": "form",
    "fields": {
        "to": "{phone}",
        "words": "{text}",
        "seq": "{key}",
        "at": "{stamp}",
        "sign": "{signature}",
        "account": "huying",
    },
    "signed": "{phone}{stamp}{text}",
}
JSON = {
    "form": "json",
    "fields": {"to": "{phone}", "words": "{text}", "seq": "{key}", "channel": 3},
    "headers": {"X-Time": "{time}", "X-Sign": "{signature}"},
    "signed": "{time}{digest}",
}
COMMON = {
    "accepted": {"code": ["OK"]},
    "busy": {"code": ["BUSY"]},
    "reason": "message",
    "reference": "result.id",
    "timeout": 10.0,
    "receipt": {"list": "reports", "key": "seq", "state": "stat", "delivered": ["DELIVRD"]},
}


@pytest.fixture(params=["form", "json"])
def far(request: Any, settings: Any, tmp_path: Any) -> Iterator[Gateway]:
    """A gateway in its own thread, and this install connected with it."""
    settings.HOME = tmp_path
    found = Gateway()
    settings.SMS, settings.DEMO = "http", False
    shape = FORM if request.param == "form" else JSON
    settings.SMS_GATEWAY = {"address": found.address, **shape, **COMMON}
    (secrets.folder(tmp_path) / "sms.key").write_bytes(SECRET + b"\n")
    yield found
    found.close()


def invited() -> ShortMessage:
    """A case that passed its review; the message to its citizen, tried once by the relay."""
    number = taken().number
    answered(number)
    return ShortMessage.objects.get(number=number)


def later(minutes: float) -> None:
    """What the every-minute job does so many minutes on."""
    with frozen(now() + timedelta(minutes=minutes)):
        texting.send_waiting()


def test_a_message_arrives_once_with_the_words_and_nothing_else(far: Gateway) -> None:
    row = invited()
    (got,) = far.sent.values()
    assert got["to"] == PHONE
    assert row.number in got["words"]
    assert "/portal/r/" in got["words"]
    assert "路灯" not in got["words"]
    assert (row.state, row.attempts, row.reference) == ("sent", 1, f"G-{row.key[:8]}")
    assert (row.phone, row.words) == (None, None)


@pytest.mark.parametrize("trouble", ["fail", "slow", "busy", "garbage", "lose", "denied"])
def test_what_goes_wrong_on_the_way_is_tried_again_and_arrives_once(
    far: Gateway, trouble: str, settings: Any
) -> None:
    far.trouble = [trouble, trouble]
    patient = settings.SMS_GATEWAY
    if trouble == "slow":  # it answers after a second
        settings.SMS_GATEWAY = patient | {"timeout": 0.5}
    row = invited()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert row.error
    later(0.5)
    row.refresh_from_db()
    assert row.attempts == 1, "not before its time"
    later(1.1)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("waiting", 2)
    settings.SMS_GATEWAY = patient
    later(3.2)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("sent", 3)
    assert len(far.asked) == 3
    assert len({asked["seq"] for asked in far.asked}) == 1, "all tries under one key"
    assert len(far.sent) == 1


def test_what_the_gateway_rejects_is_told_and_not_tried_again_by_itself(far: Gateway) -> None:
    far.trouble = ["reject"]
    row = invited()
    assert (row.state, row.error) == ("refused", "number is on the black list")
    later(600)
    assert len(far.asked) == 1
    texting.resend(row.pk, by=HAND)
    deliver()
    row.refresh_from_db()
    assert row.state == "sent"
    with pytest.raises(NotNow):
        texting.resend(row.pk, by=HAND)


def test_a_wrong_secret_is_rejected_by_the_other_side(far: Gateway, settings: Any) -> None:
    (secrets.folder(settings.HOME) / "sms.key").write_bytes(b"other")
    assert invited().error == "bad signature"


def test_a_dead_gateway_holds_nobody_up_and_is_given_up_visibly(far: Gateway) -> None:
    far.close()
    first = invited()
    second = taken(key="web:2", phone="13900001111").number
    answered(second)
    at = now()
    for hours in range(1, 14):
        with frozen(at + timedelta(hours=hours)):
            texting.send_waiting()
            texting.send_waiting()
    first.refresh_from_db()
    assert (first.state, first.attempts) == ("failed", messages.MOST_ATTEMPTS)
    assert first.words is not None, "kept, for it can be sent again"
    page = Client()
    page.force_login(centre_account())
    shown = page.get("/portal/desk/texts/").content.decode()
    assert first.number in shown
    assert "多次未发出" in shown
    assert "重新发送" in shown
    assert PHONE not in shown
    assert page.post(f"/portal/desk/texts/{first.pk}/").status_code == 302
    first.refresh_from_db()
    assert (first.state, first.attempts) == ("waiting", 0)


def test_one_that_breaks_in_our_own_hands_does_not_hold_up_the_others(
    far: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    far.trouble = ["fail", "fail"]
    first = invited()
    second = taken(key="web:2", phone="13900001111").number
    answered(second)
    whole = texting._try

    def breaks(row: ShortMessage) -> None:
        if row.pk == first.pk:
            raise UnicodeEncodeError("latin-1", "梁", 0, 1, "no header holds it")
        whole(row)

    monkeypatch.setattr(texting, "_try", breaks)
    later(2)
    first.refresh_from_db()
    assert (first.state, first.attempts) == ("waiting", 1)
    assert ShortMessage.objects.get(number=second).state == "sent"


def test_a_message_that_came_to_nothing_is_dropped(far: Gateway) -> None:
    far.trouble = ["fail"]
    row = invited()
    with frozen(now() + messages.LINK_LIVES):
        texting.send_waiting()
    row.refresh_from_db()
    assert (row.state, row.phone, row.words) == ("dropped", None, None)
    assert far.sent == {}


def test_receipts_are_noted_once_by_whoever_knows_the_door(far: Gateway) -> None:
    row = invited()
    sent = {"reports": [{"seq": row.key, "stat": "DELIVRD"}, {"seq": "x", "stat": "UNDELIV"}]}
    address = f"/portal/texts/receipts/{door()}/"
    for noted in (1, 0):
        answer = Client().post(address, json.dumps(sent), content_type="application/json")
        assert answer.json() == {"noted": noted}
    row.refresh_from_db()
    assert (row.state, row.receipt) == ("arrived", "DELIVRD")
    late = {"reports": [{"seq": row.key, "stat": "EXPIRED"}]}
    Client().post(address, json.dumps(late), content_type="application/json")
    row.refresh_from_db()
    assert row.state == "arrived"
    assert Client().post(address, "no", content_type="application/json").status_code == 200
    assert Client().post("/portal/texts/receipts/guess/").status_code == 404


def test_a_code_goes_by_the_same_gateway_and_a_failure_is_said_in_plain_words(
    far: Gateway,
) -> None:
    assert send_code(PHONE, address="10.0.0.1") == ""
    (got,) = far.sent.values()
    assert "验证码" in got["words"]
    far.trouble = ["fail"]
    answer = Client().post("/portal/code/", {"phone": "13900002222"})
    assert "短信暂时发不出去" in answer.content.decode()


def test_a_gateway_with_templates_of_its_own_gets_the_number_and_the_link(
    far: Gateway, settings: Any
) -> None:
    fields = settings.SMS_GATEWAY["fields"] | {"no": "{number}", "link": "{link}"}
    settings.SMS_GATEWAY = settings.SMS_GATEWAY | {"fields": fields}
    row = invited()
    (got,) = far.sent.values()
    assert got["no"] == row.number
    assert "/portal/r/" in got["link"] and got["link"] in got["words"]


def test_no_telephone_stays_in_what_is_kept_or_told(far: Gateway) -> None:
    invited()
    kept = f"{list(ShortMessage.objects.values())} {list(Notice.objects.values())}"
    kept += f"{list(AuditRow.objects.values())}"
    assert PHONE not in kept


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"address": ""}, "address"),
        ({"address": "ftp://x"}, "http"),
        ({"fields": {"a": "{phones}"}}, "phones"),
        ({"fields": {"a": "{phone}"}}, "text"),
        ({"form": "xml"}, "json or form"),
        ({"timeout": 900}, "timeout"),
        ({"colour": 1}, "colour"),
        ({"signed": "{digest}", "fields": FORM["fields"]}, "header"),
    ],
)
def test_a_gateway_that_cannot_work_is_told_at_the_start(
    changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(gateway.Misread, match=words):
        gateway.read({"address": "http://x.cn/", **FORM, **COMMON} | changes)


def test_without_any_gateway_the_message_waits_and_says_why(settings: Any) -> None:
    settings.DEMO = False
    row = invited()
    assert (row.state, row.error) == ("waiting", "短信通道还没有开通。")
    with pytest.raises(Unsent):
        sender().send(Text("1", "", "", ""))


def test_the_district_words_a_kind_and_thereby_confirms_it(settings: Any) -> None:
    centre = centre_account()
    by = org_queries.asker_for(centre)
    page = Client()
    page.force_login(centre)
    assert "未经本区确认" in page.get("/portal/desk/texts/").content.decode()
    for words in (
        "",
        "没有链接 {number}",
        "{link} {number} {name}",
        "{link} {number} {",
        "x" * 201,
    ):
        with pytest.raises(Invalid):
            texting.edit_words("rate", words, by=by)
    address = "/portal/desk/texts/words/rate/"
    assert page.post(address, {"words": "请评价 {number}：{link}"}).status_code == 302
    assert page.post(address, {"words": "无"}).status_code == 422
    assert words_of("rate") == "请评价 {number}：{link}"
    settings.DEMO = True
    row = invited()
    assert row.words is not None
    assert secrets.open_text(row.words).startswith(f"请评价 {row.number}：http")
    assert MessageWords.objects.get().by_id == by.id
    with pytest.raises(Forbidden):
        texting.edit_words("rate", "{number}{link}", by=org_queries.asker_for(_nobody()))


def _nobody() -> Any:
    from huying.org.models import Account

    return Account.objects.create_user(username="nobody", name="甲", password="Kx7#mpQ2vz")
