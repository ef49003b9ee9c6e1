"""The API of appeals: one path for each verb, lists by cursor, everything scoped and masked."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from huying.cases import (
    actions,
    api_calls,
    api_city,
    api_desk,
    api_filing,
    api_knowledge,
    api_morning,
    api_papers,
    api_requests,
    api_supervision,
    api_ties,
    queries,
)
from huying.cases import api_shapes as shapes
from huying.cases.actions import Done
from huying.cases.models import Case, Category
from huying.cases.rules.clocks import ClockSpec
from huying.kernel import blobs
from huying.kernel.asker import Asker
from huying.kernel.verbs import require
from huying.web.api_asking import asker_of

router = Router(tags=["cases"])
router.add_router("", api_requests.router)
router.add_router("", api_calls.router)
router.add_router("", api_ties.router)
router.add_router("", api_supervision.router)
router.add_router("", api_city.router)
router.add_router("", api_filing.router)
router.add_router("", api_knowledge.router)
router.add_router("", api_papers.router)
router.add_router("", api_desk.router)
router.add_router("", api_morning.router)


class Filters(Schema):
    """What a list of cases is narrowed by; all given conditions hold together."""

    state: list[str] = Field(default_factory=list)
    channel: str = ""
    category: str = ""
    place: str = ""
    lead: str = ""
    urgent: bool | None = None
    overdue: bool | None = None
    imported: bool | None = None
    merged: bool | None = Field(None, description="Whether others were merged into it")
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    after: str = ""
    limit: int = 50


@router.post("/cases", response={201: shapes.DoneOut}, operation_id="register")
def register(request: HttpRequest, body: shapes.Registration) -> Status[Done]:
    """登记一件诉求。"""
    return Status(201, actions.register(by=asker_of(request), **body.dict()))


@router.get("/cases", response=shapes.CaseList, operation_id="list_cases")
def list_cases(request: HttpRequest, filters: Query[Filters]) -> dict[str, Any]:
    """可见诉求的列表，最新的在前;`next` 作为 `after` 传回取下一页。"""
    wanted = filters.dict()
    after, limit = wanted.pop("after"), min(max(wanted.pop("limit"), 1), 200)
    asker = asker_of(request)
    require("cases.view", asker)
    rows = queries.narrowed(asker, **wanted)
    items, following = queries.page_of(rows, after, limit)
    return {"items": [_line(case) for case in items], "next": following}


class WholeCase(shapes.CaseOut):
    ties: api_ties.TiesOut


@router.get("/cases/{number}", response=WholeCase, operation_id="show_case")
def show_case(request: HttpRequest, number: str) -> dict[str, Any]:
    """一件诉求的全部内容，按您的权限脱敏。"""
    page = queries.case_page(asker_of(request), number)
    case = page.case
    facts = {name: getattr(case, name) for name in PLAIN}
    return {
        **_line(case),
        **facts,
        "title": page.title,
        "body": page.body,
        "address": page.address,
        "result": page.result,
        "appellants": page.appellants,
        "handlers": page.handlers,
        "clocks": page.clocks,
        "timeline": page.timeline,
        "attachments": page.papers,
        "requests": page.requests,
        "orders": page.orders,
        "ties": page.ties,
        "verbs": page.verbs,
    }


@router.post("/cases/{number}/accept", response=shapes.DoneOut, operation_id="accept")
def accept(request: HttpRequest, number: str, body: shapes.Acceptance) -> Done:
    """受理。"""
    return actions.accept(number, by=asker_of(request), **body.dict())


@router.post("/cases/{number}/refuse", response=shapes.DoneOut, operation_id="refuse")
def refuse(request: HttpRequest, number: str, body: shapes.RefusalBody) -> Done:
    """不予受理，理由取自清单。"""
    return actions.refuse(number, by=asker_of(request), **body.dict())


@router.post("/cases/{number}/dispatch", response=shapes.DoneOut, operation_id="dispatch")
def dispatch(request: HttpRequest, number: str, body: shapes.Dispatching) -> Done:
    """派单给主办、协办单位。"""
    return actions.dispatch(number, by=asker_of(request), **body.dict())


@router.post("/cases/{number}/sign", response=shapes.DoneOut, operation_id="sign")
def sign(request: HttpRequest, number: str, body: shapes.Versioned) -> Done:
    """签收。"""
    return actions.sign(number, by=asker_of(request), **body.dict())


@router.post("/cases/{number}/contact", response=shapes.DoneOut, operation_id="contact")
def contact(request: HttpRequest, number: str, body: shapes.Contact) -> Done:
    """记录与诉求人的联系。"""
    return actions.contact(number, by=asker_of(request), **body.dict())


@router.post("/cases/{number}/reassign", response=shapes.DoneOut, operation_id="reassign")
def reassign(request: HttpRequest, number: str, body: shapes.Reason) -> Done:
    """改派：收回，待重新派单。"""
    return actions.reassign(number, by=asker_of(request), **body.dict())


@router.post("/cases/{number}/reply", response=shapes.DoneOut, operation_id="reply")
def reply(request: HttpRequest, number: str, body: shapes.Reply) -> Done:
    """办结回复。"""
    return actions.reply(number, by=asker_of(request), **body.dict())


@router.post("/cases/{number}/review", response=shapes.DoneOut, operation_id="review")
def review(request: HttpRequest, number: str, body: shapes.Review) -> Done:
    """审核通过或退回。"""
    return actions.review(number, by=asker_of(request), **body.dict())


@router.post("/cases/{number}/evaluate", response=shapes.DoneOut, operation_id="evaluate")
def evaluate(request: HttpRequest, number: str, body: shapes.Rating) -> Done:
    """回访评价。"""
    return actions.evaluate(number, by=asker_of(request), **body.dict())


@router.post("/cases/{number}/archive", response=shapes.DoneOut, operation_id="archive")
def archive(request: HttpRequest, number: str, body: shapes.Versioned) -> Done:
    """归档。"""
    return actions.archive(number, by=asker_of(request), **body.dict())


@router.post("/cases/{number}/withdraw", response=shapes.DoneOut, operation_id="withdraw")
def withdraw(request: HttpRequest, number: str, body: shapes.Reason) -> Done:
    """撤诉。"""
    return actions.withdraw(number, by=asker_of(request), **body.dict())


@router.post("/cases/{number}/comment", response=shapes.DoneOut, operation_id="comment")
def comment(request: HttpRequest, number: str, body: shapes.Remark) -> Done:
    """备注。"""
    return actions.comment(number, by=asker_of(request), **body.dict())


@router.post("/cases/{number}/recategorise", response=shapes.DoneOut, operation_id="recategorise")
def recategorise(request: HttpRequest, number: str, body: shapes.Recategorising) -> Done:
    """改分类。"""
    return actions.recategorise(number, by=asker_of(request), **body.dict())


@router.post("/cases/{number}/set_place", response=shapes.DoneOut, operation_id="set_place")
def set_place(request: HttpRequest, number: str, body: shapes.Placing) -> Done:
    """落位。"""
    return actions.set_place(number, by=asker_of(request), **body.dict())


@router.post("/cases/{number}/unmask", response=shapes.DoneOut, operation_id="unmask")
def unmask(request: HttpRequest, number: str, body: shapes.Reason) -> Done:
    """查看诉求人信息，写明理由，十分钟内有效。"""
    return actions.unmask(number, by=asker_of(request), **body.dict())


@router.post("/cases/{number}/attach", response=shapes.AttachedOut, operation_id="attach")
def attach(
    request: HttpRequest,
    number: str,
    version: Form[int],
    file: File[UploadedFile],
    from_citizen: Form[bool] = False,
) -> dict[str, Any]:
    """上传附件：按内容识别类型，图片重新编码并去除拍摄信息。"""
    name, data = file.name or "file", file.read(actions.LARGEST + 1)
    done, identity = actions.attach(
        number,
        version=version,
        by=asker_of(request),
        name=name,
        data=data,
        from_citizen=from_citizen,
    )
    return {**vars(done), "attachment": identity}


@router.get("/cases/{number}/attachments/{attachment_id}", operation_id="download")
def download(request: HttpRequest, number: str, attachment_id: uuid.UUID) -> HttpResponse:
    """下载附件。"""
    row = queries.attachment(asker_of(request), attachment_id, number)
    response = StreamingHttpResponse(blobs.read(row.blob), content_type=row.blob.media_type)
    response["Content-Length"] = str(row.blob.size)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.name)}"
    return response  # type: ignore[return-value]


@router.get("/categories", response=list[shapes.CategoryOut], operation_id="list_categories")
def list_categories(request: HttpRequest) -> list[Category]:
    """诉求分类。"""
    require("cases.view", asker_of(request))
    return list(queries.categories())


@router.get("/clock_rules", response=list[shapes.ClockRuleOut], operation_id="list_clock_rules")
def list_clock_rules(request: HttpRequest) -> list[ClockSpec]:
    """时限及其依据，是否经本区确认。"""
    require("cases.view", asker_of(request))
    return list(queries.clock_rules().values())


@router.post("/clock_rules/{name}/edit", response={204: None}, operation_id="edit_clock_rule")
def edit_clock_rule(request: HttpRequest, name: str, body: shapes.ClockRuleBody) -> Status[None]:
    """修改时限；已起算的时钟不受影响。"""
    actions.edit_clock_rule(name, by=asker_of(request), **body.dict())
    return Status(204, None)


@router.post("/clock_rules/{name}/confirm", response={204: None}, operation_id="confirm_clock_rule")
def confirm_clock_rule(request: HttpRequest, name: str) -> Status[None]:
    """确认时限。"""
    actions.confirm_clock_rule(name, by=asker_of(request))
    return Status(204, None)


@router.post("/routing_rules", response={201: dict[str, int]}, operation_id="add_routing_rule")
def add_routing_rule(request: HttpRequest, body: shapes.RoutingRuleBody) -> Status[dict[str, int]]:
    """新增派单规则。"""
    return Status(201, {"id": actions.write_routing_rule(by=asker_of(request), **body.dict())})


@router.put("/routing_rules/{rule_id}", response=dict[str, int], operation_id="edit_routing_rule")
def edit_routing_rule(
    request: HttpRequest, rule_id: int, body: shapes.RoutingRuleBody
) -> dict[str, int]:
    """修改派单规则。"""
    return {"id": actions.write_routing_rule(rule_id, by=asker_of(request), **body.dict())}


@router.delete("/routing_rules/{rule_id}", response={204: None}, operation_id="drop_routing_rule")
def drop_routing_rule(request: HttpRequest, rule_id: int) -> Status[None]:
    """删除派单规则。"""
    actions.drop_routing_rule(rule_id, by=asker_of(request))
    return Status(204, None)


@router.get("/routing_trial", response=list[shapes.TrialOut], operation_id="try_routing")
def try_routing(request: HttpRequest, since: datetime, until: datetime) -> list[queries.Trial]:
    """试算：现行规则会把这段时间的诉求派给谁，不改动任何数据。"""
    asker: Asker = asker_of(request)
    require("cases.edit_routing", asker)
    return queries.dry_run_routing(asker, queries.routing_facts(), since, until)


PLAIN = (
    *("longitude", "latitude", "round", "supervision", "sensitive", "solved_claim"),
    *("solved", "grade", "refusal", "paused", "unreached"),
)


def _line(case: Case) -> dict[str, Any]:
    """A case as a list shows it."""
    return {
        "number": case.number,
        "external_number": case.external_number,
        "city_state": case.city_state,
        "city_due_at": case.city_due_at,
        "title": case.title,
        "state": case.state,
        "channel": case.channel,
        "category": case.category.name if case.category else "",
        "place": case.place,
        "lead": case.lead,
        "urgent": case.urgent,
        "registered_at": case.registered_at,
        "due_at": case.due_at,
        "due_provisional": case.due_provisional,
        "imported": case.imported,
        "version": case.version,
    }
