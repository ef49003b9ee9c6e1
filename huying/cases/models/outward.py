"""What goes out of the house: a case handed over to another track, and what is published of one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from huying.cases.models.case import Case
from huying.cases.rules.outgoing import PUBLICATION_STATES, TRACKS


class Handover(models.Model):
    """移交单: to which track and office, under which number, and the receipt that came back."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="handover")
    number = models.CharField(max_length=32, unique=True)
    track = models.CharField(
        max_length=16, choices=[(track.code, track.label) for track in TRACKS.values()]
    )
    office = models.CharField(max_length=100)
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.CharField(max_length=128)
    receipt = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=128, blank=True)

    def __str__(self) -> str:
        return self.number


class Publication(models.Model):
    """公开: a redacted text of its own, proposed by one person, approved by another, seen later.

    A newer one that is approved replaces the one that stands.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="publications")
    title = models.CharField(max_length=200)
    body = models.TextField()
    result = models.TextField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    visible_from = models.DateTimeField()
    at = models.DateTimeField()
    by_id = models.CharField(max_length=64)
    by_label = models.CharField(max_length=128)
    state = models.CharField(max_length=10, choices=PUBLICATION_STATES, default="asked")
    ruled_at = models.DateTimeField(null=True)
    ruled_by = models.CharField(max_length=128, blank=True)
    ruling = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=128, blank=True)
    ending = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "state"],
                name="publication_one_of_each",
                condition=models.Q(state__in=["asked", "approved"]),
            )
        ]
        indexes: ClassVar = [models.Index(fields=["-at", "-id"], name="publication_newest")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"
