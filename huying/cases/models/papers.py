"""文书: papers that were issued, the district's own templates, and how they are numbered."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models

from huying.cases.models.case import Case
from huying.cases.rules.papers import KIND_CHOICES
from huying.kernel.models import Blob
from huying.org.models import Unit


class IssuedPaper(models.Model):
    """A paper as it went out: its number, the facts it was filled from, and the document itself.

    The document leaves only the signature open; with it there is a second one. Nothing of what
    was issued changes afterwards, which a trigger holds.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="issued")
    kind = models.CharField(max_length=16, choices=KIND_CHOICES)
    subject = models.CharField(max_length=48, help_text="Which of several: an order, a request")
    number = models.CharField(max_length=48, unique=True, help_text="文号; used once for ever")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=200)
    edition = models.PositiveIntegerField(help_text="Of the template; 0 came with the product")
    facts = models.JSONField()
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by_id = models.CharField(max_length=64)
    by_label = models.CharField(max_length=128)
    to_sign = models.BooleanField(default=False)
    signed_at = models.DateTimeField(null=True)
    signed_by_id = models.CharField(max_length=64, blank=True)
    signed_by = models.CharField(max_length=128, blank=True)
    signed_blob = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(null=True)
    voided_by = models.CharField(max_length=128, blank=True)
    void_reason = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "kind", "subject"],
                name="paper_once",
                condition=models.Q(voided_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(signed_at__isnull=True, signed_blob__isnull=True)
                | models.Q(signed_at__isnull=False, signed_blob__isnull=False, to_sign=True),
                name="paper_signed_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-at", "-id"], name="paper_newest"),
            models.Index(
                fields=["at"],
                name="paper_to_sign",
                condition=models.Q(to_sign=True, signed_at__isnull=True, voided_at__isnull=True),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.ReadOnly(
                name="frozen",
                fields=[
                    *("case", "kind", "subject", "number", "unit", "recipient", "edition"),
                    *("facts", "blob", "at", "by_id", "by_label", "to_sign"),
                ],
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number


class PaperTemplate(models.Model):
    """An edition of a kind's template as a district uploaded it.

    One may be in force; where none is, the product's own is, in its newest form.
    """

    kind = models.CharField(max_length=16, choices=KIND_CHOICES)
    edition = models.PositiveIntegerField()
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)
    warnings = models.JSONField(default=list)
    at = models.DateTimeField()
    by_id = models.CharField(max_length=64)
    by_label = models.CharField(max_length=128)
    in_force = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "edition"], name="paper_template_edition"),
            models.UniqueConstraint(
                fields=["kind"],
                name="paper_template_in_force",
                condition=models.Q(in_force=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.edition}"


class PaperSigning(models.Model):
    """That the district has signed a kind's template and numbering as they were with `digest`."""

    kind = models.CharField(max_length=16, choices=KIND_CHOICES, unique=True)
    digest = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=128)

    def __str__(self) -> str:
        return self.kind


class PaperNumbering(models.Model):
    """How papers are numbered: of a unit and kind, of all kinds of a unit, of a kind anywhere."""

    unit = models.ForeignKey(Unit, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, blank=True, choices=KIND_CHOICES)
    pattern = models.CharField(max_length=40)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit", "kind"], name="paper_numbering_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.pattern
