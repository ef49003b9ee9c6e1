"""Nothing shows who appealed to somebody who was not given leave to see it: page, file or hit."""

from __future__ import annotations

import json

import pytest

from huying.cases import actions
from huying.kernel.models import AuditRow, Notice
from tests.mainline import ID_NUMBER, NAME, PHONE
from tests.permissions.crawl import readable
from tests.permissions.stage import STRANGER, Stage, ask, undone
from tests.permissions.table import VIEWERS
from tests.permissions.test_statements import address_of, gets

SECRETS = (NAME, PHONE, ID_NUMBER, f"{PHONE[:3]} {PHONE[3:7]} {PHONE[7:]}")


def said(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("who", [STRANGER, *sorted(VIEWERS)])
def test_nothing_that_can_be_opened_names_an_appellant(who: str, stage: Stage) -> None:
    leaks, client = [], stage.client(who)
    for route in sorted(gets()):
        with undone(client):
            text = readable(client.get(address_of(route, stage)))
        leaks += [f"{route}: {secret}" for secret in said(text)]
    assert leaks == []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_exported_file_names_an_appellant(form: str, stage: Stage) -> None:
    columns = "columns=number,title,category,place,lead,state,address,due,channel"
    client = stage.client("district_centre")
    with undone(client):
        answer = client.get(f"/cases/?export={form}&{columns}")
        assert answer.status_code == 200
        text = readable(answer)
    assert "路灯" in text
    assert said(text) == []


@pytest.mark.parametrize("question", ["路灯", "联系人", "老人"])
def test_no_search_hit_names_an_appellant(question: str, stage: Stage) -> None:
    client = stage.client("district_centre")
    for address in (f"/search/?q={question}", f"/api/v1/cases?text={question}"):
        text = readable(ask(client, "GET", address))
        assert "路灯" in text
        assert said(text) == []


def test_a_name_finds_nobody_who_was_not_unmasked(stage: Stage) -> None:
    answer = ask(stage.client("leader"), "GET", f"/api/v1/cases?text={NAME}")
    assert json.loads(answer.content)["items"] == []


def test_neither_audit_nor_news_names_an_appellant(stage: Stage) -> None:
    kept = [str(row) for row in AuditRow.objects.values_list("detail", "object_id", "actor_label")]
    kept += [str(row) for row in Notice.objects.values_list("payload", flat=True)]
    assert kept
    assert said("\n".join(kept)) == []


def test_leave_to_see_is_for_one_person_and_one_case(stage: Stage) -> None:
    case, other = stage.cases["in_progress"], stage.cases["replied"]
    client = stage.client("department_handler")
    with undone(client):
        handler = stage.cast.asker("department_handler")
        actions.unmask(case.number, version=case.version, by=handler, reason="需要回电")
        seen = readable(client.get(f"/api/v1/cases/{case.number}"))
        assert PHONE in seen and NAME in seen
        for who, number in (
            ("department_handler", other.number),
            ("district_centre", case.number),
            ("leader", case.number),
        ):
            assert said(readable(stage.client(who).get(f"/api/v1/cases/{number}"))) == []
            assert said(readable(stage.client(who).get(f"/cases/{number}/"))) == []
