"""Kill -9 at an exact moment: a forked child runs a deed and dies before its n-th statement."""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from django.db import connection, connections

NEVER = 1_000_000
BEFORE_COMMIT, AFTER_COMMIT = "before COMMIT", "after COMMIT"


@dataclass(frozen=True)
class Fate:
    """How the child ended: killed, or alive after `moments` moments with these statements."""

    killed: bool
    moments: int = 0
    statements: tuple[str, ...] = ()
    error: str = ""


def let_go() -> None:
    """Close every connection of this process, so that a child cannot speak on its sockets."""
    for each in connections.all(initialized_only=True):
        each.close()
        close_pool = getattr(each, "close_pool", None)
        if close_pool is not None:
            close_pool()


def run(deed: Callable[[], object], *, die_at: int | str = NEVER) -> Fate:
    """Run `deed` in a forked child that is killed at its `die_at`-th moment, counted from 1.

    A moment lies before each statement, and at the first COMMIT: BEFORE_COMMIT and AFTER_COMMIT,
    which may be asked for by name.
    """
    let_go()
    sys.stdout.flush()
    sys.stderr.flush()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _live_and_die(deed, die_at, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        if os.WTERMSIG(status) != signal.SIGKILL:
            raise AssertionError(f"the child died of signal {os.WTERMSIG(status)}")
        return Fate(killed=True)
    story: dict[str, Any] = json.loads(told)
    return Fate(False, story["moments"], tuple(story["statements"]), story["error"])


def _live_and_die(deed: Callable[[], object], die_at: int | str, writer: int) -> NoReturn:
    """In the child: count moments, die at the chosen one, else tell the parent and leave."""
    statements: list[str] = []

    def moment(name: str) -> None:
        statements.append(name)
        if die_at in (name, len(statements)):
            os.kill(os.getpid(), signal.SIGKILL)

    def before(
        execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        moment(str(sql)[:200])
        return execute(sql, params, many, context)

    commit = connection._commit

    def dying_commit() -> None:
        moment(BEFORE_COMMIT)
        commit()
        moment(AFTER_COMMIT)

    error = ""
    try:
        connection._commit = dying_commit
        with connection.execute_wrapper(before):
            deed()
    except BaseException:
        error = traceback.format_exc()
    story = {"moments": len(statements), "statements": statements, "error": error}
    with os.fdopen(writer, "wb") as pipe:
        pipe.write(json.dumps(story).encode())
    os._exit(0)
