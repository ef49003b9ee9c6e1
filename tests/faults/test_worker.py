"""Kill -9 of the worker within a delivery or a long job: nothing is lost, nothing is doubled."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

import pytest
from django.db import transaction

from huying.kernel import events, jobs, relay
from huying.kernel.asker import System
from huying.kernel.clock import frozen, now
from huying.kernel.models import CalendarDay, Delivery, LongJob
from tests.faults.dying import run

HAND = System("fault test")
FIRST = date(2090, 1, 1)
ITEMS = 12


@dataclass(frozen=True)
class DayPublished(events.Event):
    type: ClassVar[str] = "tests.day_published"
    day: str


def note_day(received: events.Received) -> None:
    """A subscriber whose effect must come exactly once, however often it is called."""
    if events.once("faults", received.key):
        CalendarDay.objects.create(date=received.payload["day"], workday=True)


def count_up(work: jobs.Work) -> None:
    """A long job of a few steps; each commits together with its checkpoint."""
    for number in range(work.kept or 0, ITEMS):
        with transaction.atomic():
            CalendarDay.objects.create(date=FIRST + timedelta(days=number), workday=True)
            work.checkpoint(number + 1)
        work.progress(number + 1, ITEMS)


@pytest.fixture(autouse=True)
def a_subscriber_and_a_kind() -> Iterator[None]:
    events.subscribe("faults", DayPublished.type, note_day)
    jobs.kind("faults.count_up", count_up)
    try:
        yield
    finally:
        events.SUBSCRIPTIONS._items.pop(f"faults:{DayPublished.type}")
        jobs.KINDS._items.pop("faults.count_up")


def test_news_arrives_exactly_once_though_its_relay_dies(db: str, fault_count: int) -> None:
    moments = publish_and_look("2089-12-31", die_at=None)
    chosen = range(1, moments + 1)
    if fault_count < moments:
        chosen = sorted(random.sample(chosen, fault_count))
    for number, moment in enumerate(chosen):
        day = (date(2080, 1, 1) + timedelta(days=number)).isoformat()
        publish_and_look(day, die_at=moment)


def publish_and_look(day: str, *, die_at: int | None) -> int:
    """Publish, deliver (or die delivering), deliver again later; how many moments it took."""
    with transaction.atomic():
        events.publish([DayPublished(day)])
    mine = Delivery.objects.filter(notice__payload__day=day)
    fate = run(relay.deliver_due, die_at=die_at) if die_at else run(relay.deliver_due)
    assert fate.killed is bool(die_at), fate.error
    arrived = CalendarDay.objects.filter(date=day).count()
    assert arrived == mine.filter(state="done").count(), "effect and mark are one transaction"
    with frozen(now() + relay.LEASE * 2):
        relay.deliver_due()
    assert CalendarDay.objects.filter(date=day).count() == 1
    assert mine.get().state == "done"
    return fate.moments


def test_a_job_goes_on_where_its_worker_died(db: str, fault_count: int) -> None:
    for _ in range(max(2, fault_count // 10)):
        CalendarDay.objects.filter(date__gte=FIRST).delete()
        job = jobs.start("faults.count_up", {}, title="数到十二", by=HAND)
        for _interruption in range(2):
            assert run(lambda job=job: jobs.run(job.pk), die_at=random.randrange(2, 18)).killed
            job.refresh_from_db()
            done = CalendarDay.objects.filter(date__gte=FIRST).count()
            assert (job.checkpoint or 0) == done, "step and checkpoint are one transaction"
            rescued(job)
        fate = run(lambda job=job: jobs.run(job.pk))
        assert not fate.error
        job.refresh_from_db()
        assert job.state == LongJob.State.DONE, job.error
        assert CalendarDay.objects.filter(date__gte=FIRST).count() == ITEMS


def rescued(job: LongJob) -> None:
    """Wait until the dead process's lock is gone and the rescuer has queued its job again."""
    for _ in range(100):
        jobs.rescue()
        job.refresh_from_db()
        if job.state == LongJob.State.QUEUED:
            return
        time.sleep(0.02)
    raise AssertionError(f"nobody rescued {job}")
