"""Publishing: an officer approves a masked copy; delay, withdrawal, and what never goes out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huying.cases import actions as cases
from huying.cases.models import Appellant, Case
from huying.cases.tests import people as case_people
from huying.kernel.clock import frozen, now
from huying.portal.actions.projecting import project
from huying.portal.models import PublicCase
from huying.portal.queries import published as queries
from huying.portal.tests.people import (
    ID_NUMBER,
    NAME,
    PHONE,
    accepted,
    centre_account,
    deliver,
    publish,
    published,
    unpublish,
)

pytestmark = pytest.mark.usefixtures("district")


def test_what_is_published_is_masked_once_more_and_points_at_no_home() -> None:
    number = published()
    row = PublicCase.objects.get()
    page = Client().get(f"/portal/public/{number}/").content.decode()
    for secret in (NAME, PHONE, ID_NUMBER, PHONE[-4:], "501"):
        assert secret not in page
        assert secret not in f"{row.title} {row.body} {row.address}"
    assert row.address == "粮道街花园山小区"
    assert (row.longitude, row.latitude) == (114.305, 30.543)


def test_what_waits_for_a_second_person_is_seen_by_nobody() -> None:
    number = accepted()
    case = Case.objects.get()
    cases.publish(number, version=case.version, by=case_people.centre, title="路灯", body="坏")
    deliver()
    assert Client().get(f"/portal/public/{number}/").status_code == 404


def test_a_delay_holds_it_back_and_taking_back_hides_it_at_once() -> None:
    number = accepted()
    publish(number, visible_from=now() + timedelta(hours=24))
    address = f"/portal/public/{number}/"
    assert Client().get(address).status_code == 404
    with frozen(now() + timedelta(hours=25)):
        assert Client().get(address).status_code == 200
        unpublish(number, "家属要求")
        assert Client().get(address).status_code == 404


def test_a_newer_text_is_shown_once_it_is_approved() -> None:
    number = published()
    publish(number, title="路灯修好了")
    assert "路灯修好了" in Client().get(f"/portal/public/{number}/").content.decode()
    assert PublicCase.objects.count() == 1


@pytest.mark.parametrize("column", ["sensitive", "anonymous", "about"])
def test_what_is_guarded_is_not_shown_whoever_approved_it(column: str) -> None:
    number = published()
    if column == "anonymous":
        Appellant.objects.update(anonymous=True)
    elif column == "about":
        Case.objects.update(about_id=Case.objects.get().place_id)
    else:
        Case.objects.update(sensitive=True)
    project(number)
    assert Client().get(f"/portal/public/{number}/").status_code == 404


def test_what_ends_without_an_answer_is_taken_back_by_itself() -> None:
    number = published()
    case = Case.objects.get()
    cases.withdraw(number, version=case.version, by=case_people.centre, reason="不用了")
    deliver()
    assert Client().get(f"/portal/public/{number}/").status_code == 404


def test_officers_find_what_is_proposed_on_their_desk_and_open_the_case() -> None:
    number = published()
    browser = Client()
    browser.force_login(centre_account())
    page = browser.get("/portal/desk/").content.decode()
    assert number in page and f"/cases/{number}/" in page
    assert PHONE not in page and NAME not in page
    assert number in browser.get(f"/portal/desk/?q={number}").content.decode()
    assert number not in browser.get("/portal/desk/?q=积水").content.decode()


def test_strangers_are_sent_to_sign_in() -> None:
    assert Client().get("/portal/desk/").status_code == 302


def test_near_tells_open_public_cases_within_five_hundred_metres() -> None:
    number = published()
    found = queries.near(114.3055, 30.5435)
    assert [one.public.followed.number for one in found] == [number]
    assert queries.near(114.33, 30.5435) == []
    answer = Client().post("/portal/file/near/", {"longitude": "114.3055", "latitude": "30.5435"})
    assert "小区门口路灯不亮" in answer.content.decode()
    assert Client().post("/portal/file/near/", {"longitude": "x"}).status_code == 200


@pytest.mark.parametrize(
    "address", ["/portal/", "/portal/public/", "/portal/public/?q=路灯", "/portal/public/points/"]
)
def test_public_pages_cost_few_statements(address: str) -> None:
    for number in range(6):
        published(key=f"web:{number}")
    with CaptureQueriesContext(connection) as captured:
        assert Client().get(address).status_code == 200
    sql = [q["sql"] for q in captured.captured_queries]
    assert len(sql) <= 3, sql
