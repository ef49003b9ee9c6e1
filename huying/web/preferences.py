"""How a person wants pages to look: theme and elder mode, kept in cookies and with the account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from huying.kernel.asker import Asker
from huying.web import slots

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "huying_theme"
ELDER_COOKIE = "huying_elder"
YEAR = 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    """`auto`, `light` or `dark`."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return theme if theme in THEMES else "auto"


def elder_of(request: HttpRequest) -> bool:
    """Whether pages are shown large and simple (长者模式)."""
    return request.COOKIES.get(ELDER_COOKIE) == "1"


def remember(request: HttpRequest, response: HttpResponse, theme: str, elder: bool) -> HttpResponse:
    """Write both preferences as cookies; a room that signs people in calls it with what it kept."""
    theme = theme if theme in THEMES else "auto"
    for name, value in ((THEME_COOKIE, theme), (ELDER_COOKIE, "1" if elder else "0")):
        response.set_cookie(
            name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
        )
    return response


def safe_next(request: HttpRequest, fallback: str = "/") -> str:
    """The page to go back to, never another site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        return target
    return fallback


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Take a new theme or elder mode and go back to the page it was asked from."""
    theme = request.POST.get("theme", theme_of(request))
    elder = request.POST.get("elder", "1" if elder_of(request) else "0") == "1"
    asker: Asker | None = getattr(request, "asker", None)
    if asker is not None and slots.signed_in(asker):
        for keeper in slots.PREFERENCE_KEEPERS:
            keeper.keep(asker, theme if theme in THEMES else "auto", elder)
    target = safe_next(request, reverse("home"))
    return remember(request, HttpResponseRedirect(target), theme, elder)
