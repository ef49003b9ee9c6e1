"""A working day for twelve roles in the browser; no task may cost more than it does today."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from huying.cases.models import Case
from huying.cases.tests.city_server import CityServer
from huying.web.tests.browser import OpenPage
from tests.cast import ROLES
from tests.day import handling, intake, offices, report, turns
from tests.day.clock import StoryClock
from tests.day.laps import Laps
from tests.day.limits import MOST
from tests.day.matters import phone
from tests.day.stage import Stage, orders_wanted
from tests.journeys.conftest import camera

__all__ = ["camera"]

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]


def test_the_day_costs_nobody_more_than_it_does_today(
    browser_page: OpenPage, city: CityServer, story: StoryClock, camera: Any
) -> None:
    stage, total = Stage(browser_page, story, camera), orders_wanted()
    with Laps(stage) as laps:
        offices.live_through_march(story, 10)
        offices.live_through_the_night(story)
        stage.work()
        laps.done("before")
        story.put((story.at + timedelta(days=1)).replace(hour=8, minute=10))
        offices.change_the_watch(stage)
        story.clock(8, 30)
        offices.meet_in_the_morning(stage)
        laps.done("morning")
        story.clock(8, 45)
        orders = intake.take_in(stage, city, total)
        laps.done("intake")
        story.clock(9, 30)
        handling.send_out(stage, orders)
        laps.done("sent out")
        story.clock(10, 0)
        handling.sign_all(stage)
        laps.done("signed")
        turns.lose_the_line(stage, city, orders)
        laps.done("line")
        story.clock(11, 15)
        turns.send_back(stage, orders, min(6, total // 4))
        turns.meet(stage, 2)
        laps.done("returns and meetings")
        story.clock(11, 40)
        turns.call_up(stage, orders)
        laps.done("call")
        story.clock(14, 0)
        done = handling.answer(stage, orders, max(4, total // 4))
        laps.done("answered")
        story.clock(16, 0)
        handling.review(stage, len(done))
        stage.work()
        handling.call_back(stage, len(done))
        laps.done("reviewed and called back")
        number = orders.by_channel["citizen"][0]
        stage.work()
        offices.follow(stage, number, phone(intake.CITIZENS))
        offices.visit_the_community(stage)
        offices.close_the_month(stage)
        offices.keep_house(stage)
        laps.done("offices")
    assert Case.objects.exclude(state="registered").count() >= total
    report.write(stage.ledger)
    assert {role for role, _task in stage.ledger.costs} == set(ROLES)
    assert dearer(stage) == []


def dearer(stage: Stage) -> list[str]:
    """Every task that costs more than it did, or that nobody did, in words."""
    found = [f"{task}: nobody did it" for _role, task in MOST.keys() - stage.ledger.costs.keys()]
    for role, task in stage.ledger.costs:
        cost = stage.ledger.worst(role, task)
        now, most = (cost.clicks, cost.keys, cost.typed), MOST[role, task]
        if any(one > limit for one, limit in zip(now, most, strict=True)):
            found.append(f"{task}: clicks, keys, typed {now}, at most {most}")
        if cost.again:
            found.append(f"{task}: {cost.again} fields typed again")
        found += [f"{task}: dead end {words}" for words in cost.dead]
    return found
