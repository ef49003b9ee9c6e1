"""Addresses of every room."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from huying.project.api import api
from huying.project.health import healthz

handler400 = "huying.web.states.bad_request"
handler403 = "huying.web.states.forbidden"
handler404 = "huying.project.api.no_such_address"
handler500 = "huying.web.states.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("huying.org.account_urls")),
    path("", include("huying.web.urls")),
    path("org/", include("huying.org.urls")),
    path("cases/", include("huying.cases.urls")),
    path("city-line/", include("huying.cases.line_urls")),
    path("evaluate/", include("huying.evaluate.urls")),
    path("portal/", include("huying.portal.urls")),
    path("open311/", include("huying.portal.api.urls")),
    path("api/v1/", api.urls),
    path("healthz", healthz, name="healthz"),
]
