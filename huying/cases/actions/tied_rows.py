"""Rows of what a case is tied to: handovers and publications, as the database keeps them."""

from __future__ import annotations

from huying.cases.models import Handover, Publication
from huying.cases.rules.facts import Ledger

PUBLICATION_CHANGES = (
    *("state", "visible_from", "ruled_at", "ruled_by", "ruling"),
    *("ended_at", "ended_by", "ending"),
)


def write_tied(case_id: int, ledger: Ledger) -> None:
    """Insert what is new, update what changed; no statement where there is nothing."""
    if ledger.handover is not None:
        Handover(case_id=case_id, **{**vars(ledger.handover), "pk": ledger.handover.id}).save()
    there = [fact for fact in ledger.publications if fact.id]
    if there:
        rows = [Publication(case_id=case_id, **vars(fact)) for fact in there]
        Publication.objects.bulk_update(rows, PUBLICATION_CHANGES)
    fresh = [fact for fact in ledger.publications if fact.id is None]
    Publication.objects.bulk_create([Publication(case_id=case_id, **vars(f)) for f in fresh])
