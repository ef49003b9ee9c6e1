"""GeoReport v2 against the field tables of its specification, in both forms, answer by answer.

The tables are written down from the specification and know nothing of our code: names, order of
nothing, types, which may be null, what the outermost element is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from django.http import HttpResponse
from django.test import Client

from huying.portal.models import PublicCase
from huying.portal.tests.people import LAMP, deliver, open311_key, published
from huying.portal.tests.test_following import answered
from huying.portal.tests.test_open311_filing import GOOD

pytestmark = pytest.mark.usefixtures("district")

BASE = "/open311/v2"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")

# What a value must look like: `?` after it allows none.
SHAPES: dict[str, Any] = {
    "text": lambda value: isinstance(value, str) and value != "",
    "string": lambda value: isinstance(value, str),
    "moment": lambda value: isinstance(value, str) and MOMENT.fullmatch(value),
    "flag": lambda value: isinstance(value, bool) or value in ("true", "false"),
    "whole": lambda value: str(value).isdigit(),
    "degree": lambda value: -180 <= float(value) <= 180,
    "type": lambda value: value in ("realtime", "batch", "blackbox"),
    "status": lambda value: value in ("open", "closed"),
    "datatype": lambda value: (
        value in ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")
    ),
    "code": lambda value: str(value) in ("400", "403", "404", "405"),
    "url": lambda value: value.startswith(("http://", "https://")),
}
SERVICE = {
    "service_code": "text",
    "service_name": "text",
    "description": "text",
    "metadata": "flag",
    "type": "type",
    "keywords": "string",
    "group": "text",
}
VALUE = {"key": "text", "name": "text"}
ATTRIBUTE = {
    "variable": "flag",
    "code": "text",
    "datatype": "datatype",
    "required": "flag",
    "datatype_description": "string?",
    "order": "whole",
    "description": "text",
    "values": [VALUE],
}
DEFINITION = {"service_code": "text", "attributes": [ATTRIBUTE]}
REQUEST = {
    "service_request_id": "text",
    "status": "status",
    "status_notes": "string?",
    "service_name": "string?",
    "service_code": "string?",
    "description": "string?",
    "agency_responsible": "string?",
    "service_notice": "string?",
    "requested_datetime": "moment",
    "updated_datetime": "moment?",
    "expected_datetime": "moment?",
    "address": "string?",
    "address_id": "string?",
    "zipcode": "string?",
    "lat": "degree?",
    "long": "degree?",
    "media_url": "url?",
}
TOKEN = {"service_request_id": "string?", "token": "text"}
FILED = {"token": "text", "service_notice": "string?", "account_id": "string?"}
UPDATE = {
    "update_id": "text",
    "service_request_id": "text",
    "status": "status",
    "updated_datetime": "moment",
    "description": "string?",
    "media_url": "url?",
}
ERROR = {"code": "code", "description": "text"}
ENDPOINT = {
    "specification": "url",
    "url": "url",
    "changeset": "moment",
    "type": "text",
    "formats": ["text"],
}
DISCOVERY = {
    "changeset": "moment",
    "contact": "text",
    "key_service": "text",
    "endpoints": [ENDPOINT],
}
# Outermost element of XML, and the element of each record of a list.
ELEMENTS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_requests_updates": "request_update",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}


def faults(shape: Any, value: Any, where: str) -> Iterator[str]:
    """What of a value is not as the specification's table says."""
    if isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{where} is no list"
            return
        for one in value:
            yield from faults(shape[0], one, where)
    elif isinstance(shape, dict):
        for name in shape.keys() - value.keys():
            yield f"{where}.{name} is missing"
        for name in value.keys() - shape.keys():
            yield f"{where}.{name} is not of the specification"
        for name in shape.keys() & value.keys():
            yield from faults(shape[name], value[name], f"{where}.{name}")
    elif value in (None, ""):
        if not shape.endswith("?") and shape != "string":
            yield f"{where} is empty"
    elif not SHAPES[shape.rstrip("?")](value):
        yield f"{where} is not {shape}: {value!r}"


def from_xml(element: ElementTree.Element, shape: Any) -> Any:
    """An element as the record that the shape tells of; faults where names are not its own."""
    if isinstance(shape, list):
        assert {child.tag for child in element} <= {ELEMENTS[element.tag]}, element.tag
        return [from_xml(child, shape[0]) for child in element]
    if isinstance(shape, dict):
        names = [child.tag for child in element]
        assert len(names) == len(set(names)), f"{element.tag} has {names}"
        return {child.tag: from_xml(child, shape.get(child.tag, "text")) for child in element}
    assert len(element) == 0, element.tag
    return element.text


def conforms(answer: HttpResponse, root: str, shape: Any, code: int = 200) -> Any:
    """The records of an answer, all of them as the table says; in XML below `root`."""
    assert answer.status_code == code, answer.content.decode()
    kind = answer["Content-Type"]
    assert answer["Access-Control-Allow-Origin"] == "*"
    if kind.startswith("text/xml"):
        assert kind == "text/xml; charset=utf-8"
        assert re.match(rb"<\?xml version=.1.0. encoding=.utf-8.\?>", answer.content)
        tree = ElementTree.fromstring(answer.content)  # noqa: S314 our own answer
        assert tree.tag == root
        found = from_xml(tree, shape)
    else:
        assert kind == "application/json; charset=utf-8"
        found = answer.json()  # type: ignore[attr-defined]
    assert list(faults(shape, found, root)) == []
    return found


def get(path: str, form: str, **query: str) -> HttpResponse:
    return Client().get(f"{BASE}/{path}.{form}", query)  # type: ignore[return-value]


def post(path: str, form: str, given: dict[str, str]) -> HttpResponse:
    """As browsers and the specification's examples send it: form-encoded."""
    body = "&".join(f"{name}={value}" for name, value in given.items())
    kind = "application/x-www-form-urlencoded"
    return Client().post(f"{BASE}/{path}.{form}", body, content_type=kind)  # type: ignore[return-value]


FORMS = pytest.mark.parametrize("form", ["json", "xml"])


@FORMS
def test_discovery_services_and_definitions(form: str) -> None:
    conforms(get("discovery", form), "discovery", DISCOVERY)
    services = conforms(get("services", form), "services", [SERVICE])
    asked = [one for one in services if one["metadata"] in (True, "true")]
    assert asked
    for one in [*asked, services[0]]:
        path = f"services/{one['service_code']}"
        found = conforms(get(path, form), "service_definition", DEFINITION)
        for attribute in found["attributes"]:
            lists = attribute["datatype"] in ("singlevaluelist", "multivaluelist")
            assert bool(attribute["values"]) == lists
        orders = [int(attribute["order"]) for attribute in found["attributes"]]
        assert orders == sorted(orders) and len(orders) == len(set(orders))


@FORMS
def test_requests_in_lists_and_alone(form: str) -> None:
    first, second = published(), published(key="web:2")
    answered(first)
    for query in (
        {},
        {"status": "open"},
        {"status": "closed"},
        {"service_code": LAMP},
        {"jurisdiction_id": "420106"},
        {"extensions": "false"},
        {"service_request_id": f"{first},{second}"},
        {"start_date": "2026-03-01T00:00:00Z", "end_date": "2026-03-05T00:00:00+08:00"},
        {"page": "2", "page_size": "1"},
    ):
        found = conforms(get("requests", form, **query), "service_requests", [REQUEST])
        assert found, query
    (alone,) = conforms(get(f"requests/{first}", form), "service_requests", [REQUEST])
    assert alone["status"] == "closed"
    both = conforms(get(f"requests/{first},{second}", form), "service_requests", [REQUEST])
    assert [one["service_request_id"] for one in both] == [first, second]
    # An id overrides every other argument, as the specification says.
    other = {"service_request_id": first, "status": "open", "service_code": "020101"}
    assert len(conforms(get("requests", form, **other), "service_requests", [REQUEST])) == 1
    # Without a place the fields stand there, empty.
    PublicCase.objects.update(longitude=None, latitude=None, address="")
    conforms(get("requests", form), "service_requests", [REQUEST])


@FORMS
def test_a_request_is_filed_and_its_token_turned_into_an_id(form: str) -> None:
    given = {"api_key": open311_key(), **{name: str(value) for name, value in GOOD.items()}}
    (filed,) = conforms(post("requests", form, given), "service_requests", [FILED])
    path = f"tokens/{filed['token']}"
    (waiting,) = conforms(get(path, form), "service_requests", [TOKEN])
    assert not waiting["service_request_id"]
    deliver()
    (found,) = conforms(get(path, form), "service_requests", [TOKEN])
    assert found["service_request_id"]


@FORMS
def test_updates_are_told_and_taken(form: str) -> None:
    number = published()
    answered(number)
    told = conforms(get("servicerequestupdates", form), "service_requests_updates", [UPDATE])
    assert {one["status"] for one in told} == {"open", "closed"}
    key = open311_key()
    given = {"api_key": key, **{name: str(value) for name, value in GOOD.items()}}
    (filed,) = conforms(post("requests", form, given), "service_requests", [FILED])
    deliver()
    (row,) = conforms(get(f"tokens/{filed['token']}", form), "service_requests", [TOKEN])
    word = {
        "api_key": key,
        "service_request_id": row["service_request_id"],
        "update_id": "u1",
        "updated_datetime": "2026-03-02T10:00:00Z",
        "status": "OPEN",
        "description": "还是黑的",
    }
    answer = post("servicerequestupdates", form, word)
    conforms(answer, "service_request_updates", [{"update_id": "text"}])


@FORMS
@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("services", {"jurisdiction_id": "x"}, 404),
        ("services/000000", {}, 404),
        ("requests", {"jurisdiction_id": "x"}, 404),
        ("requests", {"start_date": "x"}, 400),
        ("requests", {"status": "x"}, 400),
        ("requests/x", {}, 404),
        ("tokens/x", {}, 404),
        ("servicerequestupdates", {"end_date": "x"}, 400),
        ("x", {}, 404),
    ],
)
def test_every_error_is_a_list_of_code_and_description(
    path: str, query: dict[str, str], code: int, form: str
) -> None:
    (one,) = conforms(get(path, form, **query), "errors", [ERROR], code)
    assert str(one["code"]) == str(code)


@FORMS
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"api_key": ""}, 403),
        ({"service_code": ""}, 400),
        ({"service_code": "x"}, 404),
        ({"jurisdiction_id": "x"}, 404),
        ({"lat": "", "long": ""}, 400),
        ({"lat": "north"}, 400),
    ],
)
def test_what_cannot_be_filed_is_told_the_same_way(
    changes: dict[str, str], code: int, form: str
) -> None:
    good = {"api_key": open311_key(), **{name: str(value) for name, value in GOOD.items()}}
    conforms(post("requests", form, good | changes), "errors", [ERROR], code)
