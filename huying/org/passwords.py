"""The password policy: strength, no reuse, expiry, forced change at the first sign-in."""

from __future__ import annotations

import string
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from huying.kernel.clock import now
from huying.org.models import Account, UsedPassword


def kinds_of_characters(password: str) -> int:
    """How many of the four kinds occur: small letters, capitals, digits, all others."""
    return sum(
        (
            any(c in string.ascii_lowercase for c in password),
            any(c in string.ascii_uppercase for c in password),
            any(c in string.digits for c in password),
            any(c not in string.ascii_letters + string.digits for c in password),
        )
    )


def must_change(account: Account) -> bool:
    """Whether the password must be changed before anything else: at first, or when expired."""
    if not account.has_usable_password():
        return False
    if account.must_change_password:
        return True
    days = settings.PASSWORD_DAYS
    changed = account.password_changed_at
    return bool(days and not account.demo) and (
        changed is None or changed + timedelta(days=days) <= now()
    )


class KindsValidator:
    """At least three of four kinds of characters."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if kinds_of_characters(password) < 3:
            raise ValidationError(self.get_help_text(), code="password_kinds")

    def get_help_text(self) -> str:
        return _("密码须包含大写字母、小写字母、数字、符号四类中的至少三类。")


class NoReuseValidator:
    """None of the present and the last passwords again."""

    def __init__(self, last: int = 5) -> None:
        self.last = last

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if not isinstance(user, Account) or user.pk is None:
            return
        used = UsedPassword.objects.filter(person=user).order_by("-at", "-id")
        hashes = [user.password, *used.values_list("digest", flat=True)[: self.last]]
        if any(check_password(password, kept) for kept in hashes if kept):
            raise ValidationError(self.get_help_text(), code="password_reused")

    def get_help_text(self) -> str:
        return _("不得使用最近 %(last)s 次用过的密码。") % {"last": self.last}
