"""Keeps our own PostgreSQL under HUYING_HOME/pg, or reads DATABASE_URL for an external one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg

from huying.kernel import processes
from huying.kernel.errors import Refusal
from huying.kernel.postgres_conf import IDENT, configuration, hba
from huying.kernel.postgres_place import Place, place_of, socket_of, wheel

NAME = "huying"
OWNER = "huying"
ADMINISTRATOR = "postgres"
START_SECONDS = 300.0  # recovery after a crash replays the log first
STOP_SECONDS = 60.0


def database_settings(home: Path) -> dict[str, Any]:
    """Django's settings for the one database: DATABASE_URL, or our own server's socket."""
    url = os.environ.get("DATABASE_URL")
    pool = os.environ.get("HUYING_POOL")
    common: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 0 if pool else 600,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": os.environ.get("HUYING_TEST_DB", "test_huying"), "TEMPLATE": "template0"},
    }
    if url:
        common |= parse_url(url)
    else:
        common |= {"NAME": NAME, "USER": OWNER, "HOST": str(socket_of(home)), "OPTIONS": {}}
    if pool:  # the web's threads come and go; their connections stay
        common["OPTIONS"]["pool"] = {"min_size": 2, "max_size": int(pool) + 1, "timeout": 10}
    return common


def parse_url(url: str) -> dict[str, Any]:
    """Django's names for the parts of `postgresql://user:password@host:port/name?option=value`."""
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError as wrong:
        raise _bad_url(str(wrong)) from None
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.lstrip("/"):
        raise _bad_url(f"{parts.scheme or '?'}://…{parts.path}")
    query = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": query.pop("port", port),
        "OPTIONS": query,
    }


def _bad_url(what: str) -> Refusal:
    return Refusal(
        f"DATABASE_URL 无法识别: {what}", remedy="形如 postgresql://用户:口令@主机:5432/数据库名"
    )


class Keeper:
    """Our own server: a child of this process, which nobody else may keep at the same time."""

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.home = home
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._place: Place | None = None
        self._lock: int | None = None

    @property
    def place(self) -> Place:
        if self._place is None:
            self._place = place_of(self.home)
        return self._place

    def claim(self) -> bool:
        """Become the one keeper of this home; False while somebody else is."""
        if self._lock is None:
            folder = self.home / "pg"
            folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return False
            self._lock = descriptor
        return True

    def start(self) -> None:
        """Make the data on the first start, clear what a killed server left, start and wait.

        Call it from the main thread: the server gets SIGINT when the thread that started it ends.
        """
        if not self.claim():
            raise Refusal("这个目录的数据库正由另一个进程管理", remedy="等它结束后重试")
        self.place.account.run([str(self.place.binaries / "postgres"), "--version"])
        self._evict()
        if not self.place.data.exists():
            self._create()
        self._same_version()
        self._write_configuration()
        log = self.home / "log"
        log.mkdir(parents=True, exist_ok=True)
        with (log / "postgres.log").open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603
                [str(self.place.binaries / "postgres"), "-D", str(self.place.data)],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=processes.dies_with_parent(signal.SIGINT),
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
                **self.place.account.identity(),  # type: ignore[call-overload]
            )
        with self._connect_when_ready() as connection:
            _ensure_database(connection)

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything committed is on disk. Frees the claim."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait()
            self.process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def died(self) -> bool:
        """Whether the server ended although nobody stopped it."""
        return self.process is not None and self.process.poll() is not None

    def _evict(self) -> None:
        """End what a killed keeper left running, and remove the marks of what it left behind.

        A mark names a process number which after a reboot, or in a container, may belong to
        somebody else; PostgreSQL would then refuse to start. Who works in the data folder is
        certain, and we hold the claim.
        """
        data = self.place.data

        def residents() -> list[int]:
            return processes.working_in(data)

        for signal_number, seconds in (
            (signal.SIGINT, STOP_SECONDS),
            (signal.SIGQUIT, 5.0),
            (signal.SIGKILL, 5.0),
        ):
            processes.send(residents(), signal_number)
            if processes.wait_gone(residents, seconds):
                break
        else:
            raise Refusal(f"无法结束仍占用 {data} 的进程 {residents()}", remedy="手动结束它们")
        (data / "postmaster.pid").unlink(missing_ok=True)
        for left in self.place.socket.glob(".s.PGSQL.*"):
            left.unlink()

    def _create(self) -> None:
        """Make the data folder whole or not at all."""
        place = self.place
        new = place.data.parent / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        if place.account.other:
            os.chown(new, place.account.uid, place.account.gid)
        command = [
            *(str(place.binaries / "initdb"), "-D", str(new), "-U", ADMINISTRATOR),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--auth=peer"),
            *(() if self.durable else ("--no-sync",)),
        ]
        try:
            place.account.run(command)
        except subprocess.CalledProcessError as failed:
            raise Refusal(
                f"无法建立数据库: {failed.stderr.strip()}", remedy="检查磁盘空间与目录权限"
            ) from None
        with (new / "postgresql.conf").open("a") as file:
            file.write("\ninclude = 'huying.conf'\ninclude_if_exists = 'local.conf'\n")
        new.rename(place.data)

    def _same_version(self) -> None:
        made_by = (self.place.data / "PG_VERSION").read_text().strip()
        answer = self.place.account.run([str(self.place.binaries / "postgres"), "--version"])
        ours = answer.stdout.split()[-1].split(".")[0]
        if made_by != ours:
            raise Refusal(
                f"数据目录由 PostgreSQL {made_by} 建立,而程序是 {ours}",
                remedy="用原版本 huying backup 备份,换新目录 (HUYING_HOME) 后 huying restore",
            )

    def _write_configuration(self) -> None:
        place = self.place
        accounts = {place.account.name, *(("root",) if place.account.other else ())}
        files = {
            "huying.conf": configuration(place.socket, durable=self.durable),
            "pg_hba.conf": hba(),
            "pg_ident.conf": "".join(
                f'{IDENT} "{account}" {role}\n'
                for account in sorted(accounts)
                for role in (OWNER, ADMINISTRATOR)
            ),
        }
        for name, text in files.items():
            path = place.data / name
            path.write_text(text)
            path.chmod(0o600)
            if place.account.other:
                os.chown(path, place.account.uid, place.account.gid)

    def _connect_when_ready(self) -> psycopg.Connection[Any]:
        deadline = time.monotonic() + START_SECONDS
        while True:
            if self.died():
                tail = (self.home / "log" / "postgres.log").read_text(errors="replace")[-1500:]
                raise Refusal(f"PostgreSQL 未能启动:\n{tail}", remedy="见 log/postgres.log")
            try:
                return psycopg.connect(
                    host=str(self.place.socket),
                    user=ADMINISTRATOR,
                    dbname="postgres",
                    autocommit=True,
                )
            except psycopg.OperationalError as waiting:
                if time.monotonic() > deadline:
                    raise Refusal(
                        f"PostgreSQL 迟迟未就绪: {waiting}", remedy="见 log/postgres.log"
                    ) from None
            time.sleep(0.03)


def _ensure_database(connection: psycopg.Connection[Any]) -> None:
    """The role and the database of the application, which is no superuser."""
    if not connection.execute("select 1 from pg_roles where rolname = %s", [OWNER]).fetchone():
        connection.execute(f"create role {OWNER} login createdb")
    if not connection.execute("select 1 from pg_database where datname = %s", [NAME]).fetchone():
        connection.execute(f"create database {NAME} owner {OWNER} template template0")


@contextmanager
def running(home: Path) -> Iterator[None]:
    """Our own server for one command: the running one, or one started just for this long."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    keeper = Keeper(home)
    if not keeper.claim():
        _wait_for_other(home)
        yield
        return
    try:
        keeper.start()
        yield
    finally:
        keeper.stop()


def _wait_for_other(home: Path) -> None:
    """Wait while another process, which keeps the server, is still starting it."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(host=str(socket_of(home)), user=OWNER, dbname=NAME).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise Refusal("数据库未在运行", remedy="先 make run,或等它启动完") from None
            time.sleep(0.2)
        else:
            return


def client_environment(settings: Mapping[str, Any]) -> dict[str, str]:
    """How PostgreSQL's own programs reach the database that Django is set up with."""
    names = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
    told = {names[key]: str(settings[key]) for key in names if settings.get(key)}
    options = settings.get("OPTIONS", {})
    tls = ("sslmode", "sslrootcert", "sslcert", "sslkey")
    told |= {f"PG{key.upper()}": str(options[key]) for key in tls if options.get(key)}
    return told | {"PGDATABASE": str(settings["NAME"]), "PGCLIENTENCODING": "UTF8"}


def program(name: str) -> Path:
    """One of PostgreSQL's client programs, such as `pg_dump`."""
    return wheel() / name
