"""The sealer covers every committed audit row exactly once, whatever writers and kills do."""

from __future__ import annotations

import random
import threading
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from huying.kernel import audit, queries, sealing
from huying.kernel.asker import System
from huying.kernel.models import AuditRow, AuditSeal, UnsealedRow
from huying.kernel.sealedlog.export import verify_file
from huying.kernel.tests.people import spawn

SYSTEM = System("test")


def append(count: int = 1) -> None:
    for number in range(count):
        audit.append("kernel.test", SYSTEM, "thing", str(number), "", {"n": number})


def as_owner_of_the_tables(statement: str) -> None:
    """What an administrator of the database could do past every trigger."""
    table = statement.split("kernel_")[1].split()[0]
    with connection.cursor() as cursor:
        cursor.execute(f"alter table kernel_{table} disable trigger user")
        cursor.execute(statement)
        cursor.execute(f"alter table kernel_{table} enable trigger user")


def findings() -> list[tuple[str, str]]:
    return [(finding.what, finding.where) for finding in sealing.verify().findings]


def first_id() -> int:
    return AuditRow.objects.order_by("pk").values_list("pk", flat=True)[0]


@pytest.mark.django_db
def test_a_row_costs_one_statement_and_is_queued(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        append()
    assert UnsealedRow.objects.get().row_id == AuditRow.objects.get().pk


@pytest.mark.django_db
@pytest.mark.parametrize("suite", ["sm2-sm3", "ed25519-sha256"])
def test_sealed_rows_are_sound_and_the_tail_is_told(suite: str, settings: Settings) -> None:
    settings.SEAL_SUITE = suite
    append(5)
    assert sealing.seal_all() == 5
    append(2)
    report = sealing.verify()
    assert (report.sound, report.rows, report.unsealed) == (True, 5, 2)
    assert queries.ground_facts().unsealed == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "update kernel_auditrow set verb = 'x'",
        "delete from kernel_auditrow",
        "truncate kernel_auditrow",
        "update kernel_auditseal set digest = 'x'",
        "delete from kernel_auditseal",
        "truncate kernel_auditseal",
    ],
)
def test_the_database_refuses_to_change_the_past(statement: str) -> None:
    append()
    sealing.seal_all()
    with (
        pytest.raises(DatabaseError, match="pgtrigger: Cannot"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("set local huying.may_truncate = 'off'")
        cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_an_edited_row_is_named() -> None:
    append(3)
    sealing.seal_all()
    as_owner_of_the_tables(f"update kernel_auditrow set verb = 'x' where id = {first_id() + 1}")
    assert findings() == [("edited_row", f"seal 1 row {first_id() + 1}")]


@pytest.mark.django_db(transaction=True)
def test_a_deleted_row_is_named() -> None:
    append(3)
    sealing.seal_all()
    gone = first_id() + 1
    as_owner_of_the_tables(f"delete from kernel_auditrow where id = {gone}")
    assert findings() == [("deleted_row", f"seal 1 row {gone}")]


@pytest.mark.django_db(transaction=True)
def test_a_row_slipped_in_past_the_queue_is_named() -> None:
    append(1)
    sealing.seal_all()
    as_owner_of_the_tables(
        "insert into kernel_auditrow (id, at, verb, actor_id, actor_label, object_kind,"
        " object_id, area_path, detail) select id + 100, at, verb, actor_id, actor_label,"
        " object_kind, object_id, area_path, detail from kernel_auditrow"
    )
    assert findings() == [("inserted_row", f"row {first_id() + 100}")]


@pytest.mark.django_db(transaction=True)
def test_a_row_deleted_before_it_was_sealed_is_named_and_stops_nothing() -> None:
    append(2)
    gone = first_id()
    as_owner_of_the_tables(f"delete from kernel_auditrow where id = {gone}")
    assert sealing.seal_all() == 1
    assert findings() == [("deleted_row", f"row {gone}")]


@pytest.mark.django_db(transaction=True)
def test_a_cut_tail_is_found_and_its_numbers_are_never_used_again() -> None:
    for _turn in range(3):
        append(2)
        sealing.seal_all()
    last = AuditSeal.objects.get(number=3)
    ids = ",".join(str(row) for row, _digest in last.rows)
    as_owner_of_the_tables(f"delete from kernel_auditrow where id in ({ids})")
    as_owner_of_the_tables("delete from kernel_auditseal where number = 3")
    assert findings() == [("truncated", "seals 3-3")]
    append(1)
    sealing.seal_all()
    assert AuditSeal.objects.order_by("number").values_list("number", flat=True)[2] == 4
    assert ("missing_seals", "seals 3-3") in findings()


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_with_late_commits_and_rollbacks_are_sealed_exactly_once() -> None:
    committed: list[int] = []
    ended = threading.Event()

    def write(seed: int) -> None:
        chance = random.Random(seed)
        try:
            for _turn in range(12):
                with transaction.atomic():
                    row = audit.append("kernel.test", SYSTEM, "thing", str(seed), "", {})
                    time.sleep(chance.random() * 0.03)
                    if chance.random() < 0.25:
                        transaction.set_rollback(True)
                        continue
                committed.append(row.pk)
        finally:
            connection.close()

    def seal() -> None:
        signer = sealing.signer()
        try:
            while not ended.is_set():
                sealing.seal_once(signer, batch=7)
        finally:
            connection.close()

    sealing.signer()
    sealers = [threading.Thread(target=seal) for _number in range(2)]
    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(6)]
    for thread in sealers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    ended.set()
    for thread in sealers:
        thread.join()
    sealing.seal_all()
    sealed = [row for seal in AuditSeal.objects.all() for row, _digest in seal.rows]
    assert sorted(sealed) == sorted(committed)
    assert sealing.verify().sound


@pytest.mark.django_db(transaction=True)
def test_a_killed_sealer_leaves_whole_links_and_the_next_one_goes_on(
    home: Path, fault_count: int
) -> None:
    written = 0
    for turn in range(max(2, fault_count // 2)):
        process = spawn(home, "-m", "django", "ground", "--only", "sealer")
        try:
            seen = AuditSeal.objects.count()
            waiting_since = time.monotonic()
            while AuditSeal.objects.count() == seen:
                append(20)
                written += 20
                assert time.monotonic() - waiting_since < 60
                time.sleep(0.05)
            time.sleep(random.Random(turn).random() * 0.6)
        finally:
            process.kill()
            process.wait()
        assert sealing.verify().sound
    sealing.seal_all()
    report = sealing.verify()
    assert (report.sound, report.rows, report.unsealed) == (True, written, 0)


@pytest.mark.django_db(transaction=True)
def test_the_commands_verify_and_export_and_an_offline_check_agrees(tmp_path: Path) -> None:
    append(4)
    told = StringIO()
    call_command("audit", "export", str(tmp_path / "audit.jsonl"), stdout=told)
    call_command("audit", "verify", stdout=told)
    assert "完好: 封印 1 个, 行 4 条" in told.getvalue()
    assert verify_file(tmp_path / "audit.jsonl", sealing.anchor_paths()).sound
    as_owner_of_the_tables("update kernel_auditrow set actor_label = '别人'")
    with pytest.raises(CommandError):
        call_command("audit", "verify", stdout=told)
    call_command("audit", "verify", "--file", str(tmp_path / "audit.jsonl"), stdout=told)


@pytest.mark.django_db
def test_anchors_are_written_at_a_second_place_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = tmp_path / "elsewhere" / "audit.jsonl"
    monkeypatch.setenv("HUYING_ANCHORS", str(second))
    append(1)
    sealing.seal_all()
    assert second.read_text() == sealing.anchor_paths()[0].read_text() != ""
