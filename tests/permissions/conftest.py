"""Here `db` is a database of the test module alone, with the standing cast on its stage."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.own_database import db
from tests.permissions.stage import Stage, set_up

__all__ = ["db"]


@pytest.fixture(scope="module")
def stage(db: str) -> Iterator[Stage]:
    """The cast, a case in every state, and everybody's door to the product."""
    refusals = logging.getLogger("django.request")
    refusals.setLevel(logging.ERROR)  # thousands of them are asked for here
    yield set_up()
    refusals.setLevel(logging.NOTSET)
