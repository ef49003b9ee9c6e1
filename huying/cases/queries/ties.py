"""What the page of a case shows of its ties: master and merged, parts, handover, publication."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from huying.cases.models import Case
from huying.cases.queries.scope import visible
from huying.cases.queries.tied import appellants
from huying.cases.queries.twins import Twin, twins
from huying.cases.rules.callbacks import waiting
from huying.cases.rules.facts import Ledger
from huying.cases.rules.states import LIVE, MASTERS
from huying.cases.rules.tied import HandoverFact, PublicationFact
from huying.kernel.asker import Asker


@dataclass(frozen=True)
class Tie:
    """Another case on this one's page; `seen` when the asker may open it."""

    number: str
    title: str
    state: str
    unit: str
    at: datetime
    due_at: datetime | None
    people: int
    seen: bool


@dataclass(frozen=True)
class Called:
    """An appellant who is still to be called back, as the caller chooses them."""

    id: int
    label: str


@dataclass(frozen=True)
class Ties:
    """Everything a case is tied to; empty for most."""

    master: str = ""
    whole: str = ""
    merged: list[Tie] = field(default_factory=list)
    parts: list[Tie] = field(default_factory=list)
    waiting: list[Called] = field(default_factory=list)
    handover: HandoverFact | None = None
    publications: list[PublicationFact] = field(default_factory=list)
    twins: list[Twin] = field(default_factory=list)

    @property
    def people(self) -> int:
        """How many appealed for the same, those of the merged cases among them."""
        return 1 + sum(tie.people for tie in self.merged)

    @property
    def unanswered(self) -> int:
        """How many parts nobody has answered yet."""
        return sum(part.state in LIVE for part in self.parts)


def ties_of(asker: Asker, case: Case, ledger: Ledger, verbs: list[str]) -> Ties:
    """The ties of a case; one statement for each kind that there is."""
    return Ties(
        _number(case.merged_into_id),
        _number(case.parent_id),
        _ties(asker, Case.objects.filter(merged_into=case)) if case.merged_count else [],
        _ties(asker, Case.objects.filter(parent=case)) if case.parts_made else [],
        _waiting(case, ledger) if {"evaluate", "call_back"} & set(verbs) else [],
        ledger.handover,
        ledger.publications,
        twins_of(asker, case) if "merge" in verbs else [],
    )


def twins_of(asker: Asker, case: Case) -> list[Twin]:
    """Likely masters of a case: open ones nearby that tell of the same. One statement."""
    return twins(
        asker,
        text=case.title,
        category=case.category.code if case.category else "",
        place_path=case.place.path if case.place else "",
        longitude=case.longitude,
        latitude=case.latitude,
        states=MASTERS,
        but=case.number,
    )


def _number(case_id: int | None) -> str:
    if case_id is None:
        return ""
    return Case.objects.values_list("number", flat=True).get(pk=case_id)


def _ties(asker: Asker, rows: QuerySet[Case]) -> list[Tie]:
    open_to = Exists(visible(asker).order_by().filter(pk=OuterRef("pk")))
    rows = rows.select_related("lead").annotate(people=Count("appellants"), seen=open_to)
    return [
        Tie(
            row.number,
            row.title,
            row.state,
            row.lead.name if row.lead else "",
            row.registered_at,
            row.due_at,
            row.people,
            row.seen,
        )
        for row in rows.defer("search", "original", "body").order_by("pk")
    ]


def _waiting(case: Case, ledger: Ledger) -> list[Called]:
    """Whom the caller may choose; only where there is a choice. One statement."""
    left = {person.id for person in waiting(ledger)}
    if len(ledger.people) < 2:
        return []
    tried = Counter(one.appellant_id for one in ledger.callbacks)
    return [
        Called(
            row.pk,
            _("%(name)s %(phone)s（%(number)s，已回访 %(tried)s 次）")
            % {
                "name": row.shown_name or _("未留姓名"),
                "phone": row.shown_phone,
                "number": row.case.number,
                "tried": tried[row.pk],
            },
        )
        for row in appellants(case)
        if row.pk in left
    ]
