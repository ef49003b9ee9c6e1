"""The district of the cast, and a clock that stands still on a Monday morning."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from huying.cases.tests import people
from huying.kernel.clock import frozen


@pytest.fixture
def district(db: None) -> Iterator[None]:
    """The cast's district, on Monday 2 March 2026, 09:00."""
    with frozen(people.MONDAY):
        people.build()
        yield
