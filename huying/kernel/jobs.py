"""Long jobs: imports, exports and other long work with progress, cancel, resume and a result."""

from __future__ import annotations

import logging
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import close_old_connections, connection, transaction
from django.utils.translation import gettext as _
from procrastinate import JobContext
from procrastinate.contrib.django import app

from huying.kernel import blobs
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Refusal
from huying.kernel.logs import discreet
from huying.kernel.models import LongJob
from huying.kernel.registry import Registry

TASK = "kernel.long_job"
MOST_INTERRUPTIONS = 3
BEAT_SECONDS = 1.0
KEEP_RESULT = timedelta(days=7)
UNFINISHED = (LongJob.State.QUEUED, LongJob.State.RUNNING)

logger = logging.getLogger(__name__)


class Cancelled(Exception):
    """The owner asked to stop; `Work.stop_if_cancelled` raises it."""


class Interrupted(Exception):
    """This worker is ending; the job goes on elsewhere from its checkpoint."""


@dataclass(frozen=True)
class Kind:
    """A kind of long work. `run` may be called again after a crash and must go on from
    `work.kept`, the last checkpoint, which commits together with the work it tells of. `readable`
    tells whether the owner may have the result today: rights go while a file stays."""

    name: str
    run: Callable[[Work], None]
    readable: Callable[[LongJob], bool]


KINDS: Registry[Kind] = Registry("kinds of long jobs")


def kind(
    name: str, run: Callable[[Work], None], readable: Callable[[LongJob], bool] = lambda job: True
) -> None:
    """Register a kind in a room's `apps.py`."""
    KINDS.register(name, Kind(name, run, readable))


def readable(asker: Asker, job: LongJob) -> bool:
    """Whether the asker may have the result of a job: one's own, as far as its kind lets one.

    Seeing that others' jobs run is no right to what they exported.
    """
    kind = KINDS.get(job.kind)
    return job.owner_id == asker.id and kind is not None and kind.readable(job)


def may_read_result(asker: Asker, blob_id: uuid.UUID) -> bool:
    """Whether the blob is the result of a job that the asker may have."""
    owned = LongJob.objects.filter(owner_id=asker.id, result_id=blob_id)
    return any(readable(asker, job) for job in owned)


def start(kind: str, params: dict[str, Any], *, title: str, by: Asker) -> LongJob:
    """Queue a job in the caller's transaction: it runs only if that commits."""
    if KINDS.get(kind) is None:
        raise ValueError(f"no kind of long job {kind} is registered")
    with transaction.atomic():
        job = LongJob.objects.create(
            id=uuid.uuid4(),
            kind=kind,
            title=title[:200],
            params=params,
            owner_id=by.id,
            owner_label=by.label,
            created_at=now(),
        )
        defer(job)
    return job


def defer(job: LongJob) -> None:
    """Hand a queued job to the workers, in the caller's transaction."""
    queue_id = app.configure_task(TASK).defer(job_id=str(job.pk))
    LongJob.objects.filter(pk=job.pk).update(queue_id=queue_id)


def lock_number(job_id: uuid.UUID) -> int:
    """The session lock that the process running a job holds: it ends with the process."""
    return int.from_bytes(job_id.bytes[:8], "big", signed=True)


class Work:
    """What a running job is handed."""

    def __init__(self, job: LongJob, leaving: Callable[[], bool] = lambda: False) -> None:
        self.id = job.pk
        self.params: dict[str, Any] = job.params
        self.owner_id = job.owner_id
        self.owner_label = job.owner_label
        self.kept: Any = job.checkpoint
        self._leaving = leaving
        self._told: tuple[int, int | None, str] = (job.done, job.total, job.note)
        self._asked = False
        self._noticed = False

    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        """Tell how far the work is; costs nothing, a thread writes it down each second."""
        self._told = (done, total if total is not None else self._told[1], note[:200])
        if self._leaving():
            raise Interrupted

    def cancelled(self) -> bool:
        """Whether the owner asked to stop; then return early, and the job ends as cancelled."""
        if self._leaving():
            raise Interrupted
        self._noticed = self._noticed or self._asked
        return self._asked

    def stop_if_cancelled(self) -> None:
        """Raise Cancelled when the owner asked to stop."""
        if self.cancelled():
            raise Cancelled

    def checkpoint(self, data: Any) -> None:
        """Remember how far the work is, in the caller's transaction, for after a crash."""
        self.kept = data
        LongJob.objects.filter(pk=self.id).update(checkpoint=data)

    @contextmanager
    def result_file(self, name: str, media_type: str) -> Iterator[blobs.Writer]:
        """Write the result as a file that its owner can fetch for a week."""
        with blobs.Writer() as writer:
            yield writer
            with transaction.atomic():
                blob = writer.keep(name=name, media_type=media_type, keep_until=now() + KEEP_RESULT)
                LongJob.objects.filter(pk=self.id).update(result=blob)


class _Beat(threading.Thread):
    """Holds the job's session lock, writes its progress, and hears of cancelling, on a
    connection of its own, so that a job inside one long transaction is seen alive too."""

    def __init__(self, work: Work) -> None:
        super().__init__(name=f"beat {work.id}", daemon=True)
        self.work = work
        self.held = threading.Event()
        self.mine = False
        self._over = threading.Event()

    def run(self) -> None:
        try:
            self.mine = _hold(self.work.id)
            self.held.set()
            while self.mine and not self._over.wait(BEAT_SECONDS):
                self.tell()
        except Exception:  # the connection broke: the job loses its lock and is rescued
            logger.exception("the beat of job %s broke", self.work.id)
        finally:
            self.held.set()
            connection.close()

    def tell(self) -> None:
        """Write progress unless the job's own transaction holds its row; read the wish to stop."""
        done, total, note = self.work._told
        with connection.cursor() as cursor:
            cursor.execute(
                "update kernel_longjob set done = %s, total = %s, note = %s, beat_at = %s"
                " where id = (select id from kernel_longjob where id = %s and state = 'running'"
                " for update skip locked)",
                [done, total, note, now(), self.work.id],
            )
            cursor.execute("select cancel_asked from kernel_longjob where id = %s", [self.work.id])
            found = cursor.fetchone()
        self.work._asked = bool(found and found[0])

    def end(self) -> None:
        """Let go of the lock."""
        self._over.set()
        self.join(10)


def _hold(job_id: uuid.UUID) -> bool:
    """Take the lock; a moment's patience for whoever is just letting go of it."""
    for _attempt in range(20):
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_lock(%s)", [lock_number(job_id)])
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.1)
    return False


def run(job_id: uuid.UUID, leaving: Callable[[], bool] = lambda: False) -> None:
    """Run a queued job in this process; nothing happens when it runs or ended already."""
    job = LongJob.objects.filter(pk=job_id, state=LongJob.State.QUEUED).first()
    if job is None:
        return
    work = Work(job, leaving)
    beat = _Beat(work)
    beat.start()
    beat.held.wait()
    try:
        begun = beat.mine and LongJob.objects.filter(pk=job_id, state=LongJob.State.QUEUED).update(
            state=LongJob.State.RUNNING, started_at=now(), beat_at=now(), error=""
        )
        interrupted = bool(begun) and _run(job, work)
    finally:
        beat.end()
    if interrupted:  # only now that the lock is free for whoever goes on
        _requeue(job_id)


def _run(job: LongJob, work: Work) -> bool:
    """Do the work and note how it ended; True when it must go on in another process."""
    try:
        found = KINDS.get(job.kind)
        if found is None:
            raise Refusal(
                _("没有名为 %(kind)s 的任务种类。") % {"kind": job.kind},
                remedy=_("请升级或重启服务后重试。"),
            )
        found.run(work)
        ended = LongJob.State.CANCELLED if work._noticed else LongJob.State.DONE
        _end(work, ended)
    except Cancelled:
        _end(work, LongJob.State.CANCELLED)
    except Interrupted:
        return True
    except Refusal as refusal:
        _end(work, LongJob.State.FAILED, f"{refusal.message} {refusal.remedy}".strip())
    except Exception as error:  # a job's failure is its own; it is shown, and the worker goes on
        logger.error("job %s failed\n%s", job.pk, traceback.format_exc())
        _end(work, LongJob.State.FAILED, discreet(f"{type(error).__name__}: {error}"))
    return False


def _end(work: Work, state: LongJob.State, error: str = "") -> None:
    done, total, note = work._told
    LongJob.objects.filter(pk=work.id, state=LongJob.State.RUNNING).update(
        state=state, error=error[:4000], ended_at=now(), done=done, total=total, note=note
    )


@transaction.atomic
def _requeue(job_id: uuid.UUID) -> None:
    job = LongJob.objects.select_for_update().get(pk=job_id)
    if job.state == LongJob.State.RUNNING:
        LongJob.objects.filter(pk=job_id).update(state=LongJob.State.QUEUED, note="")
        defer(job)


@app.task(name=TASK, pass_context=True)
def long_job(context: JobContext, job_id: str) -> None:
    """The one task of the queue behind all kinds."""
    close_old_connections()
    run(uuid.UUID(job_id), context.should_abort)


def rescue() -> int:
    """Queue again every job whose process died, or fail it visibly the third time; count them."""
    rescued = 0
    for job_id in LongJob.objects.filter(state=LongJob.State.RUNNING).values_list("pk", flat=True):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("select pg_try_advisory_xact_lock(%s)", [lock_number(job_id)])
                if not cursor.fetchone()[0]:
                    continue  # its process lives
            rescued += _rescue(job_id)
    return rescued + _rescue_unqueued()


def _rescue_unqueued() -> int:
    """Queue again what waits without an entry in the queue that some living worker will take."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select job.id from kernel_longjob job"
            " left join procrastinate_jobs entry on entry.id = job.queue_id"
            " left join procrastinate_workers worker on worker.id = entry.worker_id"
            " where job.state = 'queued' and job.created_at < now() - interval '10 seconds'"
            " and not coalesce(entry.status = 'todo' or (entry.status = 'doing'"
            " and worker.last_heartbeat > now() - interval '60 seconds'), false)"
        )
        lost = [row[0] for row in cursor.fetchall()]
    rescued = 0
    for job_id in lost:
        with transaction.atomic():
            job = LongJob.objects.select_for_update(skip_locked=True).filter(pk=job_id).first()
            if job is not None and job.state == LongJob.State.QUEUED:
                defer(job)
                rescued += 1
    return rescued


def _rescue(job_id: uuid.UUID) -> bool:
    job = (
        LongJob.objects.select_for_update(skip_locked=True)
        .filter(pk=job_id, state=LongJob.State.RUNNING)
        .first()
    )
    if job is None:
        return False
    if job.queue_id:  # the dead worker's entry would stay "doing" for ever
        with connection.cursor() as cursor:
            cursor.execute(
                "update procrastinate_jobs set status = 'failed'"
                " where id = %s and status = 'doing'",
                [job.queue_id],
            )
    changes: dict[str, Any] = {"interruptions": job.interruptions + 1}
    if job.cancel_asked:
        changes |= {"state": LongJob.State.CANCELLED, "ended_at": now()}
    elif job.interruptions + 1 >= MOST_INTERRUPTIONS:
        error = _("运行它的进程 %(count)s 次中断") % {"count": job.interruptions + 1}
        changes |= {"state": LongJob.State.FAILED, "ended_at": now(), "error": error}
    else:
        changes |= {"state": LongJob.State.QUEUED}
    LongJob.objects.filter(pk=job_id).update(**changes)
    if changes["state"] == LongJob.State.QUEUED:
        defer(job)
    return True


class Rescuer:
    """The long-running watch over broken jobs."""

    pause = 5.0

    def turn(self) -> bool:
        """Rescue what is broken now."""
        rescue()
        return False

    def wait(self, stop: threading.Event) -> None:
        """Sleep until the next look."""
        stop.wait(self.pause)

    def close(self) -> None:
        """Nothing is held."""
