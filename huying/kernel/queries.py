"""Questions to the ground, scoped to the asker: audit, jobs, deliveries, the working calendar."""

from __future__ import annotations

import csv
import re
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from huying.kernel.asker import Area, Asker
from huying.kernel.errors import NotFound
from huying.kernel.models import AuditRow, CalendarDay, Delivery, Edition, LongJob
from huying.kernel.verbs import require
from huying.kernel.working_time import WorkingCalendar

SHIPPED_CALENDAR = Path(__file__).with_name("data") / "calendar_cn.csv"
CALENDAR_SECONDS = 3.0

# Only shapes that never occur in our own numbers: 11-digit mobiles and 15/18-digit ID numbers.
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_IDENTITY = re.compile(r"(?<![\dA-Za-z])(\d{6})\d{8}(\d{3}[\dXx])(?![\dA-Za-z])")


@dataclass(frozen=True)
class GroundFacts:
    """How the ground is doing, for /healthz and the administrator's page; no personal data."""

    head_number: int
    unsealed: int
    sealer_lag_seconds: float
    pending_deliveries: int
    delivery_lag_seconds: float
    failed_deliveries: int
    running_jobs: int
    stuck_jobs: int

    @property
    def sound(self) -> bool:
        """Whether nothing waits that should not."""
        return (
            self.sealer_lag_seconds < 30
            and self.delivery_lag_seconds < 300
            and not self.failed_deliveries
            and not self.stuck_jobs
        )


def ground_facts() -> GroundFacts:
    """Sealer lag, deliveries and jobs, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce((select max(number) from kernel_auditseal), 0),"
            " (select count(*) from kernel_unsealedrow),"
            " coalesce((select extract(epoch from now() - min(at)) from kernel_auditrow"
            "   where id in (select row_id from kernel_unsealedrow order by row_id limit 100)), 0),"
            " (select count(*) from kernel_delivery where state = 'pending'),"
            " coalesce((select extract(epoch from now() - min(next_try)) from kernel_delivery"
            "   where state = 'pending'), 0),"
            " (select count(*) from kernel_delivery where state = 'failed'),"
            " (select count(*) from kernel_longjob where state = 'running'),"
            " (select count(*) from kernel_longjob"
            "   where state = 'running' and beat_at < now() - interval '60 seconds')"
        )
        row = cursor.fetchone()
    return GroundFacts(
        head_number=row[0],
        unsealed=row[1],
        sealer_lag_seconds=max(0.0, float(row[2])),
        pending_deliveries=row[3],
        delivery_lag_seconds=max(0.0, float(row[4])),
        failed_deliveries=row[5],
        running_jobs=row[6],
        stuck_jobs=row[7],
    )


def masked(text: str) -> str:
    """Text with mobile and ID numbers made unreadable, wherever they occur."""
    return _IDENTITY.sub(r"\1********\2", _MOBILE.sub(r"\1****\2", text))


def _masked_value(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, list):
        return [_masked_value(item) for item in value]
    if isinstance(value, dict):
        return {key: _masked_value(item) for key, item in value.items()}
    return value


@dataclass(frozen=True)
class AuditEntry:
    """An audit row as it may be read: masked of personal data."""

    id: int
    at: datetime
    verb: str
    actor_id: str
    actor_label: str
    object_kind: str
    object_id: str
    area_path: str
    detail: dict[str, Any]

    @classmethod
    def of(cls, row: AuditRow) -> AuditEntry:
        """The masked entry of a row."""
        return cls(
            row.pk,
            row.at,
            row.verb,
            row.actor_id,
            masked(row.actor_label),
            row.object_kind,
            masked(row.object_id),
            row.area_path,
            _masked_value(row.detail),
        )


def _within(area: Area) -> Q:
    if area.everywhere:
        return Q()
    inside = Q(pk__in=[])
    for path in area.paths:
        inside |= Q(area_path__startswith=path)
    return inside


def audit_scope(asker: Asker) -> QuerySet[AuditRow]:
    """Audit rows inside the asker's area, for tables; show them through `AuditEntry.of`.

    What has no place (the system's own deeds) is seen only by whom the whole tree is given to.
    """
    require("kernel.view_audit", asker)
    return AuditRow.objects.filter(_within(asker.area("kernel.view_audit")))


def audit_rows(
    asker: Asker,
    *,
    verb: str = "",
    actor_id: str = "",
    object_kind: str = "",
    object_id: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[AuditEntry]:
    """Newest rows first; `before` (an id) continues a page."""
    rows = audit_scope(asker)
    asked = {
        "verb": verb or None,
        "actor_id": actor_id or None,
        "object_kind": object_kind or None,
        "object_id": object_id or None,
        "at__gte": since,
        "at__lt": until,
        "pk__lt": before,
    }
    rows = rows.filter(**{name: value for name, value in asked.items() if value is not None})
    return [AuditEntry.of(row) for row in rows.order_by("-pk")[:limit]]


def failed_deliveries(asker: Asker) -> QuerySet[Delivery]:
    """Deliveries that were given up, the latest first, with what went wrong."""
    require("kernel.replay_delivery", asker)
    failed = Delivery.objects.filter(state=Delivery.State.FAILED)
    return failed.select_related("notice").order_by("-pk")


def jobs(asker: Asker) -> QuerySet[LongJob]:
    """The asker's own jobs, or all with the right to see them, the latest first."""
    visible = LongJob.objects.select_related("result").order_by("-created_at")
    if asker.area("kernel.view_jobs").everywhere:
        return visible
    return visible.filter(owner_id=asker.id)


def job(asker: Asker, job_id: uuid.UUID) -> LongJob:
    """One job that the asker may see; raises NotFound."""
    found = jobs(asker).filter(pk=job_id).first()
    if found is None:
        raise NotFound(_("没有这个任务，或您无权查看。"))
    return found


def calendar_rows(text: str) -> tuple[list[CalendarDay], list[tuple[int, str]]]:
    """Days of a CSV `date,workday,holiday,in_lieu`, and every fault by line."""
    days: dict[date, CalendarDay] = {}
    faults: list[tuple[int, str]] = []
    reader = csv.DictReader(text.lstrip("\ufeff").splitlines())
    try:
        missing = {"date", "workday"} - set(reader.fieldnames or ())
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error:  # a quotation mark that never closes makes one field of all that follows
        return [], [(reader.line_num, _("这一行读不出，请检查引号是否成对"))]
    if missing:
        return [], [(1, _("缺少列 %(columns)s") % {"columns": "、".join(sorted(missing))})]
    for line, row in rows:
        try:
            day = date.fromisoformat((row["date"] or "").strip())
        except ValueError:
            wrong = _("日期“%(date)s”应为 2026-01-31 这样的写法")
            faults.append((line, wrong % {"date": row["date"]}))
            continue
        flags = [(row.get(name) or "0").strip() for name in ("workday", "in_lieu")]
        if not (row["workday"] or "").strip() or any(flag not in ("0", "1") for flag in flags):
            faults.append((line, _("workday 与 in_lieu 应为 0 或 1")))
        elif day in days:
            faults.append((line, _("日期 %(date)s 重复") % {"date": day}))
        else:
            days[day] = CalendarDay(
                date=day,
                workday=flags[0] == "1",
                holiday=(row.get("holiday") or "").strip()[:64],
                in_lieu=flags[1] == "1",
            )
    return list(days.values()), faults


@cache
def _shipped() -> dict[date, CalendarDay]:
    days, faults = calendar_rows(SHIPPED_CALENDAR.read_text(encoding="utf-8"))
    if faults:
        raise ValueError(f"{SHIPPED_CALENDAR.name}: {faults[0]}")
    return {day.date: day for day in days}


@cache
def shipped_days() -> dict[date, bool]:
    """The published calendar that comes with the product; rows of the database override it."""
    return {day: row.workday for day, row in _shipped().items()}


@dataclass
class _Kept:
    """The calendar this process keeps, its edition, and when that was last compared."""

    calendar: WorkingCalendar | None = None
    edition: int = -1
    looked_at: float = float("-inf")


_kept = _Kept()


def working_calendar() -> WorkingCalendar:
    """The district's calendar; asks the database at most once in three seconds."""
    kept = _kept
    if kept.calendar is not None and time.monotonic() - kept.looked_at < CALENDAR_SECONDS:
        return kept.calendar
    edition = Edition.objects.filter(name="calendar").values_list("number", flat=True).first() or 0
    if kept.calendar is None or edition != kept.edition:
        edited = dict(CalendarDay.objects.values_list("date", "workday"))
        kept.calendar = WorkingCalendar(shipped_days() | edited)
        kept.edition = edition
    kept.looked_at = time.monotonic()
    return kept.calendar


def forget_calendar() -> None:
    """Read the calendar anew at the next question (after this process edited it)."""
    _kept.looked_at = float("-inf")
    _kept.edition = -1


def calendar_days(first: date, last: date) -> Sequence[tuple[date, bool, bool]]:
    """Days with whether they are worked and whether that is published, for a page."""
    calendar = working_calendar()
    span = range(first.toordinal(), last.toordinal() + 1)
    days = [date.fromordinal(number) for number in span]
    return [(day, calendar.is_workday(day), day in calendar.days) for day in days]


@dataclass(frozen=True)
class DayOfYear:
    """A day of the calendar; what is not published is a guess (Monday to Friday are worked)."""

    date: date
    workday: bool
    published: bool
    holiday: str

    @property
    def made_up(self) -> bool:
        """Worked although it is a weekend (调休上班)."""
        return self.workday and self.date.weekday() >= 5

    @property
    def off(self) -> bool:
        """Free although it is no weekend, or a holiday on one."""
        return not self.workday and (self.date.weekday() < 5 or bool(self.holiday))


def calendar_year(asker: Asker, year: int) -> list[DayOfYear]:
    """Every day of a year, for whoever keeps the calendar. One statement."""
    require("kernel.edit_calendar", asker)
    first, last = date(year, 1, 1), date(year, 12, 31)
    edited = {row.date: row for row in CalendarDay.objects.filter(date__range=(first, last))}
    known = _shipped() | edited
    found = []
    for number in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(number)
        row = known.get(day)
        workday = day.weekday() < 5 if row is None else row.workday
        found.append(DayOfYear(day, workday, row is not None, row.holiday if row else ""))
    return found
