"""A verb whose process dies has left its change, audit row and news together, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

import pytest

from huying.kernel import events, verbs
from huying.kernel.asker import System
from huying.kernel.models import AuditRow, CalendarDay, Delivery, Notice, UnsealedRow
from tests.faults.dying import run
from tests.fingerprint import fingerprint

HAND = System("fault test")


@dataclass(frozen=True)
class DayMarked(events.Event):
    type: ClassVar[str] = "tests.day_marked"
    date: str


@contextmanager
def declared() -> Iterator[None]:
    """A verb and a subscriber that exist for this module only."""
    verbs.declare("faults", {"mark": "标记"})
    events.subscribe("faults", DayMarked.type, lambda received: None)
    try:
        yield
    finally:
        verbs.VERBS._items.pop("faults.mark")
        events.SUBSCRIPTIONS._items.pop(f"faults:{DayMarked.type}")


@pytest.fixture(autouse=True)
def a_verb() -> Iterator[None]:
    with declared():
        yield


def mark() -> None:
    with verbs.act("faults.mark", by=HAND) as deed:
        CalendarDay.objects.create(date="2099-01-01", workday=False, holiday="试")
        deed.on("day", "2099-01-01")
        deed.tell(DayMarked("2099-01-01"))


def counts() -> tuple[int, ...]:
    return (
        CalendarDay.objects.filter(date="2099-01-01").count(),
        AuditRow.objects.filter(verb="faults.mark").count(),
        UnsealedRow.objects.count(),
        Notice.objects.filter(type=DayMarked.type).count(),
        Delivery.objects.filter(recipient="faults").count(),
    )


def test_a_verb_killed_at_any_moment_is_wholly_before_or_wholly_after(db: str) -> None:
    before, print_before = counts(), fingerprint()
    died_before = 0
    for moment in range(1, 100):
        fate = run(mark, die_at=moment)
        assert fate.killed, fate.error
        if counts() == before:
            assert fingerprint() == print_before
            died_before += 1
            continue
        assert counts() == tuple(count + 1 for count in before)
        break
    assert died_before >= 5, "moments before each of the five INSERTs, at least"
