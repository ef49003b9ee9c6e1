"""Which role holds which verbs by default: rooms fill the registry, `install_roles` writes it."""

from __future__ import annotations

from collections import defaultdict

from huying.org.rules import DEFAULT_ROLES, misplaced_verbs

_DUTIES = {role.code: role.duty for role in DEFAULT_ROLES}
_granted: dict[str, set[str]] = defaultdict(set)


def grant_by_default(role_code: str, *verbs: str) -> None:
    """Give verbs to one of the DEFAULT_ROLES; called in a room's `apps.py`."""
    if role_code not in _DUTIES:
        raise ValueError(f"no default role {role_code}")
    if misplaced := misplaced_verbs(_DUTIES[role_code], verbs):
        raise ValueError(f"{role_code} may not hold {misplaced}: separation of duties")
    _granted[role_code].update(verbs)


def default_verbs(role_code: str) -> list[str]:
    """The verbs a new install gives this role, in order."""
    return sorted(_granted[role_code])
