"""`huying run`: PostgreSQL, preparation, web, worker and services, until asked to end."""

from __future__ import annotations

import http.client
import json
import os
import socket
import sys
import time
from pathlib import Path

from huying.kernel.errors import Refusal
from huying.kernel.postgres import Keeper
from huying.kernel.progress import say, step
from huying.kernel.supervisor import LOOK, Ending, Program, Supervisor
from huying.project.home import make_home, port, settle_mode

READY_SECONDS = 60.0
PLAN = "plan.json"
HUYING = (sys.executable, "-m", "huying.project.cli")


def run() -> int:
    """Start everything, say when the first page answers, and stay until Ctrl-C or SIGTERM."""
    home = make_home()
    address = f"http://{_near()}:{port()}"
    try:
        with Supervisor(home) as supervisor:
            _port_is_free(_bind(), port())
            os.environ["HUYING_MODE"] = settle_mode()
            os.environ["HUYING_HOME"] = str(home)
            os.environ["DJANGO_SETTINGS_MODULE"] = "huying.project.settings"
            supervisor.tell(address=address)
            keeper = None if os.environ.get("DATABASE_URL") else Keeper(home)
            try:
                _run(supervisor, keeper, home, address)
            finally:
                supervisor.end_all()
                if keeper is not None:
                    keeper.stop()
    except Ending:
        say("已停止。")
    return 0


def _run(supervisor: Supervisor, keeper: Keeper | None, home: Path, address: str) -> None:
    started = time.monotonic()
    with supervisor.beside(_once("assets")) as assets:
        if keeper is not None:
            with step("启动 PostgreSQL"):
                keeper.start()
        if supervisor.run(_once("prepare")) != 0:
            raise Refusal("准备未完成,见上文", remedy="排除原因后重新运行")
        with step("收集静态文件"):
            if assets.wait() != 0:
                raise Refusal("静态文件未备好,见上文", remedy="排除原因后重新运行")
    os.umask(0o077)  # what web and worker write is nobody else's
    plan = json.loads((home / "run" / PLAN).read_text())
    (home / "run" / PLAN).unlink()
    supervisor.keep(_web())
    with step("等待首页"):
        _wait_until_ready(supervisor)
    supervisor.keep(_worker())  # only now: it would fight the first page for the processor
    for service in plan["services"]:
        supervisor.keep(_service(service))
    say(f"ready: {address}")
    say(f"  (用时 {time.monotonic() - started:.1f} 秒; 日志在 {home / 'log'}; Ctrl-C 结束)")
    if plan["accounts"]:
        say(plan["accounts"])
    while True:
        time.sleep(LOOK)
        supervisor.look()
        if keeper is not None and keeper.died():
            say("PostgreSQL 意外退出,重新启动")
            keeper.start()


def _bind() -> str:
    return os.environ.get("HUYING_BIND") or "127.0.0.1"


def _near() -> str:
    """How this machine itself reaches what listens on the bound address."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(_bind(), _bind())  # noqa: S104
    return f"[{near}]" if ":" in near else near


def _once(name: str) -> Program:
    return Program(name, [*HUYING, name])


def _web() -> Program:
    """Granian answers on blocking threads: views are sync, and wait for PostgreSQL."""
    processors = len(os.sched_getaffinity(0))
    workers = os.environ.get("HUYING_WEB_WORKERS") or str(max(1, min(4, processors)))
    threads = os.environ.get("HUYING_WEB_THREADS") or "8"
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi"),
        *("--host", _bind(), "--port", str(port()), "--workers", workers),
        *("--blocking-threads", threads, "--no-ws", "--respawn-failed-workers"),
        *("--workers-kill-timeout", "8", "--log-level", "warning"),
        "huying.project.wsgi:application",
    ]
    return Program("web", command, {"HUYING_POOL": threads}, grace=10.0)


def _worker() -> Program:
    return Program("worker", [*HUYING, "worker"], grace=20.0)


def _service(plan: dict[str, object]) -> Program:
    return Program(**plan)  # type: ignore[arg-type]


def _port_is_free(host: str, number: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, number))
        except OSError as failed:
            raise Refusal(
                f"端口 {host}:{number} 无法使用: {failed.strerror}",
                remedy="结束占用它的程序,或设 HUYING_PORT=另一个端口",
            ) from None


def _wait_until_ready(supervisor: Supervisor) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        supervisor.look()
        connection = http.client.HTTPConnection(f"{_near()}:{port()}", timeout=5)
        try:
            connection.request("GET", "/healthz", headers={"Host": "localhost"})
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise Refusal("首页迟迟没有应答", remedy="见 HUYING_HOME/log/web.log 与 worker.log")
