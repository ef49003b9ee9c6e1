"""Every page of appeals in a real browser: accessible, strict, never wider than the screen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from huying.cases import actions
from huying.kernel.asker import System
from huying.web.tests.browser import (
    OVERFLOW,
    OpenPage,
    assert_page_is_good,
    axe_violations,
    browser_page,
    chromium,
    faults_of,
)
from tests.cast import Cast, assemble
from tests.mainline import CATEGORY, GRID, HANDLING, NAME, PHONE, WORDS, picture

__all__ = ["browser_page", "chromium"]

HAND = System("test")
LOOKS: tuple[dict[str, Any], ...] = ({}, {"theme": "dark"}, {"elder": True})


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return assemble()


@pytest.fixture
def number(cast: Cast) -> str:
    """A case in hand, with a picture, and eleven others that wait."""
    given: dict[str, Any] = {
        "channel": "phone",
        "name": NAME,
        "phone": PHONE,
        "place": GRID,
        **WORDS,
    }
    for _number in range(11):
        actions.register(by=HAND, urgent=True, **given)
    found = actions.register(by=HAND, about="420106D02", **given).number
    actions.attach(found, version=1, by=HAND, name="现场.png", data=picture())
    actions.accept(found, version=2, by=HAND, category=CATEGORY)
    actions.dispatch(found, version=3, by=HAND, lead=HANDLING, co=["420106001"])
    actions.write_routing_rule(by=HAND, position=1, name="路灯", unit=HANDLING, keywords=["灯"])
    return found


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "elder"])
def test_every_page_of_appeals_is_good(
    browser_page: OpenPage, cast: Cast, number: str, look: dict[str, Any]
) -> None:
    page = browser_page(account=cast.people["district_centre"], **look)
    for address in (
        "/",
        "/cases/",
        f"/cases/{number}/",
        f"/cases/{number}/contact/",
        "/cases/new/",
        "/cases/categories/",
        "/cases/clocks/",
        "/cases/routing/?since=2020-01-01&until=2099-12-31",
        "/cases/routing/new/",
    ):
        page.goto(address)
        assert_page_is_good(page)


def test_a_form_over_the_page_is_good_with_faults_too(
    browser_page: OpenPage, cast: Cast, number: str
) -> None:
    page = browser_page(f"/cases/{number}/", account=cast.people["department_handler"])
    page.locator("[data-verb=contact]").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    dialog.locator(".btn-send").click()
    expect(dialog.locator(".form-summary")).to_be_focused()
    assert_page_is_good(page)


def test_the_register_form_keeps_photos_and_words_when_something_is_wrong(
    browser_page: OpenPage, cast: Cast
) -> None:
    page = browser_page("/cases/new/", account=cast.people["grid_worker"], width=390, height=844)
    form = page.locator("#register-form")
    form.locator("[name=title]").fill("路灯不亮")
    photo: FilePayload = {"name": "现场.png", "mimeType": "image/png", "buffer": picture()}
    form.locator("[name=papers]").set_input_files(photo)
    form.locator(".btn-send").click()
    expect(page.locator("#id_body-error")).to_be_visible()
    expect(form.locator("[name=title]")).to_have_value("路灯不亮")
    expect(form.locator(".files-chosen")).to_contain_text("现场.png")
    assert_page_is_good(page)
    form.locator("[name=body]").fill("路灯坏了一周")
    form.locator(".btn-send").click()
    page.wait_for_url("**/cases/2*/")
    expect(page.locator(".thumb img")).to_have_count(1)


def test_the_keyboard_goes_through_the_list_and_on_to_the_next_case(
    browser_page: OpenPage, cast: Cast, number: str
) -> None:
    page = browser_page("/cases/?work=accept", account=cast.people["district_centre"])
    page.keyboard.press("j")
    first = page.locator("[data-row-link]").first
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/2*/")
    here = page.url
    page.keyboard.press("n")
    page.wait_for_url(lambda url: url != here and "/cases/2" in url)
    expect(page.locator(".case-line .tag").first).to_have_text("已登记")


def assert_open_panel_is_good(page: Page) -> None:
    """Good as a page is, but for the targets that the panel covers while it is open."""
    page.wait_for_load_state("networkidle")
    seen = [fault for fault in axe_violations(page) if "obscured" not in fault]
    assert [*faults_of(page), *seen, *page.evaluate(OVERFLOW)] == []


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "elder"])
def test_a_unit_is_chosen_from_the_tree_by_keyboard(
    browser_page: OpenPage, cast: Cast, number: str, look: dict[str, Any]
) -> None:
    page = browser_page("/cases/?bare=1", account=cast.people["district_centre"], **look)
    assert "一网格" not in page.locator("form.table-filters").inner_html(), (
        "it comes when asked for"
    )
    box = page.locator("[data-lookup]:has([name=lead])")
    box.locator(".tree-menu > summary").focus()
    page.keyboard.press("ArrowDown")
    expect(box.get_by_role("button", name="武昌一街道")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(box.get_by_role("button", name="武昌区", exact=True)).to_be_focused()
    assert_open_panel_is_good(page)
    apart = box.locator("summary", has_text="区直部门")
    while not apart.evaluate("line => line === document.activeElement"):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(box.get_by_role("button", name="武昌城管局")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_contain_text("武昌城管局")
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    expect(box.locator(".tree-menu")).not_to_have_attribute("open", "")
    expect(box.locator(".tree-menu > summary")).to_be_focused()
    assert page.url.endswith(f"/cases/?lead={HANDLING}")
    page.reload()
    box.locator(".tree-menu > summary").click()
    expect(box.locator("[aria-current]")).to_have_text("武昌城管局")


def test_the_tree_of_grids_opens_on_a_phone_line_by_line(
    browser_page: OpenPage, cast: Cast, number: str
) -> None:
    centre = cast.people["district_centre"]
    page = browser_page("/cases/?bare=1", account=centre, width=390, height=844)
    page.locator("[data-toggle-filters]").click()
    box = page.locator("[data-lookup]:has([name=place])")
    box.locator(".tree-menu > summary").click()
    expect(box.get_by_role("button", name="武昌二街道")).to_be_visible()
    grid = box.get_by_role("button", name="武昌一网格")
    expect(grid).to_have_count(0)
    box.get_by_label("武昌一街道的下级").click()  # its one community stands open with it
    expect(grid).to_be_visible()
    assert_open_panel_is_good(page)
    grid.click()
    expect(page.locator(".chip")).to_contain_text("武昌一网格")
    expect(page.locator("table.list tbody tr")).to_have_count(12)
