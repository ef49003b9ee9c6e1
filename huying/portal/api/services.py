"""Discovery, the list of services, and what each of them asks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from huying.kernel.clock import DISTRICT_ZONE
from huying.portal.api.answers import Refused, door, shown
from huying.portal.queries import published

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


def check_jurisdiction(given: str) -> None:
    """This endpoint serves one district; another one's id is not found here."""
    if given and given != jurisdiction().get("code"):
        raise Refused(404, "jurisdiction_id provided was not found")


def jurisdiction() -> dict[str, Any]:
    """Code and name of the district."""
    return published.sheet("district") or {}


def service(code: str) -> dict[str, Any]:
    """One service; 404 for a code that is none."""
    if not code:
        raise Refused(400, "service_code was not provided")
    for one in published.services():
        if one["code"] == code:
            return one
    raise Refused(404, "service_code provided was not found")


@door("GET")
def discovery(request: HttpRequest, *, form: str) -> HttpResponse:
    """Where the endpoints are."""
    changed = published.sheet_time("services")
    at = changed.astimezone(DISTRICT_ZONE).isoformat(timespec="seconds") if changed else ""
    url = request.build_absolute_uri(reverse("open311")).rstrip("/")
    return shown(
        form,
        "discovery",
        {
            "changeset": at,
            "contact": f"{jurisdiction().get('name', '')} 12345",
            "key_service": request.build_absolute_uri("/"),
            "endpoints": [
                {
                    "specification": SPECIFICATION,
                    "url": url,
                    "changeset": at,
                    "type": "production",
                    "formats": ["text/xml", "application/json"],
                }
            ],
        },
    )


@door("GET")
def services(request: HttpRequest, *, form: str) -> HttpResponse:
    """What can be reported."""
    check_jurisdiction(request.GET.get("jurisdiction_id", ""))
    found = [
        {
            "service_code": one["code"],
            "service_name": one["name"],
            "description": f"{one['group']} · {one['name']}",
            "metadata": bool(one["attributes"]),
            "type": "batch",
            "keywords": ",".join(one["keywords"]),
            "group": one["group"],
        }
        for one in published.services()
    ]
    return shown(form, "services", found)


@door("GET")
def definition(request: HttpRequest, *, form: str, code: str) -> HttpResponse:
    """What a service asks besides the place and the words."""
    check_jurisdiction(request.GET.get("jurisdiction_id", ""))
    one = service(code)
    asked = []
    for order, question in enumerate(one["attributes"], 1):
        asked.append(
            {
                "variable": True,
                "code": question["code"],
                "datatype": question["datatype"],
                "required": question["required"],
                "datatype_description": "",
                "order": order,
                "description": question["description"],
                "values": [{"key": key, "name": name} for key, name in question["values"]],
            }
        )
    content = {"service_code": one["code"], "attributes": asked}
    return shown(form, "service_definition", content)
