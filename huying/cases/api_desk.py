"""The API of the desk, of the dispatch console, and of sending someone (派人到场)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, File, Form, Query, Router, Schema
from ninja.files import UploadedFile

from huying.cases import actions
from huying.cases.actions import SendingDone
from huying.cases.models import Sending
from huying.cases.queries import changes, sendings
from huying.cases.queries import console as street
from huying.cases.queries import desk as waiting
from huying.cases.rules.sendings import DEFAULT_MINUTES
from huying.kernel.verbs import require
from huying.web.api_asking import Moment, asker_of

router = Router()
MOST = 200


class SendBody(Schema):
    """`person`：账户标识；`minutes`：多少分钟内到场。"""

    version: int
    person: int
    minutes: int = DEFAULT_MINUTES
    note: str = Field("", max_length=500)


class ReasonBody(Schema):
    reason: str = Field("", max_length=500)


class SendingDoneOut(Schema):
    """派遣现在的状态，诉求的编号和版本。"""

    sending: int
    state: str
    number: str
    version: int


class SendingOut(Schema):
    """一次派遣；`state` 为 sent、accepted、arrived、done、declined 或 cancelled。"""

    id: int
    case: str
    title: str
    address: str
    person: str
    unit: str
    state: str
    note: str
    sent_by: str
    sent_at: datetime
    until: datetime
    accepted_at: datetime | None
    arrived_at: datetime | None
    ended_at: datetime | None
    report: str
    photos: int
    reason: str


class SendingFilters(Schema):
    """`mine`：只看派给自己的；`before`：上次读到的最后一个标识。"""

    state: list[str] = Field(default_factory=list)
    mine: bool = False
    before: int | None = None
    limit: int = 50


class DeskLineOut(Schema):
    """工作台的一行；`kind` 为 case、sent、call、order、meeting 或 paper。"""

    kind: str
    number: str
    title: str
    state: str
    due: datetime | None
    provisional: bool


class DeskOut(Schema):
    """`heaps`：各堆待办的件数；`after`：下一页的标记，空即没有。"""

    heaps: dict[str, int]
    lines: list[DeskLineOut]
    after: str


class ChangeOut(Schema):
    case: str
    at: datetime
    actor: str
    text: str


class ChangesOut(Schema):
    """`since` 以来别人在自己经手的诉求上做的事；看过以后把 `upto` 交回。"""

    since: datetime
    upto: datetime
    more: bool
    changes: list[ChangeOut]


class SeenBody(Schema):
    upto: Moment


class SpotOut(Schema):
    number: str
    title: str
    state: str
    tone: str
    urgent: bool
    due_at: datetime | None
    longitude: float | None
    latitude: float | None


class DutyOut(Schema):
    name: str
    phone: str
    leader: str
    until: datetime


class ConsoleOut(Schema):
    """一个街道现在的样子；`mark` 不变即没有变化。"""

    unit: str
    name: str
    mark: str
    numbers: dict[str, int]
    cases: list[SpotOut]
    sendings: list[SendingOut]
    duty: list[DutyOut]
    workers: int
    calls: list[str]


@router.get("/desk", response=DeskOut, operation_id="read_desk")
def read_desk(request: HttpRequest, heap: str = "", after: str = "") -> dict[str, Any]:
    """等自己办的，最先到期的在前。"""
    asker = asker_of(request)
    require("cases.view", asker)
    page = waiting.desk_page(asker, heap, after)
    return {
        "heaps": {one.code: one.count for one in waiting.heaps(asker)},
        "lines": [vars(item) for item in page.items],
        "after": page.after,
    }


@router.get("/desk/changes", response=ChangesOut, operation_id="read_changes")
def read_changes(request: HttpRequest) -> dict[str, Any]:
    """上次看过以后的变化。"""
    asker = asker_of(request)
    require("cases.view", asker)
    found = changes.changes(asker)
    lines = [
        {"case": one.case.number, "at": line.at, "actor": line.actor, "text": line.text}
        for one in found.cases
        for line in one.lines
    ]
    return {"since": found.since, "upto": found.upto, "more": found.more, "changes": lines}


@router.post("/desk/seen", response=SeenBody, operation_id="mark_seen")
def mark_seen(request: HttpRequest, body: SeenBody) -> dict[str, datetime]:
    """看过了，到 `upto` 为止；不会往回移。"""
    return {"upto": actions.mark_seen(by=asker_of(request), upto=body.upto)}


@router.get("/console", response=ConsoleOut, operation_id="read_console")
def read_console(request: HttpRequest, unit: str = "") -> dict[str, Any]:
    """一个街道的指挥调度：未办结诉求、派出的人、值班、呼叫。"""
    asker = asker_of(request)
    require("cases.console", asker)
    token = street.mark()
    ground = street.ground_of(asker, unit, street.grounds(asker))
    page = street.console(asker, ground)
    return {
        "unit": ground.code,
        "name": ground.name,
        "mark": token,
        "numbers": page.numbers,
        "cases": [
            {
                "number": spot.case.number,
                "title": spot.title,
                "state": spot.case.state,
                "tone": spot.tone,
                "urgent": spot.case.urgent,
                "due_at": spot.case.due_at,
                "longitude": spot.case.longitude,
                "latitude": spot.case.latitude,
            }
            for spot in page.spots
        ],
        "sendings": [_sending(one) for one in page.sent],
        "duty": [
            {
                "name": shift.person.name,
                "phone": shift.phone or shift.person.phone,
                "leader": shift.leader.name if shift.leader else "",
                "until": shift.ends_at,
            }
            for shift in page.duty
        ],
        "workers": page.workers,
        "calls": [call.number for call in page.calls],
    }


@router.get("/sendings", response=list[SendingOut], operation_id="list_sendings")
def list_sendings(request: HttpRequest, filters: Query[SendingFilters]) -> list[dict[str, Any]]:
    """可见的派遣，最新的在前；`before` 取更早的。"""
    asker = asker_of(request)
    require("cases.view", asker)
    rows = sendings.visible_sendings(asker).select_related("case__about").order_by("-pk")
    if filters.state:
        rows = rows.filter(state__in=filters.state)
    if filters.mine:
        rows = rows.filter(sendings.own(asker))
    if filters.before is not None:
        rows = rows.filter(pk__lt=filters.before)
    limit = min(max(filters.limit, 1), MOST)
    return [_sending(sendings.shown(asker, row)) for row in rows[:limit]]


@router.post("/cases/{number}/send_someone", response=SendingDoneOut, operation_id="send_someone")
def send_someone(request: HttpRequest, number: str, body: SendBody) -> SendingDone:
    """派人到场。"""
    return actions.send_someone(number, by=asker_of(request), **body.dict())


@router.post("/sendings/{sending_id}/accept_sending", response=SendingDoneOut)
def accept_sending(request: HttpRequest, sending_id: int) -> SendingDone:
    """接受派遣，出发；只由被派的人。"""
    return actions.accept_sending(sending_id, by=asker_of(request))


@router.post("/sendings/{sending_id}/arrive", response=SendingDoneOut, operation_id="arrive")
def arrive(request: HttpRequest, sending_id: int) -> SendingDone:
    """已到场。"""
    return actions.arrive(sending_id, by=asker_of(request))


@router.post("/sendings/{sending_id}/report_sending", response=SendingDoneOut)
def report_sending(
    request: HttpRequest,
    sending_id: int,
    text: Form[str],
    file: File[list[UploadedFile]] = [],  # noqa: B006 – ninja copies it
) -> SendingDone:
    """现场反馈，可带照片；派遣随之结束。"""
    asker = asker_of(request)
    sendings.sending_of(asker, sending_id)
    papers = [actions.judged(one.name or "", one.read()) for one in file]
    return actions.report_sending(sending_id, by=asker, text=text, papers=papers)


@router.post("/sendings/{sending_id}/decline_sending", response=SendingDoneOut)
def decline_sending(request: HttpRequest, sending_id: int, body: ReasonBody) -> SendingDone:
    """不能前往，写明原因。"""
    return actions.decline_sending(sending_id, by=asker_of(request), reason=body.reason)


@router.post("/sendings/{sending_id}/cancel_sending", response=SendingDoneOut)
def cancel_sending(request: HttpRequest, sending_id: int, body: ReasonBody) -> SendingDone:
    """撤回派遣。"""
    return actions.cancel_sending(sending_id, by=asker_of(request), reason=body.reason)


def _sending(row: Sending) -> dict[str, Any]:
    same = (
        *("id", "state", "note", "sent_by", "sent_at", "until", "accepted_at", "arrived_at"),
        *("ended_at", "report", "photos", "reason"),
    )
    return {name: getattr(row, name) for name in same} | {
        "case": row.case.number,
        "title": row.case.title,
        "address": row.case.address,
        "person": row.person_name,
        "unit": row.unit.name,
    }
