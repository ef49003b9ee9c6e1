"""What may be asked, tried and ordered beside the main line of a case."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from huying.cases.models.case import Appellant, Case, ClockRule
from huying.cases.rules.states import (
    CALLBACKS,
    REQUEST_STATES,
    REQUESTS,
    SUPERVISIONS,
    TRIGGERS,
)
from huying.cases.rules.triggers import WATCHERS
from huying.org.models import Account, Unit


class CaseRequest(models.Model):
    """What the lead unit asked for (退件、延期、挂账、结案) and what was ruled; one open at a time.

    `data` is what the kind needs: `amount` and `notice`, `cause` and `review_on`, `result`.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="asked_for")
    kind = models.CharField(max_length=12, choices=REQUESTS)
    round = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by_id = models.CharField(max_length=64)
    by_label = models.CharField(max_length=128)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    data = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=REQUEST_STATES, default="open")
    ruled_at = models.DateTimeField(null=True)
    ruled_by = models.CharField(max_length=128, blank=True)
    ruling = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], name="request_one_open", condition=models.Q(state="open")
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.state}"


class Callback(models.Model):
    """An attempt to call an appellant back (回访): how it ended; 代答 and 诱导 are marked."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="callbacks")
    appellant = models.ForeignKey(Appellant, null=True, on_delete=models.CASCADE, related_name="+")
    round = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=CALLBACKS)
    by_proxy = models.BooleanField(default=False, help_text="Somebody else answered (代答)")
    prompted = models.BooleanField(default=False, help_text="The answer was led (诱导)")
    note = models.TextField(blank=True)
    by = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.case_id} {self.outcome}"


class SupervisionOrder(models.Model):
    """督办单: level, reason, named supervisor, deadline, reply and 销号; one open at each level.

    A condition opens one order a round; one that nobody answered lapses, and is raised.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="orders")
    level = models.PositiveSmallIntegerField(choices=SUPERVISIONS)
    trigger = models.CharField(max_length=12, choices=TRIGGERS)
    reason = models.TextField(blank=True)
    supervisor = models.CharField(max_length=60, blank=True)
    supervisor_id = models.CharField(max_length=64, blank=True, help_text="The asker, if known")
    round = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()
    by = models.CharField(max_length=128)
    due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    lapsed_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=128, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=128, blank=True)
    closing = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "level"],
                name="order_one_open_a_level",
                condition=models.Q(closed_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["case", "trigger", "round"],
                name="order_once_a_reason",
                condition=~models.Q(trigger__in=["hand", "again", "lapsed"]),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="order_newest"),
            models.Index(
                fields=["due_at"],
                name="order_waiting",
                condition=models.Q(answered_at__isnull=True, closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.level}"


class SupervisionTrigger(models.Model):
    """A condition that opens an order by itself, as data: see `rules.triggers.TriggerSpec`."""

    code = models.CharField(max_length=12, unique=True, choices=TRIGGERS)
    threshold = models.PositiveSmallIntegerField(default=0)
    days = models.PositiveSmallIntegerField(default=0)
    level = models.PositiveSmallIntegerField(default=0)
    measure = models.CharField(max_length=16)
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    watcher = models.CharField(max_length=8, choices=WATCHERS, default="centre")
    person = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)
    basis = models.CharField(max_length=1, choices=ClockRule.Basis)
    confirmed_by = models.CharField(max_length=128, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.code
