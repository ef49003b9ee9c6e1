"""Pages of appeals: what each shows to whom, how many statements it costs, what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huying.cases import actions
from huying.cases.models import Attachment, Case, ClockRule, RoutingRule
from huying.kernel.asker import System
from huying.kernel.clock import frozen, now
from tests.cast import Cast, assemble
from tests.mainline import CATEGORY, GRID, HANDLING, NAME, PHONE, WORDS, picture

HAND = System("test")
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


@pytest.fixture
def as_(cast: Cast) -> Callable[[str], Client]:
    """A browser in which somebody of this role has signed in."""

    def signed_in(role: str) -> Client:
        client = Client()
        client.force_login((cast.people | {f"{r}!": p for r, p in cast.doubles.items()})[role])
        return client

    return signed_in


def filed(**facts: Any) -> str:
    """The number of a case of the cast's grid."""
    given = {"channel": "phone", "name": NAME, "phone": PHONE, "place": GRID, **WORDS, **facts}
    return actions.register(by=HAND, **given).number


def version_of(number: str) -> int:
    return Case.objects.get(number=number).version


def handled(number: str) -> str:
    """The same case, signed by its department."""
    actions.accept(number, version=1, by=HAND, category=CATEGORY)
    actions.dispatch(number, version=2, by=HAND, lead=HANDLING)
    actions.sign(number, version=3, by=HAND)
    return number


def test_the_list_costs_at_most_eight_statements(
    as_: Any, django_assert_max_num_queries: Any
) -> None:
    for _number in range(12):
        filed(category=CATEGORY)
    client = as_("district_centre")
    client.get("/cases/")
    for address in (
        "/cases/",
        "/cases/?work=accept",
        "/cases/?q=路灯",
        "/cases/?state=registered",
        f"/cases/?place={GRID[:9]}",
        f"/cases/?category={CATEGORY[:2]}",
    ):
        with django_assert_max_num_queries(8):
            shown = client.get(address).content.decode()
        assert WORDS["title"] in shown, address


def test_the_page_of_a_case_costs_at_most_fifteen_statements(
    as_: Any, django_assert_max_num_queries: Any
) -> None:
    new, old = filed(), handled(filed())
    actions.attach(old, version=4, by=HAND, name="现场.png", data=picture())
    for role in ("district_centre", "department_handler"):
        client = as_(role)
        for number in (new, old) if role == "district_centre" else (old,):
            client.get("/cases/clocks/")
            with django_assert_max_num_queries(15):
                assert client.get(f"/cases/{number}/").status_code == 200


def test_the_list_shows_what_waits_for_me(as_: Any) -> None:
    new, old = filed(title="甲处路灯不亮"), handled(filed(title="乙处路灯不亮"))
    shown = as_("district_centre").get("/cases/?work=accept").content.decode()
    assert new in shown
    assert old not in shown
    shown = as_("department_handler").get("/cases/?work=handle").content.decode()
    assert old in shown
    assert new not in shown


def test_nobody_sees_a_case_outside_their_area(as_: Any) -> None:
    number = filed()
    for path in (f"/cases/{number}/", f"/cases/{number}/accept/", f"/cases/{number}/next/"):
        assert as_("district_centre!").get(path).status_code in (302, 404)
    assert number not in as_("district_centre!").get("/cases/").content.decode()
    assert as_("auditor").get(f"/cases/{number}/").status_code == 403
    away = Client().get(f"/cases/{number}/")
    assert away.status_code == 302
    assert away["Location"].startswith("/accounts/login/")


def test_a_case_shows_only_the_buttons_that_may_be_pressed(as_: Any) -> None:
    number = filed()
    shown = as_("district_centre").get(f"/cases/{number}/").content.decode()
    assert 'data-verb="accept"' in shown
    assert 'data-verb="dispatch"' not in shown
    assert 'data-verb="accept"' not in as_("leader").get(f"/cases/{number}/").content.decode()


def test_what_the_lead_unit_does_stands_out_for_nobody_else(as_: Any) -> None:
    number = handled(filed())
    own = as_("department_handler").get(f"/cases/{number}/").content.decode()
    assert 'data-verb="reply"' in own
    above = as_("district_centre").get(f"/cases/{number}/").content.decode()
    assert 'data-verb="reply"' not in above
    assert f"/cases/{number}/reply/" in above, "in the menu"


def test_the_citizen_stays_masked_until_a_reason_is_given(as_: Any) -> None:
    number = filed()
    client = as_("district_centre")
    shown = client.get(f"/cases/{number}/").content.decode()
    assert PHONE not in shown
    assert NAME not in shown
    empty = client.post(f"/cases/{number}/unmask/", {"version": 1, "reason": ""})
    assert empty.status_code == 422
    client.post(f"/cases/{number}/unmask/", {"version": 1, "reason": "核实"})
    shown = client.get(f"/cases/{number}/").content.decode()
    assert PHONE in shown
    assert NAME in shown
    assert PHONE not in as_("street_dispatcher").get(f"/cases/{number}/").content.decode()


def test_a_form_with_faults_comes_back_with_what_was_typed(as_: Any) -> None:
    number = filed()
    sent = {"version": 1, "reason": "", "note": "是急救"}
    answer = as_("district_centre").post(f"/cases/{number}/refuse/", sent, **HTMX)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "是急救" in shown
    assert 'id="id_reason-error"' in shown
    assert Case.objects.get(number=number).state == "registered"


def test_a_fault_found_by_the_verb_stands_beside_its_field(as_: Any) -> None:
    number = handled(filed())
    reply = {"version": 4, "result": "已换灯", "solved": "1"}
    actions.reply(number, version=4, by=HAND, result="已换灯", solved=True)
    sent = {"version": 5, "passed": "0", "reason": ""}
    answer = as_("district_centre").post(f"/cases/{number}/review/", sent, **HTMX)
    assert answer.status_code == 422
    assert 'id="id_reason-error"' in answer.content.decode()
    stale = as_("department_handler").post(f"/cases/{number}/reply/", reply, **HTMX)
    assert stale.status_code == 409
    shown = stale.content.decode()
    assert "已换灯" in shown, "what was typed can be copied"
    assert "现在是“已办结待审”" in shown


def test_a_stale_form_never_overwrites(as_: Any) -> None:
    number = filed()
    actions.comment(number, version=1, by=HAND, text="先看这一句")
    sent = {"version": 1, "category": CATEGORY, "place": GRID}
    answer = as_("district_centre").post(f"/cases/{number}/accept/", sent, **HTMX)
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert 'name="version" value="2"' in shown
    assert f'value="{CATEGORY}"' in shown
    assert Case.objects.get(number=number).state == "registered"


def test_a_verb_that_may_not_be_done_says_why(as_: Any) -> None:
    number = filed()
    late = as_("district_centre").get(f"/cases/{number}/review/")
    assert late.status_code == 409
    assert "已登记" in late.content.decode()
    assert as_("leader").get(f"/cases/{number}/accept/").status_code == 403
    assert as_("leader").post(f"/cases/{number}/accept/", {"version": 1}).status_code == 403
    assert as_("district_centre").get(f"/cases/{number}/vanish/").status_code == 404


def test_dispatch_takes_a_lead_and_several_others(as_: Any) -> None:
    number = filed()
    actions.accept(number, version=1, by=HAND, category=CATEGORY)
    sent = {"version": 2, "lead_unit": HANDLING, "co": ["420106D02", "420106001"]}
    assert as_("district_centre").post(f"/cases/{number}/dispatch/", sent).status_code == 302
    case = Case.objects.get(number=number)
    assert case.state == "dispatched"
    units = sorted(case.units.values_list("unit__code", "part"))
    assert units == [("420106001", "co"), ("420106D01", "lead"), ("420106D02", "co")]


def test_filing_twice_with_one_form_makes_one_case(as_: Any) -> None:
    client = as_("street_dispatcher")
    page = client.get("/cases/new/").content.decode()
    submission = page.split('name="submission" value="')[1].split('"')[0]
    sent = {**WORDS, "channel": "phone", "submission": submission, "place": GRID}
    presses = []
    for _press in range(2):
        photo = SimpleUploadedFile("现场.png", picture(), "image/png")
        presses.append(client.post("/cases/new/", {**sent, "papers": photo}))
    first, second = presses
    assert first.status_code == 302
    assert second["Location"] == first["Location"]
    assert Case.objects.count() == 1
    assert Attachment.objects.get().from_citizen, "kept from the unit complained about"


def test_a_paper_that_is_refused_is_named_and_the_case_stands(as_: Any) -> None:
    client = as_("street_dispatcher")
    papers = [
        SimpleUploadedFile("现场.png", picture(), "image/png"),
        SimpleUploadedFile("脚本.png", b"#!/bin/sh", "image/png"),
    ]
    sent = {**WORDS, "channel": "phone", "place": GRID, "papers": papers}
    shown = client.post("/cases/new/", sent, follow=True).content.decode()
    assert "脚本.png" in shown and "没有上传" in shown and "附件 1 个" in shown
    assert Attachment.objects.get().name == "现场.png"


def test_photographs_come_along_to_a_place_beyond_the_filers_ground(as_: Any) -> None:
    photo = SimpleUploadedFile("现场.png", picture(), "image/png")
    sent = {**WORDS, "channel": "grid", "address": "武昌二街道武昌二社区路口", "papers": photo}
    answer = as_("grid_worker").post("/cases/new/", sent)
    case = Case.objects.get()
    assert case.place and case.place.code == "420106002001"
    assert answer["Location"] == "/", "they do not see it there"
    assert Attachment.objects.get().case == case


def test_a_draft_survives_its_faults(as_: Any) -> None:
    sent = {**WORDS, "body": "", "channel": "phone", "phone": "12"}
    answer = as_("street_dispatcher").post("/cases/new/", sent, **HTMX)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert WORDS["title"] in shown
    assert 'id="id_body-error"' in shown
    assert Case.objects.count() == 0


def test_a_grid_worker_files_as_grid(as_: Any) -> None:
    client = as_("grid_worker")
    assert "渠道" not in client.get("/cases/new/").content.decode().split("<form id=")[1]
    photo = SimpleUploadedFile("现场.png", picture(), "image/png")
    given = {**WORDS, "channel": "grid", "place": GRID, "papers": photo}
    done = client.post("/cases/new/", given, follow=True).content.decode()
    assert '<a href="/cases/new/">再登记一件</a>' in done
    assert Case.objects.get().channel == "grid"
    assert not Attachment.objects.get().from_citizen, "their own photograph"
    refused = client.post("/cases/new/", {**WORDS, "channel": "hotline", "place": GRID})
    assert refused.status_code == 422


def test_what_a_grid_worker_files_stays_in_their_sight(as_: Any) -> None:
    client = as_("grid_worker")
    shown = client.get("/cases/new/").content.decode()
    assert f'value="{GRID}"' in shown, "their own grid"
    assert f'data-map-focus="{GRID}"' in shown, "the map begins there"
    lost = client.post("/cases/new/", {**WORDS, "channel": "grid"})
    assert lost.status_code == 422
    assert 'id="id_place-error"' in lost.content.decode()
    assert Case.objects.count() == 0


def test_earlier_calls_are_found_by_who_may_unmask_and_by_nobody_else(as_: Any) -> None:
    number = filed()
    asked = {"phone": PHONE}
    shown = as_("street_dispatcher").post("/cases/new/earlier/", asked).content.decode()
    assert number in shown
    assert number not in as_("grid_worker").post("/cases/new/earlier/", asked).content.decode()


def test_a_repeated_call_is_offered_to_be_put_down_on_the_earlier_case(as_: Any) -> None:
    number = filed()
    asked = {"phone": PHONE}
    shown = as_("street_dispatcher").post("/cases/new/earlier/", asked).content.decode()
    assert f"/cases/{number}/comment/" in shown
    assert PHONE not in shown
    done = actions.accept(number, version=version_of(number), by=HAND, category=CATEGORY)
    done = actions.dispatch(number, version=done.version, by=HAND, lead=HANDLING)
    done = actions.sign(number, version=done.version, by=HAND)
    done = actions.reply(number, version=done.version, by=HAND, result="已修", solved=True)
    done = actions.review(number, version=done.version, by=HAND, passed=True)
    done = actions.evaluate(number, version=done.version, by=HAND, solved=True, grade=5)
    actions.archive(number, version=done.version, by=HAND)
    shown = as_("street_dispatcher").post("/cases/new/earlier/", asked).content.decode()
    assert f"/cases/{number}/reappeal/" in shown
    with frozen(now() + timedelta(days=31)):
        shown = as_("street_dispatcher").post("/cases/new/earlier/", asked).content.decode()
        assert number in shown
        assert f"/cases/{number}/reappeal/" not in shown


def test_the_same_matter_nearby_is_shown_before_filing(as_: Any) -> None:
    number = filed()
    asked = {"title": "小区门口路灯不亮", "place": GRID}
    assert number in as_("grid_worker").post("/cases/new/near/", asked).content.decode()
    other = {"title": "幼儿园收费太高", "place": GRID}
    assert number not in as_("grid_worker").post("/cases/new/near/", other).content.decode()


def test_a_file_is_for_whoever_sees_its_case(as_: Any) -> None:
    number = filed()
    _done, identity = actions.attach(number, version=1, by=HAND, name="现场.png", data=picture())
    client = as_("district_centre")
    assert client.get(f"/cases/files/{identity}/")["Content-Type"] == "image/png"
    small = client.get(f"/cases/files/{identity}/?small=1")
    assert small["Content-Type"] == "image/jpeg"
    assert as_("district_centre!").get(f"/cases/files/{identity}/").status_code == 404


def test_next_goes_on_along_the_heap(as_: Any) -> None:
    one, two, three = filed(), filed(), filed()
    client = as_("district_centre")

    def after(number: str) -> str:
        return str(client.get(f"/cases/{number}/next/?work=accept")["Location"])

    assert after(one) == f"/cases/{two}/?work=accept"
    assert after(three) == f"/cases/{one}/?work=accept"
    for number in (one, two, three):
        actions.accept(number, version=1, by=HAND, category=CATEGORY)
    assert after(one) == "/cases/desk/"


def test_a_deadline_is_changed_and_then_signed_again(as_: Any) -> None:
    client = as_("district_centre")
    client.post("/cases/clocks/sign/", {"confirm": "1"})
    assert ClockRule.objects.get(name="sign").confirmed_at is not None
    client.post("/cases/clocks/sign/", {"amount": "3", "measure": "working_hours"})
    rule = ClockRule.objects.get(name="sign")
    assert int(rule.amount) == 3
    assert rule.confirmed_at is None
    assert as_("leader").post("/cases/clocks/sign/", {"confirm": "1"}).status_code == 403


def test_a_rule_is_tried_before_it_is_kept(as_: Any) -> None:
    number = filed()
    actions.accept(number, version=1, by=HAND, category=CATEGORY)
    actions.dispatch(number, version=2, by=HAND, lead="420106D02")
    sent = {"position": 10, "name": "路灯", "keywords": "路灯 灯", "target": "unit"}
    sent |= {"unit": HANDLING, "active": "on"}
    client = as_("district_centre")
    tried = client.post("/cases/routing/new/", {**sent, "try": "1"}).content.decode()
    assert number in tried
    assert not RoutingRule.objects.exists()
    assert client.post("/cases/routing/new/", sent).status_code == 302
    rule = RoutingRule.objects.get()
    assert rule.keywords == ["路灯", "灯"]
    assert (
        number in client.get("/cases/routing/?since=2020-01-01&until=2099-01-01").content.decode()
    )
    assert as_("street_dispatcher").get(f"/cases/routing/{rule.pk}/").status_code == 403


def test_rules_change_places(as_: Any) -> None:
    given: dict[str, Any] = {"by": HAND, "unit": HANDLING}
    one = actions.write_routing_rule(position=1, name="甲", **given)
    two = actions.write_routing_rule(position=1, name="乙", **given)
    as_("district_centre").post(f"/cases/routing/{two}/move/", {"way": "up"})
    order = RoutingRule.objects.order_by("position", "id").values_list("pk", flat=True)
    assert list(order) == [two, one]


def test_the_home_page_shows_the_desk_and_leaves_no_empty_chart(as_: Any) -> None:
    client = as_("district_centre")
    filed(title="甲处路灯不亮")
    assert "近 30 天" not in client.get("/").content.decode()
    for _number in range(9):
        filed()
    shown = client.get("/").content.decode()
    assert "甲处路灯不亮" in shown
    assert "近 30 天" in shown


def test_global_search_finds_cases(as_: Any) -> None:
    number = filed()
    assert number in as_("district_centre").get("/search/?q=路灯").content.decode()
    assert number not in as_("district_centre!").get("/search/?q=路灯").content.decode()
