"""What a case is tied to, read for the rules: appellants, master, parts, handover, publications."""

from __future__ import annotations

from dataclasses import fields

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from huying.cases.models import Appellant, Case, Evaluation, Handover, Publication
from huying.cases.queries.identity import with_merged
from huying.cases.rules.facts import EvaluationFact, Ledger
from huying.cases.rules.outgoing import TRACKS
from huying.cases.rules.tied import AppellantFact, CaseRef, HandoverFact, PublicationFact


def tie(row: Case, ledger: Ledger) -> Ledger:
    """Add to the facts what the case's state or counters tell of; nothing to ask, no statement."""
    if row.state == "awaiting_callback":
        ledger.people = people_of(row)
        # Where nobody else was merged in, the one who rates ends the waiting: nothing was said yet.
        ledger.evaluations = evaluations_of(row) if row.merged_count else []
    if row.merged_into_id is not None:
        ledger.master = reference(Case.objects.filter(pk=row.merged_into_id))
    if row.parts_made:
        ledger.parts = [_reference(part) for part in _referred(row.parts.order_by("pk"))]
    if row.state == "not_accepted" and row.refusal in TRACKS:
        ledger.handover = handover_of(row)
    if row.publication:
        ledger.publications = publications_of(row)
    return ledger


def appellants(row: Case) -> QuerySet[Appellant]:
    """Who waits for the answer of this case: its own appellants, then those merged into it."""
    theirs = Q(case__in=with_merged(row.pk)) if row.merged_count else Q(case=row)
    return Appellant.objects.filter(theirs).select_related("case").order_by("case_id", "id")


def people_of(row: Case) -> list[AppellantFact]:
    """The same as the rules see them. One statement."""
    return [AppellantFact(*one) for one in appellants(row).values_list("pk", "case__number")]


def evaluations_of(row: Case) -> list[EvaluationFact]:
    """What was said in this round. One statement."""
    names = [field.name for field in fields(EvaluationFact)]
    rows = Evaluation.objects.filter(case=row, round=row.round).order_by("id")
    return [EvaluationFact(**{name: getattr(one, name) for name in names}) for one in rows]


def reference(rows: QuerySet[Case]) -> CaseRef | None:
    """The first of these cases as another one knows it. One statement."""
    found = _referred(rows).first()
    return _reference(found) if found else None


def handover_of(row: Case) -> HandoverFact | None:
    """移交单 of a case that was handed over. One statement."""
    names = [field.name for field in fields(HandoverFact)]
    found = Handover.objects.filter(case=row).first()
    return HandoverFact(**{name: getattr(found, name) for name in names}) if found else None


def publications_of(row: Case) -> list[PublicationFact]:
    """What is proposed or stands published. One statement."""
    names = [field.name for field in fields(PublicationFact)]
    rows = Publication.objects.filter(case=row, state__in=("asked", "approved")).order_by("id")
    return [PublicationFact(**{name: getattr(one, name) for name in names}) for one in rows]


def anonymous(row: Case) -> str:
    """Why nobody may publish this case for its appellants' sake; empty when one may."""
    if Appellant.objects.filter(case=row, anonymous=True).exists():
        return _("诉求人要求匿名，不公开。")
    return ""


def _referred(rows: QuerySet[Case]) -> QuerySet[Case]:
    return rows.select_related("lead").only("number", "state", "parent_id", "lead__path")


def _reference(row: Case) -> CaseRef:
    lead = row.lead.path if row.lead else ""
    return CaseRef(row.pk, row.number, row.state, row.parent_id is not None, lead)
