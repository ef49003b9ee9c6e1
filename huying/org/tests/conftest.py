"""Fixtures of this room's tests."""

from __future__ import annotations

import pytest

from huying.org.tests import people


@pytest.fixture
def cast(db: None) -> people.Cast:
    """The standing cast over the small tree."""
    return people.build()
