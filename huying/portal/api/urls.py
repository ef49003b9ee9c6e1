"""Addresses of Open311."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from huying.portal.api import requests, services, updates
from huying.portal.api.answers import door, refused


@door("GET", "POST")
def nothing(request: HttpRequest, *, form: str, rest: str = "") -> HttpResponse:
    """No such address, said the way Open311 says it."""
    asked = "xml" if rest.endswith(".xml") else form
    return refused(asked, 404, "no such address; see discovery.json")


urlpatterns: list[URLPattern] = [
    path("discovery.<slug:form>", services.discovery, name="open311_discovery"),
    path("v2/", nothing, name="open311"),
    path("v2/discovery.<slug:form>", services.discovery),
    path("v2/services.<slug:form>", services.services, name="open311_services"),
    path("v2/services/<slug:code>.<slug:form>", services.definition),
    path("v2/requests.<slug:form>", requests.requests, name="open311_requests"),
    path("v2/requests/<str:number>.<slug:form>", requests.one),
    path("v2/tokens/<slug:token>.<slug:form>", requests.token),
    path("v2/servicerequestupdates.<slug:form>", updates.updates),
    path("<path:rest>", nothing),
]
