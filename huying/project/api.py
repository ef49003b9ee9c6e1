"""Assembles the one API at `/api/v1/`: every room's router, one sign-in, one form of refusal."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder

from huying.cases.api import router as cases
from huying.evaluate.api import router as evaluate
from huying.kernel.clock import DISTRICT_ZONE
from huying.kernel.errors import Invalid, NotNow, Refusal
from huying.org.api import router as org
from huying.org.api import session_or_key
from huying.project import faults
from huying.web import states

FRAMEWORK = {
    400: (gettext_lazy("请求体不是可读的 JSON。"), faults.REMEDY),
    403: (
        gettext_lazy("用会话改动内容须带 CSRF 凭证，此凭证缺失或已失效。"),
        gettext_lazy("请刷新页面后重试，或改用接口密钥。"),
    ),
}
logger = logging.getLogger(__name__)


class DistrictEncoder(NinjaJSONEncoder):
    """Every time in the district's zone, whether it was just made or comes from the database."""

    def default(self, o: Any) -> Any:
        return super().default(o.astimezone(DISTRICT_ZONE) if isinstance(o, datetime) else o)


class DistrictRenderer(JSONRenderer):
    """The form of every answer of the API."""

    encoder_class = DistrictEncoder


api = NinjaAPI(
    title="呼应 Huying",
    version="1",
    urls_namespace="api",
    docs_url=None,
    auth=session_or_key,
    renderer=DistrictRenderer(),
    description="民呼我应: one path for each verb; every verb carries the version that was read."
    " Times are answered in the district's zone, +08:00.",
)
api.add_router("", cases)
api.add_router("/org", org)
api.add_router("/evaluate", evaluate)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as `{"error": {code, message, remedy, allowed?, faults?}}`, with its own status."""
    error: dict[str, Any] = {
        "code": refusal.code,
        "message": str(refusal.message),
        "remedy": str(refusal.remedy),
    }
    if isinstance(refusal, NotNow):
        error["allowed"] = list(refusal.allowed)
    if isinstance(refusal, Invalid):
        error["faults"] = [
            {"where": fault.where, "what": str(fault.what), "remedy": str(fault.remedy)}
            for fault in refusal.faults
        ]
    return api.create_response(request, {"error": error}, status=refusal.status)


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A body or query that does not fit its shape: every fault at once, by place."""
    found = [faults.fault_of(wrong) for wrong in error.errors]
    words, remedy = _("提交的内容格式有误。"), _("请逐项改正后重新提交。")
    return refused(request, Invalid(words, faults=found, remedy=remedy))


@api.exception_handler(AuthenticationError)
def nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Nobody is signed in, or the key is unknown."""
    body = {
        "code": "unauthenticated",
        "message": _("请先登录，或出示有效的接口密钥。"),
        "remedy": _("在请求头中加上 Authorization: Bearer <密钥>。"),
    }
    return api.create_response(request, {"error": body}, status=401)


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    """No such address."""
    body = {"code": "not_found", "message": _("没有这个地址。"), "remedy": ""}
    return api.create_response(request, {"error": body}, status=404)


@api.exception_handler(HttpError)
def other(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework itself refuses: unreadable JSON, a session without its CSRF token."""
    message, remedy = FRAMEWORK.get(error.status_code, (_("请求无法识别。"), faults.REMEDY))
    body = {"code": "refused", "message": str(message), "remedy": str(remedy)}
    return api.create_response(request, {"error": body}, status=error.status_code)


@api.exception_handler(DataError)
def unstorable(request: HttpRequest, error: DataError) -> HttpResponse:
    """What no column can hold: a NUL in a text, a number out of all range."""
    return refused(request, Invalid(str(states.UNSTORABLE), remedy=str(states.TYPE_ANEW)))


@api.exception_handler(Exception)
def broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """What nobody foresaw: the log has the trace, the answer has none."""
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    body = {
        "code": "broken",
        "message": _("系统遇到意外情况，没有完成这次操作，已记入日志。"),
        "remedy": _("请稍后重试；仍不行请联系管理员。"),
    }
    return api.create_response(request, {"error": body}, status=500)


def no_such_address(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404: below the API it speaks as the API does, elsewhere it is a page."""
    if request.path.startswith("/api/"):
        return missing(request, Http404())
    return states.not_found(request, exception)
