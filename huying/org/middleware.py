"""Sets `request.asker`, and holds back a person who must first change the password or enrol."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker, Stranger
from huying.org import passwords
from huying.org.models import Account
from huying.org.queries import asker_for
from huying.org.second_factor import must_enrol


def asker_of(request: HttpRequest) -> Asker:
    """Who asks."""
    asker: Asker = request.asker  # type: ignore[attr-defined]
    return asker


class AskerMiddleware:
    """Gives every request an asker, read from the database only when somebody looks at it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def asker() -> Asker:
            user = request.user
            return asker_for(user) if isinstance(user, Account) else Stranger()

        request.asker = SimpleLazyObject(asker)  # type: ignore[attr-defined]
        return self.get_response(request)


class DutiesMiddleware:
    """Sends a signed-in person to what must be done first: a new password, a second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not _free(request.path):
            user = request.user
            if isinstance(user, Account):
                if passwords.must_change(user):
                    return _held(request, "account_change_password", _("请先修改密码。"))
                if must_enrol(request):
                    return _held(request, "mfa_activate_totp", _("请先启用动态口令。"))
        return self.get_response(request)


def _free(path: str) -> bool:
    """Paths that stay open meanwhile: sign-in and account pages, static files, the health page."""
    return path.startswith(("/accounts/", settings.STATIC_URL, "/healthz", "/i18n/", "/jsi18n/"))


def _held(request: HttpRequest, name: str, message: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"error": {"code": "forbidden", "message": message}}, status=403)
    response = HttpResponseRedirect(reverse(name))
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": response.url})
    return response
