"""The morning meeting in a real browser: on the desk, the wall and a telephone, in both looks."""

from __future__ import annotations

import pytest

from huying.web.tests.browser import OpenPage, assert_page_is_good, browser_page, chromium
from tests.cast import Cast, assemble
from tests.mainline import brought

__all__ = ["browser_page", "chromium"]

pytestmark = pytest.mark.needs("chromium")
PAGES = ("", "?screen=1", "cases/?figure=pressing")


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return assemble()


def test_the_pages_of_the_meeting_are_good(browser_page: OpenPage, cast: Cast) -> None:
    for _turn in range(2):
        brought("in_progress", urgent=True)
    brought("ordered")
    for theme in ("light", "dark"):
        page = browser_page(account=cast.people["district_centre"], theme=theme)
        for address in PAGES:
            page.goto(f"/cases/morning/{address}")
            assert_page_is_good(page)
