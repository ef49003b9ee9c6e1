"""Here `db` is a database of the test module alone, in which commits stay until its end."""

from tests.own_database import db

__all__ = ["db"]
