"""Long jobs show progress, can be cancelled and resumed, and survive the death of their worker."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from huying.kernel import actions, blobs, jobs, queries
from huying.kernel.errors import Forbidden, NotFound, NotNow
from huying.kernel.models import Edition, LongJob
from huying.kernel.tests import kinds
from huying.kernel.tests.people import ADMIN, ALICE, BOB, Person, spawn

WORKER = """
import django
django.setup()
from django.core.management import call_command
from huying.kernel.tests import kinds
call_command("procrastinate", "worker", "--fetch-job-polling-interval", "0.2")
"""


def begin(kind: str = "count", **params: Any) -> LongJob:
    assert kinds
    Edition.objects.get_or_create(name="count")
    return jobs.start(f"test.{kind}", params, title="数数", by=ALICE)


def counted() -> int:
    return Edition.objects.get(name="count").number


def entries() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where status = 'todo'")
        return int(cursor.fetchone()[0])


def wait(until: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def empty_queue(request: pytest.FixtureRequest) -> None:
    """Nothing is left in the queue of an earlier test."""
    if request.node.get_closest_marker("django_db").kwargs.get("transaction"):
        request.getfixturevalue("transactional_db")
        with connection.cursor() as cursor:
            cursor.execute("truncate procrastinate_jobs cascade")


@pytest.mark.django_db(transaction=True)
def test_a_job_does_its_work_and_leaves_a_result_for_its_owner() -> None:
    job = begin(n=3)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.note) == ("done", 3, 3, "第 3 行")
    assert job.result is not None
    found = blobs.readable(ALICE, job.result.pk)
    assert b"".join(blobs.read(found)) == b"n\n3\n"
    with pytest.raises(NotFound):
        blobs.readable(BOB, job.result.pk)
    with pytest.raises(NotFound):  # who watches over jobs does not read what they exported
        blobs.readable(ADMIN, job.result.pk)


@pytest.mark.django_db(transaction=True)
def test_a_job_is_queued_only_if_its_transaction_commits() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        begin(n=1)
        assert entries() == 1
        raise RuntimeError
    assert (entries(), LongJob.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("kind", "error"), [("refuse", "表头不对 请用模板"), ("fail", "RuntimeError: 坏了")]
)
def test_a_failure_is_told_to_the_owner(kind: str, error: str) -> None:
    job = begin(kind)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", error)


@pytest.mark.django_db(transaction=True)
def test_a_failure_tells_nothing_of_the_rows_it_met() -> None:
    job = begin("leak")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert "Failing row" in job.error
    assert "王敏" not in job.error and "13812345678" not in job.error


@pytest.mark.django_db(transaction=True)
def test_only_the_owner_and_who_may_see_all_jobs_see_it() -> None:
    job = begin(n=1)
    assert queries.job(ALICE, job.pk) == queries.job(ADMIN, job.pk) == job
    with pytest.raises(NotFound):
        queries.job(BOB, job.pk)
    with pytest.raises(NotFound):
        actions.cancel_job(job.pk, by=BOB)
    watcher = Person("watcher", {"kernel.view_jobs": ADMIN.area("kernel.view_jobs")})
    with pytest.raises(Forbidden):
        actions.cancel_job(job.pk, by=watcher)


@pytest.mark.django_db(transaction=True)
def test_a_waiting_job_is_cancelled_at_once_and_can_be_resumed() -> None:
    job = begin(n=2)
    actions.cancel_job(job.pk, by=ALICE)
    jobs.run(job.pk)
    assert counted() == 0
    with pytest.raises(NotNow) as told:
        actions.cancel_job(job.pk, by=ALICE)
    assert told.value.allowed == ("kernel.resume_job",)
    actions.resume_job(job.pk, by=ALICE)
    jobs.run(job.pk)
    assert counted() == 2
    with pytest.raises(NotNow):
        actions.resume_job(job.pk, by=ALICE)


def in_thread(work: Callable[[], None]) -> threading.Thread:
    def body() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_a_running_job_shows_progress_and_stops_when_asked() -> None:
    job = begin(n=10_000, pause=0.01)
    thread = in_thread(lambda: jobs.run(job.pk))
    wait(lambda: LongJob.objects.get(pk=job.pk).done > 3)
    assert jobs.rescue() == 0
    actions.cancel_job(job.pk, by=ALICE)
    thread.join(10)
    job.refresh_from_db()
    assert (job.state, job.checkpoint) == ("cancelled", counted())
    actions.resume_job(job.pk, by=ALICE)
    LongJob.objects.filter(pk=job.pk).update(params={"n": counted() + 5})
    jobs.run(job.pk)
    assert LongJob.objects.get(pk=job.pk).state == "done"
    assert counted() == (job.checkpoint or 0) + 5


@pytest.mark.django_db(transaction=True)
def test_a_job_inside_one_long_transaction_is_seen_alive_and_can_be_cancelled() -> None:
    job = begin("one")
    thread = in_thread(lambda: jobs.run(job.pk))
    wait(lambda: LongJob.objects.get(pk=job.pk).state == "running")
    time.sleep(0.3)
    assert jobs.rescue() == 0

    # the job's own transaction holds its row, so that a verb would wait: ask as the beat reads it
    def asked(work: jobs.Work) -> None:
        work._asked = True

    thread_beats = [t for t in threading.enumerate() if isinstance(t, jobs._Beat)]
    assert [beat.work.id for beat in thread_beats] == [job.pk]
    asked(thread_beats[0].work)
    thread_beats[0]._over.set()
    thread.join(10)
    job.refresh_from_db()
    assert (job.state, job.checkpoint) == ("cancelled", "begun")


@pytest.mark.django_db(transaction=True)
def test_a_leaving_worker_hands_the_job_on_from_its_checkpoint() -> None:
    job = begin(n=50)
    jobs.run(job.pk, leaving=lambda: counted() >= 20)
    job.refresh_from_db()
    assert (job.state, job.checkpoint, job.interruptions) == ("queued", 20, 0)
    jobs.run(job.pk)
    assert counted() == 50


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_is_noticed_and_the_job_goes_on_from_its_checkpoint(
    home: Path, fault_count: int
) -> None:
    job = begin(n=120, pause=0.01)
    for _turn in range(min(2, fault_count)):
        worker = spawn(home, "-c", WORKER)
        try:
            seen = counted()
            wait(lambda seen=seen: counted() > seen + 10)  # type: ignore[misc]
            assert jobs.rescue() == 0
        finally:
            worker.kill()
            worker.wait()
        wait(lambda: jobs.rescue() == 1, 20)
        assert LongJob.objects.get(pk=job.pk).state == "queued"
    worker = spawn(home, "-c", WORKER)
    try:
        wait(lambda: LongJob.objects.get(pk=job.pk).state == "done")
    finally:
        worker.kill()
        worker.wait()
    assert counted() == 120  # no step lost, none done twice


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_process_dies_again_and_again_fails_visibly() -> None:
    job = begin(n=1)
    for turn in range(jobs.MOST_INTERRUPTIONS):
        LongJob.objects.filter(pk=job.pk).update(state="running")
        assert jobs.rescue() == 1
        job.refresh_from_db()
        assert job.interruptions == turn + 1
    assert (job.state, "中断" in job.error) == ("failed", True)


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_queue_entry_was_lost_is_queued_again() -> None:
    job = begin(n=1)
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")
        cursor.execute("update kernel_longjob set created_at = now() - interval '1 minute'")
    assert (jobs.rescue(), entries(), jobs.rescue()) == (1, 1, 0)
    assert job.state == "queued"


@pytest.mark.django_db
def test_an_unknown_kind_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="no kind"):
        jobs.start("test.unknown", {}, title="", by=ALICE)
    assert not LongJob.objects.filter(pk=uuid.uuid4()).exists()
