"""A case in memory: what the verbs change and the database keeps, column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from huying.cases.rules.called import CallFact, MeetingFact
from huying.cases.rules.clocks import Due, Rules
from huying.cases.rules.tied import AppellantFact, CaseRef, HandoverFact, PublicationFact


@dataclass(frozen=True)
class UnitFact:
    """A unit as the rules see it."""

    id: int
    code: str
    name: str
    path: str
    kind: str = ""

    def as_json(self) -> dict[str, str]:
        """How an event remembers the unit."""
        return {"code": self.code, "name": self.name}


@dataclass(frozen=True)
class CategoryFact:
    """A node of the classification; `clock` is its own or its nearest ancestor's handling rule."""

    id: int
    code: str
    name: str
    path: str
    clock: str = ""


@dataclass
class CaseFacts:
    """The columns of a case that the verbs write; the names are the database's."""

    number: str = ""
    last_four: str = ""
    external_number: str = ""
    intake_key: str = ""
    channel: str = ""
    state: str = ""
    version: int = 0
    round: int = 1
    supervision: int = 0
    paused: bool = False
    urgent: bool = False
    sensitive: bool = False
    title: str = ""
    body: str = ""
    category_id: int | None = None
    address: str = ""
    longitude: float | None = None
    latitude: float | None = None
    place_id: int | None = None
    lead_id: int | None = None
    about_id: int | None = None
    scope: list[str] = field(default_factory=list)
    imported: bool = False
    bulk: bool = False
    registered_at: datetime | None = None
    accepted_at: datetime | None = None
    dispatched_at: datetime | None = None
    signed_at: datetime | None = None
    contacted_at: datetime | None = None
    replied_at: datetime | None = None
    reviewed_at: datetime | None = None
    evaluated_at: datetime | None = None
    ended_at: datetime | None = None
    due_at: datetime | None = None
    due_provisional: bool = False
    refusal: str = ""
    result: str = ""
    solved_claim: bool | None = None
    solved: bool | None = None
    grade: int | None = None
    request: str = ""
    requests_made: int = 0
    return_until: datetime | None = None
    callbacks_made: int = 0
    unreached: bool = False
    orders_made: int = 0
    city_state: str = ""
    city_round: int = 0
    city_asked: str = ""
    city_due_at: datetime | None = None
    merged_into_id: int | None = None
    merged_count: int = 0
    parent_id: int | None = None
    parts_made: int = 0
    publication: str = ""
    confidential: bool = False
    calls_made: int = 0
    calls_open: int = 0
    meetings_made: int = 0


@dataclass
class HandlerFact:
    """A unit that handles the case, from `since` until it is relieved."""

    unit: UnitFact
    part: str
    since: datetime
    until: datetime | None = None
    id: int | None = None


@dataclass
class ClockFact:
    """A deadline of the case, running while `stopped_at` is empty."""

    kind: str
    rule: dict[str, Any]
    started_at: datetime
    due_at: datetime
    provisional: bool = False
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    stopped_at: datetime | None = None
    outcome: str = ""
    id: int | None = None


@dataclass
class EventFact:
    """One line of the case's history; `version` is the case's after it."""

    version: int
    at: datetime
    verb: str
    from_state: str
    to_state: str
    round: int
    actor_id: str
    actor_label: str
    reason: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass
class EvaluationFact:
    """What an appellant said in one round; why, where displeased; 代答 and 诱导 are marked."""

    round: int
    at: datetime
    solved: bool
    grade: int
    comment: str
    by: str
    cause: str = ""
    by_proxy: bool = False
    prompted: bool = False
    appellant_id: int | None = None
    id: int | None = None


@dataclass
class RequestFact:
    """What a unit asked the district centre for, and what was ruled; open until then."""

    kind: str
    round: int
    at: datetime
    by_id: str
    by_label: str
    unit: UnitFact
    reason: str
    data: dict[str, Any] = field(default_factory=dict)
    state: str = "open"
    ruled_at: datetime | None = None
    ruled_by: str = ""
    ruling: str = ""
    id: int | None = None


@dataclass
class CallbackFact:
    """One attempt to call an appellant back: how it ended, and what was wrong with it."""

    round: int
    at: datetime
    outcome: str
    by_proxy: bool
    prompted: bool
    note: str
    by: str
    appellant_id: int | None = None
    id: int | None = None


@dataclass
class OrderFact:
    """An order of supervision (督办单): its level and deadline, the answer, and its end (销号).

    `supervisor_id` is the asker of the named person, where known; `lapsed_at` is when an order
    that nobody answered was raised to the next level.
    """

    level: int
    trigger: str
    reason: str
    supervisor: str
    at: datetime
    by: str
    due_at: datetime
    provisional: bool
    round: int = 1
    supervisor_id: str = ""
    lapsed_at: datetime | None = None
    answer: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""
    closing: str = ""
    id: int | None = None


@dataclass
class Ledger:
    """A case with what hangs on it; a verb changes it in memory, then the difference is written."""

    case: CaseFacts = field(default_factory=CaseFacts)
    place: UnitFact | None = None
    category: CategoryFact | None = None
    about: UnitFact | None = None
    handlers: list[HandlerFact] = field(default_factory=list)
    clocks: list[ClockFact] = field(default_factory=list)
    events: list[EventFact] = field(default_factory=list)
    evaluations: list[EvaluationFact] = field(default_factory=list)
    requests: list[RequestFact] = field(default_factory=list)
    callbacks: list[CallbackFact] = field(default_factory=list)
    orders: list[OrderFact] = field(default_factory=list)
    reports: list[Any] = field(default_factory=list)  # what this verb has to tell the city
    calls: list[CallFact] = field(default_factory=list)
    meetings: list[MeetingFact] = field(default_factory=list)
    people: list[AppellantFact] = field(default_factory=list)
    master: CaseRef | None = None
    parts: list[CaseRef] = field(default_factory=list)
    handover: HandoverFact | None = None
    publications: list[PublicationFact] = field(default_factory=list)

    @property
    def asked(self) -> RequestFact | None:
        """The one open request, if there is one."""
        return next((request for request in self.requests if request.state == "open"), None)

    def current(self) -> list[HandlerFact]:
        """The units that handle the case now, the lead first."""
        return sorted(
            (handler for handler in self.handlers if handler.until is None),
            key=lambda handler: handler.part != "lead",
        )

    @property
    def lead(self) -> UnitFact | None:
        """The leading unit (主办), if there is one."""
        return next((h.unit for h in self.current() if h.part == "lead"), None)

    def engaged(self) -> list[UnitFact]:
        """Who has to do with the case now: its handlers, and who was called up or invited."""
        called = [u for call in self.calls if call.ended_at is None for u in call.units]
        invited = [u for one in self.meetings if one.ended_at is None for u in one.participants]
        return [*(handler.unit for handler in self.current()), *called, *invited]

    def running(self, kind: str) -> ClockFact | None:
        """The running clock of this kind."""
        return next((c for c in self.clocks if c.kind == kind and c.stopped_at is None), None)


@dataclass(frozen=True)
class Doing:
    """Who does it, when, under which rules; `hide` masks personal data in what is written."""

    at: datetime
    by_id: str
    by_label: str
    rules: Rules
    due: Due
    district: UnitFact
    hide: Callable[[str], str]


def ancestors(path: str) -> list[str]:
    """`a/b/c/` → `a/`, `a/b/`, `a/b/c/`."""
    codes = [code for code in path.split("/") if code]
    return ["/".join(codes[: i + 1]) + "/" for i in range(len(codes))]


def scope_of(district: UnitFact, place: UnitFact | None, handlers: Iterable[UnitFact]) -> list[str]:
    """Every path that may see a case: its place (the district, without one) and its handlers."""
    found = set(ancestors((place or district).path))
    for unit in handlers:
        found.update(ancestors(unit.path))
    return sorted(found)
