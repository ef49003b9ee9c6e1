"""Every page of the assessment in a real browser: accessible, strict, never too wide."""

from __future__ import annotations

from typing import Any

import pytest

from huying.evaluate import actions
from huying.evaluate.tests.test_pages import APRIL, HAND, MONTH, START, WHY, lived
from huying.kernel.clock import frozen
from huying.web.tests.browser import OpenPage, assert_page_is_good
from tests.cast import Cast, assemble
from tests.mainline import HANDLING


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast, cases of March, one of them left out, the month frozen."""
    with frozen(START):
        made = assemble()
    for solved, grade in ((True, 5), (False, 1), (False, 2)):
        number = lived(solved=solved, grade=grade)
    with frozen(APRIL):
        actions.exclude(number, by=HAND, **WHY)
        actions.freeze_month(START.date(), by=HAND)
    return made


@pytest.mark.parametrize("look", [{}, {"theme": "dark"}], ids=["light", "dark"])
def test_every_page_of_the_assessment_is_good(
    browser_page: OpenPage, cast: Cast, look: dict[str, Any]
) -> None:
    page = browser_page(account=cast.people["evaluator"], **look)
    for address in (
        f"/evaluate/?month={MONTH}",
        f"/evaluate/units/{HANDLING}/?month={MONTH}",
        f"/evaluate/cases/?month={MONTH}&rate=solved&part=missing",
        "/evaluate/exclusions/",
        "/evaluate/exclusions/new/",
        "/evaluate/months/",
        "/evaluate/rules/",
    ):
        page.goto(address)
        assert_page_is_good(page)


def test_the_callback_pages_are_good(browser_page: OpenPage, cast: Cast) -> None:
    number = lived(rated=False)
    page = browser_page(account=cast.people["callback_agent"])
    for address in ("/evaluate/callbacks/", f"/evaluate/callbacks/{number}/"):
        page.goto(address)
        assert_page_is_good(page)
