"""Short messages: how each kind is worded, and what became of those that were sent."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker
from huying.kernel.errors import NotFound
from huying.portal.models import MessageWords, ShortMessage
from huying.portal.queries import published
from huying.portal.rules.messages import KINDS


def signed_words(kind: str) -> MessageWords | None:
    """The district's own words for a kind; None while nobody has signed any."""
    return MessageWords.objects.filter(kind=kind).order_by("-id").first()


def words_of(kind: str) -> str:
    """The words in force, with places such as `{link}`."""
    signed = signed_words(kind)
    return signed.words if signed else str(KINDS[kind].words)


def district_name() -> str:
    """How messages name the district."""
    return str((published.sheet("district") or {}).get("name", ""))


def texts(asker: Asker) -> QuerySet[ShortMessage]:
    """The messages of the whole district, newest first; none for who may not send again."""
    if not asker.area("portal.resend"):
        return ShortMessage.objects.none()
    return ShortMessage.objects.order_by("-made_at", "-id")


def text_of(asker: Asker, identity: int) -> ShortMessage:
    """One of them."""
    row = texts(asker).filter(pk=identity).first()
    if row is None:
        raise NotFound(_("没有这条短信。"))
    return row
