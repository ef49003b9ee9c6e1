"""The supervisor: one process that starts all others, keeps them alive and never leaves one behind.

Three nets against orphans: every child leads its own process group, which is ended with it; the
kernel ends each child when the supervisor dies in whatever way; and all carry a mark of their
home, by which the next start finds what slipped through both.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType

from huying.kernel import processes
from huying.kernel.errors import Refusal
from huying.kernel.progress import say

MARK = "HUYING_KEPT_FOR"
LARGEST_LOG = 20 * 1024 * 1024
LONGEST_PAUSE = 30.0
STEADY = 60.0  # alive for so long, the next death is a new one
LOOK = 0.5


class Ending(BaseException):
    """Somebody asked the supervisor to end; raised out of whatever it is doing."""


@dataclass(frozen=True)
class Program:
    """What to run and how patiently to end it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    grace: float = 10.0


@dataclass
class Kept:
    """A program under care."""

    program: Program
    process: subprocess.Popen[bytes]
    started: float
    deaths: int = 0
    again_at: float | None = None


class Lock:
    """The home's one lock: whoever holds it alone may run what uses the home, or replace it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._descriptor: int | None = None

    def __enter__(self) -> Lock:
        folder = self.home / "run"
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise Refusal(
                f"呼应已在 {self.home} 运行{self._who()}",
                remedy="先结束它 (Ctrl-C),或用 HUYING_HOME 与 HUYING_PORT 另起一套",
            ) from None
        self._descriptor = descriptor
        return self

    def __exit__(self, *failure: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)

    def _who(self) -> str:
        try:
            facts = json.loads((self.home / "run" / "supervisor.json").read_text())
        except (OSError, ValueError):
            return ""
        return f" (进程 {facts.get('pid')}, {facts.get('address', '')})"


class Supervisor:
    """Use as a context: it holds the home's one lock and ends everything on leaving."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.mark = f"{MARK}={home}"
        self.kept: dict[str, Kept] = {}
        self._lock = Lock(home)
        self._ending = False

    def __enter__(self) -> Supervisor:
        self._lock.__enter__()
        self._end_leftovers()
        # A shell starts what runs behind it with SIGINT ignored; whoever sends one still means it.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._asked_to_end)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup ignores it: leave it so
            signal.signal(signal.SIGHUP, self._asked_to_end)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending = True
        self.end_all()
        (self.home / "run" / "supervisor.json").unlink(missing_ok=True)
        self._lock.__exit__()

    def tell(self, **facts: object) -> None:
        """Write down who runs here and where, for whoever tries to start a second one."""
        path = self.home / "run" / "supervisor.json"
        path.write_text(json.dumps({"pid": os.getpid(), **facts}))

    def keep(self, program: Program) -> None:
        """Start a program and start it again whenever it dies."""
        self.kept[program.name] = Kept(program, self._start(program), time.monotonic())

    def run(self, program: Program) -> int:
        """Run a program to its end with our own output; returns its exit code."""
        process = self._start(program, inherit=True)
        try:
            return process.wait()
        finally:
            processes.end_group(process, program.grace)

    @contextmanager
    def beside(self, program: Program) -> Iterator[subprocess.Popen[bytes]]:
        """Run a program beside what the block does; it is ended on leaving."""
        process = self._start(program, inherit=True)
        try:
            yield process
        finally:
            processes.end_group(process, program.grace)

    def look(self) -> None:
        """Notice the dead, clear what they leave, and start them again, ever more slowly."""
        now = time.monotonic()
        for name, kept in self.kept.items():
            if kept.again_at is not None:
                if now >= kept.again_at:
                    kept.process, kept.started, kept.again_at = self._start(kept.program), now, None
            elif kept.process.poll() is not None:
                processes.kill_group(kept.process)
                kept.deaths = 1 if now - kept.started > STEADY else kept.deaths + 1
                pause = min(LONGEST_PAUSE, 0.25 * 2 ** (kept.deaths - 1))
                kept.again_at = now + pause
                say(
                    f"{name} 意外退出 (代码 {kept.process.returncode}), {pause:g} 秒后重新启动;"
                    f" 见 {self._log(name)}"
                )
            self._trim(self._log(name))

    def end_all(self) -> None:
        """End all kept programs together, each within its grace, the stubborn for certain."""
        running = [kept for kept in self.kept.values() if kept.process.poll() is None]
        for kept in running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(kept.process.pid, signal.SIGTERM)
        asked = time.monotonic()
        for kept in running:
            left = max(0.1, kept.program.grace - (time.monotonic() - asked))
            with contextlib.suppress(subprocess.TimeoutExpired):
                kept.process.wait(left)
        for kept in self.kept.values():
            processes.kill_group(kept.process)
        self.kept.clear()

    def _asked_to_end(self, number: int, frame: FrameType | None) -> None:
        if not self._ending:
            self._ending = True
            raise Ending

    def _end_leftovers(self) -> None:
        """End what a killed supervisor left alive: holding the lock, nobody else's can be ours."""

        def left() -> list[int]:
            return processes.carrying(self.mark)

        for number, seconds in ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
            processes.send(left(), number)
            if processes.wait_gone(left, seconds):
                return
        raise Refusal(f"无法结束上次遗留的进程 {left()}", remedy="手动结束它们后重试")

    def _start(self, program: Program, *, inherit: bool = False) -> subprocess.Popen[bytes]:
        name, _, value = self.mark.partition("=")
        environment = {**os.environ, **program.environment, name: value}
        with contextlib.ExitStack() as stack:
            output = None
            if not inherit:
                log = self._log(program.name)
                log.parent.mkdir(mode=0o700, exist_ok=True)
                output = stack.enter_context(log.open("ab"))
            return subprocess.Popen(  # noqa: S603
                list(program.command),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=processes.dies_with_parent(signal.SIGTERM),
            )

    def _log(self, name: str) -> Path:
        return self.home / "log" / f"{name}.log"

    def _trim(self, log: Path) -> None:
        """Keep one older log; the writer appends, so that cutting its file short is safe."""
        with contextlib.suppress(FileNotFoundError):
            if log.stat().st_size > LARGEST_LOG:
                log.with_suffix(".log.1").write_bytes(log.read_bytes())
                os.truncate(log, 0)
