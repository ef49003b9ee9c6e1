"""Kill -9 in an import of past appeals: all or nothing, and whoever goes on doubles nothing."""

from __future__ import annotations

import csv
import io
import random
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from huying.cases import actions
from huying.cases.adapters.history_files import COLUMNS
from huying.cases.models import Case, CaseEvent
from huying.kernel import jobs
from huying.kernel.models import AuditRow, LongJob
from tests.cast import Cast, assemble
from tests.faults.dying import AFTER_COMMIT, BEFORE_COMMIT, run
from tests.invariants import broken

ROWS = 40


@pytest.fixture(scope="module")
def cast(db: str) -> Cast:
    return assemble()


def queued(cast: Cast, turn: int) -> LongJob:
    """An import of new rows, one of them bad and skipped, that waits for its worker."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS["messages"])
    for number in range(ROWS):
        row = [f"{turn}-{number}", "A1", f"第 {number} 件", "2019-05-06 08:09:10", "积水"]
        writer.writerow([*row, "环境保护" if number else "天文"])
    file = SimpleUploadedFile("past.csv", text.getvalue().encode())
    by = cast.asker("district_centre")
    return actions.start_history(actions.stored([file]), by=by, skip_bad=True)


def made() -> tuple[int, int, int]:
    """Cases, their history and the rows of audit of imports that were done."""
    audited = AuditRow.objects.filter(verb="cases.import_history", object_id="bulk").count()
    return Case.objects.count(), CaseEvent.objects.count(), audited


def test_an_import_killed_anywhere_is_whole_when_another_goes_on(
    cast: Cast, fault_count: int
) -> None:
    go_on(queued(cast, -1))  # so that what a process reads once is read before any child is born
    first = queued(cast, 0)
    unharmed = run(lambda: jobs.run(first.pk))
    assert not unharmed.error, unharmed.error
    first.refresh_from_db()
    assert first.state == LongJob.State.DONE, first.error
    last = len(unharmed.statements)
    chosen = random.sample(range(1, last + 1), min(last, max(2, fault_count // 3)))
    around = (BEFORE_COMMIT, AFTER_COMMIT)  # of the refused rows' file, and of the import itself
    commits = [at for at, name in enumerate(unharmed.statements, 1) if name in around]
    assert len(commits) == 4
    for turn, moment in enumerate([*chosen, *commits], 1):
        before = made()
        job = queued(cast, turn)
        assert run(lambda job=job: jobs.run(job.pk), die_at=moment).killed
        whole = (before[0] + ROWS - 1, before[1] + ROWS - 1, before[2] + 1)
        assert made() in (before, whole), f"killed at {moment}: half an import"
        go_on(job)
        assert made() == whole, f"killed at {moment}"
        assert job.note == f"导入 {ROWS - 1} 件，此前已有 0 件，跳过有误的 1 行", "as if unharmed"
        assert job.result_id, "the refused row can be fetched"
        assert broken() == []


def go_on(job: LongJob) -> None:
    """What the worker does after a death, until the job has ended."""
    for _attempt in range(200):
        jobs.rescue()
        jobs.run(job.pk)
        job.refresh_from_db()
        if job.state == LongJob.State.DONE:
            return
        time.sleep(0.02)
    raise AssertionError(f"{job.state}: {job.error}")
