"""The rows of the matrix: for an address who may, who may not, and what each is told.

The rows are written by hand and on purpose not derived from the roles in the code: a right given or
taken there must be given or taken here too, and an address without a row fails the test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.cast import ROLES
from tests.permissions.stage import STRANGER, Stage

Payload = dict[str, Any] | Callable[[Stage], dict[str, Any]]
Values = dict[str, Any] | Callable[[Stage], dict[str, Any]]

ALL = frozenset(ROLES)


def roles(names: str) -> frozenset[str]:
    """`"leader evaluator"` as a set; a name that is no role is a mistake."""
    found = frozenset(names.split())
    assert found <= ALL, found - ALL
    return found


OFFICERS = ALL - roles("citizen")  # everybody with a post in the administration
VIEWERS = OFFICERS - roles("auditor system_admin security_admin")  # who sees the cases of an area
ON_THE_GROUND = OFFICERS - roles("department_handler")  # whose area holds the grid of the tests


@dataclass(frozen=True)
class Row:
    """One method of one address.

    `may` are the roles it opens for, `good` what those are answered; the others are answered
    `barred`, and `unseen` those whom something else stops first. `sees` says who sees the object
    that the address names; to all others, and to every double, there is no such thing: 404. Without
    `sees` the address names nothing that lies somewhere, and doubles are answered `outside`.
    """

    may: frozenset[str] = ALL
    good: int = 200
    barred: int = 403
    outside: int = 0
    stranger: int = 0
    sees: frozenset[str] | None = None
    payload: Payload | None = None
    query: str = ""
    verb: str = ""
    values: Values = field(default_factory=dict, hash=False)
    unseen: dict[str, int] = field(default_factory=dict, hash=False)

    def expected(self, who: str, *, inside: bool, sent_away: int) -> int:
        """What this knocker must be answered; strangers are `sent_away` unless told otherwise."""
        if who == STRANGER:
            return self.stranger or sent_away
        if who in self.unseen:
            return self.unseen[who]
        if self.sees is not None and not (inside and who in self.sees):
            return 404
        if who not in self.may:
            return self.barred
        return self.good if inside else self.outside or self.good


Table = dict[tuple[str, str], Row]
