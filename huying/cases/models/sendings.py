"""Who was sent to look (派人到场), and when a person last looked at what others did."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from huying.cases.models.case import Case
from huying.cases.rules.sendings import OPEN, STATES
from huying.org.models import Account, Unit


class Sending(models.Model):
    """派人到场: one person on the way to one case; each change is a line of the case's history.

    `note`, `report` and `reason` are kept masked; `person_name` is what the history calls them.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="sendings")
    person = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    person_name = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=STATES, default="sent")
    note = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField()
    sent_id = models.CharField(max_length=64)
    sent_by = models.CharField(max_length=128)
    until = models.DateTimeField(help_text="By when they should be there")
    accepted_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    report = models.TextField(blank=True)
    photos = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True, help_text="Declined or cancelled, why")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=OPEN, ended_at__isnull=True)
                | (~models.Q(state__in=OPEN) & models.Q(ended_at__isnull=False)),
                name="sending_ended",
            ),
            models.UniqueConstraint(
                fields=["case", "person"],
                name="sending_one_open",
                condition=models.Q(state__in=OPEN),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["until"], name="sending_open", condition=models.Q(state__in=OPEN)),
            models.Index(fields=["person", "-sent_at"], name="sending_person"),
            models.Index(fields=["-sent_at"], name="sending_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.person_name} {self.state}"


class LastLook(models.Model):
    """Up to when a person has seen what others did on their cases; it only moves forward."""

    person = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id} {self.seen_at:%F %R}"
