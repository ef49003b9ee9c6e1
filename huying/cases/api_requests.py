"""The API of requests: what a lead unit asks for, and what the centre rules."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from huying.cases import actions
from huying.cases import api_shapes as shapes
from huying.cases.actions import Done
from huying.web.api_asking import asker_of

router = Router()
ONE = "/cases/{number}"


@router.post(f"{ONE}/request_return", response=shapes.DoneOut, operation_id="request_return")
def request_return(request: HttpRequest, number: str, body: shapes.ReturnAsked) -> Done:
    """申请退件，派单后四个工作小时之内。"""
    return actions.request_return(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/request_extension", response=shapes.DoneOut, operation_id="request_extension")
def request_extension(request: HttpRequest, number: str, body: shapes.ExtensionAsked) -> Done:
    """申请延期，到期前，一次，不超过原时限。"""
    return actions.request_extension(number, by=asker_of(request), **body.dict())


@router.post(
    f"{ONE}/request_suspension", response=shapes.DoneOut, operation_id="request_suspension"
)
def request_suspension(request: HttpRequest, number: str, body: shapes.SuspensionAsked) -> Done:
    """申请挂账，附计划和复核日期。"""
    return actions.request_suspension(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/request_closure", response=shapes.DoneOut, operation_id="request_closure")
def request_closure(request: HttpRequest, number: str, body: shapes.ClosureAsked) -> Done:
    """申请结案。"""
    return actions.request_closure(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/withdraw_request", response=shapes.DoneOut, operation_id="withdraw_request")
def withdraw_request(request: HttpRequest, number: str, body: shapes.MaybeReason) -> Done:
    """撤回申请。"""
    return actions.withdraw_request(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/rule", response=shapes.DoneOut, operation_id="rule")
def rule(request: HttpRequest, number: str, body: shapes.Ruling) -> Done:
    """裁定申请，须写明理由。"""
    return actions.rule(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/resume", response=shapes.DoneOut, operation_id="resume")
def resume(request: HttpRequest, number: str, body: shapes.Resuming) -> Done:
    """挂账复核：恢复办理，或继续挂账到下一个复核日。"""
    return actions.resume(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/add_unit", response=shapes.DoneOut, operation_id="add_unit")
def add_unit(request: HttpRequest, number: str, body: shapes.Helping) -> Done:
    """增加协办单位。"""
    return actions.add_unit(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/remove_unit", response=shapes.DoneOut, operation_id="remove_unit")
def remove_unit(request: HttpRequest, number: str, body: shapes.HelpingNoMore) -> Done:
    """减少协办单位。"""
    return actions.remove_unit(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/call_back", response=shapes.DoneOut, operation_id="call_back")
def call_back(request: HttpRequest, number: str, body: shapes.CallingBack) -> Done:
    """回访登记：一次尝试及其结果，三次须在不同时段。"""
    return actions.call_back(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/reappeal", response=shapes.DoneOut, operation_id="reappeal")
def reappeal(request: HttpRequest, number: str, body: shapes.Reappeal) -> Done:
    """再次诉求：归档 30 天内，由核实过的诉求人提出。"""
    return actions.reappeal(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/supervise", response=shapes.DoneOut, operation_id="supervise")
def supervise(request: HttpRequest, number: str, body: shapes.Supervising) -> Done:
    """督办：级别、理由、督办人。"""
    return actions.supervise(number, by=asker_of(request), **body.dict())


@router.post(
    f"{ONE}/answer_supervision", response=shapes.DoneOut, operation_id="answer_supervision"
)
def answer_supervision(request: HttpRequest, number: str, body: shapes.SupervisionAnswer) -> Done:
    """督办回复。"""
    return actions.answer_supervision(number, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/close_supervision", response=shapes.DoneOut, operation_id="close_supervision")
def close_supervision(request: HttpRequest, number: str, body: shapes.Reason) -> Done:
    """督办销号。"""
    return actions.close_supervision(number, by=asker_of(request), **body.dict())
