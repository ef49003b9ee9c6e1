"""A citizen follows an appeal by telephone and code, says more, withdraws, rates; nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huying.cases import actions as cases
from huying.cases.models import Case, CaseEvent, Evaluation
from huying.cases.tests import people as case_people
from huying.kernel.clock import frozen, now
from huying.kernel.errors import Invalid
from huying.portal.actions.codes import prove
from huying.portal.actions.limits import TooMany, forget
from huying.portal.actions.projecting import catch_up
from huying.portal.models import FollowedCase, IntakeMessage, PhoneCode, Tally
from huying.portal.tests.people import (
    LAMP,
    OTHER_PHONE,
    PHONE,
    accepted,
    code_in,
    deliver,
    proved,
    taken,
)

pytestmark = pytest.mark.usefixtures("district")


def answered(number: str) -> None:
    """Bring a case to where its citizen is asked."""
    version = Case.objects.get(number=number).version
    if Case.objects.get(number=number).state == "registered":
        version = cases.accept(
            number, version=version, by=case_people.HAND, category=LAMP, place="420106001001G01"
        ).version
    done = cases.dispatch(number, version=version, by=case_people.HAND, lead="420106D01")
    done = cases.sign(number, version=done.version, by=case_people.HAND)
    done = cases.reply(
        number, version=done.version, by=case_people.HAND, result="已更换灯泡。", solved=True
    )
    cases.review(number, version=done.version, by=case_people.HAND, passed=True)
    deliver()


def test_the_page_tells_every_step_in_plain_words() -> None:
    number = taken().number
    answered(number)
    page = proved().get(f"/portal/follow/{number}/").content.decode()
    for words in ("收到您的诉求", "决定受理", "区城管执法局已签收", "请您评价", "已更换灯泡"):
        assert words in page


def test_the_answer_is_not_told_before_it_passed_the_review() -> None:
    number = taken().number
    answered(number)
    row = FollowedCase.objects.get()
    assert row.result == "已更换灯泡。"
    other = taken(key="web:other").number
    version = Case.objects.get(number=other).version
    cases.answer_on_spot(
        other,
        version=cases.accept(
            other, version=version, by=case_people.HAND, category="010303"
        ).version,
        by=case_people.HAND,
        result="还没审核的话",
        solved=True,
        unit="420106D01",
    )
    deliver()
    assert "还没审核的话" not in proved().get(f"/portal/follow/{other}/").content.decode()


def test_a_citizen_rates_and_the_case_knows() -> None:
    number = taken().number
    answered(number)
    browser = proved()
    answer = browser.post(
        f"/portal/follow/{number}/evaluate/", {"solved": "no", "grade": "2", "text": "还是不亮"}
    )
    assert answer.status_code == 302
    deliver()
    said = Evaluation.objects.get()
    assert (said.solved, said.grade, said.comment) == (False, 2, "还是不亮")
    assert FollowedCase.objects.get().verbs.count("evaluate") == 0


def test_more_words_reach_the_case_masked() -> None:
    number = taken().number
    proved().post(f"/portal/follow/{number}/comment/", {"text": f"晚上也不亮，打{PHONE}"})
    deliver()
    line = CaseEvent.objects.get(verb="comment")
    assert "晚上也不亮" in line.reason + str(line.data)
    assert PHONE not in line.reason + str(line.data)


def test_withdrawing_needs_a_reason_and_ends_the_case() -> None:
    number = taken().number
    browser = proved()
    address = f"/portal/follow/{number}/withdraw/"
    assert browser.post(address, {"text": ""}).status_code == 422
    browser.post(address, {"text": "已经修好了"})
    deliver()
    assert Case.objects.get().state == "withdrawn"
    assert "已撤回" in browser.get(f"/portal/follow/{number}/").content.decode()


def test_a_double_press_is_said_once() -> None:
    number = taken().number
    browser = proved()
    form = {"text": "补充", "submission": "7c1f0a34-58a4-4dcb-9f0c-0d1f4f0f8d11"}
    for _time in range(2):
        browser.post(f"/portal/follow/{number}/comment/", form)
    deliver()
    assert CaseEvent.objects.filter(verb="comment").count() == 1


def test_what_came_too_late_is_answered_in_words() -> None:
    number = taken().number
    browser = proved()
    browser.post(f"/portal/follow/{number}/withdraw/", {"text": "不用了"})
    browser.post(f"/portal/follow/{number}/comment/", {"text": "还有"})
    deliver()
    refused = IntakeMessage.objects.get(kind="comment")
    assert refused.state == "refused"
    assert refused.answer[:10] in browser.get(f"/portal/follow/{number}/").content.decode()


def test_another_telephone_sees_nothing_of_it() -> None:
    number = taken().number
    stranger = proved(OTHER_PHONE)
    assert number not in stranger.get("/portal/follow/").content.decode()
    assert stranger.get(f"/portal/follow/{number}/").status_code == 404
    assert stranger.post(f"/portal/follow/{number}/withdraw/", {"text": "哈"}).status_code == 404
    assert Client().get(f"/portal/follow/{number}/").status_code == 302


def test_proof_lasts_half_an_hour_and_can_be_left() -> None:
    number = taken().number
    browser = proved()
    assert browser.get(f"/portal/follow/{number}/").status_code == 200
    with frozen(now() + timedelta(minutes=31)):
        assert browser.get(f"/portal/follow/{number}/").status_code == 302
    browser.post("/portal/follow/leave/")
    assert browser.get(f"/portal/follow/{number}/").status_code == 302


def test_a_code_works_once_for_five_minutes_and_five_tries() -> None:
    browser = Client()
    code = code_in(browser.post("/portal/code/", {"phone": PHONE}))
    assert PHONE not in str(PhoneCode.objects.values())
    assert code not in str(PhoneCode.objects.values("digest", "phone_key"))
    prove(PHONE, code, address="1")
    with pytest.raises(Invalid):
        prove(PHONE, code, address="1")
    with frozen(now() + timedelta(minutes=2)):
        code = code_in(browser.post("/portal/code/", {"phone": PHONE}))
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        for _time in range(5):
            with pytest.raises(Invalid):
                prove(PHONE, wrong, address="1")
        with pytest.raises(Invalid):
            prove(PHONE, code, address="1")
    with frozen(now() + timedelta(minutes=4)):
        code = code_in(browser.post("/portal/code/", {"phone": PHONE}))
    with frozen(now() + timedelta(minutes=10)), pytest.raises(Invalid):
        prove(PHONE, code, address="1")


def test_codes_are_throttled_by_telephone_and_by_network_address() -> None:
    browser = Client()
    assert "验证码" in browser.post("/portal/code/", {"phone": PHONE}).content.decode()
    assert "太频繁" in browser.post("/portal/code/", {"phone": PHONE}).content.decode()
    for number in range(60):
        browser.post("/portal/code/", {"phone": f"139{number:08d}"})
    assert "太频繁" in browser.post("/portal/code/", {"phone": "13711112222"}).content.decode()
    elsewhere = Client(REMOTE_ADDR="10.1.1.1")
    assert (
        "太频繁" not in elsewhere.post("/portal/code/", {"phone": "13711112222"}).content.decode()
    )
    assert PHONE not in str(Tally.objects.values())


def test_guessing_codes_from_one_address_ends() -> None:
    with pytest.raises(TooMany):
        for _time in range(200):
            with pytest.raises(Invalid):
                prove(PHONE, "000000", address="9.9.9.9")


def test_filing_is_throttled_by_telephone() -> None:
    browser = proved()
    statuses = [
        browser.post("/portal/file/", {"body": f"第 {n} 件", "phone": PHONE}).status_code
        for n in range(12)
    ]
    assert statuses[0] == 302
    assert statuses[-1] == 429


def test_old_counts_and_codes_are_forgotten() -> None:
    proved()
    with frozen(now() + timedelta(days=4)):
        forget()
    assert not Tally.objects.exists()
    assert not PhoneCode.objects.exists()


def test_news_in_any_order_and_twice_leaves_the_newest() -> None:
    number = taken().number
    answered(number)
    newest = FollowedCase.objects.values().get()
    deliver()
    assert catch_up() == 0
    assert FollowedCase.objects.values().get() == newest


def test_lost_news_is_caught_up() -> None:
    number = case_people.registered().number
    assert not FollowedCase.objects.exists()
    assert catch_up() == 1
    assert FollowedCase.objects.get().number == number
    assert proved(case_people.PHONE).get(f"/portal/follow/{number}/").status_code == 200


@pytest.mark.parametrize("address", ["/portal/follow/", "/portal/follow/NUMBER/"])
def test_pages_of_ones_own_cost_few_statements(address: str) -> None:
    number = taken().number
    for index in range(5):
        taken(key=f"web:{index}")
    browser = proved()
    with CaptureQueriesContext(connection) as captured:
        browser.get(address.replace("NUMBER", number))
    sql = [q["sql"] for q in captured.captured_queries]
    assert len(sql) <= 5, sql


def archived(number: str) -> None:
    """Let its citizen be content, and the case end."""
    answered(number)
    done = cases.evaluate(
        number,
        version=Case.objects.get(number=number).version,
        by=case_people.HAND,
        solved=True,
        grade=5,
    )
    cases.archive(number, version=done.version, by=case_people.HAND)
    deliver()


def test_a_citizen_appeals_again_and_the_same_unit_has_it_back() -> None:
    number = taken().number
    archived(number)
    browser = proved()
    address = f"/portal/follow/{number}/reappeal/"
    assert address in browser.get(f"/portal/follow/{number}/").content.decode()
    assert browser.post(address, {"text": ""}).status_code == 422
    browser.post(address, {"text": "路灯又不亮了"})
    deliver()
    case = Case.objects.get()
    assert (case.state, case.round) == ("dispatched", 2)
    assert CaseEvent.objects.get(verb="reappeal").reason == "路灯又不亮了"
    page = browser.get(f"/portal/follow/{number}/").content.decode()
    assert "您再次提出诉求" in page
    assert address not in page


def test_after_thirty_days_the_page_no_longer_offers_to_appeal_again() -> None:
    number = taken().number
    archived(number)
    with frozen(now() + timedelta(days=31)):
        browser = proved()
        address = f"/portal/follow/{number}/reappeal/"
        assert address not in browser.get(f"/portal/follow/{number}/").content.decode()
        assert browser.post(address, {"text": "路灯又不亮了"}).status_code == 409
    assert not IntakeMessage.objects.filter(kind="reappeal").exists()


def test_what_was_sent_in_time_and_taken_too_late_is_refused_in_words() -> None:
    number = taken().number
    archived(number)
    proved().post(f"/portal/follow/{number}/reappeal/", {"text": "路灯又不亮了"})
    with frozen(now() + timedelta(days=31)):
        deliver()
    refused = IntakeMessage.objects.get(kind="reappeal")
    assert (refused.state, Case.objects.get().state) == ("refused", "archived")
    assert "30 天" in refused.answer


def test_the_citizen_of_a_merged_case_is_answered_and_rates_under_their_own_number() -> None:
    master = accepted()
    number = accepted(key="web:2", phone=OTHER_PHONE)
    version = Case.objects.get(number=number).version
    cases.merge(number, version=version, by=case_people.HAND, into=master, reason="同一盏路灯")
    deliver()
    browser = proved(OTHER_PHONE)
    address = f"/portal/follow/{number}/"
    page = browser.get(address).content.decode()
    assert "与另一件相同的诉求一起办理" in page and "请您评价" not in page
    answered(master)
    page = browser.get(address).content.decode()
    assert "已更换灯泡" in page and "请您评价" in page
    assert browser.get(f"/portal/follow/{master}/").status_code == 404
    browser.post(f"{address}evaluate/", {"solved": "yes", "grade": "4", "text": ""})
    deliver()
    said = Evaluation.objects.select_related("case", "appellant__case").get()
    assert said.appellant is not None
    assert (said.case.number, said.appellant.case.number, said.grade) == (master, number, 4)
    assert Case.objects.get(number=master).state == "awaiting_callback"  # one still waits
    assert 'name="grade"' not in browser.get(address).content.decode()


def test_who_appealed_of_what_was_handed_over_is_told_where_it_went() -> None:
    number = taken().number
    version = Case.objects.get(number=number).version
    cases.hand_over(
        number, version=version, by=case_people.HAND, track="to_petition", reason="已在信访"
    )
    deliver()
    page = proved().get(f"/portal/follow/{number}/").content.decode()
    for words in ("已移交", "移交给区信访局", "移〔2026〕1号", "可凭移交单号查询"):
        assert words in page


def test_parts_of_a_case_are_not_shown_to_its_citizen_as_cases_of_their_own() -> None:
    number = accepted()
    version = Case.objects.get(number=number).version
    parts = [{"title": t, "lead": u} for t, u in (("灯", "420106D01"), ("水", "420106D02"))]
    cases.split(number, version=version, by=case_people.HAND, parts=parts, reason="两个单位")
    deliver()
    assert [row.number for row in FollowedCase.objects.all()] == [number]
    assert catch_up() == 0
