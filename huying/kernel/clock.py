"""The one source of now, in the district's time zone; tests freeze it with `frozen`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

DISTRICT_ZONE = ZoneInfo("Asia/Shanghai")

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The present instant, aware, in the district's zone."""
    return _frozen.get() or datetime.now(UTC).astimezone(DISTRICT_ZONE)


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Stop the clock at `at` (aware) for a test."""
    if at.tzinfo is None:
        raise ValueError("a frozen instant needs a time zone")
    token = _frozen.set(at.astimezone(DISTRICT_ZONE))
    try:
        yield
    finally:
        _frozen.reset(token)
