"""The early part of every test run: an own home and an own PostgreSQL, before settings are read.

Loaded by `-p tests.environment` (pyproject.toml), because pytest-django reads the settings before
any conftest. Without DATABASE_URL the run keeps a server below `var/test`, which ends with it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from huying.kernel.postgres import Keeper

ROOT = Path(__file__).resolve().parents[1]
MOST_RUNS = 9
IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")

_keeper: Keeper | None = None


def _prepare() -> None:
    """Choose the home; a run beside another one takes the next, with its own server."""
    global _keeper
    os.environ["HUYING_TESTING"] = "1"
    os.environ.setdefault("HUYING_MODE", "demo")
    if "PYTEST_XDIST_WORKER" in os.environ:  # the controller has chosen, and keeps the server
        return
    for number in range(1, MOST_RUNS + 1):
        home = ROOT / "var" / ("test" if number == 1 else f"test{number}")
        home.mkdir(parents=True, exist_ok=True)
        os.environ["HUYING_HOME"] = str(home)
        if os.environ.get("DATABASE_URL"):
            return
        keeper = Keeper(home, durable=False)
        if keeper.claim():
            _keeper = keeper
            assert keeper.place.socket  # written down, where the settings will look for it
            return
    raise pytest.UsageError("too many test runs at once: end one of them")


_prepare()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    if _keeper is not None and not session.config.option.collectonly:
        _keeper.start()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Read the addresses in the mode of the run: the first test may be one that changes it."""
    from django.urls import get_resolver

    assert get_resolver().url_patterns


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if _keeper is not None:
        _keeper.stop()
