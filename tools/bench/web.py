"""The real web stack for a bench: granian in its own process, asked over keep-alive HTTP."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

Answer = http.client.HTTPResponse
PATIENCE = 2.0  # seconds for which an idle connection is trusted


def free_port() -> int:
    """A TCP port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tree(root: int) -> list[int]:
    """The process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = status.read_text()
        except OSError:
            continue
        parent = int(text.rsplit(")", 1)[1].split()[1])
        children.setdefault(parent, []).append(int(status.parent.name))
    found, queue = [], [root]
    while queue:
        found.append(queue.pop())
        queue += children.get(found[-1], [])
    return found


def memory(pids: list[int], field: str = "VmRSS") -> float:
    """Megabytes of resident memory of the largest of these processes (`VmHWM`: at its peak)."""
    sizes = [0.0]
    for pid in pids:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            continue
        for line in status.splitlines():
            if line.startswith(f"{field}:"):
                sizes.append(int(line.split()[1]) / 1024)
    return max(sizes)


class Server:
    """A granian that serves the product on a free port of 127.0.0.1 until closed."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.port = free_port()
        self._log = log.open("ab")
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        command += ["--blocking-threads", "4", "huying.project.wsgi:application"]
        self._process = subprocess.Popen(  # noqa: S603 our own command
            command,
            env=os.environ | environment,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def wait(self, seconds: float = 30.0) -> None:
        """Wait until it answers, or raise with where its log is."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"granian did not start; see {self._log.name}")

    @property
    def pids(self) -> list[int]:
        """The processes of the server: its main process and the workers."""
        return tree(self._process.pid)

    def kill(self) -> None:
        """End every process at once and without warning (kill -9)."""
        for pid in self.pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait()

    def close(self) -> None:
        """End it in good order."""
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill()
        self._log.close()


class Client:
    """One keep-alive connection with fixed headers, such as a key or a session cookie."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self._headers = headers
        self._used = time.monotonic()

    def _ask(self, method: str, target: str, body: str | None, headers: dict[str, str]) -> Answer:
        """Send on the open connection, or on a new one where the server may have let go of it."""
        if time.monotonic() - self._used > PATIENCE:
            self._connection.close()
        self._connection.request(method, target, body, headers)
        answer = self._connection.getresponse()
        self._used = time.monotonic()
        return answer

    def get(self, path: str, **query: str) -> Answer:
        """Ask; the caller reads the answer."""
        target = f"{path}?{urlencode(query)}" if query else path
        return self._ask("GET", target, None, self._headers)

    def text(self, path: str, **query: str) -> str:
        """The body of a page that must answer 200."""
        answer = self.get(path, **query)
        body = answer.read().decode()
        if answer.status != 200:
            raise RuntimeError(f"GET {path} {query}: {answer.status} {body[:300]}")
        return body

    def post(self, path: str, payload: dict[str, Any]) -> tuple[int, Any]:
        """Send JSON; status and decoded answer."""
        headers = self._headers | {"Content-Type": "application/json"}
        answer = self._ask("POST", path, json.dumps(payload), headers)
        body = answer.read()
        return answer.status, json.loads(body) if body else None

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
