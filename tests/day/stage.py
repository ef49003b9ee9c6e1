"""The people of the day at their screens, and what the workers do in the meantime."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from demo import people as demo_people
from huying.cases import actions
from huying.evaluate.actions import mark_missed
from huying.kernel import jobs, relay
from huying.kernel.models import LongJob
from huying.org.models import Account
from huying.portal.actions.projecting import catch_up
from huying.portal.actions.taking import take_waiting
from huying.web.tests.browser import OpenPage, without_maps
from tests.day.clock import StoryClock
from tests.day.person import Ledger, Person
from tests.environment import IN_CI

PATIENCE = 60_000  # the machine may be busy with other tests; a person would be told to wait
PHONE: dict[str, Any] = {"width": 390, "height": 844}


class Stage:
    """Everybody who works or asks on this day; a screen is opened when it is first needed."""

    def __init__(self, opened: OpenPage, story: StoryClock, camera: Any) -> None:
        self.opened, self.story, self.camera = opened, story, camera
        self.ledger = Ledger()
        self.people: dict[tuple[str, str], Person] = {}

    def person(
        self, role: str, username: str = "", *, outside: bool = False, **screen: Any
    ) -> Person:
        """The person of this role, signed in unless `outside`; citizens have no account."""
        key = (role, username)  # one account may stand for two of them
        if key not in self.people:
            account = None if outside or not username else Account.objects.get(username=username)
            page = self.opened(account=account, **screen)
            page.set_default_timeout(PATIENCE)
            if not pictures():
                without_maps(page)
            self.people[key] = Person(role, page, self.ledger)
        return self.people[key]

    def work(self) -> None:
        """What the worker does within a minute: deliver, take in, project, supervise, mark."""
        for _round in range(3):
            while relay.deliver_due():
                pass
        actions.send_waiting()
        take_waiting()
        actions.supervise_due()
        mark_missed()
        catch_up()
        for job in LongJob.objects.filter(state=LongJob.State.QUEUED):
            jobs.run(job.pk)

    def shoot(self, person: Person, name: str) -> None:
        """A picture for docs/day.md, when asked for."""
        self.camera(person.page, f"day-{name}")


def sign_in(page: Page, username: str) -> None:
    """Through the door that everybody uses."""
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill(demo_people.password())
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(r"/$"))


def orders_wanted() -> int:
    """How many orders the day has: HUYING_DAY (80 are the whole day), else 24 in CI, six here."""
    return int(os.environ.get("HUYING_DAY") or (24 if IN_CI else 6))


def pictures() -> Path | None:
    """Where the pictures go, when somebody wants them."""
    folder = os.environ.get("HUYING_PICTURES", "")
    return Path(folder) if folder else None
