"""Around every page: security headers, the chosen language, and refusals in their designed form."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers

from huying.kernel.errors import Forbidden, Invalid, NotFound, Refusal
from huying.web import states

Next = Callable[[HttpRequest], HttpResponseBase]

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(self), payment=()",
}


class SecurityHeadersMiddleware:
    """Puts the same strict headers on every answer, and keeps signed-in pages out of caches."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class LanguageMiddleware:
    """Chinese unless the reader chose otherwise; what a foreign browser prefers is not a choice."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = dict(settings.LANGUAGES)
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Cookie",))
        return response


class RefusalMiddleware:
    """Shows a refusal as the one designed page of its status, or as a notice inside the page."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django hands over whatever a view raised; only refusals are ours."""
        if request.path.startswith("/api/"):
            return None
        if isinstance(exception, Refusal):
            return states.show(request, exception)
        if isinstance(exception, PermissionDenied):
            return states.show(request, Forbidden(str(exception) or str(states.FORBIDDEN)))
        if isinstance(exception, Http404):
            return states.show(request, NotFound(str(states.NOT_FOUND)))
        if isinstance(exception, DataError):  # a NUL in a text, a number out of all range
            return states.show(
                request, Invalid(str(states.UNSTORABLE), remedy=str(states.TYPE_ANEW))
            )
        if isinstance(exception, RequestDataTooBig):
            return states.show(request, states.TooLarge(str(states.TOO_LARGE)))
        return None


class NoticesMiddleware:
    """Adds pending notices to what htmx gets, for it does not load the page that shows them."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if (
            request.headers.get("HX-Request") == "true"
            and isinstance(response, HttpResponse)
            and response.status_code not in (204, 301, 302, 303)
            and response.get("Content-Type", "").startswith("text/html")
            and "HX-Redirect" not in response
            and getattr(request, "_messages", None)
        ):
            words = render_to_string("web/part_messages.html", request=request)
            if words.strip():
                part = f'<div hx-swap-oob="beforeend:#notices">{words}</div>'
                response.write(part)
        return response
