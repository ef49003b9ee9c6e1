"""评价链接: signed, good once, for one person and one round; it tells nobody who anybody is."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from huying.cases import actions as cases
from huying.cases.models import Case, CaseEvent, Evaluation
from huying.cases.rules.states import CAUSES as CASE_CAUSES
from huying.cases.tests import people as case_people
from huying.kernel import secrets
from huying.kernel.clock import frozen, now
from huying.org.models import Account, Holding, Post, Role, Unit
from huying.portal.models import FollowedCase, IntakeMessage, RatingLink, ShortMessage
from huying.portal.queries.links import token_of
from huying.portal.rules.messages import LINK_LIVES
from huying.portal.rules.words import CAUSES
from huying.portal.tests.people import (
    LAMP,
    NAME,
    OTHER_PHONE,
    PHONE,
    centre_account,
    deliver,
    proved,
    taken,
)
from huying.portal.tests.test_following import answered

pytestmark = pytest.mark.usefixtures("district")

GOOD = {"solved": "yes", "grade": "5"}
BAD = {"solved": "no", "grade": "1", "cause": "slow", "text": "还是不亮"}


@pytest.fixture(autouse=True)
def demonstration(settings: Any) -> None:
    settings.DEMO = True


def link_to(number: str) -> str:
    """The address in the newest message to this case's citizen."""
    row = ShortMessage.objects.filter(number=number).latest("id")
    assert row.words is not None
    found = re.search(r"https?://[^/]+(/portal/r/[\w-]+/)", secrets.open_text(row.words))
    assert found
    return found[1]


def asked() -> tuple[str, str]:
    """A case whose citizen is asked, and the address of the link."""
    number = taken().number
    answered(number)
    return number, link_to(number)


def test_a_citizen_rates_by_the_link_without_signing_in() -> None:
    number, address = asked()
    browser = Client()
    page = browser.get(address)
    assert page.status_code == 200
    assert "已更换灯泡" in page.content.decode()
    assert browser.post(address, {"solved": "no"}).status_code == 422
    assert browser.post(address, BAD).status_code == 302
    deliver()
    said = Evaluation.objects.get()
    assert (said.solved, said.grade, said.cause, said.comment) == (False, 1, "slow", "还是不亮")
    assert Case.objects.get(number=number).state == "evaluated"
    line = CaseEvent.objects.get(verb="evaluate")
    assert line.actor_label == "市民（评价链接）"
    assert "谢谢您的评价" in browser.get(address).content.decode()


def test_the_callback_agent_sees_that_the_citizen_was_quicker() -> None:
    number, address = asked()
    agent = Client()
    agent.force_login(callback_agent())
    assert agent.get(f"/evaluate/callbacks/{number}/").status_code == 200
    Client().post(address, GOOD)
    deliver()
    assert number not in agent.get("/evaluate/callbacks/").content.decode()
    answer = agent.get(f"/evaluate/callbacks/{number}/")
    assert answer.status_code == 302
    told = [str(message) for message in get_messages(answer.wsgi_request)]
    assert told and "市民（评价链接）已在" in told[0]


def callback_agent() -> Account:
    """Somebody who calls back for the district."""
    centre_account()  # installs the roles
    unit = Unit.objects.get(code="420106")
    account = Account.objects.create_user(
        username="caller", name="何佳", unit=unit, password="Kx7#mpQ2vz", password_changed_at=now()
    )
    role = Role.objects.get(code="callback_agent")
    post = Post.objects.create(unit=unit, role=role, area=unit, title="回访员")
    Holding.objects.create(person=account, post=post, since=now())
    return account


def test_looking_does_not_use_it_up_but_rating_does_once() -> None:
    _number, address = asked()
    for _time in range(3):
        assert Client().get(address).status_code == 200
    assert Client().head(address).status_code == 200
    Client().post(address, GOOD)
    Client().post(address, BAD)
    deliver()
    assert Evaluation.objects.get().grade == 5
    assert IntakeMessage.objects.filter(kind="evaluate").count() == 1


def test_an_address_that_we_did_not_sign_opens_nothing() -> None:
    number, address = asked()
    link = RatingLink.objects.get()
    token = token_of(link)
    wrong = [token[:-1] + ("A" if token[-1] != "A" else "B"), "A" + token[1:], token[:8], "x" * 24]
    for one in wrong:
        assert Client().get(f"/portal/r/{one}/").status_code == 404
        assert Client().post(f"/portal/r/{one}/", GOOD).status_code == 404
    # Not even somebody who writes to the table makes it good longer, again or for another.
    for changes in ({"until": now() + timedelta(days=900)}, {"round": 2}, {"appellant": 99}):
        RatingLink.objects.update(**changes)
        assert Client().get(address).status_code == 404
        RatingLink.objects.update(until=link.until, round=link.round, appellant=link.appellant)
    assert Client().get(address).status_code == 200
    assert not IntakeMessage.objects.filter(kind="evaluate", number=number).exists()


def test_it_ends_after_its_days() -> None:
    _number, address = asked()
    with frozen(now() + LINK_LIVES):
        answer = Client().get(address)
        assert answer.status_code == 410
        assert "不能用了" in answer.content.decode()
        assert Client().post(address, GOOD).status_code == 410
    deliver()
    assert not Evaluation.objects.exists()


def test_it_is_revoked_when_the_citizen_was_heard_otherwise() -> None:
    number, address = asked()
    proved().post(f"/portal/follow/{number}/evaluate/", GOOD)
    deliver()
    assert RatingLink.objects.get().revoked_at is not None
    assert Client().get(address).status_code == 410
    Client().post(address, BAD)
    deliver()
    assert Evaluation.objects.get().grade == 5


def test_a_new_round_revokes_the_old_link_and_brings_its_own() -> None:
    number, first = asked()
    Client().post(first, BAD)
    deliver()
    version = Case.objects.get(number=number).version
    done = cases.dispatch(number, version=version, by=case_people.HAND, lead="420106D01")
    done = cases.sign(number, version=done.version, by=case_people.HAND)
    done = cases.reply(
        number, version=done.version, by=case_people.HAND, result="又换了。", solved=True
    )
    cases.review(number, version=done.version, by=case_people.HAND, passed=True)
    deliver()
    second = link_to(number)
    assert second != first
    assert RatingLink.objects.count() == 2
    Client().post(first, GOOD)
    Client().post(second, GOOD)
    deliver()
    assert [one.grade for one in Evaluation.objects.order_by("id")] == [1, 5]


def test_everybody_of_a_merged_case_has_a_link_of_ones_own() -> None:
    master = taken().number
    version = Case.objects.get(number=master).version
    cases.accept(
        master, version=version, by=case_people.HAND, category=LAMP, place="420106001001G01"
    )
    other = taken(key="web:2", phone=OTHER_PHONE, name="李梅").number
    version = Case.objects.get(number=other).version
    done = cases.accept(
        other, version=version, by=case_people.HAND, category=LAMP, place="420106001001G01"
    )
    cases.merge(other, version=done.version, by=case_people.HAND, into=master, reason="同一件")
    deliver()
    answered(master)
    links = {row.number: row for row in RatingLink.objects.all()}
    assert set(links) == {master, other}
    assert {row.master for row in links.values()} == {master}
    Client().post(link_to(other), BAD)
    deliver()
    assert Case.objects.get(number=master).state == "awaiting_callback"
    assert Client().get(link_to(master)).status_code == 200
    assert Client().get(link_to(other)).status_code == 200
    Client().post(link_to(master), GOOD)
    deliver()
    assert sorted(one.grade for one in Evaluation.objects.all()) == [1, 5]
    assert Case.objects.get(number=master).state == "evaluated"


def test_a_link_tells_nobody_who_appealed() -> None:
    number, address = asked()
    pages = [Client().get(address).content.decode()]
    Client().post(address, GOOD)
    pages.append(Client().get(address).content.decode())
    for page in pages:
        for secret in (NAME, PHONE, "138****", "5678", "501室"):
            assert secret not in page
    assert number in pages[0]


def test_what_is_guarded_is_rated_without_a_word_of_it() -> None:
    number = taken(anonymous=True).number
    answered(number)
    FollowedCase.objects.filter(number=number).update(title="甲的事")
    page = Client().get(link_to(number)).content.decode()
    assert "甲的事" not in page
    assert "已更换灯泡" not in page
    assert Client().post(link_to(number), GOOD).status_code == 302


def test_who_told_of_a_unit_in_confidence_gets_no_message() -> None:
    number = taken().number
    Case.objects.filter(number=number).update(confidential=True)
    answered(number)
    assert not ShortMessage.objects.exists()
    assert not RatingLink.objects.exists()


def test_no_message_goes_out_for_an_old_answer_or_twice_for_one() -> None:
    from huying.portal.actions.projecting import project

    number, _address = asked()
    for _time in range(3):
        project(number)
    assert ShortMessage.objects.count() == 1
    RatingLink.objects.all().delete()
    with frozen(now() + timedelta(days=4)):
        project(number)
    assert not RatingLink.objects.exists()


@pytest.mark.parametrize("flag", ["imported", "bulk"])
def test_whoever_appealed_in_an_import_or_a_plan_gets_no_message(flag: str) -> None:
    number = taken().number
    Case.objects.filter(number=number).update(**{flag: True})
    answered(number)
    assert Case.objects.get(number=number).state == "awaiting_callback"
    assert not ShortMessage.objects.exists()
    assert not RatingLink.objects.exists()


def test_of_a_case_with_a_past_appeal_merged_into_it_only_its_own_citizen_gets_one() -> None:
    master, past = taken().number, taken(key="web:2", phone=OTHER_PHONE, name="李梅").number
    for number in (master, past):
        version = Case.objects.get(number=number).version
        cases.accept(
            number, version=version, by=case_people.HAND, category=LAMP, place="420106001001G01"
        )
    version = Case.objects.get(number=past).version
    cases.merge(past, version=version, by=case_people.HAND, into=master, reason="同一件")
    Case.objects.filter(number=past).update(imported=True)
    answered(master)
    assert [row.number for row in RatingLink.objects.all()] == [master]
    assert [row.number for row in ShortMessage.objects.all()] == [master]


def test_a_landline_gets_no_message() -> None:
    answered(taken(phone="027-88880000").number)
    assert not ShortMessage.objects.exists()


def test_the_causes_are_those_of_the_cases() -> None:
    assert [code for code, _words in CAUSES] == [code for code, _words in CASE_CAUSES]
