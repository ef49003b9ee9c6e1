"""The case side's hand that takes messages: each becomes its verb once, and its answer with it."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from huying.cases import actions as cases
from huying.cases import queries as case_queries
from huying.cases.queries.hearing import hearing
from huying.kernel import blobs, secrets
from huying.kernel.clock import now
from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow, Refusal, Stale
from huying.kernel.events import Received
from huying.kernel.verbs import act
from huying.portal.actions.projecting import project
from huying.portal.askers import PortalHand
from huying.portal.models import IntakeMessage

ROUNDS = 3
ANSWERS = (Invalid, NotNow, NotFound, Forbidden)
HANDS = {
    "web": PortalHand("门户"),
    "open311": PortalHand("Open311"),
    "link": PortalHand("评价链接"),
}

logger = logging.getLogger(__name__)


def receive(news: Received) -> None:
    """What to do when a message came in."""
    take(int(news.payload["message"]))


def take(message_id: int) -> bool:
    """Make a waiting message its verb, in one transaction with its answer; whether it was waiting.

    Killed at any point it leaves everything or nothing; called again it does nothing more.
    """
    with act("portal.take", by=PortalHand()) as deed:
        message = (
            IntakeMessage.objects.select_for_update(skip_locked=True)
            .filter(pk=message_id, state=IntakeMessage.State.PENDING)
            .first()
        )
        deed.on("intake", str(message_id))
        if message is None or message.payload is None:
            return False
        payload = json.loads(secrets.open_text(message.payload))
        try:
            message.number = _done(message, payload)
            message.state = IntakeMessage.State.TAKEN
        except ANSWERS as refusal:
            message.state = IntakeMessage.State.REFUSED
            message.answer = _said(refusal)
        deed.detail.update(state=message.state, number=message.number)
        message.answered_at = now()
        message.payload = None
        message.save()
        message.photos.all().delete()
        if message.number:
            project(message.number)
    return True


def take_waiting(most: int = 500) -> int:
    """Take what still waits, in order of arrival; one that fails does not hold up the others."""
    waiting = IntakeMessage.objects.filter(state=IntakeMessage.State.PENDING).order_by("id")
    taken = 0
    for message_id in list(waiting.values_list("pk", flat=True)[:most]):
        try:
            taken += take(message_id)
        except Exception:  # it waits for the next round, and the log tells why
            logger.exception("message %s could not be taken", message_id)
    return taken


def _done(message: IntakeMessage, payload: dict[str, Any]) -> str:
    """Do what the message asks; a case that changes meanwhile is read again."""
    for left in reversed(range(ROUNDS)):
        try:
            with transaction.atomic():
                return _doing(message, payload)
        except Stale:
            if not left:
                raise
    raise AssertionError("unreachable")


def _doing(message: IntakeMessage, payload: dict[str, Any]) -> str:
    hand = HANDS.get(message.channel, PortalHand())
    if message.kind == IntakeMessage.Kind.APPEAL:
        return _registered(message, payload, hand)
    number = message.number
    version = case_queries.case_of(hand, number).version
    text = payload["text"]
    if message.kind == IntakeMessage.Kind.COMMENT:
        said = _("诉求人补充：%(text)s") % {"text": text}
        cases.comment(number, version=version, by=hand, text=said)
    elif message.kind == IntakeMessage.Kind.WITHDRAW:
        cases.withdraw(number, version=version, by=hand, reason=text)
    elif message.kind == IntakeMessage.Kind.REAPPEAL:
        # Only who proved the case's telephone by a code can send one.
        cases.reappeal(number, version=version, by=hand, reason=text, verified=True)
    else:
        _rated(number, payload, hand)
    return number


def _rated(number: str, payload: dict[str, Any], hand: PortalHand) -> None:
    """The citizen of a merged case is heard about its master; a link is good for its round only."""
    heard = hearing(hand, number)
    appellant, round_ = payload.get("appellant"), payload.get("round")
    if appellant is not None:
        waiting = {one.id for one in heard.people}
        if round_ != heard.round or appellant not in waiting:
            raise NotNow(_("这件事的评价已经结束。"), remedy=_("还有意见请补充，或拨打 12345。"))
    cases.evaluate(
        heard.number,
        version=heard.version,
        by=hand,
        appellant=appellant if appellant is not None else heard.of(number),
        solved=payload["solved"],
        grade=payload["grade"],
        comment=payload["text"],
        cause=payload.get("cause") or "unsaid",
    )


def _registered(message: IntakeMessage, payload: dict[str, Any], hand: PortalHand) -> str:
    """A case of its own, with its pictures; the key makes it one case even across databases."""
    papers = [
        cases.judged(photo.blob.name, b"".join(blobs.read(photo.blob)), brought=True)
        for photo in message.photos.select_related("blob").order_by("id")
    ]
    done = cases.register(
        by=hand,
        channel=message.channel,
        intake_key=f"portal:{message.token}",
        papers=papers,
        **(payload | {"category": payload["category"] or None}),
    )
    return done.number


def _said(refusal: Refusal) -> str:
    """The case side's answer in words that a citizen can act on."""
    faults = refusal.faults if isinstance(refusal, Invalid) else ()
    parts = [refusal.message, *(fault.what for fault in faults), refusal.remedy]
    return " ".join(str(part) for part in parts if part)
