"""A call and a meeting in memory: what their verbs change and the database keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the ledger holds both, and so knows them first
    from huying.cases.rules.facts import UnitFact


@dataclass
class CallLine:
    """One line of a call's own history; `version` is the call's after it."""

    version: int
    at: datetime
    verb: str
    actor_id: str
    actor_label: str
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class CallFact:
    """呼叫: a unit calls up; `rules` copies both deadlines, `lines` are those not kept yet."""

    number: str
    caller: UnitFact
    upper: UnitFact
    lead: UnitFact
    co: list[UnitFact]
    subject: str
    ask: str
    opened_at: datetime
    opened_id: str
    opened_by: str
    rules: dict[str, Any]
    answer_due: datetime
    due_at: datetime
    provisional: bool
    state: str = "open"
    version: int = 1
    answer: str = ""
    answered_at: datetime | None = None
    answered_id: str = ""
    answered_by: str = ""
    result: str = ""
    ended_at: datetime | None = None
    ended_by: str = ""
    caller_grade: int | None = None
    caller_comment: str = ""
    called_grade: int | None = None
    called_comment: str = ""
    misuse: bool | None = None
    ruling: str = ""
    lines: list[CallLine] = field(default_factory=list)
    id: int | None = None

    @property
    def units(self) -> list[UnitFact]:
        """Everybody who has to do with it."""
        return [self.caller, self.lead, *self.co]


@dataclass
class MeetingFact:
    """会商: who meets when and where about which question, and what was ruled."""

    number: str
    participants: list[UnitFact]
    held_at: datetime
    room: str
    question: str
    at: datetime
    by_id: str
    by_label: str
    state: str = "convened"
    version: int = 1
    minutes: str = ""
    minuted_at: datetime | None = None
    minuted_by: str = ""
    duty: UnitFact | None = None
    entry: str = ""
    ruling: str = ""
    due_on: date | None = None
    ended_at: datetime | None = None
    ended_by: str = ""
    id: int | None = None
