"""Steps of a start, told to whoever waits: a line for each that takes over two seconds."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

FIRST = 2.0
NEXT = 5.0

_lock = threading.Lock()


def say(line: str) -> None:
    """Print one line whole, also from several threads."""
    with _lock:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


@contextmanager
def step(what: str) -> Iterator[None]:
    """Tell after two seconds that `what` is under way, then every five, and how long it took."""
    started = time.monotonic()
    over = threading.Event()

    def tell() -> None:
        pause = FIRST
        while not over.wait(pause):
            say(f"  … {what} {time.monotonic() - started:.0f} s")
            pause = NEXT

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()
    took = time.monotonic() - started
    if took >= FIRST:
        say(f"  ✓ {what} {took:.1f} s")
