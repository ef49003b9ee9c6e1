"""A real browser for tests of every room: open a page as somebody, and judge whether it is good."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from huying.web.preferences import ELDER_COOKIE, THEME_COOKIE

# Playwright keeps an event loop in this thread, which Django takes for a view run in one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=30_000)  # of five seconds a machine full of other tests takes some

CHROMIUM = os.environ.get("HUYING_CHROMIUM", "/usr/bin/chromium")
AXE = Path(__file__).resolve().parents[3] / "node_modules/axe-core/axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
]
VIOLATIONS = """
window.huyingViolations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.huyingViolations.push(event.violatedDirective + " " + event.blockedURI));
"""
AXE_RUN = """async () => {
  const found = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    resultTypes: ["violations"],
  });
  return found.violations.flatMap((v) => v.nodes.map((n) =>
    v.id + ": " + n.target.join(" ") + " | " + (n.failureSummary || "").replace(/\\s+/g, " ")));
}"""
OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const guilty = [...document.querySelectorAll("body *")].filter(
    (e) => e.getBoundingClientRect().right > wide + 1 && !e.closest(".table-scroll, .map"));
  return ["scrollWidth " + document.documentElement.scrollWidth + " > " + wide,
    ...guilty.slice(0, 5).map((e) => e.tagName + "." + e.className)];
}"""

# What htmx logs of a request under way when its page is left; one that failed is `sendError`.
ABANDONED = ("htmx:afterRequest", "htmx:sendAbort")
REFUSED = (
    "Failed to load resource: the server responded with a status of 4",
    "Response Status Error Code 4",  # htmx tells of it too
)

MAPS = re.compile(r"/static/vendor/maplibre-gl.*\.js")
OpenPage = Callable[..., Page]


def _missing(what: str) -> None:
    words = f"{what} is missing: browser tests need Debian's chromium and `npm ci`"
    if os.environ.get("CI") == "true":
        pytest.fail(words)
    pytest.skip(words)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module; Playwright's loop must not outlive it, or others could run none."""
    if not Path(CHROMIUM).exists():
        _missing(CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def browser_page(chromium: Browser, live_server: Any) -> Iterator[OpenPage]:
    """Open pages of a live server: `browser_page("/cases/", account=anna, theme="dark")`.

    Maps are drawn in one look, the others show what a machine without WebGL shows: a map without a
    graphics card takes all cores for a second. `maps=True` draws them.

    The page keeps what went wrong in `page.huying_faults`; `assert_page_is_good` reads it.
    """
    contexts = []

    def opened(
        address: str = "",
        *,
        account: Any = None,
        theme: str = "light",
        width: int = 1440,
        height: int = 900,
        elder: bool = False,
        language: str = "zh-hans",
        maps: bool | None = None,
    ) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            base_url=live_server.url,
            has_touch=width < 600,
        )
        contexts.append(context)
        cookies = {
            THEME_COOKIE: theme,
            ELDER_COOKIE: "1" if elder else "0",
            settings.LANGUAGE_COOKIE_NAME: language,
        }
        if account is not None:
            client = Client()
            client.force_login(account, settings.AUTHENTICATION_BACKENDS[-1])
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[
                settings.SESSION_COOKIE_NAME
            ].value
        context.add_cookies(
            [{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()]
        )
        context.add_init_script(VIOLATIONS)
        page = context.new_page()
        page.set_default_timeout(15_000)
        if not (maps if maps is not None else theme == "light" and not elder and width > 600):
            without_maps(page)
        watch(page, live_server.url)
        if address:
            page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()


def without_maps(page: Page) -> None:
    """As on a machine that cannot draw them."""
    page.route(MAPS, lambda route: route.fulfill(content_type="text/javascript", body=""))


def watch(page: Page, origin: str) -> None:
    """Note every error on the console, uncaught exception, and request to another origin."""
    faults: list[str] = []
    page.huying_faults = faults  # type: ignore[attr-defined]
    home = urlsplit(origin).netloc

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith((*REFUSED, *ABANDONED)):
            faults.append(f"console: {message.text}")

    def request(made: Request) -> None:
        parts = urlsplit(made.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != home:
            faults.append(f"request to another origin: {made.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: faults.append(f"exception: {error}"))
    page.on("request", request)


def faults_of(page: Page) -> list[str]:
    """What went wrong on a page so far, without looking at its content."""
    noted: list[str] = page.huying_faults  # type: ignore[attr-defined]
    violations = page.evaluate("() => window.huyingViolations || []")
    return [*noted, *(f"content security policy: {one}" for one in violations)]


def axe_violations(page: Page) -> list[str]:
    """Violations of WCAG 2.2 A and AA that axe-core finds in the page as it is now."""
    if not AXE.exists():
        _missing(str(AXE))
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(AXE_RUN)
    return found


def assert_page_is_good(page: Page) -> None:
    """No console error, CSP violation, foreign request, axe A/AA violation or sideways scroll."""
    page.wait_for_load_state("networkidle")
    faults = [*faults_of(page), *axe_violations(page), *page.evaluate(OVERFLOW)]
    size = page.viewport_size
    if size is not None and size["width"] > 390:
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_timeout(150)
        faults += [f"at 390: {fault}" for fault in page.evaluate(OVERFLOW)]
        page.set_viewport_size(size)
    assert not faults, f"{page.url}\n" + "\n".join(faults)
