"""Facts of the ground: audit rows and seals, the outbox, long jobs, blobs, the working calendar."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
# Test databases are emptied by TRUNCATE between tests, so connections of tests switch this off.
NEVER_EMPTIED = pgtrigger.Trigger(
    name="never_emptied",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    func="""
        IF coalesce(current_setting('huying.may_truncate', true), '') <> 'on' THEN
            RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;
        END IF;
        RETURN NULL;
    """,
)
# Queued by the database itself, so that no writer can forget it, not even a COPY.
QUEUE_FOR_SEALER = pgtrigger.Trigger(
    name="queue_for_sealer",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    referencing=pgtrigger.Referencing(new="fresh"),  # type: ignore[no-untyped-call]
    func="""
        INSERT INTO kernel_unsealedrow (row_id) SELECT id FROM fresh ON CONFLICT DO NOTHING;
        RETURN NULL;
    """,
)
# One notification for each transaction that has news: PostgreSQL folds equal ones together.
WAKE_RELAY = pgtrigger.Trigger(
    name="wake_relay",
    level=pgtrigger.Statement,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    func="PERFORM pg_notify('huying_outbox', ''); RETURN NULL;",
)


class AuditRow(models.Model):
    """One deed of one actor; append-only in the database itself. `actor_id` is a copy, no key."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    verb = models.CharField(max_length=64)
    actor_id = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=128)
    object_kind = models.CharField(max_length=32)
    object_id = models.CharField(max_length=64)
    area_path = models.CharField(max_length=128, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["object_kind", "object_id", "id"], name="audit_object"),
            models.Index(fields=["actor_id", "id"], name="audit_actor"),
            BrinIndex(fields=["at"], name="audit_at"),
        ]
        triggers: ClassVar = [APPEND_ONLY, NEVER_EMPTIED, QUEUE_FOR_SEALER]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.actor_label} {self.verb} {self.object_id}"


class UnsealedRow(models.Model):
    """Audit rows that no seal covers yet, queued by a trigger; the sealer deletes what it seals."""

    row_id = models.BigIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.row_id)


class AuditSeal(models.Model):
    """A signed link of the chain over a batch of audit rows; append-only.

    `rows` is `[[id, digest], …]` in sealed order; `sealedlog.chain` says what `digest` covers.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    rows = models.JSONField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    suite = models.CharField(max_length=16)
    key_id = models.CharField(max_length=32)
    signature = models.TextField()

    class Meta:
        triggers: ClassVar = [APPEND_ONLY, NEVER_EMPTIED]

    def __str__(self) -> str:
        return f"seal {self.number}"


class Notice(models.Model):
    """An event in the outbox. `key` is what recipients remember to stay idempotent."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    at = models.DateTimeField()
    type = models.CharField(max_length=64)
    version = models.PositiveSmallIntegerField(default=1)
    payload = models.JSONField()

    def __str__(self) -> str:
        return f"{self.type} {self.key}"


class Delivery(models.Model):
    """The state of one event towards one recipient."""

    class State(models.TextChoices):
        PENDING = "pending", _("待送达")
        DONE = "done", _("已送达")
        FAILED = "failed", _("失败")

    id = models.BigAutoField(primary_key=True)
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    recipient = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    next_try = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "recipient"], name="delivery_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try"], name="delivery_due", condition=models.Q(state="pending")
            ),
            models.Index(
                fields=["recipient"], name="delivery_failed", condition=models.Q(state="failed")
            ),
            models.Index(fields=["done_at"], name="delivery_old", condition=models.Q(state="done")),
        ]
        triggers: ClassVar = [WAKE_RELAY]

    def __str__(self) -> str:
        return f"{self.recipient} {self.state}"


class Handled(models.Model):
    """A key of an event that a recipient has dealt with, so that a repeat has no effect."""

    id = models.BigAutoField(primary_key=True)
    recipient = models.CharField(max_length=64)
    key = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recipient", "key"], name="handled_once")
        ]
        indexes: ClassVar = [BrinIndex(fields=["at"], name="handled_at")]

    def __str__(self) -> str:
        return f"{self.recipient} {self.key}"


class LongJob(models.Model):
    """An import, export or other long work with progress; it can be cancelled and resumed."""

    class State(models.TextChoices):
        QUEUED = "queued", _("排队中")
        RUNNING = "running", _("进行中")
        DONE = "done", _("已完成")
        FAILED = "failed", _("失败")
        CANCELLED = "cancelled", _("已取消")

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    params = models.JSONField(default=dict)
    owner_id = models.CharField(max_length=64)
    owner_label = models.CharField(max_length=128)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    checkpoint = models.JSONField(null=True)
    error = models.TextField(blank=True)
    cancel_asked = models.BooleanField(default=False)
    interruptions = models.PositiveSmallIntegerField(default=0)
    queue_id = models.BigIntegerField(null=True)
    result = models.ForeignKey("Blob", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["owner_id", "-created_at"], name="job_owner"),
            models.Index(
                fields=["state"],
                name="job_unfinished",
                condition=models.Q(state__in=["queued", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.state}"


class Blob(models.Model):
    """A stored file: content-addressed bytes under HUYING_HOME/blobs, kept until `keep_until`."""

    id = models.UUIDField(primary_key=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    keep_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    """One published day of the working calendar (调休 included); editable by an administrator."""

    date = models.DateField(primary_key=True)
    workday = models.BooleanField()
    holiday = models.CharField(max_length=64, blank=True)
    in_lieu = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.date} {'工作日' if self.workday else '休息日'}"


class Edition(models.Model):
    """How often settled data was edited: processes reread what they keep when it moves."""

    name = models.CharField(max_length=32, primary_key=True)
    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.number}"
