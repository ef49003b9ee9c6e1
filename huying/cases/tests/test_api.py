"""The API: each verb by its path, distinct refusals, lists by cursor, and how many statements."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from huying.cases.models import Attachment, Case
from huying.cases.tests import people
from huying.kernel import blobs
from huying.kernel.clock import frozen, now
from huying.org import actions as org_actions
from huying.org.models import Account, Holding, Post, Role, Unit

pytestmark = pytest.mark.usefixtures("district")
OPENING = {"channel": "phone", "title": "路灯不亮", "body": "一周了", "place": "420106001001G01"}
AUTHENTICATION = 3
CREATE, PAGE, LIST = 15, 15, 8

Call = Callable[..., Any]


@pytest.fixture
def sign_in() -> Callable[[str, str], Client]:
    """Sign somebody in who holds this role in the unit of this code."""

    def enter(role: str, unit_code: str) -> Client:
        if not Role.objects.exists():
            org_actions.install_roles(by=people.HAND)
        unit = Unit.objects.get(code=unit_code)
        account, made = Account.objects.get_or_create(
            username=f"{role}-{unit_code}", defaults={"name": "演员", "unit": unit}
        )
        if made:
            account.password_changed_at = now()
            account.save()
            post = Post.objects.create(
                unit=unit, area=unit, title=role, role=Role.objects.get(code=role)
            )
            since = now() - timedelta(days=1)
            Holding.objects.create(person=account, post=post, since=since)
        client = Client()
        client.force_login(account)
        return client

    return enter


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"/api/v1/{path}", body, content_type="application/json")


def test_a_case_is_walked_to_its_end_by_the_api(sign_in: Call) -> None:
    centre, office = (
        sign_in("district_centre", "420106"),
        sign_in("department_handler", "420106D01"),
    )
    caller = sign_in("callback_agent", "420106")
    made = post(centre, "cases", **OPENING)
    assert made.status_code == 201
    number, version = made.json()["number"], made.json()["version"]
    steps: list[tuple[Client, str, dict[str, Any]]] = [
        (centre, "accept", {"category": "010303"}),
        (centre, "dispatch", {"lead": "420106D01", "co": ["420106D02"]}),
        (office, "sign", {}),
        (office, "contact", {"reached": True}),
        (office, "comment", {"text": "已派人"}),
        (office, "reply", {"result": "已修", "solved": True}),
        (centre, "review", {"passed": True}),
        (caller, "evaluate", {"solved": True, "grade": 5}),
        (centre, "archive", {}),
    ]
    for client, verb, body in steps:
        answer = post(client, f"cases/{number}/{verb}", version=version, **body)
        assert answer.status_code == 200, (verb, answer.content)
        version = answer.json()["version"]
    assert answer.json()["state"] == "archived"


def test_refusals_are_distinct(sign_in: Call) -> None:
    centre, leader = sign_in("district_centre", "420106"), sign_in("leader", "420106")
    elsewhere = sign_in("street_dispatcher", "420106002")
    number = post(centre, "cases", **OPENING).json()["number"]
    path = f"cases/{number}/sign"
    assert post(Client(), path, version=1).status_code == 401
    assert post(leader, path, version=1).status_code == 403
    assert post(elsewhere, path, version=1).status_code == 404
    not_now = post(centre, path, version=1)
    assert (not_now.status_code, not_now.json()["error"]["code"]) == (409, "not_now")
    assert "accept" in not_now.json()["error"]["allowed"]
    assert post(centre, f"cases/{number}/accept", version=1).status_code == 422
    assert post(centre, f"cases/{number}/accept", category="010303").status_code == 422
    assert post(centre, f"cases/{number}/accept", version=1, category="010303").status_code == 200
    stale = post(centre, f"cases/{number}/comment", version=1, text="迟了")
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "stale")
    assert "受理" in stale.json()["error"]["message"]


def test_registering_takes_few_statements(sign_in: Call) -> None:
    centre = sign_in("district_centre", "420106")
    post(centre, "cases", **OPENING)
    told = OPENING | {"category": "010303", "name": "王敏", "phone": "13812345678"}
    assert counted(lambda: post(centre, "cases", **told)) <= CREATE


def test_registering_by_address_takes_no_more(sign_in: Call) -> None:
    centre = sign_in("district_centre", "420106")
    told: dict[str, Any] = {k: v for k, v in OPENING.items() if k != "place"}
    told |= {"address": "花园山社区", "category": "010303", "phone": "13812345678"}
    post(centre, "cases", **told)
    assert counted(lambda: post(centre, "cases", **told)) <= CREATE


def test_a_page_and_a_list_take_few_statements_however_many_cases(sign_in: Call) -> None:
    centre = sign_in("district_centre", "420106")
    numbers = [people.evaluated().number for _ in range(6)]
    assert counted(lambda: centre.get(f"/api/v1/cases/{numbers[0]}")) <= PAGE
    assert counted(lambda: centre.get("/api/v1/cases?category=01&state=evaluated")) <= LIST


def counted(call: Callable[[], Any]) -> int:
    """Statements of a call, authentication counted, transaction control not."""
    with CaptureQueriesContext(connection) as captured:
        answer = call()
    assert answer.status_code < 300, answer.content
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return sum(not query["sql"].startswith(control) for query in captured)


def test_cursor_pages_show_every_case_once(sign_in: Call) -> None:
    centre = sign_in("district_centre", "420106")
    made = []
    for minute in range(7):
        with frozen(people.MONDAY + timedelta(minutes=minute // 3)):
            made.append(people.registered().number)
    seen, after = [], ""
    while True:
        page = centre.get("/api/v1/cases", {"limit": 2, "after": after}).json()
        seen += [case["number"] for case in page["items"]]
        if not (after := page["next"]):
            break
    assert seen == made[::-1]


def test_a_broken_cursor_is_a_fault(sign_in: Call) -> None:
    answer = sign_in("district_centre", "420106").get("/api/v1/cases", {"after": "x"})
    assert answer.status_code == 422
    assert answer.json()["error"]["faults"][0]["where"] == "after"


def test_a_list_is_narrowed_by_every_filter(sign_in: Call) -> None:
    centre = sign_in("district_centre", "420106")
    here, there = people.in_progress(), people.registered(place="420106002001", channel="web")

    def numbers(**wanted: Any) -> set[str]:
        answer = centre.get("/api/v1/cases", wanted)
        assert answer.status_code == 200, answer.content
        return {case["number"] for case in answer.json()["items"]}

    assert numbers() == {here.number, there.number}
    for wanted in (
        {"state": "in_progress"},
        {"category": "01"},
        {"channel": "phone"},
        {"lead": "420106D01"},
        {"place": "420106001"},
    ):
        assert numbers(**wanted) == {here.number}, wanted
    assert numbers(place="420106002") == {there.number}
    assert numbers(category="03") == set()  # not the class 0103, whose code only ends so
    assert numbers(since=(people.MONDAY + timedelta(hours=1)).isoformat()) == set()
    assert numbers(overdue="true") == set()
    with frozen(people.MONDAY + timedelta(days=30)):
        assert numbers(overdue="true") == {here.number}


def test_a_picture_loses_its_exif_and_its_name_its_telephone(sign_in: Call) -> None:
    centre, elsewhere = sign_in("district_centre", "420106"), sign_in("leader", "420106002")
    case = people.registered()
    into = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = people.NAME
    Image.new("RGB", (8, 8), "red").save(into, "JPEG", exif=exif)
    into.seek(0)
    into.name = f"{people.NAME}{people.PHONE}现场.jpg"
    answer = centre.post(
        f"/api/v1/cases/{case.number}/attach",
        {"version": case.version, "file": into, "from_citizen": "true"},
    )
    assert answer.status_code == 200, answer.content
    row = Attachment.objects.get(pk=answer.json()["attachment"])
    assert row.from_citizen
    assert people.PHONE not in row.name and people.NAME not in row.name
    path = f"/api/v1/cases/{case.number}/attachments/{row.pk}"
    got = centre.get(path)
    data = b"".join(got.streaming_content)
    with Image.open(io.BytesIO(data)) as picture:
        assert not picture.getexif()
    assert elsewhere.get(path).status_code == 404
    assert blobs.readable(people.centre, row.blob_id) == row.blob


def test_a_script_dressed_as_a_picture_is_refused(sign_in: Call) -> None:
    case = people.registered()
    into = io.BytesIO(b"<html><script>alert(1)</script></html>")
    into.name = "现场.jpg"
    answer = sign_in("district_centre", "420106").post(
        f"/api/v1/cases/{case.number}/attach", {"version": case.version, "file": into}
    )
    assert answer.status_code == 422
    assert Case.objects.get(number=case.number).version == 1


def test_the_document_has_one_path_for_each_verb(sign_in: Call) -> None:
    from huying.cases.rules.edges import LABELS

    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    for verb in LABELS:
        path = "/api/v1/cases" if verb == "register" else f"/api/v1/cases/{{number}}/{verb}"
        assert "post" in paths[path], verb


@pytest.mark.parametrize(
    "path",
    ["cases/%00", "cases?category=%00", "cases?place=%00", "cases?channel=%00&state=%00"],
)
def test_what_no_column_can_hold_is_refused_and_no_failure(
    sign_in: Callable[..., Client], path: str
) -> None:
    answer = sign_in("district_centre", "420106").get(f"/api/v1/{path}")
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid"


@pytest.mark.parametrize("field", ["address", "external_number", "intake_key", "category", "place"])
def test_a_nul_in_any_field_is_refused(sign_in: Callable[..., Client], field: str) -> None:
    answer = post(sign_in("district_centre", "420106"), "cases", **(OPENING | {field: "a\x00b"}))
    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_an_unknown_address_and_a_failure_speak_json(
    sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in("district_centre", "420106")
    answer = client.get("/api/v1/nowhere")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")

    def fail(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("huying.cases.queries.case_page", fail)
    answer = client.get("/api/v1/cases/20260302-001-P0001")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "broken")
    assert "secret" not in answer.content.decode()


def test_a_nul_in_the_address_of_a_page_is_refused(sign_in: Callable[..., Client]) -> None:
    answer = sign_in("district_centre", "420106").get("/cases/%00/")
    assert answer.status_code == 422
