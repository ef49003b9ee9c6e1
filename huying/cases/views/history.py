"""Importing past appeals: upload, everything wrong at once or what it would do, and doing it."""

from __future__ import annotations

import uuid
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huying.cases import actions
from huying.cases.forms.filing import HistoryForm
from huying.cases.views.asking import asker_for
from huying.kernel.asker import Asker
from huying.kernel.errors import Forbidden, Invalid
from huying.web import answers

SALT = "cases.import_history"
VERB = "cases.import_history"


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take files and show what importing them would do, or everything wrong; confirmed, do it."""
    asker = asker_for(request, VERB)
    if request.method == "POST" and "token" in request.POST:
        return _confirmed(request, asker)
    form = HistoryForm(request.POST or None, request.FILES or None, by=asker)
    context: dict[str, Any] = {"form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            files = form.cleaned_data["sheets"]
            try:
                with actions.laid_out(files) as paths:
                    plan = actions.check_history(paths, by=asker)
                kept = [[str(blob), name] for blob, name in actions.stored(files)]
                context |= {
                    "plan": plan,
                    "token": signing.dumps([kept, asker.id], salt=SALT),
                    "names": [name for _blob, name in kept],
                }
                status = 200 if plan.made or plan.known else 422
            except Invalid as refusal:
                context["refusal"] = refusal
    return render(request, "cases/history.html", context, status=status)


def _confirmed(request: HttpRequest, asker: Asker) -> HttpResponse:
    try:
        kept, owner = signing.loads(request.POST["token"], salt=SALT, max_age=3600)
    except signing.BadSignature:
        raise Invalid(_("预览已过期。"), remedy=_("请重新上传文件。")) from None
    if owner != asker.id:
        raise Forbidden(_("只能导入自己上传的文件。"))
    files = [(uuid.UUID(blob), name) for blob, name in kept]
    skip = bool(request.POST.get("skip_bad"))
    job = actions.start_history(files, by=asker, skip_bad=skip)
    return answers.go(request, reverse("job", args=[job.pk]))
