"""One appeal from the telephone to the archive, through the pages, each hand its own person."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from demo import people
from huying.cases import actions, queries
from huying.cases.models import Appellant, Attachment, Case
from huying.kernel import blobs
from huying.kernel.asker import System
from huying.kernel.clock import now
from huying.org.models import Account, Unit
from huying.web.tests.browser import OpenPage, assert_page_is_good, faults_of
from tests.journeys.conftest import Camera

pytestmark = [
    pytest.mark.needs("chromium"),
    pytest.mark.usefixtures("district"),
    pytest.mark.django_db(transaction=True),
]

PHONE, NAME = "13812345678", "欧阳建国"
PLACED = 0x8825  # the tag of the place of a photograph


def photograph() -> bytes:
    """A picture as a telephone takes it, with the place where it was taken inside."""
    picture = Image.new("RGB", (1200, 900), (112, 118, 126))
    picture.paste((58, 62, 70), (380, 320, 820, 640))
    exif = Image.Exif()
    exif[0x010F] = "Telephone"
    exif.get_ifd(PLACED)[2] = (30.0, 33.0, 0.0)
    out = BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def sign_in(page: Page, username: str) -> None:
    """Through the door that everybody uses."""
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(people.password())
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(r"/$"))


def open_verb(page: Page, verb: str) -> Locator:
    """The form of a verb, over the page of the case."""
    page.locator(f"[data-verb={verb}]").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    return dialog


def send(page: Page, dialog: Locator, state: str) -> None:
    """Send the form and see the case in its new state."""
    dialog.locator(".btn-send").click()
    expect(page.locator(".case-line .tag").first).to_have_text(state)


def choose(box: Locator, text: str, option: str) -> None:
    """Find something by a few characters and take it."""
    box.fill(text)
    found = box.page.locator("[role=option]", has_text=option).first
    found.click()


def click_at(page: Page, longitude: float, latitude: float) -> None:
    """Go close to a place on the map and click it."""
    ground = page.locator("#register-form [data-map][data-ready]")
    ground.scroll_into_view_if_needed()
    at = ground.evaluate(
        """(e, at) => {
            e.huyingMap.jumpTo({ center: at, zoom: 16 });
            const p = e.huyingMap.project(at);
            return { x: p.x, y: p.y };
        }""",
        [longitude, latitude],
    )
    ground.click(position=at)


def account(username: str) -> Account:
    return Account.objects.get(username=username)


def file_it(page: Page, camera: Camera, grid: Unit) -> str:
    """The operator files what the caller says; answers the number."""
    page.goto("/cases/new/")
    form = page.locator("#register-form")
    form.locator("[name=phone]").fill(PHONE)
    form.locator("[name=name]").fill(NAME)
    form.locator("[name=title]").fill("小区门口路面塌陷，车辆无法通行")
    form.locator("[name=body]").fill(
        f"早上发现小区门口路面塌了一个坑，约一米宽，电动车摔了两个人。我叫{NAME}，电话{PHONE}。"
    )
    form.locator("[name=address]").fill("门口第二个路灯旁")
    assert grid.longitude is not None
    assert grid.latitude is not None
    click_at(page, grid.longitude, grid.latitude)
    expect(page.locator("#found-place")).to_contain_text(grid.name)
    form.locator("[name=papers]").set_input_files(
        {"name": f"{NAME}拍的照片.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    )
    expect(form.locator(".files-chosen")).to_contain_text("照片")
    camera(page, "journey-1-register")
    form.locator(".btn-send").click()
    page.wait_for_url(re.compile(r"/cases/\d{8}-"))
    camera(page, "journey-2-registered")
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def test_an_appeal_goes_from_the_telephone_to_the_archive(
    browser_page: OpenPage, camera: Camera
) -> None:
    grid = Unit.objects.filter(kind="grid", name__contains="胭脂路社区").order_by("code")[0]
    desk = browser_page()
    sign_in(desk, "street")
    number = file_it(desk, camera, grid)
    address = f"/cases/{number}/"
    expect(desk.locator("main")).not_to_contain_text(PHONE)
    expect(desk.locator("main")).not_to_contain_text(NAME)
    assert Case.objects.get(number=number).place == grid

    centre = browser_page("/", account=account("centre"))
    camera(centre, "journey-0-home")
    centre.goto(address)
    form = open_verb(centre, "accept")
    choose(form.locator("#id_category"), "塌陷", "道路塌陷")
    camera(centre, "journey-3-accept")
    send(centre, form, "已受理")
    form = centre.locator("dialog[open]")  # what follows opens by itself
    lead = form.locator("#id_lead_unit")
    expect(lead).to_have_value(re.compile("城市管理执法局"))
    camera(centre, "journey-4-dispatch")
    send(centre, form, "待签收")

    department = browser_page(address, account=account("department"))
    department.locator("[data-verb=sign]").click()
    expect(department.locator(".case-line .tag").first).to_have_text("办理中")
    form = open_verb(department, "contact")
    form.get_by_label("已联系上").check()
    form.locator("[name=note]").fill(f"已致电{NAME}({PHONE}),约定上午到现场。")
    form.locator(".btn-send").click()
    expect(department.locator(".timeline")).to_contain_text("已联系诉求人")
    expect(department.locator(".timeline")).not_to_contain_text(PHONE)
    camera(department, "journey-5-handled")
    form = open_verb(department, "reply")
    form.locator("[name=result]").fill("已围挡并回填，当日十六时恢复通行；三日内完成路面修复。")
    form.get_by_label("已解决", exact=True).check()
    camera(department, "journey-6-reply")
    send(department, form, "已办结待审")

    centre.goto(address)
    form = open_verb(centre, "review")
    form.get_by_label("通过，转回访").check()
    send(centre, form, "待回访")

    caller = browser_page(address, account=account("callback"))
    caller.get_by_role("button", name="查看原文").click()
    form = caller.locator("dialog[open]")
    form.locator("[name=reason]").fill("回访")
    form.locator(".btn-send").click()
    expect(caller.locator("#main")).to_contain_text(PHONE)
    form = open_verb(caller, "evaluate")
    form.get_by_label("解决了", exact=True).check()
    form.get_by_label("非常满意", exact=True).check()
    form.locator("[name=comment]").fill("当天就修好了，谢谢。")
    camera(caller, "journey-7-callback")
    send(caller, form, "已评价")

    assert actions.archive_due() == 0, "too early"
    assert actions.archive_due(now() + timedelta(days=8)) == 1
    centre.goto(address)
    expect(centre.locator(".case-line .tag").first).to_have_text("归档")
    expect(centre.locator(".timeline li")).to_have_count(10)  # the photograph came with the filing
    camera(centre, "journey-8-archived")
    assert_page_is_good(centre)

    phone = browser_page(address, account=account("department"), width=390, height=844)
    camera(phone, "journey-9-phone")
    for page in (desk, centre, department, caller, phone):
        assert faults_of(page) == []
    prove_what_was_kept(number)


def prove_what_was_kept(number: str) -> None:
    """The photograph lost its place, the texts their names, and the history is whole."""
    case = Case.objects.get(number=number)
    assert PHONE not in case.body
    assert NAME not in case.body
    paper = Attachment.objects.get(case=case)
    assert NAME not in paper.name
    with blobs.open_file(paper.blob) as kept, Image.open(kept) as picture:
        assert not picture.getexif()
    assert Appellant.objects.get(case=case).shown_phone == "138****5678"
    page = queries.case_page(System("journey"), number)
    assert [clock.kind for clock in page.clocks if clock.stopped_at is None] == []
    verbs = [line.verb for line in page.timeline]
    assert verbs == [
        *("register", "accept", "dispatch", "sign", "contact", "reply", "review"),
        *("unmask", "evaluate", "archive"),
    ]


def test_whoever_comes_second_sees_what_changed_and_keeps_what_they_typed(
    browser_page: OpenPage,
) -> None:
    done = actions.register(
        by=System("journey"), channel="phone", title="路灯不亮", body="楼下路灯坏了", phone=PHONE
    )
    address = f"/cases/{done.number}/"
    first = browser_page(address, account=account("centre"))
    form = open_verb(first, "comment")
    form.locator("[name=text]").fill("已和路灯所联系，明天上午换灯。")
    other = Client()
    other.force_login(account("centre"))
    answer: Any = other.post(f"{address}comment/", {"version": done.version, "text": "重复件？"})
    assert answer.status_code == 302
    form.locator(".btn-send").click()
    again = first.locator("dialog[open]")
    expect(again).to_contain_text("您填写期间，这件诉求有了变化")
    expect(again.locator("[name=text]")).to_have_value("已和路灯所联系，明天上午换灯。")
    again.locator(".btn-send").click()
    expect(first.locator(".timeline")).to_contain_text("明天上午换灯")
    expect(first.locator(".timeline")).to_contain_text("重复件？")
