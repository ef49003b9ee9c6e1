"""Open311 GeoReport v2 as its specification's examples have it: reading, in JSON and XML."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.http import HttpResponse
from django.test import Client

from huying.cases import actions as cases
from huying.cases.models import Case
from huying.kernel.clock import frozen, now
from huying.kernel.errors import Refusal
from huying.portal.tests.people import HAND, LAMP, deliver, publish, published, taken
from huying.portal.tests.test_following import answered

pytestmark = pytest.mark.usefixtures("district")

BASE = "/open311/v2"
REQUEST_FIELDS = [
    *("service_request_id", "status", "status_notes", "service_name", "service_code"),
    *("description", "agency_responsible", "service_notice", "requested_datetime"),
    *("updated_datetime", "expected_datetime", "address", "address_id", "zipcode"),
    *("lat", "long", "media_url"),
]


def asked(path: str, **query: str) -> HttpResponse:
    return Client().get(f"{BASE}/{path}", query)  # type: ignore[return-value]


def as_json(path: str, **query: str) -> Any:
    answer = asked(path, **query)
    assert answer.status_code == 200, answer.content.decode()
    assert answer["Content-Type"].startswith("application/json")
    return answer.json()  # type: ignore[attr-defined]


def as_xml(path: str, **query: str) -> ElementTree.Element:
    answer = asked(path, **query)
    assert answer.status_code == 200, answer.content.decode()
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    return ElementTree.fromstring(answer.content)  # noqa: S314 our own answer


def errors(answer: HttpResponse) -> tuple[int, str]:
    """The error of an answer; in both forms a list of code and description."""
    if answer["Content-Type"].startswith("text/xml"):
        tree = ElementTree.fromstring(answer.content)  # noqa: S314
        assert tree.tag == "errors"
        error = tree.find("error")
        assert error is not None
        assert [child.tag for child in error] == ["code", "description"]
        code, words = error.findtext("code"), error.findtext("description")
    else:
        (one,) = answer.json()  # type: ignore[attr-defined]
        code, words = one["code"], one["description"]
    assert code is not None
    assert int(code) == answer.status_code
    assert words
    return int(code), words


def test_discovery_names_this_endpoint_and_its_forms() -> None:
    found = as_json("discovery.json")
    (endpoint,) = found["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"].endswith("/open311/v2")
    assert endpoint["formats"] == ["text/xml", "application/json"]
    tree = as_xml("discovery.xml")
    assert tree.tag == "discovery"
    assert [child.tag for child in tree] == ["changeset", "contact", "key_service", "endpoints"]
    tags = [child.tag for child in tree.find("endpoints/endpoint") or ()]
    assert tags == ["specification", "url", "changeset", "type", "formats"]
    formats = [one.text for one in tree.findall("endpoints/endpoint/formats/format")]
    assert formats == ["text/xml", "application/json"]
    assert Client().get("/open311/discovery.xml").status_code == 200


def test_services_are_the_lowest_classes() -> None:
    found = as_json("services.json")
    assert len(found) > 80
    (lamp,) = [one for one in found if one["service_code"] == LAMP]
    assert lamp["metadata"] is True
    assert lamp["type"] == "batch"
    assert lamp["group"] == "市容环卫"
    tree = as_xml("services.xml")
    assert tree.tag == "services"
    wanted = ["service_code", "service_name", "description", "metadata", "type"]
    assert [child.tag for child in tree[0]] == [*wanted, "keywords", "group"]
    assert tree[0].findtext("metadata") in ("true", "false")


def test_a_definition_lists_attributes_in_order() -> None:
    found = as_json("services/010302.json")
    assert found["service_code"] == "010302"
    (question,) = found["attributes"]
    assert question["datatype"] == "singlevaluelist"
    assert question["required"] is True
    assert question["values"][0] == {"key": "missing", "name": "井盖没有了"}
    tree = as_xml("services/010302.xml")
    assert tree.tag == "service_definition"
    tags = [child.tag for child in tree.find("attributes/attribute") or ()]
    assert tags == [
        *("variable", "code", "datatype", "required", "datatype_description"),
        *("order", "description", "values"),
    ]
    assert tree.findtext("attributes/attribute/values/value/key") == "missing"


def test_a_request_has_the_fields_of_the_specification() -> None:
    number = published()
    (found,) = as_json(f"requests/{number}.json")
    assert list(found) == REQUEST_FIELDS
    assert found["status"] == "open"
    assert (found["lat"], found["long"]) == (30.543, 114.305)
    assert found["requested_datetime"] == "2026-03-02T09:00:00+08:00"
    tree = as_xml(f"requests/{number}.xml")
    assert tree.tag == "service_requests"
    assert [child.tag for child in tree[0]] == REQUEST_FIELDS
    assert tree[0].tag == "request"
    assert tree[0].findtext("zipcode") == ""


def test_an_answered_request_is_closed_and_filters_by_status_and_service() -> None:
    number, other = published(), published(key="web:2")
    answered(number)
    assert as_json(f"requests/{number}.json")[0]["status"] == "closed"
    for query, wanted in (
        ({"status": "closed"}, {number}),
        ({"status": "open"}, {other}),
        ({"status": "open,closed"}, {number, other}),
        ({"service_code": LAMP}, {number, other}),
        ({"service_code": "020101"}, set()),
        ({"service_request_id": f"{other},{number},x"}, {number, other}),
    ):
        found = {one["service_request_id"] for one in as_json("requests.json", **query)}
        assert found == wanted, query


def test_the_window_is_ninety_days() -> None:
    number = published()
    first = {"start_date": "2026-03-01T00:00:00Z", "end_date": "2026-03-05T00:00:00Z"}
    assert len(as_json("requests.json", **first)) == 1
    assert as_json("requests.json", start_date="2026-03-03T00:00:00+08:00") == []
    assert as_json("requests.json", end_date="2026-03-01T00:00:00Z") == []
    with frozen(now() + timedelta(days=91)):
        assert as_json("requests.json") == []
        assert len(as_json("requests.json", start_date="2026-03-01T00:00:00Z")) == 1
        assert len(as_json("requests.json", service_request_id=number)) == 1
    wide = {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-12-01T00:00:00Z"}
    assert errors(asked("requests.json", **wide))[0] == 400


def test_pages_follow_one_another_without_gap_or_overlap() -> None:
    numbers = {published(key=f"web:{n}") for n in range(5)}
    seen: list[str] = []
    for page in ("1", "2", "3"):
        found = as_json("requests.json", page=page, page_size="2")
        seen += [one["service_request_id"] for one in found]
    assert len(seen) == 5
    assert set(seen) == numbers


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("services", {"jurisdiction_id": "nowhere"}, 404),
        ("services/999999", {}, 404),
        ("requests/none", {}, 404),
        ("tokens/none", {}, 404),
        ("requests", {"start_date": "yesterday"}, 400),
        ("requests", {"start_date": "2026-02-30T00:00:00Z"}, 400),
        ("requests", {"status": "lost"}, 400),
        ("requests", {"page": "0"}, 400),
        ("requests", {"page_size": "many"}, 400),
        ("requests", {"api_key": "bad"}, 403),
        ("nothing", {}, 404),
    ],
)
def test_errors_have_the_form_of_the_specification(
    path: str, query: dict[str, str], code: int, form: str
) -> None:
    assert errors(asked(f"{path}.{form}", **query))[0] == code


def test_other_methods_and_forms_are_refused_politely() -> None:
    assert errors(Client().delete(f"{BASE}/requests.json"))[0] == 405  # type: ignore[arg-type]
    assert errors(asked("services.html"))[0] == 404
    assert as_json("services.json", jurisdiction_id="420106")


def test_what_is_not_published_sensitive_or_anonymous_never_leaves() -> None:
    hidden = taken().number
    anonymous = taken(key="web:2", anonymous=True).number
    number = taken(key="web:3").number
    case = Case.objects.get(number=number)
    done = cases.accept(number, version=case.version, by=HAND, category=LAMP, sensitive=True)
    with pytest.raises(Refusal):
        publish(done.number)
    deliver()
    everything = asked("requests.xml").content.decode()
    for one in (hidden, anonymous, number):
        assert one not in everything
        assert asked(f"requests/{one}.json").status_code == 404
        assert one not in asked("servicerequestupdates.json").content.decode()


def test_updates_tell_the_steps_of_public_requests() -> None:
    number = published()
    answered(number)
    tree = as_xml("servicerequestupdates.xml")
    assert tree.tag == "service_requests_updates"
    assert [child.tag for child in tree[0]] == [
        *("update_id", "service_request_id", "status", "updated_datetime"),
        *("description", "media_url"),
    ]
    found = as_json("servicerequestupdates.json")
    assert found[0]["status"] == "open"
    assert found[-1]["status"] == "closed"
    assert len({one["update_id"] for one in found}) == len(found)
    later = {"start_date": "2026-03-03T00:00:00Z", "end_date": "2026-03-04T00:00:00Z"}
    assert as_json("servicerequestupdates.json", **later) == []


def test_a_browser_of_another_site_may_read_but_brings_no_cookie() -> None:
    answer = asked("services.json")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
