"""Verbs on short messages: write one, send it until it is taken, send again, word a kind anew."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from huying.kernel import secrets
from huying.kernel.asker import Asker, System
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Invalid, NotFound, NotNow
from huying.kernel.events import Received
from huying.kernel.verbs import Deed, act, require
from huying.portal.adapters.sms import Rejected, Text, Unsent, sender
from huying.portal.events import TextWritten
from huying.portal.models import MessageWords, RatingLink, ShortMessage
from huying.portal.queries.links import address_of
from huying.portal.queries.texts import district_name, words_of
from huying.portal.rules import messages

State = ShortMessage.State
BY = System("portal", "公众门户")
AGAIN = (State.FAILED, State.REFUSED)

logger = logging.getLogger(__name__)


def worded(kind: str, values: Mapping[str, str]) -> str:
    """A message of this kind, in the district's words."""
    return messages.filled(words_of(kind), {"district": district_name(), **values})


def write(
    deed: Deed,
    kind: str,
    phone: str,
    values: Mapping[str, str],
    *,
    until: datetime,
    number: str = "",
    link: RatingLink | None = None,
) -> ShortMessage:
    """Keep a message in the verb's own transaction; it is sent after that."""
    row = ShortMessage.objects.create(
        key=uuid.uuid4().hex,
        kind=kind,
        number=number,
        link=link,
        phone=secrets.seal_text(phone),
        words=secrets.seal_text(worded(kind, values)),
        made_at=now(),
        next_try=now(),
        until=until,
    )
    deed.tell(TextWritten(row.pk))
    return row


def receive(news: Received) -> None:
    """What to do when a message was written: try at once. What fails waits for the next round."""
    send(int(news.payload["text"]))


def send(identity: int) -> bool:
    """Try a waiting message once; whether the gateway took it.

    One that died between the gateway's answer and our COMMIT goes again under the same key.
    """
    with transaction.atomic():
        row = (
            ShortMessage.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("link")
            .filter(pk=identity, state=State.WAITING)
            .first()
        )
        if row is None:
            return False
        with act("portal.send_text", by=BY) as deed:
            _try(row)
            deed.on("text", str(row.pk), state=row.state, number=row.number)
        row.save()
    return row.state == State.SENT


def _try(row: ShortMessage) -> None:
    gone = row.link is not None and (row.link.used_at or row.link.revoked_at)
    if gone or now() >= row.until or row.phone is None or row.words is None:
        _end(row, State.DROPPED)
        return
    row.attempts += 1
    # A gateway that keeps the words as a template of its own asks for what stands in them.
    values = {"number": row.number} | ({"link": address_of(row.link)} if row.link else {})
    phone, words = secrets.open_text(row.phone), secrets.open_text(row.words)
    text = Text(phone, words, row.key, row.kind, values)
    try:
        sent = sender().send(text)
    except Rejected as refused:
        row.state, row.error, row.done_at = State.REFUSED, refused.why[:200], now()
    except Unsent as failed:
        row.error = failed.why[:200]
        row.next_try = now() + messages.pause(row.attempts)
        if row.attempts >= messages.MOST_ATTEMPTS:
            row.state, row.done_at = State.FAILED, now()
    else:
        row.reference, row.error = sent.reference, ""
        _end(row, State.SENT)


def _end(row: ShortMessage, state: State) -> None:
    """Done with it: nobody needs the telephone and the words any more."""
    row.state, row.done_at = state, now()
    row.phone = None
    if not settings.DEMO:  # a demonstration sends nothing, so its list shows the words instead
        row.words = None


def send_waiting(most: int = 200) -> int:
    """Send what is due, oldest first; stop where the gateway takes nothing. Safe to repeat.

    One that breaks in our own hands does not hold up the others.
    """
    due = ShortMessage.objects.filter(state=State.WAITING, next_try__lte=now())
    sent = 0
    for identity in list(due.order_by("next_try", "id").values_list("pk", flat=True)[:most]):
        try:
            taken = send(identity)
        except Exception:  # it waits for the next round, and the log tells why
            logger.exception("short message %s could not be tried", identity)
            continue
        if taken:
            sent += 1
        elif ShortMessage.objects.filter(pk=identity, state=State.WAITING).exists():
            break
    return sent


def resend(identity: int, *, by: Asker) -> None:
    """重新发送: try one again that the gateway refused, or that failed too often."""
    with act("portal.resend", by=by) as deed:
        require("portal.resend", by)
        row = ShortMessage.objects.select_for_update().filter(pk=identity).first()
        if row is None:
            raise NotFound(_("没有这条短信。"))
        if row.state not in AGAIN or row.words is None or now() >= row.until:
            raise NotNow(
                _("这条短信不能重新发送。"), remedy=_("只有没有发出、还没有过期的可以重新发送。")
            )
        row.state, row.attempts, row.next_try, row.done_at = State.WAITING, 0, now(), None
        row.save()
        deed.on("text", str(row.pk), number=row.number)
        deed.tell(TextWritten(row.pk))


def note_receipts(told: Sequence[tuple[str, bool, str]]) -> int:
    """记录回执: whether messages arrived; repeated or unknown ones change nothing."""
    noted = 0
    with act("portal.note_receipts", by=BY) as deed:
        for key, arrived, word in told:
            noted += ShortMessage.objects.filter(
                Q(key=key) | Q(reference=key), state=State.SENT
            ).update(state=State.ARRIVED if arrived else State.LOST, receipt=word)
        deed.on("texts", "", told=len(told), noted=noted)
    return noted


def edit_words(kind: str, words: str, *, by: Asker) -> None:
    """修改短信内容: the district's own words, which is also how the default is confirmed."""
    with act("portal.edit_words", by=by) as deed:
        require("portal.edit_words", by)
        if kind not in messages.KINDS:
            raise NotFound(_("没有这种短信。"))
        words = words.strip()
        faults = []
        if not words or len(words) > messages.LONGEST or "\x00" in words:
            most = {"most": messages.LONGEST}
            faults.append(Fault("words", _("请填写，最多 %(most)s 字。") % most))
        elif wrong := messages.faults(kind, words):
            told = {"places": "、".join(f"{{{one}}}" for one in messages.KINDS[kind].places)}
            what = _("必须含有 %(places)s，不能有别的花括号。") % told
            faults.append(Fault("words", what, ""))
            deed.detail["wrong"] = wrong
        if faults:
            raise Invalid(_("填写有误。"), faults=faults)
        MessageWords.objects.create(
            kind=kind, words=words, by_id=by.id, by_label=by.label, at=now()
        )
        deed.on("words", kind)


def forget_texts() -> None:
    """Strike out telephones and words of messages that are of no use any more."""
    old = ShortMessage.objects.filter(until__lt=now()).exclude(phone=None, words=None)
    old.filter(state=State.WAITING).update(state=State.DROPPED, done_at=now())
    old.update(phone=None, words=None)
