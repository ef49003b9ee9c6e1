"""`huying run` as an administrator knows it: it starts, says so, ends, and survives a power cut."""

from __future__ import annotations

import shutil
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from huying.kernel import processes
from tests.start.product import Product, free_port, words_of


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    """One home for all tests here: its first start makes the database, the others are quick."""
    product = Product()
    product.home.chmod(0o755)
    yield product
    if product.everybody():
        product.kill_everybody()
    shutil.rmtree(product.home)


@pytest.fixture
def running(product: Product) -> Iterator[Product]:
    if product.process is None or product.process.poll() is not None:
        product.start()
    yield product


def test_it_says_ready_only_when_everything_is_well(running: Product) -> None:
    assert f"ready: http://127.0.0.1:{running.port}" in running.lines()
    health = running.health()
    assert health["status"] == "ok"
    assert health["database"] == {"ok": True}
    assert health["worker"]["ok"]


def test_a_second_start_on_the_same_home_is_refused_and_harms_nothing(running: Product) -> None:
    said = running.refused("run", HUYING_PORT=str(free_port()))
    assert "已在" in said
    assert str(running.port) in said
    assert "Traceback" not in said
    assert running.health()["status"] == "ok"


def test_a_killed_web_is_back_soon(running: Product) -> None:
    log = running.home / "log" / "web.log"
    assert log.exists()
    web = [pid for pid in running.everybody() if b"granian" in words_of(pid)]
    assert web
    processes.send(web, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while True:
        try:
            if running.health()["status"] == "ok":
                break
        except OSError:
            assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_killed_database_is_back_soon_with_every_committed_row(running: Product) -> None:
    with running.sql() as connection:
        connection.execute("create table if not exists survivor as select 7 as n")
    processes.send(running.database(), signal.SIGKILL)
    deadline = time.monotonic() + 30
    while True:
        try:
            with running.sql() as connection:
                row = connection.execute("select n from survivor").fetchone()
                break
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert row == (7,)
    while running.health()["status"] != "ok":
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_after_a_power_cut_the_next_start_has_every_committed_row(
    running: Product, fault_count: int
) -> None:
    with running.sql() as connection:
        connection.execute("drop table if exists ledger")
        connection.execute("create table ledger (n integer)")
    for turn in range(min(fault_count, 5) // 2):
        writer = running.sql()
        writer.autocommit = True
        first = turn * 1000
        for number in range(first, first + 200):
            writer.execute("insert into ledger values (%s)", [number])
        hanging = running.sql()
        hanging.execute("insert into ledger values (-1)")
        running.kill_everybody()
        writer.close()
        hanging.close()
        running.start()
        with running.sql() as connection:
            rows = connection.execute("select n from ledger order by n").fetchall()
        expected = [n for t in range(turn + 1) for n in range(t * 1000, t * 1000 + 200)]
        assert [n for (n,) in rows] == expected
        assert running.health()["status"] == "ok"


def test_killed_alone_the_supervisor_takes_everything_with_it(running: Product) -> None:
    assert running.process is not None
    running.process.kill()
    running.process.wait()
    assert processes.wait_gone(running.everybody, 20)


def test_asked_to_end_it_leaves_no_process(running: Product) -> None:
    everybody = running.everybody()
    assert len(everybody) > 6
    assert running.end(signal.SIGTERM) == 0
    assert not [pid for pid in everybody if processes.alive(pid)]
    assert not running.everybody()


@pytest.fixture
def untouched(tmp_path: Path) -> Product:
    """A product that must not even begin."""
    return Product(home=tmp_path)


def test_a_home_never_changes_its_mode(untouched: Product) -> None:
    (untouched.home / "mode").write_text("production\n")
    said = untouched.refused("run", HUYING_MODE="demo")
    assert "production" in said
    assert not (untouched.home / "pg" / "data").exists()


def test_a_used_port_is_named_with_the_remedy(untouched: Product) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = str(taken.getsockname()[1])
        said = untouched.refused("run", HUYING_PORT=number)
    assert number in said
    assert "HUYING_PORT" in said
    assert not (untouched.home / "pg" / "data").exists()


def test_production_does_not_guess_its_address(untouched: Product) -> None:
    assert "HUYING_ORIGINS" in untouched.refused("run", HUYING_ORIGINS="")
    assert not (untouched.home / "mode").exists()  # the refused start settles nothing


def test_demonstration_commands_are_refused_in_production(untouched: Product) -> None:
    said = untouched.refused("demo", "accounts", "--json")
    assert "演示模式" in said
    assert "Traceback" not in said
