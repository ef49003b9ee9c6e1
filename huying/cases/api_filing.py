"""The API of filing many appeals from a file, and of importing past ones from files."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from huying.cases import actions
from huying.cases.queries.filed import FiledRow, filed
from huying.kernel import blobs
from huying.kernel.clock import now
from huying.kernel.errors import Invalid
from huying.kernel.verbs import require
from huying.web.api_asking import asker_of

router = Router()


class FilingOut(Schema):
    """收到的文件：将登记几行、此前已登记几行、疑似重复几行，和后台任务。"""

    digest: str
    fresh: int
    known: int
    twins: int
    job: uuid.UUID | None


class FiledOut(Schema):
    """文件的一行和它的诉求。"""

    row: int
    number: str
    title: str
    state: str


@router.post("/filings", response={202: FilingOut}, operation_id="file_many")
def file_many(
    request: HttpRequest, file: File[UploadedFile], skip_bad: Form[bool] = False
) -> Status[dict[str, Any]]:
    """批量登记：.xlsx 或 .csv；有误时列出全部单元格，一件也不登记，除非跳过有误的行。"""
    asker, name = asker_of(request), file.name or "file.xlsx"
    plan = actions.plan_filing(file, name, by=asker)
    if plan.bad and not skip_bad:
        raise Invalid(_("文件有误，没有登记任何诉求。"), faults=plan.faults)
    job = None
    if plan.good:
        file.seek(0)
        blob = blobs.save(
            file,
            name="filing" + name[-5:],
            media_type="application/octet-stream",
            keep_until=now() + timedelta(days=1),
        )
        job = actions.start_filing(blob.pk, name, by=asker, skip_bad=skip_bad).pk
    counts = {"fresh": len(plan.good), "known": plan.known, "twins": len(plan.twins)}
    return Status(202, {"digest": plan.digest, "job": job, **counts})


@router.get("/filings/{digest}", response=list[FiledOut], operation_id="list_filed")
def list_filed(request: HttpRequest, digest: str) -> list[FiledRow]:
    """一个文件登记成了哪些诉求。"""
    asker = asker_of(request)
    require("cases.file_many", asker)
    return filed(asker, digest)


class HistoryOut(Schema):
    """收到的历史文件：读到几行、将导入几件、此前已导入几件、有误几行，和后台任务。"""

    rows: int
    fresh: int
    known: int
    bad: int
    job: uuid.UUID | None


@router.post("/history_imports", response={202: HistoryOut}, operation_id="import_history")
def import_history(
    request: HttpRequest,
    file: File[list[UploadedFile]],
    skip_bad: Form[bool] = False,
    check: Form[bool] = False,
) -> Status[dict[str, Any]]:
    """导入历史诉求：有误时列出全部行，一件也不导入，除非跳过有误的行；`check` 只检查。"""
    asker = asker_of(request)
    with actions.laid_out(file) as paths:
        plan = actions.check_history(paths, by=asker)
    if plan.bad and not skip_bad:
        raise Invalid(_("文件有误，没有导入任何内容。"), faults=plan.faults)
    job = None
    if plan.made and not check:
        job = actions.start_history(actions.stored(file), by=asker, skip_bad=skip_bad).pk
    counts = {"fresh": plan.made, "known": plan.known, "bad": len(plan.bad)}
    return Status(202, {"rows": plan.rows, "job": job, **counts})
