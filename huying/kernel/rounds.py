"""The ground's own long-running work in one process: sealer, relay, and rescue of broken jobs."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from django.db import connection

logger = logging.getLogger(__name__)

LONGEST_SULK = 30.0


class Round(Protocol):
    """Work done turn by turn, for ever."""

    def turn(self) -> bool:
        """Do a bit; whether there is more at once."""

    def wait(self, stop: threading.Event) -> None:
        """Sleep until there may be more, or `stop` is set."""

    def close(self) -> None:
        """Leave things in order."""


def keep(name: str, make: Callable[[], Round], stop: threading.Event) -> None:
    """Go round until told to stop; after a failure begin anew, ever more slowly."""
    failures = 0
    while not stop.is_set():
        work: Round | None = None
        try:
            work = make()
            while not stop.is_set():
                if not work.turn():
                    work.wait(stop)
                failures = 0
            work.close()
        except Exception:  # the database may be away for a while: try again, and say so
            failures += 1
            logger.exception("%s failed %s times in a row", name, failures)
            stop.wait(min(LONGEST_SULK, 0.25 * 2.0**failures))
        finally:
            connection.close()


def run(rounds: Mapping[str, Callable[[], Round]]) -> None:
    """Run every round in a thread of its own until SIGTERM or SIGINT."""
    stop = threading.Event()

    def leave(*_: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    threads = [
        threading.Thread(target=keep, args=(name, make, stop), name=name, daemon=True)
        for name, make in rounds.items()
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(3600):
        pass
    for thread in threads:
        thread.join(8)
