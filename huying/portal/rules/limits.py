"""How often somebody may knock: limits by telephone, by network address and by key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_LIVES = timedelta(minutes=5)
CODE_TRIES = 5
PROVED_FOR = timedelta(minutes=30)
PHOTOS = 6
PHOTO_SIZE = 10 * 1024 * 1024
BODY = 5_000


@dataclass(frozen=True)
class Limit:
    """At most `most` in each window of `length`."""

    kind: str
    most: int
    length: timedelta

    def window(self, at: datetime) -> datetime:
        """The start of the window in which `at` lies."""
        seconds = int(self.length.total_seconds())
        return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, at.tzinfo)


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# Whole neighbourhoods share one address of a mobile network, so addresses are treated kindly.
CODE_BY_PHONE = (Limit("code.minute", 1, MINUTE), Limit("code.day", 8, DAY))
CODE_BY_ADDRESS = (Limit("code.address", 60, HOUR),)
TRY_BY_ADDRESS = (Limit("try.address", 120, HOUR),)
FILE_BY_PHONE = (Limit("file.phone", 10, DAY),)
FILE_BY_ADDRESS = (Limit("file.address", 60, HOUR),)
SAY_BY_PHONE = (Limit("say.phone", 30, DAY),)
OPEN311_BY_KEY = (Limit("open311.key", 1200, HOUR),)
OPEN311_BY_ADDRESS = (Limit("open311.address", 6000, HOUR),)
