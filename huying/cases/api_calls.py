"""The API of calls and joint meetings: made for a case by its verbs, then verbs of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from huying.cases import actions
from huying.cases import api_shapes as shapes
from huying.cases.actions import CallDone, Done, MeetingDone
from huying.cases.models import Call, Meeting
from huying.cases.queries import calls as called
from huying.cases.queries import meetings as met
from huying.kernel.asker import Asker
from huying.kernel.verbs import require
from huying.web.api_asking import Moment, asker_of

router = Router()
MOST = 200
WHOSE: Mapping[str, Callable[[Asker], Q]] = {
    "answer": called.to_answer,
    "rate": called.to_rate,
    "made": called.made_by,
    "late": lambda _asker: called.late(),
}


class Calling(Schema):
    """What a call asks for; `lead` and `co` are codes of units."""

    lead: str = Field(description="The next level, or one of its offices")
    co: list[str] = Field(default_factory=list)
    subject: str = Field(max_length=100)
    ask: str = Field(max_length=2000)


class CallingUp(Calling, shapes.Versioned):
    """For a case."""


class CallingAlone(Calling):
    """For what is no case, in the name of `unit`."""

    unit: str


class CallVersioned(Schema):
    """Every verb on a call or meeting carries the version that its caller read."""

    version: int = Field(ge=1)


class CallAnswer(CallVersioned):
    answer: str = Field(max_length=2000)


class CallResult(CallVersioned):
    result: str = Field(max_length=2000)


class CallReason(CallVersioned):
    reason: str = Field(max_length=2000)


class CallRating(CallVersioned):
    side: str = Field(description="caller or called")
    grade: int = Field(ge=1, le=5)
    comment: str = Field("", max_length=1000)


class CallRuling(CallReason):
    misuse: bool = Field(description="It was the caller's own duty")


class CallLevelBody(Schema):
    active: bool


class CallDoneOut(Schema):
    """Where a call stands after the verb; `due_at` is the deadline it stands under."""

    number: str
    version: int
    state: str
    due_at: datetime | None


class CallLine(Schema):
    number: str
    subject: str
    caller: shapes.UnitOut
    lead: shapes.UnitOut
    state: str
    opened_at: datetime
    answer_due: datetime
    due_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    misuse: bool | None
    version: int


class CallOut(CallLine):
    """A call in full; `case` only where you may see the case."""

    case: str
    co: list[shapes.UnitOut]
    ask: str
    answer: str
    result: str
    caller_grade: int | None
    called_grade: int | None
    ruling: str
    verbs: list[str] = Field(description="What you may do now")


class CallFilters(Schema):
    """`whose`: answer, rate, made, late; `before`: the last `opened_at` read."""

    state: list[str] = Field(default_factory=list)
    whose: str = ""
    text: str = ""
    before: Moment | None = None
    limit: int = 50


class Convening(shapes.Versioned):
    participants: list[str] = Field(description="Codes of units, two at least")
    held_at: datetime
    room: str = Field(max_length=200)
    question: str = Field(max_length=2000)


class Minutes(CallVersioned):
    minutes: str = Field(max_length=10_000)


class MeetingRuling(CallReason):
    duty: str = Field(description="Code of the unit whose duty it is")
    entry: str = Field(max_length=200, description="Of the 权责清单")
    due_on: date
    keywords: list[str] = Field(default_factory=list, description="Narrow the precedent")


class MeetingDoneOut(Schema):
    number: str
    version: int
    state: str


class MeetingLine(Schema):
    number: str
    question: str
    case: str
    state: str
    held_at: datetime
    room: str
    participants: list[shapes.UnitOut]
    duty: shapes.UnitOut | None
    entry: str
    due_on: date | None
    version: int


class MeetingOut(MeetingLine):
    minutes: str
    ruling: str
    verbs: list[str]


@router.post("/cases/{number}/call_up", response=shapes.DoneOut, operation_id="call_up")
def call_up(request: HttpRequest, number: str, body: CallingUp) -> Done:
    """呼叫上级：由主办单位提出，诉求仍由其答复。"""
    return actions.call_up(number, by=asker_of(request), **body.dict())


@router.post("/calls", response={201: CallDoneOut}, operation_id="call_alone")
def call_alone(request: HttpRequest, body: CallingAlone) -> Status[CallDone]:
    """与诉求无关的呼叫，以本单位名义提出。"""
    return Status(201, actions.call_alone(by=asker_of(request), **body.dict()))


@router.get("/calls", response=list[CallLine], operation_id="list_calls")
def list_calls(request: HttpRequest, filters: Query[CallFilters]) -> list[Call]:
    """可见的呼叫，最新的在前。"""
    asker = asker_of(request)
    require("cases.view", asker)
    found = called.found_calls(asker, filters.text) if filters.text else None
    rows = found if found is not None else called.visible_calls(asker)
    if filters.state:
        rows = rows.filter(state__in=filters.state)
    if filters.whose in WHOSE:
        rows = rows.filter(WHOSE[filters.whose](asker))
    if filters.before is not None:
        rows = rows.filter(opened_at__lt=filters.before)
    return list(rows[: min(max(filters.limit, 1), MOST)])


@router.get("/calls/{call}", response=CallOut, operation_id="show_call")
def show_call(request: HttpRequest, call: str) -> dict[str, Any]:
    """一次呼叫的全部内容。"""
    page = called.call_page(asker_of(request), call)
    names = (*CallOut.model_fields.keys() - {"case", "co", "verbs"},)
    facts = {name: getattr(page.call, name) for name in names}
    return {**facts, "case": page.case_number, "co": page.co, "verbs": page.verbs}


@router.post("/calls/{call}/answer_call", response=CallDoneOut, operation_id="answer_call")
def answer_call(request: HttpRequest, call: str, body: CallAnswer) -> CallDone:
    """应答呼叫。"""
    return actions.answer_call(call, by=asker_of(request), **body.dict())


@router.post("/calls/{call}/finish_call", response=CallDoneOut, operation_id="finish_call")
def finish_call(request: HttpRequest, call: str, body: CallResult) -> CallDone:
    """处置完毕。"""
    return actions.finish_call(call, by=asker_of(request), **body.dict())


@router.post("/calls/{call}/withdraw_call", response=CallDoneOut, operation_id="withdraw_call")
def withdraw_call(request: HttpRequest, call: str, body: CallReason) -> CallDone:
    """撤回呼叫。"""
    return actions.withdraw_call(call, by=asker_of(request), **body.dict())


@router.post("/calls/{call}/rate_call", response=CallDoneOut, operation_id="rate_call")
def rate_call(request: HttpRequest, call: str, body: CallRating) -> CallDone:
    """评价呼叫，呼叫方与应答方各评一次。"""
    return actions.rate_call(call, by=asker_of(request), **body.dict())


@router.post("/calls/{call}/rule_call", response=CallDoneOut, operation_id="rule_call")
def rule_call(request: HttpRequest, call: str, body: CallRuling) -> CallDone:
    """裁定呼叫是否属呼叫单位自身职责。"""
    return actions.rule_call(call, by=asker_of(request), **body.dict())


@router.post("/call_levels/{kind}", response={204: None}, operation_id="set_call_level")
def set_call_level(request: HttpRequest, kind: str, body: CallLevelBody) -> Status[None]:
    """开启或关闭一级呼叫。"""
    actions.set_call_level(kind, by=asker_of(request), **body.dict())
    return Status(204, None)


@router.post("/cases/{number}/convene", response=shapes.DoneOut, operation_id="convene")
def convene(request: HttpRequest, number: str, body: Convening) -> Done:
    """召集会商。"""
    return actions.convene(number, by=asker_of(request), **body.dict())


@router.get("/meetings", response=list[MeetingLine], operation_id="list_meetings")
def list_meetings(request: HttpRequest, limit: int = 50) -> list[dict[str, Any]]:
    """可见的会商，最新的在前。"""
    asker = asker_of(request)
    require("cases.view", asker)
    return [_meeting(row) for row in met.visible_meetings(asker)[: min(max(limit, 1), MOST)]]


@router.get("/meetings/{meeting}", response=MeetingOut, operation_id="show_meeting")
def show_meeting(request: HttpRequest, meeting: str) -> dict[str, Any]:
    """一次会商的全部内容。"""
    page = met.meeting_page(asker_of(request), meeting)
    row = page.meeting
    more = {"minutes": row.minutes, "ruling": row.ruling, "verbs": page.verbs}
    return {**_meeting(row), **more, "case": page.case.number if page.case else ""}


@router.post("/meetings/{meeting}/minute", response=MeetingDoneOut, operation_id="minute")
def minute(request: HttpRequest, meeting: str, body: Minutes) -> MeetingDone:
    """记会商纪要。"""
    return actions.minute(meeting, by=asker_of(request), **body.dict())


@router.post(
    "/meetings/{meeting}/rule_meeting", response=MeetingDoneOut, operation_id="rule_meeting"
)
def rule_meeting(request: HttpRequest, meeting: str, body: MeetingRuling) -> MeetingDone:
    """会商裁定，成为派单的先例。"""
    return actions.rule_meeting(meeting, by=asker_of(request), **body.dict())


@router.post(
    "/meetings/{meeting}/cancel_meeting", response=MeetingDoneOut, operation_id="cancel_meeting"
)
def cancel_meeting(request: HttpRequest, meeting: str, body: CallReason) -> MeetingDone:
    """取消会商。"""
    return actions.cancel_meeting(meeting, by=asker_of(request), **body.dict())


def _meeting(row: Meeting) -> dict[str, Any]:
    names = ("number", "question", "state", "held_at", "room", "duty", "entry", "due_on", "version")
    facts = {name: getattr(row, name) for name in names}
    return {**facts, "case": row.case.number, "participants": list(row.participants.all())}
