"""Every page of the product in a browser: no axe-core violation of A or AA, in no look.

The pages are the rows of the matrix, so a page that is added is looked at too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from huying.portal.actions.matters import install_matters
from huying.portal.tests.people import HAND, deliver, proved, published
from huying.web.tests.browser import AXE, OVERFLOW, chromium, faults_of, watch, without_maps
from tests.permissions.stage import STRANGER, Stage, ask
from tests.permissions.table_pages import PAGES
from tests.routes import filled

__all__ = ["chromium"]

pytestmark = pytest.mark.needs("chromium")

CITIZEN = "citizen with a proved telephone"
CONTRAST = "color-contrast"
# All rules once; again those that a look can break: colours, sizes, what begins to scroll.
LOOKS: tuple[tuple[str, bool, list[str]], ...] = (
    ("light", False, []),
    ("light", True, [CONTRAST, "target-size", "scrollable-region-focusable"]),
    ("dark", False, [CONTRAST]),
)
# The look is only a class and an attribute, so one loading of a page serves for all of them.
DRESS = """([theme, elder]) => {
  document.documentElement.dataset.bsTheme = theme;
  document.documentElement.classList.toggle("elder", elder);
}"""
STILL = "*, *::before, *::after { transition: none !important; animation: none !important; }"
JUDGE = """async (rules) => {
  const found = await axe.run(document, {
    runOnly: rules.length ? { type: "rule", values: rules }
      : { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
    resultTypes: ["violations"],
  });
  return found.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.target.join(" ")));
}"""


@dataclass
class Walk:
    """A browser window for each role, and for some addresses who opens them and the real thing."""

    browser: Browser
    origin: str
    stage: Stage
    real: dict[str, tuple[str, dict[str, Any]]]
    citizen: Client
    unopened: list[str] = field(default_factory=list)
    _pages: dict[str, Page] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        return self.citizen if who == CITIZEN else self.stage.client(who)

    def page(self, who: str) -> Page:
        """The window of somebody who is signed in (or nobody)."""
        if who not in self._pages:
            context = self.browser.new_context(
                viewport={"width": 1440, "height": 900}, base_url=self.origin
            )
            context.add_init_script(path=AXE)
            kept = self.client(who).cookies
            context.add_cookies(
                [{"name": n, "value": m.value, "url": self.origin} for n, m in kept.items()]
            )
            page = context.new_page()
            page.set_default_timeout(20_000)
            without_maps(page)  # each room looks at its own, drawn
            watch(page, self.origin)
            self._pages[who] = page
        return self._pages[who]

    def destinations(self) -> Iterator[tuple[str, str, str]]:
        """Route, who may see it, and address of all that answers with a whole page."""
        for method, route in sorted(PAGES):
            for who in self.openers(route) if method == "GET" else ():
                row = PAGES["GET", route]
                case = self.stage.case(row.verb) if row.verb else self.stage.cases["in_progress"]
                values = self.stage.values | {"number": case.number, "provider_id": "none"}
                values |= row.values(self.stage) if callable(row.values) else row.values
                address = filled(route, **(values | self.real.get(route, ("", {}))[1]))
                address += f"?{row.query}" if row.query else ""
                answer = ask(self.client(who), "GET", address)
                if answer.status_code != 200:
                    self.unopened.append(f"{route} as {who}: answered {answer.status_code}")
                elif not answer.streaming and b"<html" in answer.content:
                    yield route, who, address

    def openers(self, route: str) -> list[str]:
        """For whom this page opens and looks different; nobody, when it does not as it stands."""
        row = PAGES["GET", route]
        if route in self.real:
            return [self.real[route][0]]
        found = [STRANGER] if row.stranger == 200 else []
        if row.good == 200 and not (found and route.startswith("portal/")):
            found.append("district_centre" if "district_centre" in row.may else min(row.may))
        return found

    def faults(self, who: str, address: str) -> list[str]:
        """What is wrong with a page, in each look."""
        page = self.page(who)
        page.goto(address, wait_until="load")
        page.add_style_tag(content=STILL)
        wrong = [f"1440: {fault}" for fault in faults_of(page)]
        for theme, elder, rules in LOOKS:
            page.evaluate(DRESS, [theme, elder])
            look = "elder" if elder else theme
            wrong += [f"{look}: {one}" for one in page.evaluate(JUDGE, rules)]
            if elder:
                page.set_viewport_size({"width": 390, "height": 844})
                wrong += [f"elder at 390: {one}" for one in page.evaluate(OVERFLOW)]
                page.set_viewport_size({"width": 1440, "height": 900})
        page.huying_faults.clear()  # type: ignore[attr-defined]
        return wrong


@pytest.fixture(scope="module")
def walk(chromium: Browser, stage: Stage) -> Iterator[Walk]:
    """The stage, with a published case and the matters, behind a real server."""
    demo, django_settings.DEMO = django_settings.DEMO, True
    cache.clear()
    install_matters(by=HAND)
    number = published()
    deliver()
    citizen = proved()
    matter, case = {"code": "senior-allowance"}, {"number": number}
    real = {
        "portal/matters/<slug:code>/": (STRANGER, matter),
        "portal/desk/matters/<slug:code>/": ("district_centre", matter),
        "portal/public/<str:number>/": (STRANGER, case),
        "portal/desk/<str:number>/": ("district_centre", case),
        "portal/follow/<str:number>/": (CITIZEN, case),
    }
    server = LiveServer("localhost")
    yield Walk(chromium, server.url, stage, real, citizen)
    server.stop()
    django_settings.DEMO = demo


def test_no_page_violates_wcag_in_any_look(walk: Walk) -> None:
    seen, wrong = [], []
    for route, who, address in list(walk.destinations()):
        seen.append(route)
        wrong += [f"{route} as {who}: {fault}" for fault in walk.faults(who, address)]
    assert len(seen) > 70
    wrong += walk.unopened
    assert not wrong, f"{len(wrong)} faults\n" + "\n".join(wrong)
