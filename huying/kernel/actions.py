"""Verbs of the ground: the working calendar, deliveries, long jobs, stored files."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from huying.kernel import blobs, jobs, queries, relay
from huying.kernel.asker import Asker, System, may
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Invalid, NotFound, NotNow
from huying.kernel.models import CalendarDay, Delivery, Edition, LongJob
from huying.kernel.verbs import act, require


def load_calendar(text: str, *, by: Asker) -> list[CalendarDay]:
    """Load a year's published days from CSV, all or nothing; every fault is told by line."""
    with act("kernel.edit_calendar", by=by) as deed:
        require("kernel.edit_calendar", by)
        days, faults = queries.calendar_rows(text)
        if faults or not days:
            raise Invalid(
                _("日历未载入：共 %(count)s 处错误。") % {"count": len(faults) or 1},
                faults=[Fault(_("第 %(line)s 行") % {"line": line}, what) for line, what in faults]
                or [Fault(_("文件"), _("没有任何日期"))],
                remedy=_("请改正后重新载入整个文件。"),
            )
        CalendarDay.objects.bulk_create(
            days,
            update_conflicts=True,
            unique_fields=["date"],
            update_fields=["workday", "holiday", "in_lieu"],
        )
        first, last = min(day.date for day in days), max(day.date for day in days)
        deed.on("calendar", f"{first}/{last}", days=len(days))
        _new_edition()
    return days


def edit_calendar(day: date, *, workday: bool, holiday: str = "", by: Asker) -> CalendarDay:
    """Set one day as worked or free (调休, a local holiday)."""
    with act("kernel.edit_calendar", by=by) as deed:
        require("kernel.edit_calendar", by)
        changed, _created = CalendarDay.objects.update_or_create(
            date=day,
            defaults={
                "workday": workday,
                "holiday": holiday,
                "in_lieu": workday and day.weekday() >= 5,
            },
        )
        deed.on("calendar", str(day), workday=workday, holiday=holiday)
        _new_edition()
    return changed


def publish_calendar(year: int, *, by: Asker) -> int:
    """Publish what is left of a year as it stands; returns how many days that were.

    For a year whose holidays and make-up days were set one by one: without it every deadline
    that reaches into the year stays provisional.
    """
    with act("kernel.edit_calendar", by=by) as deed:
        require("kernel.edit_calendar", by)
        left = [day for day in queries.calendar_year(by, year) if not day.published]
        if not left:
            raise NotNow(_("%(year)s 年的日历已经全部公布。") % {"year": year})
        CalendarDay.objects.bulk_create(
            [CalendarDay(date=day.date, workday=day.workday) for day in left],
            ignore_conflicts=True,  # somebody set one of them at this moment: theirs stands
        )
        deed.on("calendar", str(year), published=len(left))
        _new_edition()
    return len(left)


def _new_edition() -> None:
    Edition.objects.get_or_create(name="calendar")
    Edition.objects.filter(name="calendar").update(number=F("number") + 1)
    queries.forget_calendar()
    transaction.on_commit(queries.forget_calendar)


def replay_delivery(delivery_id: int, *, by: Asker) -> None:
    """Try a failed delivery again, from its first attempt."""
    with act("kernel.replay_delivery", by=by) as deed:
        require("kernel.replay_delivery", by)
        delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
        if delivery is None:
            raise NotFound(_("没有这条投递记录。"))
        if delivery.state != Delivery.State.FAILED:
            raise NotNow(_("这条投递不在失败状态。"), remedy=_("请刷新列表后再看。"))
        Delivery.objects.filter(pk=delivery_id).update(
            state=Delivery.State.PENDING, attempts=0, next_try=now(), error=""
        )
        deed.on("delivery", str(delivery_id), recipient=delivery.recipient)


def cancel_job(job_id: uuid.UUID, *, by: Asker) -> LongJob:
    """Stop one's own job (or any, with the right): at once if it waits, else at its next look."""
    with act("kernel.cancel_job", by=by) as deed:
        job = _own_job(job_id, "kernel.cancel_job", by)
        if job.state == LongJob.State.QUEUED:
            job.state, job.ended_at = LongJob.State.CANCELLED, now()
        elif job.state == LongJob.State.RUNNING:
            job.cancel_asked = True
        else:
            raise NotNow(_("任务已经结束。"), allowed=_allowed(job))
        job.save(update_fields=["state", "ended_at", "cancel_asked"])
        deed.on("job", str(job_id), work=job.kind)
    return job


def resume_job(job_id: uuid.UUID, *, by: Asker) -> LongJob:
    """Go on with a failed or cancelled job from its last checkpoint."""
    with act("kernel.resume_job", by=by) as deed:
        job = _own_job(job_id, "kernel.resume_job", by)
        if job.state not in (LongJob.State.FAILED, LongJob.State.CANCELLED):
            raise NotNow(_("任务没有中断，不需要恢复。"), allowed=_allowed(job))
        job.state, job.error, job.ended_at = LongJob.State.QUEUED, "", None
        job.cancel_asked, job.interruptions = False, 0
        job.save(update_fields=["state", "error", "ended_at", "cancel_asked", "interruptions"])
        jobs.defer(job)
        deed.on("job", str(job_id), work=job.kind)
    return job


def _own_job(job_id: uuid.UUID, verb: str, by: Asker) -> LongJob:
    job = LongJob.objects.select_for_update().filter(pk=job_id).first()
    if job is None or (job.owner_id != by.id and not may(by, "kernel.view_jobs", "")):
        raise NotFound(_("没有这个任务，或您无权查看。"))
    if job.owner_id != by.id:
        require(verb, by, "")
    return job


def _allowed(job: LongJob) -> tuple[str, ...]:
    if job.state in jobs.UNFINISHED:
        return ("kernel.cancel_job",)
    return () if job.state == LongJob.State.DONE else ("kernel.resume_job",)


def purge_blobs(*, by: Asker) -> int:
    """Remove stored files past their time or left without an owner."""
    require("kernel.purge_blobs", by, "")
    with act("kernel.purge_blobs", by=by) as deed:
        removed = blobs.purge()
        deed.on("blobs", "expired", removed=removed)
    return removed


def tidy() -> None:
    """The nightly work of the ground."""
    relay.forget_old()
    purge_blobs(by=System("tidy", "定期清理"))
