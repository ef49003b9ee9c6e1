"""DATABASE_URL: the product on a PostgreSQL 15 that is not ours, as a district may have one."""

from __future__ import annotations

import http.client
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from huying.kernel import processes
from tests.mainline import FILING
from tests.own_database import cloned, url
from tests.start.product import Inside, Product

pytestmark = pytest.mark.needs("postgres15")

BINARIES = Path("/usr/lib/postgresql/15/bin")
ROOT = Path(__file__).parents[2]
UNPRIVILEGED = "nobody"
# What leans most on the database: lists and exports, search, marks, the queue of long jobs.
OF_THE_SUITE = (
    *("huying/kernel/tests/test_check_database.py", "huying/kernel/tests/test_long_jobs.py"),
    *("huying/web/tests/test_tables.py", "huying/cases/tests/test_search.py"),
    "huying/evaluate/tests/test_marks.py",
)


@dataclass
class Server:
    """A cluster of its own in a folder of its own, reached by a socket only."""

    folder: Path

    def address(self, database: str) -> str:
        return f"postgresql://huying@/{database}?host={self.folder / 'socket'}"

    def run(self, program: str, *arguments: str) -> None:
        """One of PostgreSQL 15's programs, as somebody without privileges."""
        subprocess.run(
            [str(BINARIES / program), *arguments],
            cwd="/",
            check=True,
            capture_output=True,
            env={"LC_ALL": "C.UTF-8", "PGHOST": str(self.folder / "socket")},
            **identity(),
        )

    def create(self, database: str, *options: str) -> str:
        """Make a database as `docs/install.md` says, or with other options; its address."""
        usual = ("-E", "UTF8", "--locale=C.UTF-8")
        made = ("-O", "huying", "-T", "template0", *(options or usual), database)
        self.run("createdb", "-U", "postgres", *made)
        return self.address(database)


def identity() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return {}
    account = pwd.getpwnam(UNPRIVILEGED)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="huying-pg15-", dir="/var/tmp"))
    (folder / "socket").mkdir(mode=0o700)
    if given := identity():
        for path in (folder, folder / "socket"):
            os.chown(path, given["user"], given["group"])
    server = Server(folder)
    data = str(folder / "data")
    try:
        made = ("--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync")
        server.run("initdb", "-D", data, "-U", "postgres", *made)
        with serving(server, data):
            server.run("createuser", "-U", "postgres", "--createdb", "huying")
            yield server
    finally:
        shutil.rmtree(folder)


@contextmanager
def serving(server: Server, data: str) -> Iterator[None]:
    """The server as a child of this process, which the kernel ends with it, however it ends."""
    socket = server.folder / "socket"
    with (server.folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(str(BINARIES / "postgres"), "-D", data, "-k", str(socket)),
                *("-c", "listen_addresses=", "-c", "fsync=off"),
            ],
            cwd="/",
            env={"LC_ALL": "C.UTF-8"},
            stdout=log,
            stderr=log,
            preexec_fn=processes.dies_with_parent(signal.SIGINT),
            **identity(),
        )
    try:
        deadline = time.monotonic() + 60
        while not (socket / ".s.PGSQL.5432").exists() or not ready(server):
            assert process.poll() is None, (server.folder / "log").read_text()
            assert time.monotonic() < deadline, "PostgreSQL 15 does not answer"
            time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait()


def ready(server: Server) -> bool:
    try:
        server.run("pg_isready", "-q")
    except subprocess.CalledProcessError:
        return False
    return True


@pytest.fixture
def product() -> Iterator[Product]:
    product = Product()
    product.home.chmod(0o755)
    yield product
    if product.everybody():
        product.kill_everybody()
    shutil.rmtree(product.home)


def said(product: Product, key: str, method: str, path: str, sent: object = None) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", product.port, timeout=20)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        connection.request(method, f"/api/v1{path}", json.dumps(sent) if sent else None, headers)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        assert answer.status in (200, 201), body
        return body
    finally:
        connection.close()


def test_the_product_runs_files_is_backed_up_and_restored(server: Server, product: Product) -> None:
    first = server.create("first")
    product.start(DATABASE_URL=first)
    assert product.health()["status"] == "ok"
    assert not (product.home / "pg").exists(), "no server of ours beside it"
    with Inside(product, DATABASE_URL=first) as inside:
        key = inside.keys["district_centre"]
    number = said(product, key, "POST", "/cases", FILING)["number"]
    found = said(product, key, "GET", "/cases?text=" + quote("路灯"))
    assert [case["number"] for case in found["items"]] == [number]
    file = str(product.home / "all.backup")
    word = {"HUYING_BACKUP_PASSPHRASE": "four words make it long"}
    product.told("backup", file, "--with-secrets", DATABASE_URL=first, **word)
    assert product.end() == 0
    second = server.create("second")
    home = str(product.home / "second")
    product.told("restore", file, DATABASE_URL=second, HUYING_HOME=home, **word)
    product.start(DATABASE_URL=second, HUYING_HOME=home)
    assert said(product, key, "GET", f"/cases/{number}")["number"] == number
    assert product.end() == 0


def test_a_backup_of_our_own_server_comes_up_on_it(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, server: Server, product: Product
) -> None:
    file = str(product.home / "own.backup")
    with django_db_blocker.unblock(), cloned("own"):  # whoever backs up leaves a line of audit
        product.told("backup", file, DATABASE_URL=url())
        product.told("restore", file, DATABASE_URL=server.create("moved"))
        product.told("migrate", DATABASE_URL=server.address("moved"))  # nothing is left to do
        was, moved = counted(url()), counted(server.address("moved"))
    told = dict.fromkeys(("kernel_auditrow", "kernel_unsealedrow"), 1)  # that it was restored
    assert moved == {name: rows + told.get(name, 0) for name, rows in was.items()}


def counted(address: str) -> dict[str, int]:
    """The rows of every table that a backup carries."""
    with psycopg.connect(address) as database:
        named = "select tablename from pg_tables where schemaname = 'public' order by 1"
        tables = [row[0] for row in database.execute(named)]
        rows = {
            name: sql.SQL("select count(*) from {}").format(sql.Identifier(name)) for name in tables
        }
        return {name: database.execute(rows[name]).fetchall()[0][0] for name in tables}


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (("-E", "UTF8", "--lc-collate=C", "--lc-ctype=C"), "中文三元组"),
        (("-E", "LATIN1", "--locale=C"), "编码"),
    ],
    ids=["locale", "encoding"],
)
def test_a_database_that_cannot_find_chinese_is_refused_with_the_remedy(
    server: Server, product: Product, options: tuple[str, ...], wrong: str
) -> None:
    address = server.create(f"odd{len(options)}", *options)
    refused = product.refused("run", DATABASE_URL=address)
    assert wrong in refused and "--locale=C.UTF-8" in refused
    assert "Traceback" not in refused


def test_what_leans_most_on_the_database_passes_on_it(server: Server) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HUYING_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *OF_THE_SUITE],
        cwd=ROOT,
        env=kept | {"DATABASE_URL": server.create("suite"), "HUYING_TEST_DB": "test_on_15"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
