"""Delivers the outbox: each due delivery in a transaction of its own, again until it succeeds."""

from __future__ import annotations

import logging
import random
import threading
import time
from datetime import timedelta

import psycopg
from django.db import connection, transaction
from django.utils.translation import gettext as _

from huying.kernel.clock import now
from huying.kernel.events import SUBSCRIPTIONS, Received, Subscription
from huying.kernel.logs import discreet
from huying.kernel.models import Delivery, Handled, Notice

CHANNEL = "huying_outbox"
MOST_ATTEMPTS = 10
LEASE = timedelta(seconds=20)  # after this long a delivery whose relay died is due again
LONGEST_PAUSE = 3600.0
KEEP_DONE = timedelta(days=30)

logger = logging.getLogger(__name__)


def back_off(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 1 s, 2 s, 4 s … an hour, a quarter more or less."""
    seconds = min(LONGEST_PAUSE, 2.0 ** (attempts - 1))
    return timedelta(seconds=seconds * random.uniform(0.75, 1.25))  # noqa: S311


def claim() -> int | None:
    """Take the next due delivery for a while; its attempt counts even if this process dies now."""
    with transaction.atomic():
        due = (
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(state=Delivery.State.PENDING, next_try__lte=now())
            .order_by("next_try", "id")
            .values_list("id", "attempts")
            .first()
        )
        if due is None:
            return None
        Delivery.objects.filter(pk=due[0]).update(attempts=due[1] + 1, next_try=now() + LEASE)
        return due[0]


def deliver(delivery_id: int) -> bool:
    """Hand one delivery to its subscriber; its effect and the mark "done" are one transaction."""
    try:
        with transaction.atomic():
            delivery = (
                Delivery.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("notice")
                .filter(pk=delivery_id, state=Delivery.State.PENDING)
                .first()
            )
            if delivery is None:
                return False
            if delivery.attempts > MOST_ATTEMPTS:
                _give_up(delivery_id, delivery.error or _("处理进程多次中断"))
                return False
            notice = delivery.notice
            subscription = _subscription(delivery.recipient, notice.type)
            subscription.handle(Received(notice.key, notice.type, notice.version, notice.payload))
            Delivery.objects.filter(pk=delivery_id).update(
                state=Delivery.State.DONE, done_at=now(), error=""
            )
    except Exception as error:  # whatever a subscriber raises is its own, and must not stop others
        logger.exception("delivery %s failed", delivery_id)
        _postpone(delivery_id, discreet(f"{type(error).__name__}: {error}"))
        return False
    return True


def _subscription(recipient: str, type: str) -> Subscription:
    found = SUBSCRIPTIONS.get(f"{recipient}:{type}")
    if found is None:
        told = {"recipient": recipient, "type": type}
        raise LookupError(_("没有名为 %(recipient)s 的收件方订阅 %(type)s") % told)
    return found


def _postpone(delivery_id: int, error: str) -> None:
    if connection.connection is not None and connection.connection.broken:
        connection.close()
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
        if delivery.attempts >= MOST_ATTEMPTS:
            _give_up(delivery_id, error)
        else:
            Delivery.objects.filter(pk=delivery_id, state=Delivery.State.PENDING).update(
                next_try=now() + back_off(delivery.attempts), error=error[:2000]
            )


def _give_up(delivery_id: int, error: str) -> None:
    Delivery.objects.filter(pk=delivery_id, state=Delivery.State.PENDING).update(
        state=Delivery.State.FAILED, error=error[:2000]
    )


def deliver_due(limit: int = 1000) -> int:
    """Deliver what is due now, in order of publishing; count what was tried."""
    tried = 0
    while tried < limit and (delivery_id := claim()) is not None:
        deliver(delivery_id)
        tried += 1
    return tried


def forget_old() -> int:
    """Remove events that everybody received long ago, and the keys remembered for them."""
    before = now() - KEEP_DONE
    Handled.objects.filter(at__lt=before).delete()
    pending = Delivery.objects.exclude(state=Delivery.State.DONE).values("notice_id")
    old = Notice.objects.filter(at__lt=before).exclude(pk__in=pending)
    removed = 0
    while ids := list(old.values_list("pk", flat=True)[:1000]):
        removed += Notice.objects.filter(pk__in=ids).delete()[1].get("kernel.Notice", 0)
    return removed


class Relay:
    """The long-running relay: woken by the database when news commits, and polling besides."""

    pause = 2.0

    def __init__(self) -> None:
        self._ear: psycopg.Connection | None = None

    def turn(self) -> bool:
        """Deliver a batch; whether there may be more at once."""
        return deliver_due(100) == 100

    def wait(self, stop: threading.Event) -> None:
        """Sleep until news commits, or a while."""
        end = time.monotonic() + self.pause
        if self._ear is None or self._ear.closed:
            parameters = connection.get_connection_params()
            for unknown in ("cursor_factory", "context"):
                parameters.pop(unknown, None)
            self._ear = psycopg.connect(**parameters, autocommit=True)
            self._ear.execute(f"listen {CHANNEL}")
            return  # news may have come before we listened
        while not stop.is_set() and time.monotonic() < end:
            for _notification in self._ear.notifies(timeout=0.25, stop_after=1):
                return

    def close(self) -> None:
        """Stop listening."""
        if self._ear is not None:
            self._ear.close()
            self._ear = None
