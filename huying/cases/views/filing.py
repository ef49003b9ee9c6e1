"""Filing many appeals from a file: template, upload and check, doing it, and what became of it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huying.cases import actions
from huying.cases.adapters import filing_sheet
from huying.cases.forms.filing import FilingForm
from huying.cases.queries.filed import filed
from huying.cases.views.asking import asker_for
from huying.kernel import blobs
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Forbidden, Invalid
from huying.web import answers

SALT = "cases.file"
VERB = "cases.file_many"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The empty workbook."""
    asker_for(request, VERB)
    response = HttpResponse(filing_sheet.template(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="appeals.xlsx"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file and show what filing it would do, or everything wrong; when confirmed, do it."""
    asker = asker_for(request, VERB)
    if request.method == "POST" and "token" in request.POST:
        return _confirmed(request, asker)
    form = FilingForm(request.POST or None, request.FILES or None, by=asker)
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                plan = actions.plan_filing(file, file.name, by=asker)
                file.seek(0)
                blob = blobs.save(
                    file,
                    name="filing" + file.name[-5:],
                    media_type="application/octet-stream",
                    keep_until=now() + timedelta(days=1),
                )
                facts = [str(blob.pk), file.name[-8:], asker.id, plan.digest]
                context |= {
                    "plan": plan,
                    "token": signing.dumps(facts, salt=SALT),
                    "name": file.name,
                }
                status = 200 if plan.good or plan.known else 422
            except Invalid as refusal:
                context["refusal"] = refusal
    return render(request, "cases/filing.html", context, status=status)


def _confirmed(request: HttpRequest, asker: Asker) -> HttpResponse:
    try:
        facts = signing.loads(request.POST["token"], salt=SALT, max_age=3600)
    except signing.BadSignature:
        raise Invalid(_("预览已过期。"), remedy=_("请重新上传文件。")) from None
    blob_id, name, owner, digest = facts
    if owner != asker.id:
        raise Forbidden(_("只能登记自己上传的文件。"))
    skip = bool(request.POST.get("skip_bad"))
    job = actions.start_filing(uuid.UUID(blob_id), name, by=asker, skip_bad=skip)
    return answers.go(request, reverse("case_filing_done", args=[digest]) + f"?job={job.pk}")


@require_safe
def done(request: HttpRequest, digest: str) -> HttpResponse:
    """The cases that a file became, as far as the asker sees them."""
    asker = asker_for(request, VERB)
    job = request.GET.get("job", "")[:36]
    try:
        link = reverse("job", args=[uuid.UUID(job)]) if job else ""
    except ValueError:
        link = ""
    context = {"rows": filed(asker, digest), "job": link}
    return render(request, "cases/filing_done.html", context)
