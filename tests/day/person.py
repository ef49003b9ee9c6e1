"""Somebody at a screen: every click, key, typed field and dead end of theirs is counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Locator, Page, Response

SHORT = 4  # what is shorter is not counted as typed again: a word, a number of days
SEND = ".btn-send, form button.btn-primary, form button.btn-danger"
READY: Literal["domcontentloaded"] = "domcontentloaded"  # scripts have run, pictures may come
ASKED = ("document", "xhr", "fetch")


@dataclass
class Cost:
    """What one task cost: `again` are fields typed that somebody had typed before for this matter,
    or that a form gave back empty; `dead` are the places where there was no way on."""

    clicks: int = 0
    keys: int = 0
    typed: int = 0
    again: int = 0
    pages: int = 0
    dead: list[str] = field(default_factory=list)

    def more(self, other: Cost) -> None:
        """Add another's."""
        self.clicks += other.clicks
        self.keys += other.keys
        self.typed += other.typed
        self.again += other.again
        self.pages += other.pages
        self.dead += other.dead


@dataclass
class Ledger:
    """All that the day cost, by role and task, and what was typed for each matter."""

    costs: dict[tuple[str, str], list[Cost]] = field(default_factory=dict)
    said: dict[str, set[str]] = field(default_factory=dict)

    def worst(self, role: str, task: str) -> Cost:
        """The dearest time of a task, number by number."""
        times = self.costs[role, task]
        return Cost(
            max(one.clicks for one in times),
            max(one.keys for one in times),
            max(one.typed for one in times),
            max(one.again for one in times),
            max(one.pages for one in times),
            [words for one in times for words in one.dead],
        )

    def total(self) -> Cost:
        """The whole day."""
        found = Cost()
        for times in self.costs.values():
            for one in times:
                found.more(one)
        return found


class Person:
    """One role at one browser."""

    def __init__(self, role: str, page: Page, ledger: Ledger) -> None:
        self.role, self.page, self.ledger = role, page, ledger
        self.cost = Cost()
        self.matter = ""
        self.filled: list[tuple[str, str]] = []
        page.on("response", self._answered)

    @contextmanager
    def task(self, name: str, matter: str = "") -> Iterator[None]:
        """Count what happens inside as one time of this task; `matter` is what it is about."""
        self.cost, self.matter = Cost(), matter or name
        try:
            yield
        except BaseException as error:
            error.add_note(f"{self.role}, {name}, {self.matter}, at {self.page.url}")
            raise
        self.ledger.costs.setdefault((self.role, name), []).append(self.cost)
        self.cost = Cost()

    # What hands do.

    def open(self, address: str) -> None:
        """A bookmark, or a link that was sent: one click."""
        self.cost.clicks += 1
        self.page.goto(address)

    def click(self, what: str | Locator) -> None:
        """One click."""
        self.cost.clicks += 1
        self._find(what).click()

    def go(self, what: str | Locator) -> None:
        """One click that opens another page."""
        self.cost.clicks += 1
        with self.page.expect_navigation(wait_until=READY):
            self._find(what).click()

    def press(self, key: str, *, goes: bool = False) -> None:
        """One key."""
        self.cost.keys += 1
        if goes:
            with self.page.expect_navigation(wait_until=READY):
                self.page.keyboard.press(key)
        else:
            self.page.keyboard.press(key)

    def check(self, label: str, where: str | Locator = "dialog[open]") -> None:
        """A choice of a few: one click."""
        self.cost.clicks += 1
        self._find(where).get_by_label(label, exact=True).first.check()

    def fill(self, what: str | Locator, words: str) -> None:
        """Type into a field; typing what is known of the matter already counts as typing again."""
        box = self._find(what)
        self.cost.typed += 1
        known = self.ledger.said.setdefault(self.matter, set())
        if len(words) >= SHORT and words in known:
            self.cost.again += 1
        known.add(words)
        name = box.get_attribute("name") or ""
        self.filled.append((name, words))
        box.fill(words)

    def take(self, what: str | Locator, words: str, option: str) -> None:
        """Find something by a few characters and take it: a field and a click."""
        box = self._find(what)
        self.cost.typed += 1
        self.cost.clicks += 1
        box.fill(words)
        self.page.locator("[role=option]", has_text=option).first.click()

    def give(self, what: str | Locator, name: str, kind: str, body: bytes) -> None:
        """Choose a file: two clicks."""
        self.cost.clicks += 2
        self._find(what).set_input_files({"name": name, "mimeType": kind, "buffer": body})

    # What pages of verbs have in common.

    def verb(self, verb: str) -> Locator:
        """Open the form of a verb, through the menu where it lies there."""
        button = self.page.locator(f"[data-verb={verb}]").first
        if not button.is_visible():
            self.click(".case-verbs details summary")
            button = self.page.locator(f".menu-line[hx-get$='/{verb}/']").first
        self.click(button)
        return self.dialog()

    def dialog(self) -> Locator:
        """The form over the page."""
        found = self.page.locator("dialog[open]")
        found.wait_for()
        return found

    def send(self) -> bool:
        """Send the form over the page and go on to where it leads; whether another opens there."""
        self.cost.clicks += 1
        with self.page.expect_navigation(wait_until=READY) as going:
            self.page.locator("dialog[open]").locator(SEND).last.click()
        self.filled.clear()
        follows = going.value is not None and "do=" in going.value.url
        if follows:
            self.dialog()
        return follows

    def sent_back(self) -> None:
        """The form came back: whatever it lost must be typed again."""
        for name, words in self.filled:
            if name and self.page.locator(f"[name={name}]").last.input_value() != words:
                self.cost.again += 1
        self.filled.clear()

    def state(self) -> str:
        """The state of the case on the page."""
        return self.page.locator(".case-line .tag").first.inner_text().strip()

    def number(self) -> str:
        """The number of the case on the page."""
        found = re.search(r"/(\d{8}-[^/?#]+)", self.page.url)
        assert found, self.page.url
        return found[1]

    def _find(self, what: str | Locator) -> Locator:
        return self.page.locator(what).first if isinstance(what, str) else what

    def _answered(self, answer: Response) -> None:
        request = answer.request
        if request.resource_type not in ASKED:
            return
        if request.resource_type == "document":
            self.cost.pages += 1
        if answer.status >= 400:
            where = re.sub(r"\d{8}-[^/]+", "…", request.url.split("/", 3)[3])
            self.cost.dead.append(f"{answer.status} {request.method} /{where}")
