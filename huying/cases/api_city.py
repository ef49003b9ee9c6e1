"""The API of the city hotline's orders: asking the city, its rulings, the line and its books."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from huying.cases import actions
from huying.cases import api_shapes as shapes
from huying.cases.actions import Done
from huying.cases.models import CityCheck, CityDifference
from huying.cases.queries.city import LineStatus, line_status, open_differences
from huying.web.api_asking import Moment, asker_of

router = Router()
ONE = "/cases/{number}"


class CityExtension(shapes.Reason):
    """延期到何时。"""

    until: Moment


class CityRuling(shapes.MaybeReason):
    """return_approved、return_rejected、extension_approved、extension_rejected、deadline、withdrawn。"""

    ruling: str
    due_at: datetime | None = None


class CityRedo(shapes.Reason):
    """重办的理由和新的市级时限。"""

    due_at: datetime | None = None


class LineOut(Schema):
    """线路情况。"""

    configured: bool
    down: bool
    heard_at: datetime | None
    sent_at: datetime | None
    waiting_in: int
    waiting_out: int
    refused: int


class DifferenceOut(Schema):
    """一条差异：哪一单、差在哪里、怎样处理。"""

    id: int
    order: str
    kind: str
    remedy: str
    ours: str
    theirs: str
    mended_at: datetime | None


class CheckOut(Schema):
    """一次对账。"""

    at: datetime
    since: datetime
    ours: int
    theirs: int
    error: str
    differences: list[DifferenceOut]

    @staticmethod
    def resolve_differences(check: CityCheck) -> list[CityDifference]:
        return list(check.differences.order_by("order", "id"))


@router.post(f"{ONE}/city_return", response=shapes.DoneOut, operation_id="city_return")
def city_return(request: HttpRequest, number: str, body: shapes.Reason) -> Done:
    """向市热线申请退单。"""
    return actions.city_return(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/city_extend", response=shapes.DoneOut, operation_id="city_extend")
def city_extend(request: HttpRequest, number: str, body: CityExtension) -> Done:
    """向市热线申请延期。"""
    return actions.city_extend(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/city_rule", response=shapes.DoneOut, operation_id="city_rule")
def city_rule(request: HttpRequest, number: str, body: CityRuling) -> Done:
    """登记市热线的裁定、改期或撤销。"""
    return actions.city_rule(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/city_redo", response=shapes.DoneOut, operation_id="city_redo")
def city_redo(request: HttpRequest, number: str, body: CityRedo) -> Done:
    """登记市热线要求重办。"""
    return actions.city_redo(number, by=asker_of(request), **body.dict())


@router.get("/city_line", response=LineOut, operation_id="show_city_line")
def show_city_line(request: HttpRequest) -> LineStatus:
    """市热线线路情况。"""
    return line_status(asker_of(request))


@router.post("/city_line/check", response=CheckOut, operation_id="check_city")
def check_city(request: HttpRequest) -> CityCheck:
    """与市热线对账。"""
    return actions.check_city(by=asker_of(request))


@router.get("/city_line/differences", response=list[DifferenceOut], operation_id="list_differences")
def list_differences(request: HttpRequest) -> list[CityDifference]:
    """上次对账发现、尚未处理的差异。"""
    return open_differences(asker_of(request))


@router.post(
    "/city_line/differences/{difference_id}/mend",
    response=DifferenceOut,
    operation_id="mend_city",
)
def mend_city(request: HttpRequest, difference_id: int) -> CityDifference:
    """处理一条差异。"""
    return actions.mend_city(difference_id, by=asker_of(request))
