"""The API of supervision: the list of orders, and the conditions that open them by themselves."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from huying.cases import actions
from huying.cases.models import SupervisionOrder, SupervisionTrigger
from huying.cases.queries import orders as ordered
from huying.cases.queries import triggers as conditions
from huying.kernel.errors import NotFound
from huying.kernel.verbs import require
from huying.web.api_asking import asker_of

router = Router()
MOST = 200
TRIED = 50


class ListedOrder(Schema):
    """An order of supervision; `standing` is waiting, late, answered, closed or raised."""

    id: int
    case: str
    title: str
    level: int
    trigger: str
    reason: str
    supervisor: str
    lead: str
    at: datetime
    due_at: datetime
    provisional: bool
    standing: str
    answered_at: datetime | None
    closed_at: datetime | None


class OrderFilters(Schema):
    """`whose`: mine (I follow them), unit (my unit must answer); `before`: the last id read."""

    whose: str = ""
    standing: list[str] = Field(default_factory=list)
    before: int | None = None
    limit: int = 50


class TriggerOut(Schema):
    """A condition of supervision; `confirmed` tells whether this district has signed it."""

    code: str
    label: str
    threshold: int
    days: int
    level: int
    measure: str
    amount: Decimal
    watcher: str
    active: bool
    basis: str
    confirmed: bool


class TriggerBody(Schema):
    """What a condition asks for; fields that it does not know are ignored."""

    measure: str
    amount: str
    active: bool
    level: int = 0
    threshold: int = 0
    days: int = 0
    watcher: str = "centre"
    person: int | None = Field(None, description="An account's id, for watcher=person")


class TriggerTrial(Schema):
    """On how many visible cases a condition would open an order now, and the first of them."""

    count: int
    cases: list[str]


@router.get("/supervision_orders", response=list[ListedOrder], operation_id="list_orders")
def list_orders(request: HttpRequest, filters: Query[OrderFilters]) -> list[dict[str, Any]]:
    """督办单，最新的在前；`before` 取更早的。"""
    asker = asker_of(request)
    require("cases.view", asker)
    rows = ordered.orders(asker).order_by("-id")
    if filters.whose == "mine":
        rows = rows.filter(ordered.followed_by(asker))
    if filters.whose == "unit":
        rows = rows.filter(ordered.led_by(asker))
    if filters.standing:
        rows = rows.filter(ordered.standing_so(filters.standing))
    if filters.before is not None:
        rows = rows.filter(pk__lt=filters.before)
    return [_order(row) for row in rows[: min(max(filters.limit, 1), MOST)]]


@router.get("/supervision_triggers", response=list[TriggerOut], operation_id="list_triggers")
def list_triggers(request: HttpRequest) -> list[dict[str, Any]]:
    """督办触发条件及其依据，是否经本区确认。"""
    require("cases.view", asker_of(request))
    return [_trigger(row) for row in conditions.triggers()]


@router.post("/supervision_triggers/{code}/edit", response={204: None}, operation_id="edit_trigger")
def edit_trigger(request: HttpRequest, code: str, body: TriggerBody) -> Status[None]:
    """修改督办触发条件；已发出的督办单不受影响。"""
    actions.edit_trigger(code, by=asker_of(request), **body.dict())
    return Status(204, None)


@router.post(
    "/supervision_triggers/{code}/confirm", response={204: None}, operation_id="confirm_trigger"
)
def confirm_trigger(request: HttpRequest, code: str) -> Status[None]:
    """确认督办触发条件。"""
    actions.confirm_trigger(code, by=asker_of(request))
    return Status(204, None)


@router.get("/supervision_triggers/{code}/trial", response=TriggerTrial, operation_id="try_trigger")
def try_trigger(request: HttpRequest, code: str) -> dict[str, Any]:
    """试算：这项条件现在会督办哪些诉求，不改动任何数据。"""
    asker = asker_of(request)
    require("cases.edit_trigger", asker)
    row = conditions.triggers().filter(code=code).first()
    if row is None:
        raise NotFound(_("没有这项触发条件。"))
    found = conditions.would_fire(asker, conditions.spec_of(row))
    return {"count": found.count(), "cases": [case.number for case in found[:TRIED]]}


def _order(row: SupervisionOrder) -> dict[str, Any]:
    """An order as the list shows it."""
    case = row.case
    same = ("id", "level", "trigger", "reason", "supervisor", "at", "due_at", "provisional")
    return {name: getattr(row, name) for name in (*same, "answered_at", "closed_at")} | {
        "case": case.number,
        "title": case.title,
        "lead": case.lead.name if case.lead else "",
        "standing": ordered.standing(row),
    }


def _trigger(row: SupervisionTrigger) -> dict[str, Any]:
    same = ("code", "threshold", "days", "level", "measure", "amount", "watcher", "active", "basis")
    label, confirmed = row.get_code_display(), row.confirmed_at is not None
    return {name: getattr(row, name) for name in same} | {"label": label, "confirmed": confirmed}
