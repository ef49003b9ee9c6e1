"""The network address of who asks, as far as the proxies in front are ours."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Counted from our own end by HUYING_PROXIES, for what stands before that anybody can write."""
    ours: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    passed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if ours and len(passed) >= ours and passed[-ours]:
        return passed[-ours]
    return str(request.META.get("REMOTE_ADDR", ""))
