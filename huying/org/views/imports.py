"""Import of units and people: template, upload, what it would do, and doing it."""

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

from huying.kernel import blobs
from huying.kernel.asker import Asker, may
from huying.kernel.clock import now
from huying.kernel.errors import Forbidden, Invalid
from huying.org import actions, forms
from huying.org.adapters import workbook
from huying.org.views.common import somebody
from huying.web import answers

SALT = "org.import"
MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AT_ONCE = 2000


def _importer(request: HttpRequest) -> Asker:
    asker = somebody(request)
    if not (may(asker, "org.import_units") or may(asker, "org.import_people")):
        raise Forbidden(_("导入单位和人员由系统管理员办理。"))
    return asker


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The empty workbook."""
    _importer(request)
    body = workbook.template(list(actions.kind_words()))
    response = HttpResponse(body, content_type=MEDIA)
    response["Content-Disposition"] = 'attachment; filename="huying-import.xlsx"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take a workbook, show what it would do or all its errors; on confirmation, do it."""
    asker = _importer(request)
    if request.method == "POST" and "token" in request.POST:
        return _confirmed(request, asker)
    form = forms.ImportForm(request.POST or None, request.FILES or None, by=asker)
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                context["plan"] = actions.plan_import(file, by=asker)
                file.seek(0)
                blob = blobs.save(
                    file,
                    name=file.name,
                    media_type=MEDIA,
                    keep_until=now() + timedelta(days=1),
                )
                context["token"] = signing.dumps([str(blob.pk), asker.id], salt=SALT)
                context["name"] = file.name
                status = 200
            except Invalid as refusal:
                context["refusal"] = refusal
    return render(request, "org/import.html", context, status=status)


def _confirmed(request: HttpRequest, asker: Asker) -> HttpResponse:
    try:
        blob_id, owner = signing.loads(request.POST["token"], salt=SALT, max_age=3600)
    except signing.BadSignature:
        raise Invalid(_("预览已过期。"), remedy=_("请重新上传文件。")) from None
    if owner != asker.id:
        raise Forbidden(_("只能导入自己上传的文件。"))
    with actions.open_upload(uuid.UUID(blob_id)) as file:
        plan = actions.plan_import(file, by=asker)
        if plan.size <= AT_ONCE:
            actions.import_workbook(file, by=asker)
            answers.done(request, _("已导入 %s 行。") % plan.size)
            return answers.go(request, reverse("org:units"))
    job = actions.start_import(uuid.UUID(blob_id), by=asker)
    return answers.go(request, reverse("job", args=[job.pk]))
