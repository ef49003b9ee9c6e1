"""The API of a case's ties: merge, split, hand over, publish, and the answer on the spot."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Field, Router, Schema

from huying.cases import actions
from huying.cases import api_shapes as shapes
from huying.cases.actions import Done
from huying.web.api_asking import asker_of

router = Router()
ONE = "/cases/{number}"


class OnSpot(shapes.Reply):
    unit: str = Field(description="Code of the unit that answers")


class Merging(shapes.Reason):
    into: str = Field(max_length=32, description="Number of the master")


class PartBody(Schema):
    title: str = Field(max_length=200)
    lead: str = Field(description="Code of the unit that settles it")
    body: str = Field("", max_length=10_000, description="Empty: the words of the whole")
    category: str | None = None
    despite_about: bool = False


class Splitting(shapes.Reason):
    parts: list[PartBody] = Field(max_length=6)


class HandingOver(shapes.Reason):
    track: str = Field(description="A code of the closed list", examples=["to_petition"])
    office: str = Field("", max_length=100)
    about: str | None = Field(None, description="Code of the unit complained about")


class Receipt(shapes.Versioned):
    receipt: str = Field(max_length=200)


class Publishing(shapes.Versioned):
    title: str = Field(max_length=200)
    body: str = Field(max_length=5000)
    result: str = Field("", max_length=5000)
    address: str = Field("", max_length=200)
    visible_from: datetime | None = None


class RulingOnPublication(shapes.MaybeReason):
    approved: bool


class TieOut(Schema):
    number: str
    title: str
    state: str
    unit: str
    people: int


class CalledOut(Schema):
    """An appellant still to be called back; `id` goes into `appellant`."""

    id: int
    label: str


class HandoverOut(Schema):
    number: str
    track: str
    office: str
    at: datetime
    receipt: str
    received_at: datetime | None


class PublicationOut(Schema):
    """What is proposed (`asked`) or stands (`approved`)."""

    title: str
    body: str
    result: str
    address: str
    visible_from: datetime
    state: str
    by_label: str


class TiesOut(Schema):
    """What a case is tied to; `master` and `whole` are numbers, empty for most."""

    master: str
    whole: str
    merged: list[TieOut]
    parts: list[TieOut]
    people: int
    waiting: list[CalledOut]
    handover: HandoverOut | None
    publications: list[PublicationOut]


@router.post(f"{ONE}/answer_on_spot", response=shapes.DoneOut, operation_id="answer_on_spot")
def answer_on_spot(request: HttpRequest, number: str, body: OnSpot) -> Done:
    """当场答复：不派单，写明答复单位。"""
    return actions.answer_on_spot(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/merge", response=shapes.DoneOut, operation_id="merge")
def merge(request: HttpRequest, number: str, body: Merging) -> Done:
    """并入另一件已受理、尚未答复的诉求。"""
    return actions.merge(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/unmerge", response=shapes.DoneOut, operation_id="unmerge")
def unmerge(request: HttpRequest, number: str, body: shapes.Reason) -> Done:
    """解除并件：主件答复之前。"""
    return actions.unmerge(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/split", response=shapes.DoneOut, operation_id="split")
def split(request: HttpRequest, number: str, body: Splitting) -> Done:
    """拆分：二到六件，各有主办单位；全部答复后才能答复原诉求。"""
    return actions.split(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/hand_over", response=shapes.DoneOut, operation_id="hand_over")
def hand_over(request: HttpRequest, number: str, body: HandingOver) -> Done:
    """移交信访、纪检监察、涉法涉诉、公安、消防，生成移交单号。"""
    return actions.hand_over(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/record_receipt", response=shapes.DoneOut, operation_id="record_receipt")
def record_receipt(request: HttpRequest, number: str, body: Receipt) -> Done:
    """登记移交单的回执。"""
    return actions.record_receipt(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/publish", response=shapes.DoneOut, operation_id="publish")
def publish(request: HttpRequest, number: str, body: Publishing) -> Done:
    """申请公开：脱敏后的文本，由另一人批准。"""
    return actions.publish(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/rule_publication", response=shapes.DoneOut, operation_id="rule_publication")
def rule_publication(request: HttpRequest, number: str, body: RulingOnPublication) -> Done:
    """审批公开，不得由申请人自己审批。"""
    return actions.rule_publication(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/unpublish", response=shapes.DoneOut, operation_id="unpublish")
def unpublish(request: HttpRequest, number: str, body: shapes.Reason) -> Done:
    """撤下公开。"""
    return actions.unpublish(number, by=asker_of(request), **body.dict())
