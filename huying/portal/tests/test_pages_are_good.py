"""Citizens' pages in a real browser, on a telephone and a desk: readable by all, self-contained."""

from __future__ import annotations

import gzip
import re
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Response, expect

from huying.cases.models import Evaluation
from huying.kernel.clock import now
from huying.portal.actions.matters import install_matters
from huying.portal.models import IntakeMessage, PublicCase, RatingLink
from huying.portal.queries.links import token_of
from huying.portal.tests.people import (
    HAND,
    OTHER_PHONE,
    build,
    centre_account,
    deliver,
    published,
    taken,
)
from huying.portal.tests.test_following import answered
from huying.web.tests.browser import OpenPage, assert_page_is_good

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]

WIDTHS = [390, 1440]
WECHAT = (
    "Mozilla/5.0 (Linux; Android 12; M2012K11AC) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Version/4.0 Chrome/107.0.5304.141 Mobile Safari/537.36 XWEB/5061"
    " MicroMessenger/8.0.33.2320(0x28002135) WeChat/arm64 NetType/WIFI Language/zh_CN"
)


@pytest.fixture
def district(transactional_db: None, settings: Any, tmp_path: Path) -> None:
    """The district as it is now, for the browser's requests do not see a frozen clock."""
    settings.HOME = tmp_path
    settings.DEMO = True
    build()
    install_matters(by=HAND)


def prove(page: Page, phone: str) -> None:
    """Prove a telephone the way a citizen does."""
    page.goto("/portal/follow/")
    page.locator("[name=phone]").fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    said = page.locator("#code-sent b").inner_text()
    found = re.search(r"[0-9]{6}", said)
    assert found
    page.locator("[name=code]").fill(found[0])
    page.get_by_role("button", name="查看").click()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("elder", "theme"), [(False, "light"), (True, "light"), (False, "dark")])
@pytest.mark.usefixtures("district")
def test_open_pages_are_good(browser_page: OpenPage, width: int, elder: bool, theme: str) -> None:
    number = published()
    answered(number)
    page = browser_page(width=width, elder=elder, theme=theme)
    for address in (
        *("", "file/", "follow/", "matters/", "matters/senior-allowance/", "public/"),
        *("public/map/", f"public/{number}/"),
    ):
        page.goto(f"/portal/{address}")
        assert_page_is_good(page)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.usefixtures("district")
def test_a_citizen_files_with_photos_and_point_and_follows_it(
    browser_page: OpenPage, width: int
) -> None:
    published()
    PublicCase.objects.update(longitude=114.32, latitude=30.55)
    out = BytesIO()
    Image.new("RGB", (600, 400), (100, 110, 120)).save(out, "JPEG")
    page = browser_page("/portal/file/", width=width, maps=True)
    if width < 600:  # a telephone fetches the map only for who wants it
        assert page.evaluate("typeof maplibregl") == "undefined"
        page.get_by_role("button", name="在地图上点位置").click()
    page.wait_for_selector("[data-map][data-ready]", timeout=60_000)
    page.get_by_role("button", name="提交").click()
    expect(page.locator(".form-summary")).to_contain_text("请写下您要反映的事情")
    assert_page_is_good(page)
    page.locator("[name=body]").fill("门口的路灯又不亮了。老人晚上看不见。")
    page.locator("#id_photos").set_input_files(
        {"name": "灯.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
    )
    expect(page.locator(".photo-list img")).to_have_count(1)
    page.locator("[data-map]").scroll_into_view_if_needed()
    page.locator("[data-map]").evaluate(
        "(e) => e.huyingMap.fire('click', { lngLat: e.huyingMap.getCenter() })"
    )
    expect(page.locator("#near")).not_to_be_empty()
    page.locator("[name=phone]").fill(OTHER_PHONE)
    page.get_by_role("button", name="获取验证码").click()
    said = page.locator("#code-sent b").inner_text()
    page.locator("[name=code]").fill(re.search(r"[0-9]{6}", said)[0])  # type: ignore[index]
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#receipt h1")).to_have_text("已经收到")
    assert_page_is_good(page)
    deliver()
    expect(page.locator(".receipt-number")).to_be_visible(timeout=10_000)
    assert_page_is_good(page)
    page.get_by_role("link", name="查进度").first.click()
    page.locator(".row-link").first.click()
    expect(page.locator(".standing-label")).to_have_text("已收到")
    page.get_by_text("我要补充").click()
    assert_page_is_good(page)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.usefixtures("district")
def test_a_citizen_rates_with_two_taps(browser_page: OpenPage, width: int) -> None:
    number = taken(phone=OTHER_PHONE).number
    answered(number)
    page = browser_page(width=width)
    prove(page, OTHER_PHONE)
    assert_page_is_good(page)
    page.locator(".row-link").first.click()
    assert_page_is_good(page)
    page.get_by_text("解决了", exact=True).click()
    page.get_by_text("非常满意").click()
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator(".callout").first).to_contain_text("已收到")
    deliver()
    page.reload()
    expect(page.locator(".standing-label")).to_have_text("您已评价")


@pytest.mark.usefixtures("district")
def test_the_officers_pages_are_good(browser_page: OpenPage) -> None:
    published()
    page = browser_page(account=centre_account())
    answered(taken(phone=OTHER_PHONE).number)
    for address in (
        *("", "matters/", "matters/senior-allowance/", "matters/new/"),
        *("texts/", "texts/words/rate/"),
    ):
        page.goto(f"/portal/desk/{address}")
        assert_page_is_good(page)


MOST_FILES = 14
HEAVIEST = 160 * 1024  # that a first visit costs a telephone, the map apart


def _keep(bodies: dict[str, bytes], answer: Response) -> None:
    bodies[answer.url] = answer.body()


@pytest.mark.usefixtures("district")
def test_a_telephone_fetches_little(browser_page: OpenPage) -> None:
    """As files are sent by a started product, which lays a compressed twin beside each."""
    published()
    for address in ("", "file/", "follow/", "matters/", "public/"):
        page = browser_page(width=390)
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        bodies: dict[str, bytes] = {}
        page.on("response", partial(_keep, bodies))
        page.goto(f"/portal/{address}", wait_until="networkidle")
        size = sum(len(gzip.compress(body, 6)) for body in bodies.values())
        assert len(bodies) <= MOST_FILES, f"{address}: {len(bodies)} files"
        assert size < HEAVIEST, f"{address}: {size // 1024} KB"
        assert not [url for url in bodies if "maplibre" in url], address
        session.detach()


@pytest.mark.usefixtures("district")
def test_everything_can_be_done_without_scripts(chromium: Browser, live_server: Any) -> None:
    """As in a browser where a script did not arrive, or is too old to run it."""
    context = chromium.new_context(
        java_script_enabled=False,
        viewport={"width": 390, "height": 844},
        base_url=live_server.url,
        user_agent=WECHAT,
    )
    page = context.new_page()
    page.goto("/portal/file/")
    page.locator("[name=body]").fill("门口的路灯又不亮了。老人晚上看不见。")
    page.locator("[name=phone]").fill(OTHER_PHONE)
    page.get_by_role("button", name="获取验证码").click()
    assert page.locator("[name=body]").input_value().startswith("门口的路灯")
    said = page.locator("#code-sent b").inner_text()
    page.locator("[name=code]").fill(re.search(r"[0-9]{6}", said)[0])  # type: ignore[index]
    page.locator("[name=code]").press("Enter")
    expect(page.locator("#receipt h1")).to_have_text("已经收到")
    deliver()
    page.get_by_role("link", name="看看好了没有").click()
    number = page.locator(".receipt-number").inner_text()
    answered(number)
    page.get_by_role("link", name="查进度").first.click()
    page.get_by_role("link", name=number).click()
    page.get_by_label("没有解决").check()
    page.get_by_label("不满意", exact=True).check()
    page.get_by_label("不满意的话").select_option("slow")
    page.get_by_role("button", name="提交评价").click()
    deliver()
    page.reload()
    expect(page.locator(".standing-label")).to_have_text("您已评价")
    assert Evaluation.objects.get().cause == "slow"
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("elder", "theme"), [(False, "light"), (True, "light"), (False, "dark")])
@pytest.mark.usefixtures("district")
def test_a_link_is_good_to_rate_by_and_to_come_back_to(
    browser_page: OpenPage, width: int, elder: bool, theme: str
) -> None:
    answered(taken(phone=OTHER_PHONE).number)
    address = f"/portal/r/{token_of(RatingLink.objects.get())}/"
    page = browser_page(address, width=width, elder=elder, theme=theme)
    assert_page_is_good(page)
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator(".form-summary")).to_be_visible()
    assert_page_is_good(page)
    page.get_by_text("解决了", exact=True).click()
    page.get_by_text("非常满意").click()
    page.get_by_role("button", name="提交评价").click()
    expect(page.locator("h1")).to_have_text("谢谢您的评价")
    assert_page_is_good(page)
    RatingLink.objects.update(used_at=None, revoked_at=now())
    IntakeMessage.objects.all().delete()
    page.goto(address)
    expect(page.locator("h1")).to_have_text("这个链接不能用了")
    assert_page_is_good(page)
