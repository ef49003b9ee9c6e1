"""The supervisor with small programs: it restarts what dies and leaves nobody behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from huying.kernel import processes
from huying.kernel.errors import Refusal
from huying.kernel.supervisor import MARK, Program, Supervisor

# A program with a child of its own, as granian has; it tells its number when all are up.
FAMILY = """
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(600)
"""
DEAF = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).write_text("up")
time.sleep(600)
"""
SUPERVISED = """
import pathlib, sys, time
from huying.kernel.supervisor import Ending, Program, Supervisor
try:
    with Supervisor(pathlib.Path(sys.argv[1])) as supervisor:
        supervisor.keep(Program("family", [sys.executable, "-c", sys.argv[2], sys.argv[3]]))
        while True:
            time.sleep(0.1)
            supervisor.look()
except Ending:
    pass
"""


def family(sign: Path, program: str = FAMILY, grace: float = 5.0) -> Program:
    return Program("family", [sys.executable, "-c", program, str(sign)], grace=grace)


def wait_for(sign: Path) -> str:
    deadline = time.monotonic() + 20
    while not (sign.exists() and sign.read_text()):
        assert time.monotonic() < deadline, f"{sign} never came"
        time.sleep(0.02)
    return sign.read_text()


def left(home: Path) -> list[int]:
    return processes.carrying(f"{MARK}={home}")


def as_in_the_background() -> None:
    """The signals of a process that a script starts with `&`, without nohup."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextlib.contextmanager
def supervised(home: Path, sign: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A supervisor in a process of its own, keeping a family."""
    command = [sys.executable, "-c", SUPERVISED, str(home), FAMILY, str(sign)]
    process = subprocess.Popen(command, preexec_fn=as_in_the_background)
    try:
        wait_for(sign)
        yield process
    finally:
        process.kill()
        process.wait()
        processes.send(left(home), signal.SIGKILL)


@pytest.fixture
def sign(tmp_path: Path) -> Path:
    return tmp_path / "sign"


def test_leaving_ends_children_and_grandchildren(tmp_path: Path, sign: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        supervisor.keep(family(sign))
        wait_for(sign)
        assert len(left(tmp_path)) == 2
    assert processes.wait_gone(lambda: left(tmp_path), 10)


def test_a_program_deaf_to_requests_is_killed_after_its_grace(tmp_path: Path, sign: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        supervisor.keep(family(sign, DEAF, grace=0.3))
        wait_for(sign)
        asked = time.monotonic()
    assert 0.2 < time.monotonic() - asked < 5
    assert left(tmp_path) == []


def test_a_dead_program_starts_again_and_its_orphans_are_gone(tmp_path: Path, sign: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        supervisor.keep(family(sign))
        grandchild = int(wait_for(sign))
        first = supervisor.kept["family"].process
        sign.unlink()
        first.kill()
        first.wait()
        deadline = time.monotonic() + 20
        while not sign.exists():
            assert time.monotonic() < deadline
            supervisor.look()
            time.sleep(0.02)
        assert supervisor.kept["family"].process.pid != first.pid
        assert not processes.alive(grandchild)


def test_it_starts_ever_more_slowly(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        supervisor.keep(Program("brief", [sys.executable, "-c", "pass"]))
        pauses: list[float] = []
        while len(pauses) < 3:
            kept = supervisor.kept["brief"]
            before = kept.again_at
            supervisor.look()
            if before is None and kept.again_at is not None:
                pauses.append(kept.again_at - time.monotonic())
                kept.again_at = 0.0
            time.sleep(0.01)
    assert pauses[0] < pauses[1] < pauses[2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything(tmp_path: Path, sign: Path, number: signal.Signals) -> None:
    with supervised(tmp_path, sign) as process:
        process.send_signal(number)
        assert process.wait(10) == 0
        assert left(tmp_path) == []


def test_killed_outright_it_takes_its_children_with_it(tmp_path: Path, sign: Path) -> None:
    with supervised(tmp_path, sign) as process:
        child = processes.carrying(f"{MARK}={tmp_path}")
        process.kill()
        process.wait()
        grandchild = int(sign.read_text())
        assert processes.wait_gone(lambda: [p for p in left(tmp_path) if p != grandchild], 10)
        assert grandchild in child


def test_the_next_start_ends_what_slipped_through(tmp_path: Path, sign: Path) -> None:
    with supervised(tmp_path, sign) as process:
        process.kill()
        process.wait()
        with Supervisor(tmp_path):
            assert left(tmp_path) == []


def test_a_second_one_on_the_same_home_is_refused(tmp_path: Path, sign: Path) -> None:
    with supervised(tmp_path, sign), pytest.raises(Refusal, match="已在") as refused:
        Supervisor(tmp_path).__enter__()
    assert "HUYING_HOME" in refused.value.remedy


def test_another_homes_processes_are_left_alone(tmp_path: Path, sign: Path) -> None:
    with supervised(tmp_path / "one", sign), Supervisor(tmp_path / "two"):
        assert left(tmp_path / "one")
    assert os.getpid() not in left(tmp_path / "two")
