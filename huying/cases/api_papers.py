"""The API of papers (文书): issue, sign, make void, take away; templates and numbering."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from huying.cases import actions
from huying.cases.actions import PaperDone
from huying.cases.models import IssuedPaper
from huying.cases.queries import issued
from huying.cases.queries import paper_templates as templates
from huying.cases.queries.page import case_page
from huying.cases.rules.papers import KINDS
from huying.kernel.verbs import require
from huying.web.api_asking import asker_of
from huying.web.paper import DOCX, PDF

router = Router()
MOST = 200
EDIT = "cases.edit_paper_template"


class IssueBody(Schema):
    """`subject` 取自可出具的清单；不写即最近的一项。"""

    version: int
    kind: str
    subject: str = ""


class ManyBody(Schema):
    """诉求编号，至多 200 件。"""

    numbers: list[str]


class JobOut(Schema):
    """后台任务。"""

    job: uuid.UUID


class VoidBody(Schema):
    reason: str


class PaperDoneOut(Schema):
    """出具、签发或作废以后：文书的标识和文号，诉求的编号和版本。"""

    paper: int
    paper_number: str
    number: str
    version: int


class PaperOut(Schema):
    """一份文书；`standing` 为 issued、unsigned、signed 或 void。"""

    id: int
    kind: str
    number: str
    case: str
    unit: str
    recipient: str
    edition: int
    sha256: str
    at: datetime
    by: str
    standing: str
    signed_by: str
    signed_at: datetime | None
    voided_at: datetime | None
    void_reason: str


class OfferOut(Schema):
    """现在可以出具的一份文书。"""

    kind: str
    label: str
    subject: str
    about: str


class CasePapersOut(Schema):
    """一件诉求已出具和可出具的文书。"""

    issued: list[PaperOut]
    offers: list[OfferOut]


class PaperFilters(Schema):
    """`before`：上次读到的最后一个标识。"""

    kind: str = ""
    standing: list[str] = Field(default_factory=list)
    unit: str = ""
    text: str = ""
    before: int | None = None
    limit: int = 50


class TemplateOut(Schema):
    """一种文书现在用哪一版模板、怎样编号、是否经本区确认。"""

    kind: str
    label: str
    edition: int
    editions: int
    pattern: str
    confirmed: bool


class EnforceBody(Schema):
    edition: int


class NumberBody(Schema):
    """单位和种类至少写一项；格式留空即恢复默认。"""

    pattern: str
    unit: str = ""
    kind: str = ""


@router.post("/cases/{number}/issue_paper", response=PaperDoneOut, operation_id="issue_paper")
def issue_paper(request: HttpRequest, number: str, body: IssueBody) -> PaperDone:
    """出具文书，取得文号。"""
    return actions.issue_paper(number, by=asker_of(request), **body.dict())


@router.get("/cases/{number}/papers", response=CasePapersOut, operation_id="list_case_papers")
def list_case_papers(request: HttpRequest, number: str) -> dict[str, Any]:
    """一件诉求已出具和现在可以出具的文书。"""
    asker = asker_of(request)
    page = case_page(asker, number)
    rows = issued.issued(asker).select_related("blob").filter(case=page.case)
    offers = [{"label": str(KINDS[one.kind].label), **vars(one)} for one in page.offers]
    return {"issued": [_paper(row) for row in rows], "offers": offers}


@router.post("/papers/many", response={202: JobOut}, operation_id="issue_many")
def issue_many(request: HttpRequest, body: ManyBody) -> Status[dict[str, uuid.UUID]]:
    """批量出具交办单：后台办理，完成后可下载一个压缩包；已出具的不重复取号。"""
    job = actions.start_issuing(body.numbers, by=asker_of(request))
    return Status(202, {"job": job.pk})


@router.get("/papers", response=list[PaperOut], operation_id="list_papers")
def list_papers(request: HttpRequest, filters: Query[PaperFilters]) -> list[dict[str, Any]]:
    """可见的文书，最新的在前；`before` 取更早的。"""
    asker = asker_of(request)
    require("cases.view", asker)
    rows = issued.issued(asker).select_related("blob").order_by("-id")
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.standing:
        rows = rows.filter(issued.standing_so(filters.standing))
    if filters.unit:
        rows = rows.filter(unit__code=filters.unit)
    if filters.text.strip():
        rows = rows.filter(number__icontains=filters.text.strip())
    if filters.before is not None:
        rows = rows.filter(pk__lt=filters.before)
    return [_paper(row) for row in rows[: min(max(filters.limit, 1), MOST)]]


@router.post("/papers/{paper_id}/sign", response=PaperDoneOut, operation_id="sign_paper")
def sign_paper(request: HttpRequest, paper_id: int) -> PaperDone:
    """签发文书，不能由出具的人签发。"""
    return actions.sign_paper(paper_id, by=asker_of(request))


@router.post("/papers/{paper_id}/void", response=PaperDoneOut, operation_id="void_paper")
def void_paper(request: HttpRequest, paper_id: int, body: VoidBody) -> PaperDone:
    """作废文书，文号不再使用。"""
    return actions.void_paper(paper_id, by=asker_of(request), reason=body.reason)


@router.get("/papers/{paper_id}/{form}", operation_id="download_paper")
def download_paper(request: HttpRequest, paper_id: int, form: str) -> HttpResponse:
    """下载文书，docx 或 pdf；作废和未签发的标明。"""
    row = issued.paper_of(asker_of(request), paper_id)
    return _file(*issued.file_of(row, form))


@router.get("/paper_templates", response=list[TemplateOut], operation_id="list_paper_templates")
def list_paper_templates(request: HttpRequest) -> list[dict[str, Any]]:
    """八种文书的现行模板和文号格式，是否经本区确认。"""
    require("cases.view", asker_of(request))
    return [
        {
            "kind": one.kind.code,
            "label": str(one.kind.label),
            "edition": one.edition,
            "editions": one.editions,
            "pattern": one.pattern,
            "confirmed": one.confirmed_at is not None,
        }
        for one in templates.kinds_in_force()
    ]


@router.post(
    "/paper_templates/{kind}", response={201: dict[str, int]}, operation_id="upload_paper_template"
)
def upload_paper_template(
    request: HttpRequest, kind: str, file: File[UploadedFile], note: Form[str] = ""
) -> Status[dict[str, int]]:
    """上传一版模板（.docx）；占位符有误时逐处列出，不保存。"""
    edition = actions.upload_paper_template(
        kind,
        by=asker_of(request),
        data=file.read(actions.LARGEST_TEMPLATE + 1),
        name=file.name or "x.docx",
        note=note,
    )
    return Status(201, {"edition": edition})


@router.post(
    "/paper_templates/{kind}/enforce", response={204: None}, operation_id="enforce_paper_template"
)
def enforce_paper_template(request: HttpRequest, kind: str, body: EnforceBody) -> Status[None]:
    """启用一版模板，也用于回退；0 恢复内置模板。"""
    actions.enforce_paper_template(kind, by=asker_of(request), edition=body.edition)
    return Status(204, None)


@router.post(
    "/paper_templates/{kind}/confirm", response={204: None}, operation_id="confirm_paper_template"
)
def confirm_paper_template(request: HttpRequest, kind: str) -> Status[None]:
    """确认一种文书的模板和文号。"""
    actions.confirm_paper_template(kind, by=asker_of(request))
    return Status(204, None)


@router.get("/paper_templates/{kind}/{edition}", operation_id="download_paper_template")
def download_paper_template(request: HttpRequest, kind: str, edition: int) -> HttpResponse:
    """下载一版模板；0 是内置模板。"""
    require(EDIT, asker_of(request))
    return _file(templates.template(kind, edition), DOCX, f"{kind}-{edition}.docx")


@router.get("/paper_templates/{kind}/{edition}/preview", operation_id="preview_paper_template")
def preview_paper_template(request: HttpRequest, kind: str, edition: int) -> HttpResponse:
    """用示例预览一版模板，不保存任何内容。"""
    require(EDIT, asker_of(request))
    made = templates.previewed(kind, templates.template(kind, edition))
    return _file(made, PDF, f"{kind}-{edition}.pdf")


@router.post("/paper_numbers", response={204: None}, operation_id="number_papers")
def number_papers(request: HttpRequest, body: NumberBody) -> Status[None]:
    """设置文号格式；已给出的文号不变。"""
    actions.number_papers(by=asker_of(request), **body.dict())
    return Status(204, None)


def _file(data: bytes, media: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=media)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _paper(row: IssuedPaper) -> dict[str, Any]:
    """A paper as the API shows it."""
    same = ("id", "kind", "number", "recipient", "edition", "at", "signed_by", "signed_at")
    return {name: getattr(row, name) for name in (*same, "voided_at", "void_reason")} | {
        "case": row.case.number,
        "unit": row.unit.name,
        "by": row.by_label,
        "sha256": row.blob.sha256,
        "standing": issued.standing(row),
    }
