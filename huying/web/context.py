"""What every page needs to know: theme, language, navigation and the asker's own menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from huying.kernel.asker import Asker, Stranger
from huying.web import slots
from huying.web.preferences import elder_of, theme_of


@dataclass(frozen=True)
class Entry:
    """A line of a menu, ready to show."""

    label: str
    url: str
    icon: str
    here: bool


def asker_of(request: HttpRequest) -> Asker:
    """Who asks; a stranger also on pages shown before anybody could be recognised."""
    return getattr(request, "asker", None) or Stranger()


def address(url_name: str) -> str:
    """The address of a named page, empty when this installation does not have it."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def navigation(request: HttpRequest) -> list[tuple[str, list[Entry]]]:
    """Sections of the left navigation with the lines this asker may use."""
    asker = asker_of(request)
    items = sorted((item for item in slots.NAVIGATION if item.shown(asker)), key=lambda i: i.order)
    addresses = {item: address(item.url_name) for item in items}
    path = request.path
    nearest = max(
        (a for a in addresses.values() if a and (path == a or (a != "/" and path.startswith(a)))),
        key=len,
        default="",
    )
    here: slots.NavigationItem | None = None
    for item in items:
        if addresses[item] == nearest and (here is None or _asked(request, item)):
            here = item
    sections: list[tuple[str, list[Entry]]] = []
    ordered: dict[str, list[Entry]] = {}
    for item in items:
        if addresses[item]:
            query = f"?{item.query}" if item.query else ""
            entry = Entry(str(item.label), addresses[item] + query, item.icon, item is here)
            ordered.setdefault(str(item.section), []).append(entry)
    sections.extend(ordered.items())
    return sections


def _asked(request: HttpRequest, item: slots.NavigationItem) -> bool:
    return bool(item.query) and item.query in request.META.get("QUERY_STRING", "")


def user_menu(request: HttpRequest) -> list[Entry]:
    """The asker's own menu."""
    asker = asker_of(request)
    items = sorted((item for item in slots.USER_MENU if item.shown(asker)), key=lambda i: i.order)
    entries = (Entry(str(i.label), address(i.url_name), i.icon, False) for i in items)
    return [entry for entry in entries if entry.url]


def face(request: HttpRequest) -> dict[str, Any]:
    """Context processor: cheap, and lazy where a fragment does not need it."""
    asker = asker_of(request)
    theme = theme_of(request)
    return {
        "asker": asker,
        "signed_in": slots.signed_in(asker),
        "theme": theme,
        "elder": elder_of(request),
        "navigation": SimpleLazyObject(lambda: navigation(request)),
        "user_menu": SimpleLazyObject(lambda: user_menu(request)),
        "citizen_url": address("portal"),
        "sign_in_url": address("account_login"),
        "sign_out_url": address("account_logout"),
        "demo_mode": settings.DEMO,
        "fragment": request.headers.get("HX-Request") == "true",
    }
