"""Processes we start and must never leave behind (Linux); standard library only."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PR_SET_PDEATHSIG = 1
PROC = Path("/proc")

_libc = ctypes.CDLL(None, use_errno=True)


def dies_with_parent(signal_number: int) -> Callable[[], None]:
    """For `preexec_fn`: the kernel sends the signal when our parent dies, however it dies."""
    parent = os.getpid()

    def arrange() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
        if os.getppid() != parent:  # it died in between, so the kernel will not tell
            os.kill(os.getpid(), signal_number)

    return arrange


def follow_parent(signal_number: int) -> None:
    """The same for this very process, which its parent started without arranging it."""
    _libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def alive(pid: int) -> bool:
    """Whether `pid` runs; a zombie does not."""
    try:
        state = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in "ZX"


def carrying(mark: str) -> list[int]:
    """Processes, other than this one, that were started with `NAME=value` in their environment."""
    wanted = mark.encode()
    found = []
    for pid in _numbers():
        with contextlib.suppress(OSError):
            environment = (PROC / str(pid) / "environ").read_bytes()
            if wanted in environment.split(b"\0") and alive(pid):
                found.append(pid)
    return [pid for pid in found if pid != os.getpid()]


def working_in(folder: Path) -> list[int]:
    """Processes whose working directory is `folder`, as every process of one PostgreSQL is."""
    wanted = str(folder.resolve())
    found = []
    for pid in _numbers():
        with contextlib.suppress(OSError):
            if os.readlink(PROC / str(pid) / "cwd") == wanted and alive(pid):  # noqa: PTH115
                found.append(pid)
    return [pid for pid in found if pid != os.getpid()]


def send(pids: list[int], signal_number: int) -> None:
    """Signal processes, of which some may be gone."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal_number)


def wait_gone(find: Callable[[], list[int]], seconds: float) -> bool:
    """Wait until `find` finds nobody; whether that came to pass in time."""
    deadline = time.monotonic() + seconds
    while find():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def end_group(process: subprocess.Popen[bytes], grace: float) -> None:
    """End a child that leads its own process group, politely, then for certain."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(grace)
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a child's process group, its orphaned grandchildren too."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _numbers() -> Iterator[int]:
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            yield int(entry.name)
