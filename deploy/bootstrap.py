"""From a bare Debian 12 to an installed clone, with the system's Python alone; then what was asked.

`python3 deploy/bootstrap.py run|test|check|bench|install [arguments]`, called by the Makefile.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 (it is what a newcomer with an old Python sees)
    sys.exit(
        f"错误: 需要 Python 3.11 或更新,这里是 {sys.version.split()[0]}\n办法: apt install python3"
    )

import hashlib
import importlib.util
import os
import platform
import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from huying.kernel import processes  # noqa: E402
from huying.kernel.errors import Refusal  # noqa: E402
from huying.kernel.progress import say, step  # noqa: E402
from huying.kernel.supervisor import Ending  # noqa: E402
from huying.project import home  # noqa: E402

UV = "0.13.9"
NODE = 20
SPACE_MEGABYTES = 1500
# A module stays with one worker, and those that pyproject.toml names first begin first: a day of
# minutes that began last would leave the other worker idle.
# One more than the cores, for a browser and its server wait for each other in turn.
PARALLEL = ["-n", str((os.cpu_count() or 2) + 1), "--dist", "loadscope", "--no-loadscope-reorder"]
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
PYTHON = ROOT / ".venv" / "bin" / "python"

_children: list[subprocess.Popen[bytes]] = []


def main(goal: str, arguments: list[str]) -> int:
    """Install what is missing, then become the program that does the goal."""
    if os.environ.get("MAKELEVEL"):  # make cannot tell us when it is killed
        processes.follow_parent(signal.SIGTERM)
    signal.signal(signal.SIGTERM, _end)
    try:
        os.chdir(ROOT)
        if goal == "run":
            os.environ.setdefault("HUYING_MODE", _usual_mode())
            home.make_home()
            home.port()
        install(develop=goal not in ("run", "install"))
    except Refusal as refusal:
        remedy = f"\n办法: {refusal.remedy}" if refusal.remedy else ""
        sys.stderr.write(f"错误: {refusal.message}{remedy}\n")
        return 1
    except (KeyboardInterrupt, Ending):
        return 130
    finally:
        for child in _children:
            processes.end_group(child, 2.0)
    command = _command(goal, arguments)
    if command:
        os.execv(command[0], command)  # noqa: S606
    return 0


def install(*, develop: bool) -> None:
    """Python packages into `.venv` and npm packages into `node_modules`, side by side."""
    _check_tools()
    with ThreadPoolExecutor() as pool:
        tasks = [pool.submit(_python_packages, develop), pool.submit(_npm_packages)]
        for task in tasks:
            task.result()


def _command(goal: str, arguments: list[str]) -> list[str]:
    python = str(PYTHON)
    match goal:
        case "run":
            return [python, "-m", "huying.project.cli", "run", *arguments]
        case "test":
            subprocess.run([python, "-m", "huying.project.cli", "assets"], check=True)  # noqa: S603
            return [python, "-m", "pytest", *(arguments or PARALLEL)]
        case "check" | "bench":
            return [python, "-m", f"tools.{goal}", *arguments]
    return []


def _usual_mode() -> str:
    """`make run` shows the demonstration, unless the home was started otherwise before."""
    marked = home.home() / "mode"
    return marked.read_text().strip() if marked.exists() else "demo"


def _check_tools() -> None:
    if not _has_pip() and not (ROOT / ".uv" / "bin" / "uv").exists():
        raise Refusal("没有 pip", remedy="apt install python3-pip")
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            raise Refusal(f"没有 {tool}", remedy=f"安装 Node.js {NODE} 或更新 (含 npm)")
    found = _output("node", "--version").lstrip("v").split(".")[0]
    if not found.isdecimal() or int(found) < NODE:
        raise Refusal(f"Node.js 是 {found},需要 {NODE} 或更新", remedy=f"安装 Node.js {NODE}")
    free = shutil.disk_usage(ROOT).free // 1024 // 1024
    if not PYTHON.exists() and free < SPACE_MEGABYTES:
        raise Refusal(f"{ROOT} 所在磁盘只剩 {free} MB", remedy=f"至少腾出 {SPACE_MEGABYTES} MB")


def _has_pip() -> bool:
    return importlib.util.find_spec("pip") is not None


def _python_packages(develop: bool) -> None:
    uv = ROOT / ".uv" / "bin" / "uv"
    with step("安装 uv"):
        if not (ROOT / ".uv" / f"uv-{UV}.dist-info").is_dir() or not uv.exists():
            shutil.rmtree(ROOT / ".uv", ignore_errors=True)
            _do(
                *(sys.executable, "-m", "pip", "install", "--quiet", "--target", ".uv"),
                *("--disable-pip-version-check", "--root-user-action=ignore", f"uv=={UV}"),
            )
    with step("安装 Python 依赖"):
        # uv itself knows within milliseconds whether anything is to do: no stamp can be stale.
        # `--inexact` leaves a developer's tools alone.
        groups = [] if develop else ["--no-dev", "--inexact"]
        if SYSTEM_CERTIFICATES.exists():  # offices have certificate authorities of their own
            groups.append("--system-certs")
        os.environ["UV_PYTHON_DOWNLOADS"] = "never"
        _do(str(uv), "sync", "--quiet", "--frozen", "--python", sys.executable, *groups)


def _npm_packages() -> None:
    lock = ROOT / "package-lock.json"
    if not lock.exists():
        return
    stamp = ROOT / "node_modules" / ".made-from"
    made_from = lock.read_bytes() + (ROOT / "package.json").read_bytes()
    digest = hashlib.sha256(made_from + platform.machine().encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    with step("安装 npm 依赖"):
        stamp.unlink(missing_ok=True)
        _do("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
        stamp.write_text(digest)


def _do(*command: str) -> None:
    """Run a program whose output matters only when it fails."""
    child = subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    _children.append(child)
    output, _ = child.communicate()
    if child.returncode:
        tail = output.decode(errors="replace").strip()[-3000:]
        raise Refusal(
            f"{Path(command[0]).name} {command[1]} 失败 (代码 {child.returncode}):\n{tail}",
            remedy="检查网络 (PyPI 与 npm 源) 与磁盘空间后重试",
        )


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603


def _end(number: int, frame: object) -> None:
    say("已停止。")
    for child in _children:
        processes.kill_group(child)
    os._exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "install", sys.argv[2:]))
