"""What happens in the browser: keys, filters without reloading, dialogs, picking a place."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from huying.kernel.models import CalendarDay
from huying.web.tests.browser import OpenPage, assert_page_is_good, faults_of


def test_keys_lead_to_search_and_to_help(browser_page: OpenPage, anna: Any) -> None:
    page = browser_page("/", account=anna)
    page.keyboard.press("/")
    expect(page.locator("#top-search")).to_be_focused()
    page.locator("#main").focus()
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#keys")).to_be_hidden()


def test_the_first_tab_skips_to_the_content(browser_page: OpenPage, anna: Any) -> None:
    page = browser_page("/", account=anna)
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_a_filter_changes_rows_address_and_export(
    browser_page: OpenPage, anna: Any, days: list[CalendarDay]
) -> None:
    page = browser_page("/living/", account=anna)
    page.select_option("#filter-workday", "0")
    expect(page.locator(".chip")).to_contain_text("是否上班")
    expect(page).to_have_url(re.compile(r"\?workday=0$"))
    assert "workday=0" in (page.locator("#exports-web-sample a").first.get_attribute("href") or "")
    first = page.locator(".list tbody tr").first.inner_text()
    page.click("[data-page=n]")
    expect(page).to_have_url(re.compile("workday=0&after="))
    page.go_back()
    expect(page.locator(".list tbody tr").first).to_have_text(re.compile(first[:10]))
    page.click(".chip")
    expect(page.locator(".chip")).to_have_count(0)
    assert faults_of(page) == []


def test_a_lookup_is_chosen_by_keyboard(
    browser_page: OpenPage, anna: Any, days: list[CalendarDay]
) -> None:
    page = browser_page("/living/", account=anna, language="en")
    box = page.locator("#id_verb")
    box.fill("export")
    expect(page.locator("#id_verb-options [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("input[type=hidden][name=verb]").last).to_have_value(re.compile("export"))


def test_a_deed_is_asked_about_then_done_then_undone(
    browser_page: OpenPage, anna: Any, days: list[CalendarDay]
) -> None:
    page = browser_page("/living/", account=anna)
    page.click("[hx-get='/living/ask/']")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("删除这条记录？")
    dialog.locator(".btn-danger").click()
    expect(page.locator("#notices .notice")).to_contain_text("已删除。")
    page.locator("#notices .link").click()
    expect(page.locator("#notices .notice")).to_contain_text("已撤销。")


def test_a_refusal_inside_a_page_is_a_notice(
    browser_page: OpenPage, anna: Any, days: list[CalendarDay]
) -> None:
    page = browser_page("/living/", account=anna)
    page.click("[hx-get='/living/refuse/409/']")
    expect(page.locator("#notices [role=alert]")).to_contain_text("现在不能办理")


def test_a_place_is_picked_with_the_mouse_and_with_the_keyboard(
    browser_page: OpenPage, anna: Any, days: list[CalendarDay]
) -> None:
    page = browser_page("/living/", account=anna)
    page.wait_for_selector("[data-pick-longitude][data-ready]", timeout=60_000)
    canvas = page.locator("[data-pick-longitude] canvas")
    canvas.scroll_into_view_if_needed()
    canvas.click(position={"x": 200, "y": 150})
    longitude = page.locator("form[method=post] #id_longitude").first
    expect(longitude).to_have_value(re.compile(r"^114\.\d{6}$"))
    picked = longitude.input_value()
    canvas.focus()
    page.keyboard.press("Enter")
    expect(longitude).not_to_have_value(picked)


def test_the_judge_notices_what_is_wrong(browser_page: OpenPage, db: None) -> None:
    page = browser_page("/")
    page.evaluate(
        """() => {
          const wide = document.createElement("p");
          wide.style.width = "3000px"; wide.style.color = "#ddd"; wide.textContent = "pale";
          const picture = document.createElement("img"); picture.src = "/static/web/mark.svg";
          document.querySelector("main").append(wide, picture);
          const script = document.createElement("script"); script.textContent = "1";
          document.body.append(script);
        }"""
    )
    with pytest.raises(AssertionError) as told:
        assert_page_is_good(page)
    words = str(told.value)
    for fault in ("scrollWidth", "color-contrast", "image-alt", "content security policy"):
        assert fault in words, fault
