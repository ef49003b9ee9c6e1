"""What we tell the city hotline: kept in the verb's own transaction, sent until it is taken."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max

from huying.cases.adapters.city_line import LineDown, LineRefused, city_line
from huying.cases.events import CityTold
from huying.cases.models import CityMessage
from huying.cases.rules.city import Report
from huying.cases.rules.facts import CaseFacts
from huying.kernel import secrets
from huying.kernel.clock import now
from huying.kernel.events import Received, publish

OUT, WAITING = CityMessage.Way.OUT, CityMessage.State.WAITING
LATE = timedelta(minutes=2)  # after this long a message is swept up beside the relay's own tries


def sealed(content: Mapping[str, Any]) -> bytes:
    """The content of a message as it is kept."""
    return secrets.seal_text(json.dumps(content, ensure_ascii=False, sort_keys=True))


def opened(row: CityMessage) -> dict[str, Any]:
    """The content of a kept message."""
    found: dict[str, Any] = json.loads(secrets.open_text(row.content))
    return found


def report(case: CaseFacts, reports: Iterable[Report], at: datetime) -> None:
    """Keep what a verb has to tell, in its transaction; the caller holds the case's row.

    Without a line nothing is sent: the messages wait for a workbook.
    """
    for one in reports:
        row = CityMessage.objects.create(
            way=OUT,
            key=uuid.uuid4().hex,
            order=case.external_number,
            sequence=last_sequence(OUT, case.external_number) + 1,
            kind=one.kind,
            content=sealed(one.content),
            at=at,
            kept_at=now(),
        )
        if settings.CITY_LINE:
            publish([CityTold(row.pk)])


def last_sequence(way: str, order: str, **narrowed: Any) -> int:
    """How many messages an order has in this direction."""
    rows = CityMessage.objects.filter(way=way, order=order, **narrowed)
    return rows.aggregate(last=Max("sequence"))["last"] or 0


def tell_city(news: Received) -> None:
    """What to do when something is to be told: send it; while the line is down, raise, so that the
    relay tries again later."""
    send(int(news.payload["message"]))


def send(message_id: int) -> bool:
    """Send a waiting message; whether it was waiting. Raises LineDown, and the message waits on.

    The city knows a message by its key, so that one sent twice counts once.
    """
    with transaction.atomic():
        row = (
            CityMessage.objects.select_for_update(skip_locked=True)
            .filter(pk=message_id, way=OUT, state=WAITING)
            .first()
        )
        if row is None:
            return False
        hand_over(row)
    return True


def hand_over(row: CityMessage) -> None:
    """Send a message, whatever its state, and note how it went; raises LineDown."""
    line = city_line()
    try:
        if line is None:
            raise LineDown("HUYING_CITY_LINE")
        line.deliver(
            {
                "key": row.key,
                "order": row.order,
                "sequence": row.sequence,
                "kind": row.kind,
                "at": row.at.isoformat(),
                "content": opened(row),
            }
        )
    except LineRefused as refused:
        row.state, row.error = CityMessage.State.REFUSED, str(refused)
    else:
        row.state, row.error = CityMessage.State.DONE, ""
    row.attempts, row.done_at = row.attempts + 1, now()
    row.save(update_fields=["state", "error", "attempts", "done_at"])


def send_waiting(most: int = 500) -> int:
    """Send what waits longer than the relay needs, oldest first; stop where the line is down."""
    if city_line() is None:
        return 0
    waiting = CityMessage.objects.filter(way=OUT, state=WAITING, kept_at__lt=now() - LATE)
    sent = 0
    for message_id in list(waiting.order_by("id").values_list("pk", flat=True)[:most]):
        try:
            sent += send(message_id)
        except LineDown as down:
            CityMessage.objects.filter(pk=message_id, state=WAITING).update(
                attempts=F("attempts") + 1, error=str(down)[:500]
            )
            break
    return sent
