"""The product running in its own home, as a test drives it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from huying.kernel import processes
from huying.kernel.postgres_place import socket_of
from huying.kernel.supervisor import MARK

PATIENCE = 90.0
SETTINGS = {"DJANGO_SETTINGS_MODULE": "huying.project.settings"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@dataclass
class Product:
    """`huying run` in production mode, which loads no demo, on a port and home of its own."""

    home: Path = field(
        default_factory=lambda: Path(tempfile.mkdtemp(prefix="huying-run-", dir="/var/tmp"))
    )
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.output = self.home / "said.txt"

    def environment(self) -> dict[str, str]:
        """Nothing of the test run's own environment gets in."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HUYING_", "DATABASE_"))}
        return kept | {
            "HUYING_HOME": str(self.home),
            "HUYING_PORT": str(self.port),
            "HUYING_MODE": "production",
            "HUYING_ORIGINS": f"http://127.0.0.1:{self.port}",
        }

    def start(self, **more: str) -> None:
        """Start and wait for the ready line."""
        self.process = self._huying("run", more=more)
        deadline = time.monotonic() + PATIENCE
        while not any(line.startswith("ready: ") for line in self.lines()):
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.05)
        home = more.get("HUYING_HOME", str(self.home))
        while not (working(home) and self.health()["status"] == "ok"):  # soon after the page
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.1)

    def lines(self) -> list[str]:
        """What the last command has said so far."""
        return self.output.read_text().splitlines()

    def told(self, *arguments: str, **more: str) -> str:
        """What a command says that must end well."""
        spoken = self.output
        self.output = self.home / "told.txt"
        try:
            code = self._huying(*arguments, more=more).wait(PATIENCE)
            said = self.output.read_text()
        finally:
            self.output = spoken
        assert code == 0, said
        return said

    def refused(self, *arguments: str, **more: str) -> str:
        """What a command says that must end with exit code 1."""
        spoken = self.output
        self.output = self.home / "refused.txt"
        try:
            code = self._huying(*arguments, more=more).wait(PATIENCE)
            said = self.output.read_text()
        finally:
            self.output = spoken
        assert code == 1, said
        return said

    def _huying(self, *arguments: str, more: dict[str, str]) -> subprocess.Popen[bytes]:
        with self.output.open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "huying.project.cli", *arguments],
                env=self.environment() | more,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def health(self) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            answer: dict[str, Any] = json.loads(connection.getresponse().read())
            return answer
        finally:
            connection.close()

    def everybody(self) -> list[int]:
        """Every process of this product: supervisor, web, worker, services and the database's."""
        supervisor = [self.process.pid] if self.process and self.process.poll() is None else []
        return supervisor + processes.carrying(f"{MARK}={self.home}") + self.database()

    def database(self) -> list[int]:
        pointer = self.home / "pg" / "server.json"
        if not pointer.exists():
            return []
        return processes.working_in(Path(json.loads(pointer.read_text())["data"]))

    def sql(self) -> psycopg.Connection[Any]:
        host = str(socket_of(self.home))
        return psycopg.connect(host=host, user="huying", dbname="huying")

    def end(self, number: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def kill_everybody(self) -> None:
        """`kill -9` of all, as a power cut does it."""
        processes.send(self.everybody(), signal.SIGKILL)
        assert self.process is not None
        self.process.wait()
        assert processes.wait_gone(self.everybody, 10)


def words_of(pid: int) -> set[bytes]:
    """The words of a process's command; none of one that has gone."""
    try:
        return set(Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"))
    except OSError:
        return set()


def working(home: str) -> bool:
    """Whether the worker's process is there; a beat may be left of the one before it."""
    kept = processes.carrying(f"{MARK}={home}")
    return any({b"huying.project.cli", b"worker"} <= words_of(pid) for pid in kept)


class Inside:
    """The process that knows the product's database."""

    def __init__(self, product: Product, **more: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.start.inside"],
            env=product.environment() | SETTINGS | more,
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.keys: dict[str, str] = {}

    def __enter__(self) -> Inside:
        try:
            self.keys = self._line()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *failure: object) -> None:
        self.process.kill()
        self.process.__exit__(None, None, None)  # closes the pipes too

    def found(self) -> dict[str, Any]:
        assert self.process.stdin
        self.process.stdin.write("look\n")
        self.process.stdin.flush()
        facts: dict[str, Any] = self._line()
        return facts

    def _line(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())
