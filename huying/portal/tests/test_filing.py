"""What comes in is kept once, sealed, whatever is repeated; and becomes one case, once."""

from __future__ import annotations

import contextlib
import sys
import uuid
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from huying.cases.models import Appellant, Attachment, Case
from huying.kernel.errors import Invalid
from huying.portal.actions import taking
from huying.portal.actions.filing import Photo
from huying.portal.models import FollowedCase, IntakeMessage, IntakePhoto
from huying.portal.tests.people import (
    NAME,
    PHONE,
    code_in,
    deliver,
    filed,
    taken,
)

pytestmark = pytest.mark.usefixtures("district")


def picture() -> bytes:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Telephone"
    Image.new("RGB", (40, 30), (90, 90, 90)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_message_is_sealed_until_it_is_taken_and_then_gone() -> None:
    message = filed()
    stored = bytes(IntakeMessage.objects.values_list("payload", flat=True).get() or b"")
    assert PHONE.encode() not in stored
    assert NAME.encode() not in stored
    taking.take(message.pk)
    message.refresh_from_db()
    assert message.payload is None
    assert message.state == "taken"


def test_news_of_a_message_makes_it_a_case_with_its_appellant() -> None:
    filed(photos=[Photo(f"{NAME}.jpg", picture())])
    deliver()
    case = Case.objects.get()
    person = Appellant.objects.get()
    assert (case.channel, case.state) == ("web", "registered")
    assert PHONE not in case.body
    assert person.verified
    assert Attachment.objects.get().from_citizen
    assert not IntakePhoto.objects.exists()
    assert FollowedCase.objects.get().number == case.number


def test_a_repeated_key_is_one_message_and_one_case() -> None:
    first, second = filed(key="web:1"), filed(key="web:1", body="别的话")
    assert first.token == second.token
    deliver()
    taking.take_waiting()
    assert Case.objects.count() == 1


def test_the_same_words_from_one_source_within_minutes_are_one_message() -> None:
    first = filed(channel="open311", source="abc")
    assert filed(channel="open311", source="abc").pk == first.pk
    assert filed(channel="open311", source="other").pk != first.pk


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        filed(body=" ", longitude=999.0, latitude=1.0)
    assert {fault.where for fault in refused.value.faults} == {"body", "longitude"}
    with pytest.raises(Invalid):
        filed(photos=[Photo("运行.jpg", b"#!/bin/sh\n")])
    assert not IntakeMessage.objects.exists()


def test_what_the_case_side_refuses_is_answered_in_words() -> None:
    message = taken(category="999999")
    assert message.state == "refused"
    assert message.answer
    assert message.payload is None
    assert not Case.objects.exists()


def test_one_message_that_fails_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken, good = filed(key="web:1"), filed(key="web:2")
    real = taking._doing

    def sometimes(message: IntakeMessage, payload: dict[str, object]) -> str:
        if message.pk == broken.pk:
            raise OSError("disk full")
        return real(message, payload)

    monkeypatch.setattr(taking, "_doing", sometimes)
    assert taking.take_waiting() == 1
    good.refresh_from_db()
    broken.refresh_from_db()
    assert (good.state, broken.state) == ("taken", "pending")
    assert broken.payload is not None


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("file"), st.integers(0, 4)),
            st.tuples(st.just("take"), st.integers(0, 6)),
            st.tuples(st.just("die"), st.integers(0, 6)),
            st.tuples(st.just("sweep"), st.just(0)),
        ),
        max_size=14,
    )
)
def test_whatever_is_repeated_or_dies_every_key_becomes_one_case(
    steps: list[tuple[str, int]],
) -> None:
    mark = uuid.uuid4().hex
    mine = IntakeMessage.objects.filter(key__startswith=mark).order_by("id")
    keys = set()
    for what, number in steps:
        ids = list(mine.values_list("pk", flat=True))
        if what == "file":
            filed(key=f"{mark}:{number}")
            keys.add(number)
        elif what == "take" and number < len(ids):
            taking.take(ids[number])
        elif what == "die" and number < len(ids):
            die_while_taking(ids[number])
        elif what == "sweep":
            taking.take_waiting()
    taking.take_waiting()
    assert all(state == "taken" for state in mine.values_list("state", flat=True))
    keys_of_cases = [f"portal:{token}" for token in mine.values_list("token", flat=True)]
    cases = Case.objects.filter(intake_key__in=keys_of_cases)
    assert cases.count() == len(keys)
    assert set(cases.values_list("number", flat=True)) == set(mine.values_list("number", flat=True))


def die_while_taking(message_id: int) -> None:
    """The process ends after the case was registered, before anything was committed."""
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(SystemExit):
        patch.setattr(taking, "project", lambda number: sys.exit())
        taking.take(message_id)


def test_a_citizen_files_proves_the_telephone_and_gets_a_number() -> None:
    browser = Client()
    assert browser.get("/portal/file/").status_code == 200
    form = {"body": "楼下夜里施工太吵", "phone": PHONE, "name": NAME}
    refused = browser.post("/portal/file/", form)
    assert refused.status_code == 422
    assert "获取验证码" in refused.content.decode()
    code = code_in(browser.post("/portal/code/", {"phone": PHONE}))
    answer = browser.post("/portal/file/", {**form, "code": code})
    assert answer.status_code == 302
    assert "已经收到" in browser.get(answer["Location"]).content.decode()
    deliver()
    case = Case.objects.get()
    assert case.number in browser.get(answer["Location"]).content.decode()
    assert Appellant.objects.get().verified


def test_who_wants_no_name_needs_no_telephone() -> None:
    answer = Client().post("/portal/file/", {"body": "有人乱倒垃圾", "anonymous": "on"})
    assert answer.status_code == 302
    deliver()
    person = Appellant.objects.get()
    assert person.anonymous
    assert person.name is None
    assert person.phone is None


def test_without_a_telephone_and_not_anonymous_is_not_enough() -> None:
    answer = Client().post("/portal/file/", {"body": "有人乱倒垃圾"})
    assert answer.status_code == 422
    assert not IntakeMessage.objects.exists()


def test_a_file_sent_twice_by_a_nervous_finger_is_one_case() -> None:
    browser = Client()
    form = {
        "body": "有人乱倒垃圾",
        "anonymous": "on",
        "submission": "7c1f0a34-58a4-4dcb-9f0c-0d1f4f0f8d11",
    }
    first, second = (browser.post("/portal/file/", form) for _ in range(2))
    assert first["Location"] == second["Location"]


def test_taking_costs_a_fixed_number_of_statements() -> None:
    message = filed()
    with CaptureQueriesContext(connection) as captured:
        taking.take(message.pk)
    sql = [q["sql"] for q in captured.captured_queries]
    told = [one for one in sql if not one.startswith(("SAVEPOINT", "RELEASE"))]
    assert len(told) <= 50, len(told)
