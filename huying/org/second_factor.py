"""Whether a person must enrol a second factor: by setting, for some roles."""

from __future__ import annotations

from collections.abc import Iterable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

ENROLLED = "second_factor_enrolled"


def roles_need_it(roles: Iterable[str]) -> bool:
    """Whether one of these roles may only work with a second factor."""
    return bool(settings.SECOND_FACTOR_ROLES.intersection(roles))


def must_enrol(request: HttpRequest) -> bool:
    """Whether this person needs TOTP and has none; remembered in the session once there."""
    if not settings.SECOND_FACTOR_ROLES or request.session.get(ENROLLED):
        return False
    if not roles_need_it(request.asker.roles):  # type: ignore[attr-defined]
        return False
    if is_mfa_enabled(request.user):
        request.session[ENROLLED] = True
        return False
    return True
