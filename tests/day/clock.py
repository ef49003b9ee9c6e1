"""The time of the story: one clock for the test and for the server's threads."""

from __future__ import annotations

from datetime import datetime
from time import monotonic
from typing import Any

from huying.kernel.clock import DISTRICT_ZONE


class StoryClock:
    """Stands in for the context variable of `kernel.clock`: it goes on from where it was put.

    A context variable would be seen by the test's own thread only, the server has others.
    """

    def __init__(self, at: datetime) -> None:
        self.put(at)

    def put(self, at: datetime) -> None:
        """It is now `at`."""
        self.at, self.began = at, monotonic()

    def clock(self, hour: int, minute: int = 0) -> None:
        """It is now this hour of the story's day."""
        self.put(self.at.replace(hour=hour, minute=minute, second=0))

    def get(self) -> datetime:
        """The present instant of the story."""
        return self.at + (monotonic() - self.began) * _SECOND

    def set(self, at: datetime) -> Any:
        """As a context variable is set, by `frozen`."""
        kept = (self.at, self.began)
        self.put(at)
        return kept

    def reset(self, kept: Any) -> None:
        """As a context variable is reset."""
        self.at, self.began = kept


_SECOND = datetime(2026, 1, 1, 0, 0, 1, tzinfo=DISTRICT_ZONE) - datetime(
    2026, 1, 1, tzinfo=DISTRICT_ZONE
)
