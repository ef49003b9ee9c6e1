"""What all tests share: `needs`, which in CI never skips, and the length of fault loops."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.environment import IN_CI

REAL_APPEALS = Path(__file__).parent.parent / "shared" / "data" / "appeals"

NEEDED: dict[str, tuple[Callable[[], object], str]] = {
    "chromium": (lambda: shutil.which("chromium"), "apt install chromium fonts-noto-cjk"),
    "java": (lambda: shutil.which("java"), "apt install default-jre-headless"),
    "node": (lambda: shutil.which("node"), "apt install nodejs npm"),
    "appeals": (REAL_APPEALS.is_dir, f"put the files of real appeals at {REAL_APPEALS}"),
    "postgres15": (
        Path("/usr/lib/postgresql/15/bin/initdb").is_file,
        "apt install postgresql-15 (its server need not run)",
    ),
    "root": (lambda: os.geteuid() == 0, "sudo make test"),
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", f"needs(name): skipped, in CI failed, without one of {', '.join(NEEDED)}"
    )


def pytest_report_header() -> list[str]:
    """What is missing on this machine, before the first test: those that need it say so again."""
    missing = [(name, remedy) for name, (present, remedy) in NEEDED.items() if not present()]
    fate = "fail, for CI is set" if IN_CI else "are skipped"
    return [f"missing: {name} — its tests {fate}; {remedy}" for name, remedy in missing]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Say what is missing and how to get it; in CI that is a failure, not a skip."""
    for marker in item.iter_markers("needs"):
        for name in marker.args:
            present, remedy = NEEDED[name]
            if not present():
                message = f"needs {name}, which is missing here: {remedy}"
                if IN_CI:
                    pytest.fail(message, pytrace=False)
                pytest.skip(message)


@pytest.fixture(scope="session")
def fault_count() -> int:
    """How often a fault loop repeats: HUYING_FAULTS, else few here and more in CI."""
    return int(os.environ.get("HUYING_FAULTS") or (12 if IN_CI else 4))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database; at the end nobody still holds it open when it is dropped."""
    yield
    from django.db import connection

    from tests.own_database import end_sessions

    with django_db_blocker.unblock():
        connection.close()
        end_sessions(connection.settings_dict["NAME"])
