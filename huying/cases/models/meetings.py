"""Joint meetings (会商) on whose duty a case is."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from huying.cases.models.case import Case, RoutingRule
from huying.cases.rules.meetings import STATES
from huying.org.models import Unit


class Meeting(models.Model):
    """会商: one open at a time for a case; its ruling may stand as a rule of routing (先例)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="meetings")
    number = models.CharField(max_length=32, unique=True)
    last_four = models.CharField(max_length=4, db_index=True)
    participants = models.ManyToManyField(Unit, related_name="+")
    scope = ArrayField(models.CharField(max_length=128), default=list)
    state = models.CharField(max_length=12, choices=STATES, default="convened")
    version = models.PositiveIntegerField(default=1)
    held_at = models.DateTimeField()
    room = models.CharField(max_length=200)
    question = models.TextField()
    at = models.DateTimeField()
    by_id = models.CharField(max_length=64)
    by_label = models.CharField(max_length=128)
    minutes = models.TextField(blank=True)
    minuted_at = models.DateTimeField(null=True)
    minuted_by = models.CharField(max_length=128, blank=True)
    duty = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    entry = models.CharField(max_length=200, blank=True, help_text="Of the 权责清单")
    ruling = models.TextField(blank=True)
    due_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=128, blank=True)
    precedent = models.ForeignKey(
        RoutingRule, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"],
                name="meeting_one_open",
                condition=models.Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=~models.Q(state="ruled")
                | (models.Q(duty__isnull=False, due_on__isnull=False) & ~models.Q(entry="")),
                name="meeting_ruled",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="meeting_at"),
            GinIndex(fields=["scope"], name="meeting_scope", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.number
