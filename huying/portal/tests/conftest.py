"""Fixtures of this room's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from huying.cases.tests.people import MONDAY
from huying.kernel.clock import frozen
from huying.portal.tests import people
from huying.web.tests.browser import browser_page, chromium

__all__ = ["browser_page", "chromium"]


@pytest.fixture
def district(db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    """The cast's district, on Monday 2 March 2026, 09:00."""
    with frozen(MONDAY):
        people.build()
        yield
