"""Refusals: what a person is told when something cannot be done, with the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing wrong with what was sent: where (field, line, cell), what, and the remedy."""

    where: str
    what: str
    remedy: str = ""


class Refusal(Exception):
    """Base of all refusals; `status` is the HTTP status that says it, `code` its stable name."""

    status = 400
    code = "refused"

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class Unauthenticated(Refusal):
    """Nobody is signed in, or the key is unknown or expired."""

    status = 401
    code = "unauthenticated"


class Forbidden(Refusal):
    """The asker has no right to this verb here."""

    status = 403
    code = "forbidden"


class NotFound(Refusal):
    """There is no such thing, or it lies outside the asker's area: the two look alike."""

    status = 404
    code = "not_found"


class NotNow(Refusal):
    """The verb exists but not in this state; `allowed` names the verbs that would be."""

    status = 409
    code = "not_now"

    def __init__(self, message: str, *, allowed: Sequence[str] = (), remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.allowed = tuple(allowed)


class Stale(NotNow):
    """Somebody changed the object since the asker read it."""

    code = "stale"


class Invalid(Refusal):
    """What was sent is not acceptable; every fault is listed at once."""

    status = 422
    code = "invalid"

    def __init__(self, message: str, *, faults: Sequence[Fault] = (), remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.faults = tuple(faults)
