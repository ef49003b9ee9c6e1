"""What goes over the city hotline's line, both ways, and what reconciling the two books found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from huying.cases.rules.city import DIFFERENCES, REMEDIES, REPORTED, SAID


class CityMessage(models.Model):
    """One message of one order, kept as it came or as it will go; `content` is sealed JSON.

    Messages of an order count from 1 in each direction and are applied in that order.
    """

    class Way(models.TextChoices):
        IN = "in", _("收到")
        OUT = "out", _("发出")

    class State(models.TextChoices):
        WAITING = "waiting", _("等待")
        DONE = "done", _("完成")
        REFUSED = "refused", _("未被接受")

    way = models.CharField(max_length=3, choices=Way)
    key = models.CharField(max_length=64, help_text="Chosen by the sender; the same when repeated")
    order = models.CharField(max_length=40, help_text="The city's number")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=[*SAID, *REPORTED])
    content = models.BinaryField()
    at = models.DateTimeField(help_text="When it was said")
    kept_at = models.DateTimeField(help_text="When it came, or was made")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    by_sheet = models.BooleanField(default=False, help_text="Came in a workbook, the line down")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["way", "key"], name="city_message_once"),
            models.UniqueConstraint(fields=["way", "order", "sequence"], name="city_message_order"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["way", "id"],
                name="city_message_open",
                condition=~models.Q(state="done"),
            ),
            models.Index(fields=["way", "kept_at"], name="city_message_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.order} {self.sequence} {self.kind}"


class CityCheck(models.Model):
    """One reconciliation (对账): when, over which days, and how many orders each side had."""

    at = models.DateTimeField()
    since = models.DateTimeField()
    by = models.CharField(max_length=128)
    ours = models.PositiveIntegerField(default=0)
    theirs = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True, help_text="Why the city's book could not be had")

    def __str__(self) -> str:
        return f"{self.at:%F %T}"


class CityDifference(models.Model):
    """What a reconciliation found different about one order, until it is mended."""

    found = models.ForeignKey(CityCheck, on_delete=models.CASCADE, related_name="differences")
    order = models.CharField(max_length=40)
    kind = models.CharField(max_length=16, choices=DIFFERENCES)
    remedy = models.CharField(max_length=8, choices=REMEDIES)
    ours = models.CharField(max_length=200, blank=True)
    theirs = models.CharField(max_length=200, blank=True)
    mended_at = models.DateTimeField(null=True)
    mended_by = models.CharField(max_length=128, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["found", "order", "kind"], name="city_difference_once")
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.kind}"
