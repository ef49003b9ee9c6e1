"""Who acts here: a citizen, known by a digest of the telephone only, and the portal's own hand."""

from __future__ import annotations

from dataclasses import dataclass

from huying.kernel.asker import EVERYWHERE, NOWHERE, Area


@dataclass(frozen=True)
class Citizen:
    """Somebody who appeals; no right in the house, for what citizens do needs none."""

    phone_key: str = ""

    @property
    def id(self) -> str:
        return f"citizen:{self.phone_key[:24] or 'anonymous'}"

    @property
    def label(self) -> str:
        return "市民" if self.phone_key else "市民（未留电话）"

    def area(self, verb: str) -> Area:
        return NOWHERE


@dataclass(frozen=True)
class PortalHand:
    """The case side's hand for what comes in from citizens: a few verbs, and nothing else."""

    name: str = "门户"

    @property
    def id(self) -> str:
        return "portal:intake"

    @property
    def label(self) -> str:
        return f"市民（{self.name}）"

    def area(self, verb: str) -> Area:
        return EVERYWHERE if verb in HAND_VERBS else NOWHERE


HAND_VERBS = frozenset(
    f"cases.{verb}" for verb in ("view", "register", "comment", "withdraw", "evaluate", "reappeal")
)
