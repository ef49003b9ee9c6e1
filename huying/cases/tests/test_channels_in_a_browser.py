"""The pages of the channels in a real browser: the city's line, filing many, the grid's form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import FilePayload, expect

from huying.cases import actions
from huying.cases.models import CityCheck, CityDifference
from huying.cases.tests.test_filing_many import BAD, GOOD, sheet
from huying.kernel.asker import System
from huying.kernel.clock import now
from huying.web.tests.browser import OpenPage, assert_page_is_good, browser_page, chromium
from tests.cast import Cast, assemble
from tests.mainline import CATEGORY, GRID, NAME, PHONE, WORDS, picture

__all__ = ["browser_page", "chromium"]

HAND = System("test")


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return assemble()


@pytest.fixture
def number(cast: Cast) -> str:
    """An order of the city, told of and not yet sent, with differences in the books."""
    due = now() + timedelta(days=5)
    given: dict[str, Any] = {
        "channel": "hotline",
        "place": GRID,
        "name": NAME,
        "phone": PHONE,
        **WORDS,
    }
    done = actions.register(by=HAND, external_number="WH20260302000123", city_due_at=due, **given)
    actions.accept(done.number, version=1, by=HAND, category=CATEGORY)
    check = CityCheck.objects.create(at=now(), since=now(), by="区中心", ours=41, theirs=40)
    for order, kind, remedy, ours, theirs in (
        ("WH20260302000123", "state", "push", "signed/0/", "sent/0/"),
        ("WH20260302000123", "due", "adopt", due.isoformat(), now().isoformat()),
        ("WH20260302000777", "missing_here", "pull", "", "sent/1/return"),
    ):
        CityDifference.objects.create(
            found=check, order=order, kind=kind, remedy=remedy, ours=ours, theirs=theirs
        )
    return done.number


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_of_channels_are_good(
    browser_page: OpenPage, cast: Cast, number: str, width: int, theme: str
) -> None:
    page = browser_page(account=cast.people["district_centre"], width=width, theme=theme)
    for address in ("/cases/line/", f"/cases/{number}/", "/cases/new/many/"):
        page.goto(address)
        assert_page_is_good(page)
    for row in (GOOD, BAD):
        page.goto("/cases/new/many/")
        body = sheet(row).read()
        file: FilePayload = {"name": "many.xlsx", "mimeType": "application/x", "buffer": body}
        page.locator("[name=file]").set_input_files(file)
        page.locator(".form-foot .btn-primary").click()
        expect(page.locator(".facts")).to_be_visible()
        assert_page_is_good(page)


def test_a_grid_worker_files_with_photo_point_and_class_in_four_taps(
    browser_page: OpenPage, cast: Cast
) -> None:
    page = browser_page("/cases/new/", account=cast.people["grid_worker"], width=390, height=844)
    form = page.locator("#register-form")
    form.locator("[name=title]").fill("路灯不亮")
    form.locator("[name=body]").fill("路灯坏了一周")
    photo: FilePayload = {"name": "现场.png", "mimeType": "image/png", "buffer": picture()}
    form.locator("[name=papers]").set_input_files(photo)  # one tap opens the camera
    # Its own grid stands there already; the class is two taps, sending the last.
    expect(form.locator("[name=place]")).to_have_value(GRID)
    form.locator(".btn-send").click()
    page.wait_for_url("**/cases/2*/")
    expect(page.locator(".thumb img")).to_have_count(1)
