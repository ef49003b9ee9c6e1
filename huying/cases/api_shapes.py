"""Shapes of the API's bodies and answers."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from ninja import Field, Schema

from huying.web.api_asking import Moment


class Versioned(Schema):
    """Every verb carries the version that its caller read."""

    version: int = Field(ge=1, description="The case's version that you read")


class Registration(Schema):
    """A new appeal; `place`, `category` and `about` are codes."""

    channel: str = Field(examples=["phone"])
    title: str = Field(max_length=200)
    body: str = Field(max_length=10_000)
    name: str = Field("", max_length=60)
    phone: str = Field("", max_length=30)
    id_number: str = Field("", max_length=20)
    anonymous: bool = False
    address: str = Field("", max_length=200)
    longitude: float | None = None
    latitude: float | None = None
    place: str | None = None
    category: str | None = None
    about: str | None = None
    urgent: bool = False
    sensitive: bool = False
    external_number: str = Field("", max_length=40)
    city_due_at: Moment | None = Field(None, description="The city hotline's deadline")
    intake_key: str = Field("", max_length=64, description="Repeat it to register only once")


class Acceptance(Versioned):
    category: str | None = None
    place: str | None = None
    about: str | None = None
    urgent: bool | None = None
    sensitive: bool | None = None


class RefusalBody(Versioned):
    reason: str = Field(description="A code of the closed list")
    note: str = ""


class Dispatching(Versioned):
    lead: str
    co: list[str] = Field(default_factory=list)
    reason: str = ""
    despite_about: bool = False


class Contact(Versioned):
    reached: bool
    note: str = ""


class Reason(Versioned):
    reason: str


class Reply(Versioned):
    result: str = Field(max_length=20_000)
    solved: bool
    articles: list[str] = Field(
        default_factory=list, description="Codes of the knowledge base that the answer cites"
    )


class Review(Versioned):
    passed: bool
    reason: str = ""


class Rating(Versioned):
    solved: bool
    grade: int = Field(ge=1, le=5)
    appellant: int | None = Field(None, description="Which of several: an id of `ties.waiting`")
    comment: str = ""
    cause: str = ""
    by_proxy: bool = False
    prompted: bool = False


class Remark(Versioned):
    text: str = Field(max_length=10_000)


class Recategorising(Versioned):
    category: str
    reason: str


class Placing(Versioned):
    place: str | None = None
    address: str | None = Field(None, max_length=200)
    longitude: float | None = None
    latitude: float | None = None


class ReturnAsked(Reason):
    suggested: str | None = Field(None, description="Code of the unit whose duty it is")


class ExtensionAsked(Reason):
    amount: str = Field(description="In the measure of the deadline", examples=["3"])
    notice: str = Field(max_length=1000, description="What the citizen is told")


class SuspensionAsked(Versioned):
    cause: str = Field(description="A code of the closed list")
    plan: str = Field(max_length=2000)
    review_on: date


class ClosureAsked(Reason):
    result: str = Field(max_length=20_000)


class MaybeReason(Versioned):
    reason: str = ""


class Ruling(Reason):
    approved: bool


class Resuming(Reason):
    review_on: date | None = Field(None, description="Suspended on until that day")


class HelpingNoMore(Reason):
    unit: str


class Helping(HelpingNoMore):
    despite_about: bool = False


class CallingBack(Versioned):
    outcome: str = Field(description="A code of the closed list", examples=["no_answer"])
    by_proxy: bool = Field(False, description="Somebody else answered")
    prompted: bool = Field(False, description="The answer was led")
    note: str = Field("", max_length=1000)
    appellant: int | None = Field(None, description="Which of several: an id of `ties.waiting`")


class Reappeal(Reason):
    verified: bool = Field(description="Known to be the citizen who appealed")


class Supervising(Reason):
    level: int = Field(ge=1, le=3)
    supervisor: str = Field(max_length=60, description="Who follows it")


class SupervisionAnswer(Versioned):
    answer: str = Field(max_length=5000)


class RoutingRuleBody(Schema):
    position: int
    name: str
    category: str | None = None
    area: str | None = None
    keywords: list[str] = Field(default_factory=list)
    target: str = "unit"
    unit: str | None = None
    active: bool = True


class ClockRuleBody(Schema):
    measure: str = Field(description="natural_hours, working_hours or working_days")
    amount: str = Field(examples=["5"])


class ClockRuleOut(Schema):
    """A deadline; `confirmed` tells whether this district has signed it."""

    name: str
    label: str
    measure: str
    amount: str
    basis: str
    article: str
    confirmed: bool


class CategoryOut(Schema):
    """A class; an empty `clock` takes its parent's."""

    code: str
    name: str
    path: str
    clock: str


class DoneOut(Schema):
    """Where the case stands after the verb."""

    number: str
    version: int
    state: str
    due_at: datetime | None = None
    due_provisional: bool = False


class AttachedOut(DoneOut):
    attachment: uuid.UUID


class UnitOut(Schema):
    code: str
    name: str


class CaseLine(Schema):
    """A case in a list; its texts are masked."""

    number: str
    external_number: str
    city_state: str
    city_due_at: datetime | None
    title: str
    state: str
    channel: str
    category: str
    place: UnitOut | None
    lead: UnitOut | None
    urgent: bool
    registered_at: datetime
    due_at: datetime | None
    due_provisional: bool
    imported: bool
    version: int


class CaseList(Schema):
    """One page; `next` goes back as `after` for the following one, empty at the end."""

    items: list[CaseLine]
    next: str


class PersonOut(Schema):
    name: str
    phone: str
    id_number: str
    anonymous: bool
    masked: bool


class LineOut(Schema):
    version: int
    at: datetime
    verb: str
    actor: str
    text: str
    reason: str
    to_state: str
    round: int


class ClockOut(Schema):
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
    overdue: bool


class PaperOut(Schema):
    id: uuid.UUID
    name: str
    media_type: str
    size: int
    added_at: datetime


class HandlerOut(Schema):
    unit: UnitOut
    part: str
    since: datetime


class RequestOut(Schema):
    """What a unit asked for; `state` is open, approved, rejected, withdrawn or void."""

    kind: str
    round: int
    at: datetime
    unit: UnitOut
    reason: str
    state: str
    ruled_at: datetime | None
    ruled_by: str
    ruling: str


class OrderOut(Schema):
    """An order of supervision; open while `closed_at` is empty."""

    level: int
    trigger: str
    reason: str
    supervisor: str
    at: datetime
    due_at: datetime
    answer: str
    answered_at: datetime | None
    closed_at: datetime | None
    closing: str


class CaseOut(CaseLine):
    """A case in full, as this asker may see it."""

    body: str
    address: str
    longitude: float | None
    latitude: float | None
    round: int
    supervision: int
    sensitive: bool
    result: str
    solved_claim: bool | None
    solved: bool | None
    grade: int | None
    refusal: str
    appellants: list[PersonOut]
    handlers: list[HandlerOut]
    clocks: list[ClockOut]
    timeline: list[LineOut]
    attachments: list[PaperOut]
    requests: list[RequestOut]
    orders: list[OrderOut]
    paused: bool
    unreached: bool
    verbs: list[str] = Field(description="What you may do now")


class TrialOut(Schema):
    number: str
    title: str
    now: str
    would: str
    rule: str
    warning: bool


class ErrorBody(Schema):
    code: str
    message: str
    remedy: str = ""


class ErrorOut(Schema):
    error: ErrorBody
