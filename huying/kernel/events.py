"""Events and their outbox: news written in the verb's transaction, delivered after it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from django.db import connection

from huying.kernel.clock import now
from huying.kernel.models import Delivery, Notice
from huying.kernel.registry import Registry


@dataclass(frozen=True)
class Event:
    """Base of all events: frozen dataclasses with JSON-able fields, a `type` and a `version`."""

    type: ClassVar[str]
    version: ClassVar[int] = 1


@dataclass(frozen=True)
class Received:
    """What a subscriber is handed; `key` is the idempotency key, the same on every retry."""

    key: uuid.UUID
    type: str
    version: int
    payload: dict[str, Any]


@dataclass(frozen=True)
class Subscription:
    """A recipient of one type of event; `recipient` names it in the outbox for ever."""

    recipient: str
    type: str
    handle: Callable[[Received], None]


SUBSCRIPTIONS: Registry[Subscription] = Registry("event subscriptions")


def subscribe(recipient: str, type: str, handle: Callable[[Received], None]) -> None:
    """Subscribe from an upper room's `apps.py`; `handle` must be idempotent by `Received.key`."""
    SUBSCRIPTIONS.register(f"{recipient}:{type}", Subscription(recipient, type, handle))


def publish(news: Sequence[Event]) -> None:
    """Write events and one delivery per recipient in the caller's transaction: two statements."""
    if not news:
        return
    at = now()
    notices = Notice.objects.bulk_create(
        Notice(
            key=uuid.uuid4(),
            at=at,
            type=event.type,
            version=event.version,
            payload=asdict(event),
        )
        for event in news
    )
    Delivery.objects.bulk_create(
        Delivery(notice=notice, recipient=subscription.recipient, next_try=at)
        for notice in notices
        for subscription in SUBSCRIPTIONS
        if subscription.type == notice.type
    )


def once(recipient: str, key: uuid.UUID) -> bool:
    """Whether `recipient` meets `key` for the first time; remembered in the caller's transaction.

    A handler that asks this first, in the transaction of its effect, acts exactly once.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into kernel_handled (recipient, key, at) values (%s, %s, %s)"
            " on conflict do nothing",
            [recipient, key, now()],
        )
        return bool(cursor.rowcount == 1)
