"""The calls made for a case and the meetings on it, in words for its page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from huying.cases.rules import calls, meetings
from huying.cases.rules.called import CallFact, MeetingFact
from huying.cases.rules.facts import UnitFact
from huying.kernel.clock import now

TONES = {
    **{"open": "warn", "answered": "info", "done": "ok", "misused": "bad"},
    **{"convened": "warn", "minuted": "info", "ruled": "ok"},
}


@dataclass(frozen=True)
class Called:
    """A call; `paused_until` while the clock of the case stands still for it, at the latest."""

    number: str
    caller: UnitFact
    lead: UnitFact
    subject: str
    state: str
    state_label: str | Promise
    tone: str
    opened_at: datetime
    due_at: datetime | None
    paused_until: datetime | None


@dataclass(frozen=True)
class Met:
    """A meeting; `duty` and `entry` once it was ruled whose duty the case is."""

    number: str
    question: str
    state: str
    state_label: str | Promise
    tone: str
    held_at: datetime
    room: str
    duty: UnitFact | None
    entry: str


def called(fact: CallFact, scrub: Callable[[str], str] = str) -> Called:
    """A call as the page of its case shows it; `scrub` takes what its reader must not see."""
    at = now()
    standing = (end for start, end in calls.spans(fact) if end and start <= at < end)
    return Called(
        fact.number,
        fact.caller,
        fact.lead,
        scrub(fact.subject),
        fact.state,
        calls.STATE_LABELS[fact.state],
        TONES.get(fact.state, "idle"),
        fact.opened_at,
        calls.due_of(fact.state, fact.answer_due, fact.due_at),
        next(standing, None),
    )


def met(fact: MeetingFact, scrub: Callable[[str], str] = str) -> Met:
    """A meeting as the page of its case shows it."""
    return Met(
        fact.number,
        scrub(fact.question),
        fact.state,
        meetings.STATE_LABELS[fact.state],
        TONES.get(fact.state, "idle"),
        fact.held_at,
        fact.room,
        fact.duty,
        fact.entry,
    )
