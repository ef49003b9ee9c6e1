"""Base pages and the living page in a real browser: readable by all, quiet, self-contained."""

from __future__ import annotations

from typing import Any

import pytest

from huying.kernel.models import CalendarDay
from huying.web.tests.browser import OpenPage, assert_page_is_good

LOOKS = [("light", False), ("dark", False), ("light", True)]


@pytest.mark.parametrize(("theme", "elder"), LOOKS)
@pytest.mark.parametrize("address", ["/", "/no-such-page", "/search/?q=no", "/jobs/"])
def test_base_pages_are_good_for_somebody_signed_in(
    browser_page: OpenPage, anna: Any, address: str, theme: str, elder: bool
) -> None:
    page = browser_page(address, account=anna, theme=theme, elder=elder)
    assert_page_is_good(page)


@pytest.mark.parametrize(("theme", "elder"), LOOKS)
@pytest.mark.parametrize("width", [1440, 390])
def test_the_living_page_is_good(
    browser_page: OpenPage, days: list[CalendarDay], theme: str, elder: bool, width: int
) -> None:
    page = browser_page("/living/", theme=theme, elder=elder, width=width, maps=True)
    page.wait_for_selector("[data-map-points][data-ready]", timeout=60_000)
    assert_page_is_good(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_for_strangers_is_good(browser_page: OpenPage, db: None, theme: str) -> None:
    assert_page_is_good(browser_page("/", theme=theme))
