"""The district of the cast, and a clock that stands still on a Monday morning."""

from __future__ import annotations

from huying.cases.tests.conftest import district
from huying.web.tests.browser import browser_page, chromium

__all__ = ["browser_page", "chromium", "district"]
