"""The states a page can be in, designed once: refused, missing, not now, wrong input, broken."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from huying.kernel.errors import (
    Forbidden,
    Invalid,
    NotFound,
    NotNow,
    Refusal,
    Unauthenticated,
)
from huying.kernel.verbs import VERBS
from huying.web.slots import Words

FORBIDDEN = _("您没有查看或办理这项内容的权限。")
NOT_FOUND = _("没有这项内容，或者它不在您的管辖范围内。")
UNSTORABLE = _("提交的内容里有无法保存的字符或数值。")
TYPE_ANEW = _("请去掉不可见字符、检查数值后重新提交。")
TOO_LARGE = _("提交的内容太大。")


class TooLarge(Refusal):
    """What was sent is larger than this page takes."""

    status = 413
    code = "too_large"


class Broken(Refusal):
    """Something failed that nobody foresaw."""

    status = 500
    code = "broken"


@dataclass(frozen=True)
class Look:
    """How a status is shown: its picture, its colour and its heading."""

    icon: str
    tone: str
    heading: Words


LOOKS = {
    400: Look("alert-circle", "warn", _("请求无法识别")),
    401: Look("lock", "info", _("请先登录")),
    403: Look("hand-stop", "warn", _("没有权限")),
    404: Look("map-pin-off", "idle", _("没有找到")),
    405: Look("ban", "warn", _("不能这样访问")),
    409: Look("clock-pause", "warn", _("现在不能办理")),
    413: Look("file", "warn", _("文件太大")),
    422: Look("alert-triangle", "bad", _("填写的内容有误")),
    429: Look("hourglass", "warn", _("操作太频繁")),
    500: Look("tool", "bad", _("系统出错")),
    503: Look("cloud-off", "bad", _("服务暂不可用")),
}


def look(status: int) -> Look:
    """The look of a status, or of its class."""
    return LOOKS.get(status) or LOOKS[500 if status >= 500 else 400]


def sign_in_address(request: HttpRequest) -> str:
    """Where to sign in, and to come back to this page afterwards."""
    target = request.get_full_path()
    if request.headers.get("HX-Request") == "true":
        page = urlsplit(request.headers.get("HX-Current-URL", "/"))
        target = f"{page.path}?{page.query}" if page.query else page.path
    return f"{settings.LOGIN_URL}?next={quote(target)}"


def context_of(refusal: Refusal) -> dict[str, object]:
    """What the templates of a state need."""
    shown = look(refusal.status)
    allowed = refusal.allowed if isinstance(refusal, NotNow) else ()
    return {
        "status": refusal.status,
        "code": refusal.code,
        "icon": shown.icon,
        "tone": shown.tone,
        "heading": shown.heading,
        "message": refusal.message,
        "remedy": refusal.remedy,
        "allowed": [_verb_label(name) for name in allowed],
        "faults": refusal.faults if isinstance(refusal, Invalid) else (),
    }


def _verb_label(name: str) -> str:
    verb = VERBS.get(name)
    return str(verb.label) if verb else name


def show(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer to a refused request: a page, or for htmx a notice put into the page."""
    fragment = request.headers.get("HX-Request") == "true"
    if isinstance(refusal, Unauthenticated):
        if fragment:
            response = HttpResponse(status=401)
            response["HX-Redirect"] = sign_in_address(request)
            return response
        if request.method in ("GET", "HEAD"):
            return HttpResponseRedirect(sign_in_address(request))
    context = context_of(refusal)
    context["sign_in_here"] = sign_in_address(request) if refusal.status == 401 else ""
    template = "web/state_fragment.html" if fragment else "web/state_page.html"
    body = render_to_string(template, context, request=request)
    response = HttpResponse(body, status=refusal.status)
    if fragment:
        response["HX-Retarget"] = "#notices"
        response["HX-Reswap"] = "beforeend"
        response["HX-Push-Url"] = "false"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400."""
    return show(request, Refusal(str(_("浏览器发来的请求不完整，请返回重试。"))))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler403."""
    return show(request, Forbidden(str(FORBIDDEN)))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW: mostly a page left open across a new sign-in."""
    message = str(_("这个页面打开得太久，安全凭证已失效。"))
    return show(request, Forbidden(message, remedy=str(_("请刷新页面后再提交。"))))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404."""
    return show(request, NotFound(str(NOT_FOUND)))


def broken(request: HttpRequest) -> HttpResponse:
    """Django's handler500: touches no database and shows no trace."""

    message = str(_("系统遇到意外情况，没有完成这次操作，已记入日志。"))
    return show(request, Broken(message, remedy=str(_("请稍后重试；仍不行请联系管理员。"))))
