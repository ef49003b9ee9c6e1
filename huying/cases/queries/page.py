"""Everything the page of one case shows to one asker, masked, in a fixed number of statements."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from huying.cases.models import Appellant, Attachment, Case, CaseEvent
from huying.cases.queries.asked import Asked, Order, asked, ordered
from huying.cases.queries.beside import Called, Met, called, met
from huying.cases.queries.identity import (
    Person,
    complained_about,
    is_open,
    original,
    seen,
)
from huying.cases.queries.issued import Issued, issued_of, offered
from huying.cases.queries.ledger import Units, ledger_of
from huying.cases.queries.rights import verbs_for
from huying.cases.queries.routing import Proposed, proposed_for
from huying.cases.queries.scope import case_of
from huying.cases.queries.ties import Ties, ties_of
from huying.cases.rules.facts import ClockFact, HandlerFact
from huying.cases.rules.masks import without_remains
from huying.cases.rules.papers import Offer
from huying.cases.rules.sentences import sentence
from huying.cases.rules.states import STATES
from huying.kernel.asker import Asker, may
from huying.kernel.clock import now

STATE_LABELS = dict(STATES)


@dataclass(frozen=True)
class Line:
    """One line of the history, in words."""

    version: int
    at: datetime
    verb: str
    actor: str
    text: str
    reason: str
    to_state: str
    round: int


@dataclass(frozen=True)
class Clock:
    """A deadline with its basis; `remaining` is negative once overdue, None when it has stopped."""

    kind: str
    label: str
    measure: str
    amount: str
    basis: str
    article: str
    confirmed: bool
    started_at: datetime
    due_at: datetime
    provisional: bool
    stopped_at: datetime | None
    outcome: str
    remaining: timedelta | None

    @property
    def overdue(self) -> bool:
        """Whether it was missed, or is being missed."""
        return self.outcome == "missed" or bool(self.remaining and self.remaining < timedelta())


@dataclass(frozen=True)
class Paper:
    """A file of the case."""

    id: uuid.UUID
    name: str
    media_type: str
    size: int
    added_at: datetime
    from_citizen: bool

    @property
    def picture(self) -> bool:
        """Whether it can be looked at in place."""
        return self.media_type.startswith("image/")


@dataclass(frozen=True)
class CasePage:
    """One case as one asker may see it."""

    case: Case
    title: str
    body: str
    address: str
    result: str
    state_label: str
    appellants: list[Person]
    masked: bool
    hidden: bool
    handlers: list[HandlerFact]
    clocks: list[Clock]
    timeline: list[Line]
    papers: list[Paper]
    verbs: list[str]
    proposal: Proposed | None
    requests: list[Asked] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    ties: Ties = field(default_factory=Ties)
    calls: list[Called] = field(default_factory=list)
    meetings: list[Met] = field(default_factory=list)
    issued: list[Issued] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    district: str = ""


def case_page(asker: Asker, number: str) -> CasePage:
    """The page of one case: at most eleven statements, whatever its history."""
    case = case_of(asker, number)
    ledger = ledger_of(case)
    units = Units()
    appellants = list(Appellant.objects.filter(case=case).order_by("id"))
    hidden = case.about is not None and complained_about(asker, case.about.path)
    may_open = not hidden and may(asker, "cases.unmask", *case.scope)
    open_ = may_open and is_open(case.pk, asker)
    scrub: Callable[[str], str] = without_remains if hidden else str
    texts = original(case) if open_ else dict(vars(case))
    if hidden:  # so that a template that reads the row itself shows nothing more
        for name in ("title", "body", "address", "result"):
            setattr(case, name, without_remains(getattr(case, name)))
    verbs = verbs_for(asker, ledger, units.district.path)
    if any(row.anonymous for row in appellants):
        verbs = [verb for verb in verbs if verb != "publish"]
    there = issued_of(asker, case, hidden=hidden)
    return CasePage(
        case,
        scrub(texts["title"]),
        scrub(texts["body"]),
        scrub(texts["address"]),
        scrub(case.result),
        str(STATE_LABELS[case.state]),
        [seen(row, open_=open_, hidden=hidden) for row in appellants],
        not open_,
        hidden,
        ledger.current(),
        [_clock(fact, now()) for fact in ledger.clocks],
        timeline(case, scrub),
        papers(case, hidden=hidden),
        verbs,
        proposed_for(ledger) if "dispatch" in verbs else None,
        [asked(one, scrub) for one in ledger.requests],
        [ordered(one, scrub) for one in ledger.orders],
        ties_of(asker, case, ledger, verbs) if not hidden else Ties(),
        [called(one, scrub) for one in ledger.calls],
        [met(one, scrub) for one in ledger.meetings],
        there,
        offered(asker, ledger, units.district.path, there, hidden=hidden),
        units.district.path,
    )


def timeline(case: Case, scrub: Callable[[str], str] = str) -> list[Line]:
    """The history in words, oldest first. One statement."""
    return [
        Line(
            row.version,
            row.at,
            row.verb,
            row.actor_label,
            scrub(sentence(row.verb, row.data, row.from_state)),
            scrub(row.reason),
            row.to_state,
            row.round,
        )
        for row in CaseEvent.objects.filter(case=case).order_by("version")
    ]


def papers(case: Case, *, hidden: bool) -> list[Paper]:
    """The files of a case; those of the citizen stay from the unit complained about."""
    rows = Attachment.objects.filter(case=case).select_related("blob").order_by("added_at")
    return [
        Paper(r.pk, r.name, r.blob.media_type, r.blob.size, r.added_at, r.from_citizen)
        for r in rows
        if not (hidden and r.from_citizen)
    ]


def _clock(fact: ClockFact, at: datetime) -> Clock:
    rule = fact.rule
    return Clock(
        fact.kind,
        rule["label"],
        rule["measure"],
        rule["amount"],
        rule["basis"],
        rule["article"],
        rule["confirmed"],
        fact.started_at,
        fact.due_at,
        fact.provisional,
        fact.stopped_at,
        fact.outcome,
        fact.due_at - at if fact.stopped_at is None else None,
    )
