"""Facts of the assessment: versions of the rules, exclusions, frozen months, appeals."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from huying.cases.models import Case
from huying.evaluate.rules import FLAWS, KINDS, RATES, REASONS
from huying.org.models import Unit

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class RuleVersion(models.Model):
    """Weights and thresholds (考核规则) as the district signed them, from a month on."""

    number = models.PositiveIntegerField(unique=True)
    since = models.DateField(help_text="The first month it holds for")
    formula = models.JSONField()
    note = models.TextField(blank=True)
    by_id = models.CharField(max_length=64)
    by_label = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.number} {self.since:%Y-%m}"


class Ruled(models.Model):
    """What one person asks and another rules on."""

    by_id = models.CharField(max_length=64)
    by_label = models.CharField(max_length=128)
    at = models.DateTimeField()
    ruled_by_id = models.CharField(max_length=64, blank=True)
    ruled_by_label = models.CharField(max_length=128, blank=True)
    ruled_at = models.DateTimeField(null=True)
    ruling = models.TextField(blank=True)

    class Meta:
        abstract = True


class Exclusion(Ruled):
    """A case left out of the assessment (剔除), with a reason, evidence and a second person."""

    class State(models.TextChoices):
        OPEN = "open", _("待复核")
        APPROVED = "approved", _("同意剔除")
        REJECTED = "rejected", _("不同意")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=16, choices=REASONS)
    evidence = models.TextField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(ruled_by_id=F("by_id")), name="exclusion_second_person"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ruled_at__isnull=True)
                | (~Q(state="open") & Q(ruled_at__isnull=False) & ~Q(ruled_by_id="")),
                name="exclusion_ruled",
            ),
            models.UniqueConstraint(
                fields=["case"],
                name="exclusion_once",
                condition=Q(state__in=["open", "approved"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class Freeze(models.Model):
    """A month set for good (月度定版) under the rules then in force.

    A later edition takes over the marks of the one before and differs only in its exclusions.
    """

    month = models.DateField()
    edition = models.PositiveSmallIntegerField(default=1)
    formula = models.JSONField()
    rule = models.ForeignKey(RuleVersion, null=True, on_delete=models.PROTECT, related_name="+")
    units = models.JSONField(help_text="Each unit as it was called then, by id")
    cases = models.PositiveIntegerField()
    note = models.TextField(blank=True)
    by_id = models.CharField(max_length=64)
    by_label = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["month", "edition"], name="freeze_edition")
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.edition}"


class Counted(models.Model):
    """What one case, one callback of it or one order to a unit counts for, and from when (`at`).

    A case counts by its deadline, a callback by the deadline of its round, an order by the day it
    was given. `answered` says that somebody answered; a `flaw` may void it under the formula.
    """

    kind = models.CharField(max_length=8, choices=KINDS)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=128, db_collation="C")
    top = models.CharField(max_length=16)
    at = models.DateTimeField()
    round = models.PositiveSmallIntegerField(default=1)
    excluded = models.BooleanField()
    responded = models.BooleanField(default=False)
    signed = models.BooleanField(default=False)
    contacted = models.BooleanField(default=False)
    on_time = models.BooleanField(default=False)
    called = models.BooleanField(default=False)
    answered = models.BooleanField(default=False)
    solved = models.BooleanField(default=False)
    satisfied = models.BooleanField(default=False)
    redone = models.BooleanField(default=False)
    returned = models.BooleanField(default=False)
    minutes = models.PositiveIntegerField(default=0, help_text="That a returned order lay there")
    grade = models.PositiveSmallIntegerField(null=True)
    flaw = models.CharField(max_length=10, choices=FLAWS, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"


class Mark(Counted):
    """The marks as they stand now: a projection that news of cases keep up to date."""

    month = models.DateField(help_text="The month of `at` in the district's zone")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["month", "unit_path"], name="mark_month"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], name="mark_one_of_a_case", condition=Q(kind="case")
            )
        ]


class Marked(models.Model):
    """Up to which version of a case its marks were made; by it what news missed is found."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.case_id} {self.version}"


class FrozenMark(Counted):
    """What counted when its month was frozen; rows from before callbacks were kept are of cases."""

    freeze = models.ForeignKey(Freeze, on_delete=models.PROTECT, related_name="marks")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["freeze", "case"], name="frozen_once", condition=Q(kind="case")
            )
        ]
        triggers: ClassVar = [APPEND_ONLY]


class AssessmentAppeal(Ruled):
    """A unit's appeal against how a case of its was assessed (考核申诉)."""

    class State(models.TextChoices):
        OPEN = "open", _("待裁定")
        UPHELD = "upheld", _("申诉成立")
        REJECTED = "rejected", _("申诉不成立")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    mark = models.CharField(max_length=12, choices=[(kind.code, kind.label) for kind in RATES])
    reason = models.CharField(max_length=16, choices=REASONS)
    evidence = models.TextField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    exclusion = models.ForeignKey(Exclusion, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(ruled_by_id=F("by_id")), name="appeal_second_person"
            ),
            models.UniqueConstraint(
                fields=["case"], name="appeal_one_open", condition=Q(state="open")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.mark} {self.state}"
