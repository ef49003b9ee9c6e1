"""Templates and articles in a real browser: filled without reloading, undone, never over words."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from huying.cases import actions
from huying.cases.models import Case, CaseEvent
from huying.web.tests.browser import OpenPage, assert_page_is_good, browser_page, chromium
from tests.cast import HAND, Cast, assemble
from tests.mainline import HANDLING, brought

__all__ = ["browser_page", "chromium"]

TYPED = "已更换两盏灯泡"
ARTICLE: dict[str, Any] = {
    "title": "路灯不亮找谁修",
    "body": "市政路灯由城管局维护。",
    "keywords": ["路灯"],
    "unit": HANDLING,
}


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return assemble()


def reply_form(browser_page: OpenPage, cast: Cast) -> Page:
    """The form of a reply, open over the page of a case, with one article that fits."""
    article = actions.write_article(by=HAND, **ARTICLE)
    actions.publish_article(article.code, version=1, by=HAND)
    case = brought("in_progress")
    page = browser_page(f"/cases/{case.number}/", account=cast.people["department_handler"])
    page.locator("[data-verb=reply]").click()
    expect(page.locator("dialog[open] [data-helps]")).to_be_visible()
    return page


def test_a_template_takes_in_what_was_typed_and_gives_it_back(
    browser_page: OpenPage, cast: Cast
) -> None:
    page = reply_form(browser_page, cast)
    words, box = page.locator("dialog[open] [name=result]"), page.locator("[data-helps]")
    words.fill(TYPED)
    summary = box.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")  # by keyboard alone
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    first = words.input_value()
    assert TYPED in first and first != TYPED and "{" not in first
    expect(box.locator("[data-filled]")).to_be_visible()
    summary.click()
    box.locator("details").first.locator("[data-fill]").nth(1).click()
    assert TYPED in words.input_value() != first  # another one instead, not inside the first
    assert words.input_value().count("您好") == 1
    words.press("End")
    words.type("。另告")
    box.locator("[data-unfill]").click()
    assert words.input_value() == TYPED
    expect(box.locator("[data-filled]")).to_be_hidden()
    assert_page_is_good(page)


def test_an_article_goes_into_the_answer_and_the_history_tells(
    browser_page: OpenPage, cast: Cast
) -> None:
    page = reply_form(browser_page, cast)
    words, box = page.locator("dialog[open] [name=result]"), page.locator("[data-helps]")
    words.fill(TYPED)
    articles = box.locator("details").nth(1)
    articles.locator("summary").click()
    articles.locator("[data-fill]").first.click()
    assert words.input_value() == f"{TYPED}\n{ARTICLE['body']}"
    box.locator("[data-unfill]").click()
    assert page.locator("dialog[open] [name=articles]").input_value() == ""
    articles.locator("summary").click()
    articles.locator("[data-fill]").first.click()
    page.locator("dialog[open] [name=solved][value='1']").check()
    page.locator("dialog[open] .btn-send").click()
    expect(page.locator(".timeline")).to_contain_text("引用知识库 K0001 路灯不亮找谁修")
    assert CaseEvent.objects.filter(verb="reply", data__articles__0__code="K0001").exists()


@pytest.mark.parametrize("look", [{}, {"theme": "dark"}], ids=["light", "dark"])
def test_the_pages_of_knowledge_and_templates_are_good(
    browser_page: OpenPage, cast: Cast, look: dict[str, Any]
) -> None:
    article = actions.write_article(by=HAND, **ARTICLE)
    actions.publish_article(article.code, version=1, by=HAND)
    page = browser_page(account=cast.people["district_centre"], **look)
    for address in (
        "/cases/knowledge/",
        "/cases/knowledge/K0001/",
        "/cases/knowledge/new/",
        "/cases/reply-templates/",
        "/cases/reply-templates/new/",
        "/org/duty/",
        "/org/handovers/",
    ):
        page.goto(address)
        assert_page_is_good(page)


def test_an_address_opens_the_form_of_a_step_and_never_does_one(
    browser_page: OpenPage, cast: Cast
) -> None:
    opened = brought("accepted").number
    page = browser_page(account=cast.people["district_centre"])
    page.goto(f"/cases/{opened}/?do=dispatch")
    expect(page.locator("dialog[open] form")).to_be_visible()
    case = brought("dispatched")
    page = browser_page(account=cast.people["department_handler"])
    page.goto(f"/cases/{case.number}/?do=sign")
    expect(page.locator("button[data-verb=sign]")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert Case.objects.get(number=case.number).state == "dispatched"
