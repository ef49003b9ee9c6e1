"""How long each part of the day took, and what it cost: printed, and kept where asked."""

from __future__ import annotations

import json
import os
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

from tests.day.stage import Stage

KEPT = "HUYING_DAY_COSTS"  # a file that gets the costs as JSON, for docs/day.md


class Laps:
    """A stop watch for the parts of the day."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.began = stage, monotonic()
        self.laps: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def done(self, name: str) -> None:
        """A part is over."""
        self.laps[name] = round(monotonic() - self.began, 1)
        self.began = monotonic()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Tell, whatever happened."""
        costs = {
            f"{role}/{task}": vars(self.stage.ledger.worst(role, task)) | {"times": len(times)}
            for (role, task), times in self.stage.ledger.costs.items()
        }
        if goal := os.environ.get(KEPT):
            Path(goal).write_text(
                json.dumps({"laps": self.laps, "costs": costs}, indent=1, ensure_ascii=False)
            )
