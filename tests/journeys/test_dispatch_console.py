"""The street's console sees an appeal come, sends somebody, and sees it done, without a reload."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import expect

from huying.cases import actions
from huying.cases.models import Attachment, Case, CaseEvent, Sending
from huying.kernel.asker import System
from huying.org import queries as org
from huying.org.models import Account, Unit
from huying.web.tests.browser import OpenPage, assert_page_is_good
from tests.journeys.conftest import Camera
from tests.journeys.test_filing_to_archive import photograph, sign_in

pytestmark = [
    pytest.mark.needs("chromium"),
    pytest.mark.usefixtures("district"),
    pytest.mark.django_db(transaction=True),
]

HAND = System("test")
SOON = 15_000


def filed(title: str) -> str:
    """An urgent appeal in the grid of the grid worker whose account can be tried."""
    worker = org.asker_for(Account.objects.get(username="grid"))
    grid = Unit.objects.get(path=worker.posts[0].area_path)
    done = actions.register(
        by=HAND,
        channel="phone",
        title=title,
        body="井盖破了一半，夜里看不见。",
        name="欧阳建国",
        phone="13812345678",
        address="胭脂路口",
        place=grid.code,
        longitude=grid.longitude,
        latitude=grid.latitude,
    )
    case = actions.accept(done.number, version=1, by=HAND, category="010303", urgent=True)
    return case.number


def test_an_appeal_comes_somebody_is_sent_and_reports(
    browser_page: OpenPage, camera: Camera, tmp_path: Path
) -> None:
    console = browser_page(width=1440, height=900)
    sign_in(console, "street")
    console.goto("/cases/console/")
    expect(console.get_by_text("现在没有未办结的诉求")).to_be_visible()
    console.evaluate("window.stayed = true")

    number = filed("胭脂路口井盖破损")
    line = console.locator(f"[data-live=spots] [data-spot='{number}']")
    expect(line).to_be_visible(timeout=SOON)
    assert_page_is_good(console)
    line.click()
    panel = console.locator("#console-panel")
    expect(panel.locator("h2")).to_have_text("胭脂路口井盖破损")

    # What is typed in the panel stays while the console goes on.
    note = panel.locator("[name=note]")
    note.fill("先围起来")
    second = filed("胭脂路又一处井盖松动")
    expect(console.locator(f"[data-live=spots] [data-spot='{second}']")).to_be_visible(timeout=SOON)
    expect(note).to_have_value("先围起来")
    expect(line).to_have_attribute("aria-current", "true")
    worker = Account.objects.get(username="grid")
    panel.locator(f"button[name=person][value='{worker.pk}']").click()
    sent = console.locator("[data-live=sent]")
    expect(panel.locator(".row-line .tag").first).to_have_text("已派出")
    expect(sent.locator(".tag").first).to_have_text("已派出", timeout=SOON)
    row = Sending.objects.get()
    assert (row.case.number, row.note, row.person_id) == (number, "先围起来", worker.pk)
    camera(console, "dispatch-console")

    phone = browser_page(width=390, height=844)
    sign_in(phone, "grid")
    phone.get_by_role("button", name="接受，出发").click()
    expect(sent.locator(".tag").first).to_have_text("已接受，在路上", timeout=SOON)
    assert_page_is_good(phone)
    phone.get_by_role("button", name="我到了").click()
    expect(sent.locator(".tag").first).to_have_text("已到场", timeout=SOON)
    picture = tmp_path / "现场.jpg"
    picture.write_bytes(photograph())
    phone.locator("[name=text]").fill("井盖已围好，等更换")
    phone.locator("[name=papers]").set_input_files(str(picture))
    phone.get_by_role("button", name="提交反馈").click()
    expect(phone.locator(".case-line .tag").first).to_have_text("已反馈")
    camera(phone, "errand-done")

    expect(sent.locator(".tag").first).to_have_text("已反馈", timeout=SOON)
    expect(sent).to_contain_text("井盖已围好，等更换")
    assert console.evaluate("window.stayed") is True, "the page was never loaded anew"
    verbs = CaseEvent.objects.filter(case__number=number).order_by("version")
    assert list(verbs.values_list("verb", flat=True))[-4:] == [
        *("send_someone", "accept_sending", "arrive", "report_sending"),
    ]
    assert Attachment.objects.filter(case__number=number).count() == 1


def test_a_console_without_a_connection_says_so_and_goes_on_by_itself(
    browser_page: OpenPage,
) -> None:
    page = browser_page(width=1440, height=900)
    sign_in(page, "street")
    page.goto("/cases/console/")
    gone = page.locator("[data-gone]")
    expect(gone).to_be_hidden()
    page.context.set_offline(True)
    expect(gone).to_be_visible(timeout=SOON)
    number = filed("胭脂路口井盖破损")
    page.context.set_offline(False)
    expect(gone).to_be_hidden(timeout=SOON)
    expect(page.locator(f"[data-spot='{number}']").first).to_be_visible(timeout=SOON)


def test_on_the_wall_it_is_dark_and_large(browser_page: OpenPage) -> None:
    filed("胭脂路口井盖破损")
    page = browser_page(width=1920, height=1080)
    sign_in(page, "street")
    page.goto("/cases/console/?screen=1")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    assert page.locator(".console-title").first.evaluate(size) >= 24
    assert page.locator(".console-numbers dd").first.evaluate(size) >= 48
    assert page.locator(".console-note").first.evaluate(size) >= 20
    expect(page.locator(".side")).to_be_hidden()


def test_the_keys_of_desk_and_case_work_and_never_while_typing(browser_page: OpenPage) -> None:
    one, two = filed("胭脂路口井盖破损"), filed("胭脂路又一处井盖松动")
    page = browser_page(width=1440, height=900)
    sign_in(page, "street")
    page.goto("/cases/desk/?heap=dispatch")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/cases/2" in url and "work=dispatch" in url)
    first = one if one in page.url else two
    page.keyboard.press("n")
    page.wait_for_url(lambda url: (two if first == one else one) in url and "work=dispatch" in url)
    page.keyboard.press("?")
    expect(page.locator("#keys[open] [data-letters]")).to_contain_text("派单")
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    dialog = page.locator("#dialog dialog[open]")
    expect(dialog).to_be_visible()
    dialog.locator("textarea").first.fill("")
    dialog.locator("textarea").first.type("njkd?")
    expect(dialog.locator("textarea").first).to_have_value("njkd?")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page.get_by_role("heading", level=1)).to_have_text("首页")
    assert Case.objects.filter(state="accepted").count() == 2
    assert Client().get("/cases/desk/").status_code == 302
