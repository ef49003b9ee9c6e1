"""What the portal tells: only that something came in, never what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from huying.kernel.events import Event


@dataclass(frozen=True)
class IntakeReceived(Event):
    """A message waits for the case side."""

    type: ClassVar[str] = "portal.intake"

    message: int


@dataclass(frozen=True)
class TextWritten(Event):
    """A short message waits to be sent."""

    type: ClassVar[str] = "portal.text"

    text: int
