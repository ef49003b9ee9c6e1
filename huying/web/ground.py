"""Pages over the ground: long jobs with their progress and results, audit, failed deliveries."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.kernel import actions, blobs, queries
from huying.kernel import jobs as long_jobs
from huying.kernel.asker import Asker, may
from huying.kernel.errors import Unauthenticated
from huying.kernel.models import LongJob
from huying.web import answers, slots
from huying.web.context import asker_of
from huying.web.ground_tables import AuditTable, DeliveryTable, JobTable, job_state, percent
from huying.web.listing import table_page

UNFINISHED = (LongJob.State.QUEUED, LongJob.State.RUNNING)
RESUMABLE = (LongJob.State.FAILED, LongJob.State.CANCELLED)


def _somebody(request: HttpRequest) -> Asker:
    asker = asker_of(request)
    if not slots.signed_in(asker):
        raise Unauthenticated(_("请先登录。"))
    return asker


@require_http_methods(["GET", "HEAD", "POST"])
def jobs(request: HttpRequest) -> HttpResponseBase:
    """The asker's long jobs."""
    _somebody(request)
    return table_page(request, JobTable)


@require_safe
def job(request: HttpRequest, identity: uuid.UUID) -> HttpResponse:
    """One job; htmx asks again every second until it has ended."""
    asker = _somebody(request)
    found = queries.job(asker, identity)
    mine = found.owner_id == asker.id
    running = found.state in UNFINISHED
    context: dict[str, Any] = {
        "job": found,
        "state_tag": job_state(found),
        "percent": percent(found),
        "running": running,
        "may_read": found.result_id is not None and long_jobs.readable(asker, found),
        "mine": mine,
        "may_cancel": running
        and not found.cancel_asked
        and (mine or may(asker, "kernel.cancel_job", "")),
        "may_resume": found.state in RESUMABLE and (mine or may(asker, "kernel.resume_job", "")),
    }
    part = answers.is_fragment(request)
    return render(request, "web/job_progress.html" if part else "web/job.html", context)


@require_POST
def cancel_job(request: HttpRequest, identity: uuid.UUID) -> HttpResponse:
    """Ask a job to stop."""
    actions.cancel_job(identity, by=_somebody(request))
    return answers.go(request, reverse("job", args=[identity]))


@require_POST
def resume_job(request: HttpRequest, identity: uuid.UUID) -> HttpResponse:
    """Go on with a job from where it stopped."""
    actions.resume_job(identity, by=_somebody(request))
    return answers.go(request, reverse("job", args=[identity]))


@require_safe
def download(request: HttpRequest, identity: uuid.UUID) -> HttpResponseBase:
    """A stored file, whole or a range of it, for whoever its owner lets read it."""
    blob = blobs.readable(_somebody(request), identity)
    asked = blobs.byte_range(request.headers.get("Range", ""), blob.size)
    start, end = asked or (0, blob.size)
    response = StreamingHttpResponse(blobs.read(blob, start, end), content_type=blob.media_type)
    response["Content-Length"] = str(end - start)
    response["Accept-Ranges"] = "bytes"
    response["Content-Disposition"] = content_disposition_header(True, blob.name) or "attachment"
    if asked:
        response.status_code = 206
        response["Content-Range"] = f"bytes {start}-{end - 1}/{blob.size}"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def audit(request: HttpRequest) -> HttpResponseBase:
    """Audit rows inside the asker's area."""
    _somebody(request)
    return table_page(request, AuditTable)


@require_http_methods(["GET", "HEAD", "POST"])
def deliveries(request: HttpRequest) -> HttpResponseBase:
    """Deliveries that were given up."""
    _somebody(request)
    return table_page(request, DeliveryTable)


@require_http_methods(["GET", "HEAD", "POST"])
def replay_delivery(request: HttpRequest, identity: int) -> HttpResponse:
    """Ask, then try a failed delivery again."""
    asker = _somebody(request)
    found = queries.failed_deliveries(asker).filter(pk=identity).first()
    if request.method == "POST":
        actions.replay_delivery(identity, by=asker)
        answers.done(request, _("已重新排入投递。"))
        return answers.go(request, reverse("deliveries"))
    return answers.confirm(
        request,
        title=_("重新投递"),
        message=_("把消息“%(type)s”再次送给 %(recipient)s？接收方会自行识别重复。")
        % {
            "type": found.notice.type if found else "?",
            "recipient": found.recipient if found else "?",
        },
        action=reverse("replay_delivery", args=[identity]),
        button=_("重新投递"),
        back=reverse("deliveries"),
    )


urlpatterns: list[URLPattern] = [
    path("jobs/", jobs, name="jobs"),
    path("jobs/<uuid:identity>/", job, name="job"),
    path("jobs/<uuid:identity>/cancel/", cancel_job, name="cancel_job"),
    path("jobs/<uuid:identity>/resume/", resume_job, name="resume_job"),
    path("files/<uuid:identity>/", download, name="download"),
    path("audit/", audit, name="audit"),
    path("deliveries/", deliveries, name="deliveries"),
    path("deliveries/<int:identity>/replay/", replay_delivery, name="replay_delivery"),
]
