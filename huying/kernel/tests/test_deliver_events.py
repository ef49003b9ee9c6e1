"""News reaches every recipient at least once, and its effect happens once."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from huying.kernel import actions, events, queries, relay
from huying.kernel.clock import frozen, now
from huying.kernel.errors import Forbidden, NotNow
from huying.kernel.events import Received
from huying.kernel.models import AuditRow, Delivery, Edition, Handled, Notice
from huying.kernel.tests.people import ADMIN, ALICE, spawn


@dataclass(frozen=True)
class Happened(events.Event):
    type: ClassVar[str] = "kernel.tested"
    n: int


Subscribe = Callable[[str, Callable[[Received], None]], None]


@pytest.fixture
def subscribe() -> Iterator[Subscribe]:
    """Subscribe for one test only."""
    names: list[str] = []

    def add(recipient: str, handle: Callable[[Received], None]) -> None:
        events.subscribe(recipient, Happened.type, handle)
        names.append(f"{recipient}:{Happened.type}")

    yield add
    for name in names:
        del events.SUBSCRIPTIONS._items[name]


def later(attempt: int) -> timedelta:
    return timedelta(hours=2 * attempt)


@pytest.mark.django_db
def test_all_news_of_a_verb_costs_two_statements(
    subscribe: Subscribe, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    subscribe("one", lambda _news: None)
    subscribe("two", lambda _news: None)
    with django_assert_num_queries(2):
        events.publish([Happened(n) for n in range(10)])
    assert Delivery.objects.count() == 20
    with django_assert_num_queries(0):
        events.publish([])


@pytest.mark.django_db
def test_each_recipient_gets_the_news_in_order(subscribe: Subscribe) -> None:
    got: list[tuple[str, int]] = []
    subscribe("one", lambda news: got.append(("one", news.payload["n"])))
    subscribe("two", lambda news: got.append(("two", news.payload["n"])))
    events.publish([Happened(1), Happened(2), Happened(3)])
    assert relay.deliver_due() == 6
    for recipient in ("one", "two"):
        assert [n for who, n in got if who == recipient] == [1, 2, 3]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db
def test_news_of_a_verb_that_rolled_back_is_never_told(subscribe: Subscribe) -> None:
    subscribe("one", lambda _news: None)
    with pytest.raises(RuntimeError), transaction.atomic():
        events.publish([Happened(1)])
        raise RuntimeError
    assert not Notice.objects.exists()
    assert relay.deliver_due() == 0


def fail(_news: Received) -> None:
    raise RuntimeError("对方不通")


@pytest.mark.django_db
def test_a_failing_recipient_holds_up_nobody_and_is_tried_again_ever_later(
    subscribe: Subscribe,
) -> None:
    got: list[int] = []
    subscribe("bad", fail)
    subscribe("good", lambda news: got.append(news.payload["n"]))
    events.publish([Happened(1)])
    relay.deliver_due()
    assert got == [1]
    delivery = Delivery.objects.get(recipient="bad")
    assert (delivery.state, delivery.attempts) == ("pending", 1)
    assert "对方不通" in delivery.error
    assert delivery.next_try > now()
    assert relay.deliver_due() == 0
    waits = [relay.back_off(attempt).total_seconds() for attempt in (1, 4, 30)]
    assert 0.7 < waits[0] < 1.3 < 5.9 < waits[1] < 10.1 < 2600 < waits[2] < 4600


@pytest.mark.django_db
def test_what_a_failing_handler_wrote_is_undone(subscribe: Subscribe) -> None:
    def half(_news: Received) -> None:
        Edition.objects.create(name="half")
        with connection.cursor() as cursor:
            cursor.execute("select 1/0")

    subscribe("bad", half)
    events.publish([Happened(1)])
    relay.deliver_due()
    assert not Edition.objects.exists()
    assert Delivery.objects.get().attempts == 1


@pytest.mark.django_db
def test_after_the_last_attempt_it_fails_visibly_and_can_be_replayed(subscribe: Subscribe) -> None:
    subscribe("bad", fail)
    events.publish([Happened(1)])
    start = now()
    for attempt in range(relay.MOST_ATTEMPTS):
        with frozen(start + later(attempt)):
            assert relay.deliver_due() == 1
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("failed", relay.MOST_ATTEMPTS)
    assert queries.ground_facts().failed_deliveries == 1
    assert list(queries.failed_deliveries(ADMIN)) == [delivery]
    with pytest.raises(Forbidden):
        actions.replay_delivery(delivery.pk, by=ALICE)
    actions.replay_delivery(delivery.pk, by=ADMIN)
    assert AuditRow.objects.get().verb == "kernel.replay_delivery"
    with pytest.raises(NotNow):
        actions.replay_delivery(delivery.pk, by=ADMIN)
    events.SUBSCRIPTIONS._items[f"bad:{Happened.type}"] = events.Subscription(
        "bad", Happened.type, lambda _news: None
    )
    assert relay.deliver_due() == 1
    assert Delivery.objects.get().state == "done"


@pytest.mark.django_db
def test_a_handler_that_kills_its_process_is_given_up_too(subscribe: Subscribe) -> None:
    subscribe("deadly", lambda _news: None)
    events.publish([Happened(1)])
    start = now()
    for attempt in range(relay.MOST_ATTEMPTS):  # each time the process dies right after claiming
        with frozen(start + later(attempt)):
            assert relay.claim() is not None
    with frozen(start + later(relay.MOST_ATTEMPTS)):
        relay.deliver_due()
    assert Delivery.objects.get().state == "failed"


@pytest.mark.django_db
def test_a_key_is_handled_once_by_each_recipient(subscribe: Subscribe) -> None:
    key = uuid.uuid4()
    assert [events.once("one", key), events.once("one", key), events.once("two", key)] == [
        True,
        False,
        True,
    ]


@pytest.mark.django_db
def test_an_unknown_recipient_is_told_and_not_lost(subscribe: Subscribe) -> None:
    subscribe("gone", lambda _news: None)
    events.publish([Happened(1)])
    kept = events.SUBSCRIPTIONS._items.pop(f"gone:{Happened.type}")
    relay.deliver_due()
    events.SUBSCRIPTIONS._items[f"gone:{Happened.type}"] = kept
    delivery = Delivery.objects.get()
    assert (delivery.state, "gone" in delivery.error) == ("pending", True)


@pytest.mark.django_db
def test_old_news_is_forgotten_only_when_all_received_it(subscribe: Subscribe) -> None:
    subscribe("one", lambda _news: None)
    events.publish([Happened(1)])
    relay.deliver_due()
    events.publish([Happened(2)])
    events.once("one", uuid.uuid4())
    with frozen(now() + relay.KEEP_DONE + timedelta(days=1)):
        assert relay.forget_old() == 1
    assert Notice.objects.get().payload == {"n": 2}
    assert not Handled.objects.exists()


WORKER = """
import django, os, random, time
django.setup()
from huying.kernel import events, relay
from huying.kernel.models import CalendarDay, Edition
from django.db.models import F
def count(news):
    if events.once("counter", news.key):
        Edition.objects.filter(name="count").update(number=F("number") + 1)
    time.sleep(random.random() * 0.02)
events.subscribe("counter", "kernel.tested", count)
relay.LEASE = relay.timedelta(seconds=1)
work = relay.Relay()
import threading
stop = threading.Event()
while True:
    if not work.turn():
        work.wait(stop)
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_relay_loses_nothing_and_repeats_no_effect(
    subscribe: Subscribe, home: Path, fault_count: int
) -> None:
    Edition.objects.create(name="count")
    subscribe("counter", lambda _news: None)
    total = 0

    def effects() -> int:
        return Edition.objects.values_list("number", flat=True).get(name="count")

    for turn in range(max(2, fault_count // 2)):
        worker = spawn(home, "-c", WORKER)
        try:
            events.publish([Happened(n) for n in range(60)])
            total += 60
            target = total - 40 + turn % 30
            end = time.monotonic() + 60
            while effects() < target:
                assert time.monotonic() < end
                time.sleep(0.01)
        finally:
            worker.kill()
            worker.wait()
    worker = spawn(home, "-c", WORKER)
    try:
        end = time.monotonic() + 60
        while Delivery.objects.exclude(state="done").exists():
            assert time.monotonic() < end
            time.sleep(0.05)
        began = time.monotonic()
        events.publish([Happened(0)])
        while effects() <= total:
            time.sleep(0.005)
        assert time.monotonic() - began < 1.0  # woken, not polled: polling takes up to two
    finally:
        worker.kill()
        worker.wait()
    assert effects() == total + 1
