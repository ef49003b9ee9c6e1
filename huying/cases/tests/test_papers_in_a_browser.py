"""Papers in a real browser: issued, signed and made void by hand; a template with its faults."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import FilePayload, expect

from huying.cases import actions
from huying.cases.models import IssuedPaper
from huying.web.paper import Paper, Text, as_docx
from huying.web.tests.browser import OpenPage, assert_page_is_good, browser_page, chromium
from tests.cast import HAND, Cast, assemble
from tests.mainline import brought

__all__ = ["browser_page", "chromium"]

LOOKS: tuple[dict[str, Any], ...] = ({}, {"theme": "dark"}, {"elder": True})
TEMPLATES = "/cases/papers/templates/"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return assemble()


@pytest.mark.parametrize("look", LOOKS, ids=["light", "dark", "elder"])
def test_every_page_of_papers_is_good(
    browser_page: OpenPage, cast: Cast, look: dict[str, Any]
) -> None:
    case = brought("dispatched")
    done = actions.issue_paper(case.number, version=case.version, by=HAND, kind="assignment")
    actions.void_paper(done.paper, by=HAND, reason="协办单位写错")
    data = as_docx(Paper("样张", [Text("本区 {{文号}}")]))
    actions.upload_paper_template("assignment", by=HAND, data=data, note="换了抬头")
    actions.number_papers(by=HAND, kind="return", pattern="武退〔{年}〕{号}号")
    page = browser_page(account=cast.people["district_centre"], **look)
    for address in (
        f"/cases/{case.number}/",
        "/cases/papers/",
        "/cases/papers/many/",
        TEMPLATES,
        f"{TEMPLATES}assignment/",
        f"{TEMPLATES}numbers/",
        f"/cases/papers/issue/{case.number}/acceptance/",
    ):
        page.goto(address)
        assert_page_is_good(page)


def test_a_paper_is_issued_and_made_void_over_the_page_by_keyboard(
    browser_page: OpenPage, cast: Cast
) -> None:
    case = brought("dispatched")
    page = browser_page(f"/cases/{case.number}/", account=cast.people["district_centre"])
    card = page.locator("section[aria-labelledby=issued]")
    card.get_by_role("button", name="交办单").focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_role("link", name="先看样稿")).to_be_visible()
    assert_page_is_good(page)
    dialog.get_by_role("button", name="出具").click()
    expect(card.get_by_text("已出具")).to_be_visible()
    number = IssuedPaper.objects.get().number
    expect(card.get_by_text(number)).to_be_visible()
    card.get_by_role("button", name=f"作废 {number}").click()
    dialog.get_by_role("button", name="作废").click()
    expect(dialog.locator("textarea")).to_be_visible()
    dialog.locator("textarea").fill("主办写错")
    dialog.get_by_role("button", name="作废").click()
    expect(card.get_by_text("已作废")).to_be_visible()
    expect(card.get_by_role("button", name="交办单")).to_be_visible()


def test_a_wrong_template_says_what_is_wrong_and_where(browser_page: OpenPage, cast: Cast) -> None:
    page = browser_page(f"{TEMPLATES}assignment/", account=cast.people["district_centre"])
    data = as_docx(Paper("样张", [Text("{{主办单}}")]))
    wrong: FilePayload = {"name": "t.docx", "mimeType": "application/octet-stream", "buffer": data}
    page.set_input_files("input[type=file]", wrong)
    page.get_by_role("button", name="检查并保存").click()
    told = page.get_by_role("alert")
    expect(told.get_by_text("第 1 段")).to_be_visible()
    expect(told.get_by_text("{{主办单位}}")).to_be_visible()
    assert_page_is_good(page)
