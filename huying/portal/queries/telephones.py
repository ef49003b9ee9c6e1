"""Telephones: whether a number is one, what it is found by, and whether a code proved it."""

from __future__ import annotations

import re

from huying.kernel import secrets
from huying.kernel.clock import now
from huying.portal.models import PhoneCode

MOBILE = re.compile(r"1[3-9][0-9]{9}")
WIDE = {ord("０") + i: ord("0") + i for i in range(10)}


def digits_of(phone: str) -> str:
    """A number as it is dialled: `+86 138-1234-5678` → `13812345678`."""
    found = re.sub(r"[^0-9]", "", phone.translate(WIDE))
    return found[-11:] if len(found) > 11 else found


def is_mobile(phone: str) -> bool:
    """Whether a short message can reach this number."""
    return MOBILE.fullmatch(digits_of(phone)) is not None


def phone_key(phone: str) -> str:
    """What a telephone is found by on both sides; useless without this install's key."""
    digits = digits_of(phone)
    return secrets.keyed_digest(digits) if digits else ""


def open_code(key: str) -> PhoneCode | None:
    """The newest code of a telephone that may still be used."""
    row = PhoneCode.objects.filter(phone_key=key).order_by("-sent_at").first()
    return row if row is not None and row.used_at is None and row.until > now() else None
