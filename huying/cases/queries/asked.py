"""What was requested of a case and ruled, and how it is supervised, in words for its page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from huying.cases.rules.facts import OrderFact, RequestFact, UnitFact
from huying.cases.rules.states import REQUEST_STATES, REQUESTS, SUPERVISIONS, TRIGGERS

TONES = {"open": "warn", "approved": "ok", "rejected": "bad"}


@dataclass(frozen=True)
class Asked:
    """One request; `data` holds what its kind needs, as text."""

    kind: str
    kind_label: str | Promise
    round: int
    at: datetime
    by: str
    unit: UnitFact
    reason: str
    data: dict[str, str]
    state: str
    state_label: str | Promise
    tone: str
    ruled_at: datetime | None
    ruled_by: str
    ruling: str
    suggested: str = ""  # the code of the unit that a returning one named


def asked(fact: RequestFact, scrub: Callable[[str], str] = str) -> Asked:
    """A request as a page shows it; `scrub` takes what its reader must not see."""
    return Asked(
        fact.kind,
        dict(REQUESTS)[fact.kind],
        fact.round,
        fact.at,
        fact.by_label,
        fact.unit,
        scrub(fact.reason),
        {name: scrub(str(value)) for name, value in fact.data.items()},
        fact.state,
        dict(REQUEST_STATES)[fact.state],
        TONES.get(fact.state, "idle"),
        fact.ruled_at,
        fact.ruled_by,
        scrub(fact.ruling),
        (fact.data.get("suggested") or {}).get("code", ""),
    )


@dataclass(frozen=True)
class Order:
    """An order of supervision."""

    level: int
    level_label: str | Promise
    trigger: str
    trigger_label: str | Promise
    reason: str
    supervisor: str
    at: datetime
    by: str
    due_at: datetime
    provisional: bool
    answer: str
    answered_at: datetime | None
    answered_by: str
    closed_at: datetime | None
    closed_by: str
    closing: str
    lapsed_at: datetime | None


def ordered(fact: OrderFact, scrub: Callable[[str], str] = str) -> Order:
    """An order as a page shows it."""
    return Order(
        fact.level,
        dict(SUPERVISIONS)[fact.level],
        fact.trigger,
        dict(TRIGGERS)[fact.trigger],
        scrub(fact.reason),
        fact.supervisor,
        fact.at,
        fact.by,
        fact.due_at,
        fact.provisional,
        scrub(fact.answer),
        fact.answered_at,
        fact.answered_by,
        fact.closed_at,
        fact.closed_by,
        scrub(fact.closing),
        fact.lapsed_at,
    )
