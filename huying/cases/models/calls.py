"""Calls up the levels (呼叫) with their own history, and which levels may call at all."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from huying.cases.models.case import APPEND_ONLY, Case
from huying.cases.rules.calls import GRADES, RUNNING, STATES
from huying.org.models import Unit


class CallLevel(models.Model):
    """Whether units of a kind may call up; the outer levels only where the district says so."""

    kind = models.CharField(max_length=16, unique=True)
    active = models.BooleanField()
    confirmed_by = models.CharField(max_length=128, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.kind


class Call(models.Model):
    """呼叫: what a unit needs of the level above, for a case or by itself.

    `rules` copies both deadlines as they were; `co` holds the units that help, `scope` every unit
    path with its ancestors that may see it. Texts are kept masked.
    """

    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="calls")
    number = models.CharField(max_length=32, unique=True)
    last_four = models.CharField(max_length=4, db_index=True)
    caller = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    upper = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    co = models.JSONField(default=list)
    scope = ArrayField(models.CharField(max_length=128), default=list)
    state = models.CharField(max_length=12, choices=STATES, default="open")
    version = models.PositiveIntegerField(default=1)
    subject = models.CharField(max_length=200)
    ask = models.TextField()
    opened_at = models.DateTimeField()
    opened_id = models.CharField(max_length=64)
    opened_by = models.CharField(max_length=128)
    rules = models.JSONField()
    answer_due = models.DateTimeField()
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_id = models.CharField(max_length=64, blank=True)
    answered_by = models.CharField(max_length=128, blank=True)
    result = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=128, blank=True)
    caller_grade = models.PositiveSmallIntegerField(null=True, choices=GRADES)
    caller_comment = models.TextField(blank=True)
    called_grade = models.PositiveSmallIntegerField(null=True, choices=GRADES)
    called_comment = models.TextField(blank=True)
    misuse = models.BooleanField(null=True, help_text="Ruled to be the caller's own duty")
    ruling = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=RUNNING, ended_at__isnull=True)
                | (~models.Q(state__in=RUNNING) & models.Q(ended_at__isnull=False)),
                name="call_ended",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["-opened_at", "-id"], name="call_opened"),
            models.Index(fields=["lead", "-opened_at"], name="call_lead"),
            models.Index(fields=["caller", "-opened_at"], name="call_caller"),
            GinIndex(fields=["scope"], name="call_scope", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.number


class CallEvent(models.Model):
    """One line of a call's history; append-only by trigger."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="events")
    version = models.PositiveIntegerField(help_text="The call's version after this line")
    at = models.DateTimeField()
    verb = models.CharField(max_length=32)
    actor_id = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=128)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["call", "version"], name="call_event_version")
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.call_id} {self.verb}"
