"""The door of the city's line, its order, its workbooks, and the verbs of a city order."""

from __future__ import annotations

import hashlib
import hmac
import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook, load_workbook

from huying.cases import actions
from huying.cases.actions.city_in import Said, apply_waiting, keep
from huying.cases.adapters import city_line, city_sheet
from huying.cases.models import Case, CaseEvent, CityMessage
from huying.cases.queries.search import search
from huying.cases.tests import people
from huying.kernel import relay, secrets
from huying.kernel.clock import now
from huying.kernel.errors import Forbidden, Invalid, NotNow

pytestmark = pytest.mark.usefixtures("district")
DOOR = "/city-line/messages"
DUE = "2026-03-09T17:30:00+08:00"


def message(sequence: int = 1, kind: str = "order", **content: Any) -> dict[str, Any]:
    """One message about the order WH1."""
    told = {"title": "路灯不亮", "body": f"坏了一周，{people.PHONE}", "due": DUE}
    return {
        "key": f"key-{sequence}-{kind}",
        "order": "WH20260302000123",
        "sequence": sequence,
        "kind": kind,
        "at": people.MONDAY.isoformat(),
        "content": (told if kind == "order" else {}) | {"phone": people.PHONE} | content,
    }


def sent(settings: Any, body: Any, *, key: bytes = b"", at: datetime | None = None) -> Any:
    """Knock at the door as the city does."""
    data = json.dumps(body).encode()
    told = (at or now()).isoformat()
    said = f"POST\n{DOOR}\n{told}\n{hashlib.sha256(data).hexdigest()}"
    secret = key or secrets.material(settings.HOME, city_line.SECRET)
    signature = hmac.new(secret, said.encode(), hashlib.sha256).hexdigest()
    headers = {"Huying-Time": told, "Huying-Signature": signature}
    return Client().post(DOOR, data, content_type="application/json", headers=headers)


def said(sequence: int, kind: str, **content: Any) -> None:
    """Keep a message and let the relay bring it."""
    raw = message(sequence, kind, **content)
    keep(Said(**{**raw, "at": people.MONDAY}))
    relay.deliver_due()


def the_case() -> Case:
    """The one order."""
    return Case.objects.get(external_number="WH20260302000123")


def test_an_order_becomes_a_case_once_and_is_found_by_both_numbers(settings: Any) -> None:
    answers = [sent(settings, message()) for _time in range(2)]
    assert [(a.status_code, a.json()) for a in answers] == [
        (200, {"key": "key-1-order", "kept": True})
    ] * 2
    relay.deliver_due()
    case = the_case()
    assert (case.channel, case.city_state, case.city_due_at) == (
        "hotline",
        "sent",
        datetime.fromisoformat(DUE),
    )
    assert people.PHONE not in case.body
    for text in ("0123", "WH20260302000123", case.last_four):
        assert case.number in [hit.number for hit in search(people.centre, text)]


def test_a_wrong_signature_and_an_old_one_open_nothing(settings: Any) -> None:
    assert sent(settings, message(), key=b"another").status_code == 401
    late = now() - timedelta(minutes=6)
    assert sent(settings, message(), at=late).status_code == 401
    assert Client().post(DOOR, b"{}", content_type="application/json").status_code == 401
    assert not CityMessage.objects.exists()


def test_everything_wrong_with_a_message_is_told_at_once(settings: Any) -> None:
    bad = message() | {"sequence": 0, "kind": "shout", "at": "2026-03-02"}
    answer = sent(settings, bad)
    assert answer.status_code == 422
    assert [fault["where"] for fault in answer.json()["faults"]] == ["sequence", "kind", "at"]
    assert sent(settings, message()).status_code == 200
    assert sent(settings, message() | {"kind": "redo", "key": "k2"}).status_code == 409


def test_names_of_fields_follow_the_citys_own(settings: Any) -> None:
    settings.CITY_NAMES = {"order": "gdbh", "key": "xxid", "body": "nr"}
    raw = message()
    raw["gdbh"], raw["xxid"] = raw.pop("order"), raw.pop("key")
    raw["content"]["nr"] = raw["content"].pop("body")
    assert sent(settings, raw).json() == {"xxid": "key-1-order", "kept": True}
    relay.deliver_due()
    assert the_case().body.startswith("坏了一周")


def test_what_comes_too_early_waits_for_its_turn() -> None:
    said(3, "withdrawn", reason="诉求人撤销")
    said(2, "deadline", due="2026-03-12T17:30:00+08:00", reason="防汛")
    assert not Case.objects.exists()
    said(1, "order")
    verbs = CaseEvent.objects.order_by("version").values_list("verb", flat=True)
    assert list(verbs) == ["register", "city_rule", "city_rule"]
    assert (the_case().state, the_case().city_state) == ("withdrawn", "withdrawn")


def test_what_is_refused_is_kept_shown_and_tried_again() -> None:
    said(1, "order", title="")
    row = CityMessage.objects.get()
    assert row.state == "refused"
    assert "不能为空" in row.error
    with pytest.raises(Forbidden):
        actions.retry_city_message(row.pk, by=people.dispatcher)
    actions.retry_city_message(row.pk, by=people.centre)
    row.refresh_from_db()
    assert row.state == "refused"


def test_sending_again_while_the_line_is_down_is_refused_in_words() -> None:
    people.city_order()
    row = CityMessage.objects.get(way="out")
    with pytest.raises(NotNow, match="线路不通"):
        actions.retry_city_message(row.pk, by=people.centre)


def test_an_order_registered_by_hand_is_not_made_twice() -> None:
    by_hand = people.registered(channel="hotline", external_number="WH20260302000123")
    said(1, "order")
    case = the_case()
    assert case.number == by_hand.number
    assert case.city_due_at == datetime.fromisoformat(DUE)
    with pytest.raises(Invalid, match=case.number):
        people.registered(channel="hotline", external_number="WH20260302000123")


def test_the_city_is_told_of_signing_and_of_the_answer() -> None:
    case = people.city_order()
    done = actions.dispatch(case.number, version=case.version, by=people.centre, lead="420106D01")
    done = actions.sign(case.number, version=done.version, by=people.handler)
    done = actions.reply(
        case.number, version=done.version, by=people.handler, result="已修好", solved=True
    )
    actions.review(case.number, version=done.version, by=people.centre, passed=True)
    told = CityMessage.objects.filter(way="out").order_by("sequence")
    assert list(told.values_list("kind", "sequence")) == [("signed", 1), ("answered", 2)]
    assert Case.objects.get().city_state == "answered"


def test_a_redo_begins_a_new_round_with_the_new_deadline() -> None:
    test_the_city_is_told_of_signing_and_of_the_answer()
    case = Case.objects.get()
    due = people.MONDAY + timedelta(days=9)
    done = actions.city_redo(
        case.number, version=case.version, by=people.centre, reason="没修好", due_at=due
    )
    case.refresh_from_db()
    assert (done.state, case.round, case.city_round) == ("dispatched", 2, 1)
    assert case.city_due_at == due
    assert done.due_at is not None
    assert done.due_at < due


def test_a_redo_of_what_was_never_answered_changes_no_state() -> None:
    case = people.city_order()
    done = actions.city_redo(case.number, version=case.version, by=people.centre, reason="催办")
    assert (done.state, Case.objects.get().city_round) == ("accepted", 1)


def test_a_return_that_the_city_allows_ends_the_case() -> None:
    case = people.city_order()
    done = actions.city_return(case.number, version=case.version, by=people.centre, reason="不属")
    with pytest.raises(NotNow, match="等待市里裁定"):
        actions.city_return(case.number, version=done.version, by=people.centre, reason="不属")
    done = actions.city_rule(
        case.number, version=done.version, by=people.centre, ruling="return_approved"
    )
    row = Case.objects.get()
    assert (row.state, row.city_state, row.refusal) == ("not_accepted", "returned", "outside")


def test_the_citys_order_is_not_refused_or_extended_here() -> None:
    case = people.registered(channel="hotline", external_number="WH9")
    with pytest.raises(NotNow, match="退单"):
        actions.refuse(case.number, version=case.version, by=people.centre, reason="outside")


def sheet(*rows: list[str]) -> io.BytesIO:
    """The city's workbook."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = city_sheet.SHEET
    page.append(list(city_sheet.HEADINGS))
    for row in rows:
        page.append(row)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


GOOD = ["WH7", "转办", "2026-03-09 17:30", "路灯不亮", "坏了", "王敏", "13800000000", "", ""]


def test_a_workbook_serves_when_the_line_is_down_and_counts_once() -> None:
    assert actions.take_city_sheet(sheet(GOOD), by=people.centre) == (1, 0)
    assert actions.take_city_sheet(sheet(GOOD), by=people.centre) == (0, 1)
    again = ["WH7", "改期", "2026-03-11 17:30", "", "", "", "", "", "防汛"]
    assert actions.take_city_sheet(sheet(GOOD, again), by=people.centre) == (1, 1)
    case = Case.objects.get(external_number="WH7")
    assert case.city_due_at == datetime.fromisoformat("2026-03-11T17:30:00+08:00")
    # The line comes back and brings the same order by its own key: nothing new.
    raw = message() | {"order": "WH7", "at": people.MONDAY}
    assert keep(Said(**raw)) is False
    assert apply_waiting("WH7") == 0


def test_every_wrong_cell_of_a_workbook_is_told_and_nothing_is_taken() -> None:
    rows = (GOOD, ["", "转办", "明天", "", "坏了"], ["WH8", "喊话", "", "", "", "", "", "", ""])
    with pytest.raises(Invalid) as refusal:
        actions.take_city_sheet(sheet(*rows), by=people.centre)
    cells = {fault.where for fault in refusal.value.faults}
    name = city_sheet.SHEET
    assert cells == {f"{name}!A3", f"{name}!C3", f"{name}!D3", f"{name}!B4"}
    assert not CityMessage.objects.exists()
    with pytest.raises(Forbidden):
        actions.take_city_sheet(sheet(GOOD), by=people.dispatcher)


def test_what_we_have_to_tell_can_be_carried_as_a_workbook() -> None:
    case = people.city_order()
    actions.city_return(case.number, version=case.version, by=people.centre, reason="不属本区")
    body = actions.city_sheet_to_send(by=people.centre)
    rows = list(load_workbook(io.BytesIO(body)).worksheets[0].iter_rows(values_only=True))
    assert [row[2] for row in rows[1:]] == ["签收", "申请退单"]
    assert rows[2][4] == "不属本区"
