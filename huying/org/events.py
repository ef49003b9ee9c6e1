"""What this room tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from huying.kernel.events import Event


@dataclass(frozen=True)
class UnitMoved(Event):
    """A unit and all below it now hang elsewhere: paths that were kept must be rewritten."""

    type: ClassVar[str] = "org.unit_moved"
    code: str
    old_path: str
    new_path: str


@dataclass(frozen=True)
class UnitClosed(Event):
    """A unit takes no new work any more."""

    type: ClassVar[str] = "org.unit_closed"
    code: str
    path: str


@dataclass(frozen=True)
class PersonClosed(Event):
    """A person left: what waits on this person must be handed to somebody else."""

    type: ClassVar[str] = "org.person_closed"
    account_id: int
