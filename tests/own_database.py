"""A clone of the test database for one module alone, where commits stay; dropped after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="module")
def db(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """The name of a database that this module may fill and break; commits stay until its end.

    A conftest that imports this makes it the `db` of its folder.
    """
    suffix = request.module.__name__.rpartition(".")[2].removeprefix("test_")
    with django_db_blocker.unblock(), cloned(suffix) as name:
        yield name


@contextmanager
def cloned(suffix: str) -> Iterator[str]:
    """Point the one connection at a clone of the present database; yield the clone's name."""
    source = connection.settings_dict["NAME"]
    clone = f"{source}_{suffix}"
    connection.close()
    end_sessions(source)
    _drop(clone)
    _administer(f'CREATE DATABASE "{clone}" TEMPLATE "{source}"')
    connection.settings_dict["NAME"] = clone
    try:
        yield clone
    finally:
        connection.close()
        connection.settings_dict["NAME"] = source
        _drop(clone)


def end_sessions(database: str) -> None:
    """End what threads of live servers hold open: no database in use is copied or dropped."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid() AND usename = current_user",
            [database],
        )


def _drop(database: str) -> None:
    """Without FORCE, which would have us end an autovacuum worker too; plain DROP bids it go."""
    end_sessions(database)
    _administer(f'DROP DATABASE IF EXISTS "{database}"')


def url() -> str:
    """DATABASE_URL of the present database, for a process of its own."""
    settings = connection.settings_dict
    password = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    host = str(settings["HOST"])
    if host.startswith("/"):
        return f"postgresql://{settings['USER']}{password}@{port}/{settings['NAME']}?host={host}"
    return f"postgresql://{settings['USER']}{password}@{host}{port}/{settings['NAME']}"


def _administer(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
