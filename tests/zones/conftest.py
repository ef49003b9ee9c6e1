"""Here `db` is a database of the test module alone, where commits stay."""

from __future__ import annotations

from tests.own_database import db

__all__ = ["db"]
