"""The stage of the day: the demonstration's district, its people, the city, one clock for all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from demo import district as demo_district
from huying.cases.adapters import city_line
from huying.cases.tests.city_server import CityServer
from huying.kernel import clock as kernel_clock
from huying.kernel import secrets
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.portal.actions.matters import install_matters
from huying.portal.actions.projecting import publish_sheets
from huying.portal.tests.people import HAND
from huying.web.tests.browser import browser_page, chromium
from tests.day.clock import StoryClock

__all__ = ["browser_page", "chromium"]

EVENING = datetime(2026, 3, 31, 16, 0, tzinfo=DISTRICT_ZONE)  # a Tuesday, the last of its month


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch) -> StoryClock:
    """The clock of the story, for this thread and for the server's."""
    clock = StoryClock(EVENING)
    monkeypatch.setattr(kernel_clock, "_frozen", clock)
    return clock


@pytest.fixture
def district(
    transactional_db: None, story: StoryClock, settings: Any, tmp_path: Path
) -> Iterator[None]:
    """Streets, communities, grids, offices, rules, people and matters; not one appeal."""
    cache.clear()
    settings.DEMO = True
    settings.HOME = tmp_path
    call_command("migrate", verbosity=0)
    demo_district.load(lambda: 0)
    install_matters(by=HAND)
    publish_sheets()
    yield


def _knock(path: str, body: bytes, headers: dict[str, str]) -> int:
    """The district's door, as the city's machine finds it."""
    sent = Client().post(path, body, content_type="application/json", headers=headers)
    return int(sent.status_code)


@pytest.fixture
def city(district: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[CityServer]:
    """A city that answers, and the district's line to it."""
    key = secrets.material(settings.HOME, city_line.SECRET)
    server = CityServer(key, _knock, seed=4)
    server.now = now  # type: ignore[assignment]
    settings.CITY_LINE = server.address
    monkeypatch.setattr(city_line, "REST", 0.0)
    yield server
    server.close()
