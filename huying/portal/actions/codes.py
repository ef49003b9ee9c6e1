"""Proves a telephone: sends a six-digit code and takes it back, a few tries within minutes."""

from __future__ import annotations

import hmac
import secrets as random
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from huying.kernel import secrets
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Invalid
from huying.kernel.verbs import act
from huying.portal.actions.limits import spend
from huying.portal.actions.texting import worded
from huying.portal.adapters.sms import Text, sender
from huying.portal.askers import Citizen
from huying.portal.models import PhoneCode
from huying.portal.queries.telephones import digits_of, is_mobile, open_code, phone_key
from huying.portal.rules import limits


def send_code(phone: str, *, address: str) -> str:
    """发验证码: answers what the page may show of the message (in a demonstration, all of it)."""
    if not is_mobile(phone):
        what = _("请填写 11 位手机号。")
        raise Invalid(what, faults=[Fault("phone", what)])
    key = phone_key(phone)
    spend(limits.CODE_BY_ADDRESS, address)
    spend(limits.CODE_BY_PHONE, key)
    code = f"{random.randbelow(1_000_000):06d}"
    with act("portal.send_code", by=Citizen(key)) as deed:
        PhoneCode.objects.create(
            phone_key=key,
            digest=_digest(key, code),
            sent_at=now(),
            until=now() + limits.CODE_LIVES,
        )
        deed.on("telephone", key[:24])
    # Sent at once and never kept: the citizen waits, and nobody else is to read it.
    text = Text(
        digits_of(phone), worded("code", {"code": code}), uuid4().hex, "code", {"code": code}
    )
    return sender().send(text).shown


def prove(phone: str, code: str, *, address: str) -> str:
    """核对验证码: answers the telephone's key; Invalid when wrong, used up or too old."""
    spend(limits.TRY_BY_ADDRESS, address)
    key = phone_key(phone)
    with transaction.atomic():
        row = open_code(key) if key else None
        if row is not None:
            # Counted before comparing, by the database, so that guesses in parallel count too.
            counted = PhoneCode.objects.filter(
                pk=row.pk, tries__lt=limits.CODE_TRIES, used_at=None
            ).update(tries=F("tries") + 1)
            row = row if counted else None
    if row is None or not hmac.compare_digest(row.digest, _digest(key, code.strip())):
        what = _("验证码不对，或已过期。")
        raise Invalid(what, faults=[Fault("code", what, _("请核对，或重新获取。"))])
    PhoneCode.objects.filter(pk=row.pk).update(used_at=now())
    return key


def _digest(key: str, code: str) -> str:
    return secrets.keyed_digest(f"code:{key}:{code}")
