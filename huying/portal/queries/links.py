"""Links by which somebody rates without signing in: their signed addresses, and whose they are."""

from __future__ import annotations

import base64
import hmac
import secrets as random

from django.conf import settings

from huying.kernel import secrets
from huying.kernel.clock import now
from huying.portal.models import IntakeMessage, RatingLink

CODE, SIGNATURE = 8, 16  # characters


def fresh_code() -> str:
    """The public half of a new link."""
    return random.token_urlsafe(6)


def token_of(link: RatingLink) -> str:
    """What stands in the address: the code, and a signature over everything the link is good for.

    Whoever can read the table, or change it, still cannot make an address that opens.
    """
    until = int(link.until.timestamp())
    signed = f"{link.code}:{link.number}:{link.master}:{link.round}:{link.appellant}:{until}"
    digest = bytes.fromhex(secrets.keyed_digest(f"rate:{signed}"))
    return link.code + base64.urlsafe_b64encode(digest).decode()[:SIGNATURE]


def address_of(link: RatingLink) -> str:
    """The link as it is sent: the first address by which people reach us."""
    origin = settings.ORIGINS[0] if settings.ORIGINS else f"http://localhost:{settings.PORT}"
    return f"{origin.rstrip('/')}/portal/r/{token_of(link)}/"


def link_of(token: str) -> RatingLink | None:
    """The link of an address that we signed; it may be used, revoked or too old by now."""
    if len(token) != CODE + SIGNATURE:
        return None
    row = RatingLink.objects.filter(code=token[:CODE]).first()
    return row if row is not None and hmac.compare_digest(token_of(row), token) else None


def is_good(link: RatingLink) -> bool:
    """Whether somebody may still rate by it."""
    return link.used_at is None and link.revoked_at is None and now() < link.until


def said_by(link: RatingLink) -> IntakeMessage | None:
    """What was said by a used link, to tell what became of it."""
    key = f"evaluate:{link.number}:link:{link.code}"
    return IntakeMessage.objects.defer("payload").filter(key=key).first()
