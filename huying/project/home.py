"""Where this install keeps its state, and in which mode it is: read before Django is configured."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from huying.kernel.errors import Refusal

ROOT = Path(__file__).resolve().parents[2]
MODES = ("demo", "production")
FREE_MEGABYTES = 300


def home() -> Path:
    """HUYING_HOME, or `var` in the clone (in the working directory when installed as a package)."""
    given = os.environ.get("HUYING_HOME")
    if given:
        return Path(given).expanduser().absolute()
    base = ROOT if (ROOT / "pyproject.toml").exists() else Path.cwd()
    return base / "var"


def mode() -> str:
    """HUYING_MODE, else what the home was first started as, else production."""
    given = os.environ.get("HUYING_MODE") or _marked() or "production"
    if given not in MODES:
        raise Refusal(f"HUYING_MODE 不能是 {given}", remedy="改为 demo 或 production")
    return given


def settle_mode() -> str:
    """Mark the home with its mode on the first start; a home never changes its mode."""
    chosen, marked = mode(), _marked()
    if marked and marked != chosen:
        raise Refusal(
            f"{home()} 是 {marked} 模式的目录,不能以 {chosen} 模式启动",
            remedy="去掉 HUYING_MODE,或用 HUYING_HOME 指定另一个目录",
        )
    _origins_are_named(chosen)
    if not marked:
        (home() / "mode").write_text(f"{chosen}\n")
    return chosen


def _origins_are_named(chosen: str) -> None:
    """In production nobody guesses the address people use: cookies and redirects hang on it."""
    if chosen == "production" and not os.environ.get("HUYING_ORIGINS"):
        raise Refusal(
            "生产模式需要 HUYING_ORIGINS,即用户访问的地址",
            remedy="例如 HUYING_ORIGINS=https://huying.example.gov.cn;见 docs/install.md",
        )


def port() -> int:
    """HUYING_PORT, 8000 by default."""
    given = os.environ.get("HUYING_PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise Refusal(f"HUYING_PORT 不是端口号: {given}", remedy="用 1 到 65535 之间的数")
    return int(given)


def described(given: str) -> dict[str, Any]:
    """A setting that is JSON, written in the environment itself or in a file that it names."""
    if not given:
        return {}
    try:
        text = given if given.lstrip().startswith("{") else Path(given).read_text(encoding="utf-8")
        found = json.loads(text)
    except (OSError, ValueError) as failed:
        raise Refusal(f"读不懂的设置: {failed}", remedy="应为 JSON,或存放 JSON 的文件") from None
    if not isinstance(found, dict):
        raise Refusal("读不懂的设置: 不是 JSON 对象", remedy="见 docs/portal.md 的例子")
    return found


def make_home() -> Path:
    """Make the home and prove that it can be written and has room."""
    path = home()
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".probe.{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as failed:
        raise Refusal(
            f"无法写入 {path}: {failed.strerror}", remedy="换一个可写的 HUYING_HOME,或改其权限"
        ) from None
    space = os.statvfs(path)
    free = space.f_bavail * space.f_frsize // 1024 // 1024
    if free < FREE_MEGABYTES:
        raise Refusal(
            f"{path} 所在磁盘只剩 {free} MB",
            remedy=f"至少腾出 {FREE_MEGABYTES} MB,或换 HUYING_HOME",
        )
    return path


def _marked() -> str:
    try:
        return (home() / "mode").read_text().strip()
    except FileNotFoundError:
        return ""
