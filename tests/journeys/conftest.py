"""What journeys share: a browser, the demonstration's district without appeals, and a camera."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from PIL import Image
from playwright.sync_api import Page

from demo import district as demo_district
from huying.web.tests.browser import browser_page, chromium

__all__ = ["browser_page", "chromium"]

MOST_BYTES = 150_000
Camera = Callable[[Page, str], None]


@pytest.fixture
def district(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[None]:
    """Streets, communities, grids, offices, rules and people; not one appeal."""
    settings.DEMO = True
    settings.HOME = tmp_path
    call_command("migrate", verbosity=0)
    demo_district.load(lambda: 0)
    yield


@pytest.fixture
def camera() -> Camera:
    """Keeps pictures of the journey in the folder that HUYING_PICTURES names; else does nothing."""
    folder = os.environ.get("HUYING_PICTURES", "")

    def shoot(page: Page, name: str) -> None:
        if not folder:
            return
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        taken = Image.open(BytesIO(page.screenshot())).convert("RGB")
        goal = Path(folder) / f"{name}.png"
        taken.save(goal, optimize=True)
        if goal.stat().st_size > MOST_BYTES:
            taken.quantize(256, method=Image.Quantize.MEDIANCUT).save(goal, optimize=True)

    return shoot
