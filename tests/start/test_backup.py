"""A real backup of a real database, destroyed and restored: rows, blobs, secrets, audit chain."""

from __future__ import annotations

import io
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from huying.kernel import audit, backup, blobs, sealing, secrets
from huying.kernel.asker import System
from huying.kernel.errors import Invalid, Refusal
from huying.kernel.models import AuditRow
from tests.own_database import cloned

PASSPHRASE = "four words make it long"
TABLES = ("kernel_auditrow", "kernel_auditseal", "kernel_blob", "kernel_calendarday")


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    return Path(settings.HOME)


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database of this one test, which may drop all of it."""
    with django_db_blocker.unblock(), cloned("backup") as name:
        yield name


@pytest.fixture
def filled(db: str, home: Path) -> bytes:
    """Audit rows, a blob and a sealed value, which it gives."""
    for number in range(5):
        with transaction.atomic():
            audit.append("kernel.view_audit", System("test"), "thing", str(number), "", {})
    sealing.seal_all()
    sealing.anchor(sealing.signer())
    with blobs.Writer() as writer:
        writer.write(b"a paper")
        writer.keep(name="paper.txt", media_type="text/plain")
    return secrets.seal_text("王小明")


def everything() -> dict[str, list[Any]]:
    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"select t::text from {table} t order by 1")
            found[table] = cursor.fetchall()
    return found


def destroy(home: Path) -> None:
    """The machine is lost: no row, no file, no secret is left."""
    with connection.cursor() as cursor:
        cursor.execute("drop schema public cascade")
        cursor.execute("create schema public")
    shutil.rmtree(home)
    home.mkdir()


def test_a_lost_machine_comes_back_whole(filled: bytes, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.backup"
    digest = secrets.keyed_digest("13800000000")
    summary = backup.backup(file, passphrase=PASSPHRASE)
    assert summary.blobs == 1
    before = everything()
    destroy(home)
    backup.restore(file, replace=False, passphrase=PASSPHRASE)
    after = everything()
    restored = AuditRow.objects.filter(verb="kernel.restore")
    assert restored.count() == 1
    assert after["kernel_auditrow"][:-1] == before["kernel_auditrow"]
    assert {k: v for k, v in after.items() if k != "kernel_auditrow"} == {
        k: v for k, v in before.items() if k != "kernel_auditrow"
    }
    assert sealing.verify().sound
    sealing.seal_all()
    assert sealing.verify().sound
    assert secrets.open_text(filled) == "王小明"
    assert secrets.keyed_digest("13800000000") == digest
    blob = blobs.Blob.objects.get()
    assert blobs.place_of(blob.sha256).read_bytes() == b"a paper"


def test_existing_data_is_not_replaced_unasked(filled: bytes, tmp_path: Path) -> None:
    file = tmp_path / "all.backup"
    backup.backup(file, passphrase=None)
    before = everything()
    with pytest.raises(Refusal, match="不是空的"):
        backup.restore(file, replace=False, passphrase=None)
    assert everything() == before


def test_asked_to_replace_it_goes_back_to_the_backup(filled: bytes, tmp_path: Path) -> None:
    file = tmp_path / "all.backup"
    backup.backup(file, passphrase=None)
    with transaction.atomic():
        audit.append("kernel.view_audit", System("test"), "thing", "later", "", {})
    backup.restore(file, replace=True, passphrase=None)
    assert not AuditRow.objects.filter(object_id="later").exists()
    assert secrets.open_text(filled) == "王小明"


def damaged(file: Path, name: str) -> Path:
    """The same backup with one byte of one member changed."""
    other = file.with_suffix(".damaged")
    with tarfile.open(file) as source, tarfile.open(other, "w") as target:
        for member in source:
            content = bytearray(source.extractfile(member).read())  # type: ignore[union-attr]
            if member.name.startswith(name):
                content[len(content) // 2] ^= 1
            target.addfile(member, io.BytesIO(bytes(content)))
    return other


@pytest.mark.parametrize("name", ["database.dump", "blobs/", "secrets.sealed"])
def test_a_damaged_file_changes_nothing(filled: bytes, tmp_path: Path, name: str) -> None:
    file = tmp_path / "all.backup"
    backup.backup(file, passphrase=PASSPHRASE)
    before = everything()
    with pytest.raises(Invalid, match="损坏") as refused:
        backup.restore(damaged(file, name), replace=True, passphrase=PASSPHRASE)
    assert refused.value.faults[0].where.startswith(name)
    assert everything() == before


def test_a_file_cut_short_changes_nothing(filled: bytes, tmp_path: Path) -> None:
    file = tmp_path / "all.backup"
    backup.backup(file, passphrase=None)
    before = everything()
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 3])
    with pytest.raises(Refusal):
        backup.restore(file, replace=True, passphrase=None)
    assert everything() == before


def test_a_load_that_fails_midway_leaves_the_old_rows(
    filled: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "all.backup"
    backup.backup(file, passphrase=None)
    before = everything()
    monkeypatch.setattr(backup, "_comment", lambda token: "'; select 1/0; --")
    with pytest.raises(Refusal, match="没有改变"):
        backup.restore(file, replace=True, passphrase=None)
    assert everything() == before


def test_without_the_keys_that_sealed_it_a_backup_is_refused(
    filled: bytes, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "all.backup"
    backup.backup(file, passphrase=None)
    destroy(home)
    with pytest.raises(Refusal, match="密钥"):
        backup.restore(file, replace=False, passphrase=None)


@pytest.mark.parametrize("committed", [True, False])
def test_a_crash_around_the_commit_leaves_rows_and_keys_of_one_time(
    filled: bytes, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    file = tmp_path / "all.backup"
    backup.backup(file, passphrase=PASSPHRASE)
    shutil.rmtree(home / "secrets")
    fresh = secrets.seal_text("新的")
    whole = backup._load

    def die(dump: Path, token: str) -> None:
        if committed:
            whole(dump, token)
        raise KeyboardInterrupt

    monkeypatch.setattr(backup, "_load", die)
    with pytest.raises(KeyboardInterrupt):
        backup.restore(file, replace=True, passphrase=PASSPHRASE)
    backup.finish_restore()
    assert secrets.open_text(filled if committed else fresh) == ("王小明" if committed else "新的")
