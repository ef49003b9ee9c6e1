"""Every address of the product: pages by the resolver, operations by the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

API = "api/v1/"
PREFIXES_OF_OTHERS = ("static/",)


def pages() -> list[str]:
    """The route of every page, such as `cases/<str:number>/`, without the API's own."""
    found = sorted({route for route in _walk(get_resolver().url_patterns, "")})
    return [route for route in found if not route.startswith((API, *PREFIXES_OF_OTHERS))]


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        route = prefix + _plain(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route


def _plain(route: str) -> str:
    """A route as a person would write it: without anchors and escapes of regular expressions."""
    route = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", route)
    return route.removeprefix("^").removesuffix("$").replace("\\Z", "").replace("\\", "")


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document, as served."""
    from huying.project.api import api

    return dict(api.get_openapi_schema(path_prefix=f"/{API}"))


def operations() -> list[tuple[str, str]]:
    """Method and path of every operation, such as `POST /api/v1/cases/{number}/accept`."""
    return sorted(
        (method.upper(), path)
        for path, methods in document()["paths"].items()
        for method in methods
        if method in ("get", "post", "put", "patch", "delete")
    )


def filled(route: str, **values: Any) -> str:
    """The address of a route with its parameters filled in; a missing one is a KeyError."""

    def value(match: re.Match[str]) -> str:
        return str(values[match[1]])

    return "/" + re.sub(r"[<{](?:\w+:)?(\w+)[>}]", value, route).lstrip("/")
