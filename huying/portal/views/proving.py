"""What citizens' pages share: who has proved which telephone in this browser, and how lately."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from huying.kernel.clock import now
from huying.portal.rules.limits import PROVED_FOR

KEPT = "portal_proved"


def remember(request: HttpRequest, phone_key: str) -> None:
    """Keep for a while that this browser proved a telephone; only its keyed digest is kept."""
    if not request.session.get("_auth_user_id"):  # a session that somebody planted opens nothing
        request.session.cycle_key()
    until = (now() + PROVED_FOR).isoformat()
    request.session[KEPT] = {"key": phone_key, "until": until}


def proved(request: HttpRequest) -> str:
    """The key of the telephone proved lately; empty without one."""
    kept = request.session.get(KEPT) or {}
    try:
        fresh = datetime.fromisoformat(kept["until"]) > now()
    except (KeyError, ValueError, TypeError):
        return ""
    return str(kept["key"]) if fresh else ""
