"""The API of the assessment: the board, what lies behind a number, months, exclusions, appeals."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status

from huying.evaluate import actions, queries
from huying.evaluate import api_shapes as shapes
from huying.evaluate.models import AssessmentAppeal, Exclusion, Freeze, RuleVersion
from huying.evaluate.queries.numbers import number_of, period_of
from huying.kernel.asker import Asker
from huying.kernel.errors import Invalid
from huying.kernel.verbs import require
from huying.web.api_asking import asker_of

router = Router()
MOST = 200


class When(Schema):
    """`month` is `2026-03`, `2026-Q1`, `2026` or `year` for the last twelve months."""

    month: str = ""
    edition: str = ""


class Which(When):
    """A number of the board: of a unit, a class, a rate or a part of it."""

    unit: str = ""
    top: str = ""
    level: str = ""
    rate: str = ""
    part: str = ""
    left: str = ""
    after: int = 0


@router.get("/board", response=shapes.BoardOut, operation_id="assessment_board")
def board(request: HttpRequest, when: Query[When]) -> queries.Board:
    """三率考核：辖区内各单位的指标、名次，剔除前后并列。"""
    asker = _viewer(request)
    period, freeze = period_of(when.dict())
    return queries.board(asker, period, freeze=freeze)


@router.get("/rows", response=shapes.BehindPage, operation_id="assessment_rows")
def rows(request: HttpRequest, which: Query[Which]) -> dict[str, Any]:
    """一个指标数字背后的诉求、回访或派单，件数与数字相等。"""
    asker = _viewer(request)
    asked = {name: str(value) for name, value in which.dict().items() if name != "after"}
    found = number_of(asker, asked).marks(asker)
    page = found.filter(pk__lt=which.after) if which.after else found
    shown = list(page.select_related("case", "unit").order_by("-pk")[: MOST + 1])
    more = len(shown) > MOST
    return {
        "count": found.count(),
        "rows": shown[:MOST],
        "next": shown[MOST - 1].pk if more else None,
    }


@router.get("/months", response=list[shapes.FreezeOut], operation_id="frozen_months")
def months(request: HttpRequest) -> list[Freeze]:
    """已定版的月份，新的在前。"""
    _viewer(request)
    return list(queries.freezes()[:MOST])


@router.post("/months", response={201: shapes.FreezeOut}, operation_id="freeze_month")
def freeze_month(request: HttpRequest, body: shapes.Freezing) -> Status[Freeze]:
    """月度定版。"""
    by = asker_of(request)
    return Status(201, actions.freeze_month(_month(body.month), by=by, note=body.note))


@router.get("/rules", response=list[shapes.RulesOut], operation_id="assessment_rules")
def rules(request: HttpRequest) -> list[RuleVersion]:
    """考核规则的各个版本，新的在前。"""
    _viewer(request)
    return list(queries.rule_versions()[:MOST])


@router.post("/rules", response={201: shapes.RulesOut}, operation_id="edit_assessment_rules")
def edit_rules(request: HttpRequest, body: shapes.RulesIn) -> Status[RuleVersion]:
    """修改考核规则，自某月起生效。"""
    numbers = body.dict()
    since = _month(numbers.pop("since"))
    return Status(201, actions.edit_rules(since, by=asker_of(request), **numbers))


@router.get("/exclusions", response=list[shapes.RuledOut], operation_id="exclusions")
def exclusions(request: HttpRequest) -> QuerySet[Exclusion]:
    """剔除申请，新的在前。"""
    return queries.exclusions(_viewer(request))[:MOST]


@router.post("/exclusions", response={201: shapes.Asked}, operation_id="exclude")
def exclude(request: HttpRequest, body: shapes.Grounds) -> Status[dict[str, int]]:
    """申请剔除。"""
    return Status(201, {"id": actions.exclude(by=asker_of(request), **body.dict())})


@router.post("/exclusions/{identity}/rule", response={204: None}, operation_id="approve_exclusion")
def approve_exclusion(request: HttpRequest, identity: int, body: shapes.MarkRuling) -> Status[None]:
    """复核剔除，须由另一个人。"""
    by = asker_of(request)
    actions.approve_exclusion(identity, by=by, approved=body.agreed, ruling=body.ruling)
    return Status(204, None)


@router.get("/appeals", response=list[shapes.AppealOut], operation_id="assessment_appeals")
def appeals(request: HttpRequest) -> QuerySet[AssessmentAppeal]:
    """考核申诉，新的在前。"""
    return queries.appeals(_viewer(request))[:MOST]


@router.post("/appeals", response={201: shapes.Asked}, operation_id="appeal_assessment")
def appeal_assessment(request: HttpRequest, body: shapes.AppealGrounds) -> Status[dict[str, int]]:
    """考核申诉，只就本单位主办的诉求。"""
    return Status(201, {"id": actions.appeal_assessment(by=asker_of(request), **body.dict())})


@router.post("/appeals/{identity}/rule", response={204: None}, operation_id="rule_appeal")
def rule_appeal(request: HttpRequest, identity: int, body: shapes.MarkRuling) -> Status[None]:
    """裁定考核申诉。"""
    by = asker_of(request)
    actions.rule_appeal(identity, by=by, upheld=body.agreed, ruling=body.ruling)
    return Status(204, None)


def _viewer(request: HttpRequest) -> Asker:
    """The asker, who must hold the right to look somewhere."""
    asker = asker_of(request)
    require("evaluate.view", asker)
    return asker


def _month(text: str) -> date:
    month = queries.month_of(text)
    if month is None:
        raise Invalid(_("没有这个月份。"), remedy=_("请按 2026-03 的样子填写月份。"))
    return month
