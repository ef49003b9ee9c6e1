"""Pages and API of supervision: the list of orders, the desk, the conditions with their trial."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from huying.cases import actions
from huying.cases.actions.triggers import edit_trigger
from huying.cases.models import Case, SupervisionOrder, SupervisionTrigger
from huying.cases.queries.desk import desk_page
from huying.cases.queries.triggers import spec_of, triggers, watchers
from huying.cases.tests import people
from huying.kernel.clock import frozen, now
from huying.kernel.errors import Forbidden, Invalid, NotFound
from tests.cast import Cast, assemble
from tests.mainline import brought

GOOD: dict[str, Any] = {"measure": "working_days", "amount": "1", "active": True, "level": 1}


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


def client_of(cast: Cast, role: str, *, inside: bool = True) -> Client:
    client = Client()
    client.force_login((cast.people if inside else cast.doubles)[role])
    return client


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_the_list_tells_orders_apart_by_whose_they_are_and_how_they_stand(cast: Cast) -> None:
    centre = cast.people["district_centre"]
    mine = brought("in_progress")
    named: dict[str, Any] = {"level": 2, "reason": "临近汛期", "supervisor": centre.name}
    actions.supervise(mine.number, version=mine.version, by=cast.asker("district_centre"), **named)
    other = brought("ordered")
    following, handling = client_of(cast, "district_centre"), client_of(cast, "department_handler")
    assert SupervisionOrder.objects.get(case__number=mine.number).supervisor_id == (
        f"person:{centre.pk}"
    )
    for client, query, shown, hidden in (
        (following, "?bare=1", [mine, other], []),
        (following, "?whose=mine", [mine], [other]),
        (following, "?standing=answered", [other], [mine]),
        (handling, "?whose=unit&standing=waiting", [mine], [other]),
        (following, "?level=2", [mine], [other]),
        (following, "?standing=late", [], [mine, other]),
    ):
        page = text_of(client, f"/cases/orders/{query}")
        assert all(one.number in page for one in shown), query
        assert not any(one.number in page for one in hidden), query
    outside = text_of(client_of(cast, "department_handler", inside=False), "/cases/orders/")
    assert mine.number not in outside


def test_the_desk_shows_what_must_be_answered_and_what_must_be_closed(cast: Cast) -> None:
    waits, answered = brought("supervised"), brought("ordered")
    page = text_of(client_of(cast, "department_handler"), "/")
    assert f"/cases/{waits.number}/" in page.split("全部待办和新变化")[0]
    assert _to_do(cast, "department_handler") == [waits.number]
    assert _to_do(cast, "district_centre") == [answered.number]
    assert _to_do(cast, "leader") == []


def test_what_runs_out_first_stands_first_and_shows_red_when_late(cast: Cast) -> None:
    first = brought("supervised")
    with frozen(now() + timedelta(hours=1)):
        second = brought("supervised")
    SupervisionOrder.objects.filter(case__number=second.number).update(
        due_at=now() + timedelta(minutes=1)
    )
    assert _to_do(cast, "department_handler") == [second.number, first.number]
    with frozen(now() + timedelta(days=30)):
        assert "逾期未回复" in text_of(client_of(cast, "district_centre"), "/cases/orders/")


def test_a_raised_order_says_so_on_the_page_of_its_case(cast: Cast) -> None:
    case = brought("supervised")
    SupervisionTrigger.objects.exclude(code="lapsed").update(active=False)
    with frozen(now() + timedelta(days=30)):
        assert actions.supervise_due() == 1
    page = text_of(client_of(cast, "department_handler"), f"/cases/{case.number}/")
    assert "逾期，已升级" in page and "2 级督办（督办逾期未回复）" in page
    assert "督办 2 级" in page


def test_a_condition_is_shown_unconfirmed_until_it_is_signed_and_after_a_change(
    cast: Cast,
) -> None:
    client = client_of(cast, "district_centre")
    assert text_of(client, "/cases/triggers/").count("未经本区确认") >= 9
    answer = client.post("/cases/triggers/overdue/confirm/")
    assert answer.status_code == 302
    row = SupervisionTrigger.objects.get(code="overdue")
    assert row.confirmed_by and row.confirmed_at
    edit_trigger("overdue", by=cast.asker("district_centre"), **GOOD)
    row.refresh_from_db()
    assert (row.level, row.confirmed_by) == (1, "")
    assert row.confirmed_at is None
    assert "确认</button>" not in text_of(client_of(cast, "leader"), "/cases/triggers/")


def test_the_trial_counts_cases_and_opens_nothing(cast: Cast) -> None:
    brought("in_progress", sensitive=True)
    client = client_of(cast, "district_centre")
    fields = {"level": "3", "amount": "1", "measure": "natural_hours", "watcher": "centre"}
    answer = client.post("/cases/triggers/sensitive/", fields | {"active": "on", "try": "1"})
    assert answer.status_code == 200 and "现在会督办 1 件" in answer.content.decode()
    assert not SupervisionOrder.objects.exists()
    row = SupervisionTrigger.objects.get(code="sensitive")
    assert row.level == 1
    answer = client.post("/cases/triggers/sensitive/", fields | {"active": "on"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.level, row.measure) == (3, "natural_hours")
    answer = client.get("/api/v1/supervision_triggers/sensitive/trial")
    assert json.loads(answer.content)["count"] == 1
    outside = client_of(cast, "district_centre", inside=False)
    assert json.loads(outside.get(answer.request["PATH_INFO"]).content)["count"] == 0


@pytest.mark.parametrize(
    ("code", "wrong", "where"),
    [
        ("overdue", {"level": 4}, "level"),
        ("returned", {"threshold": 0}, "threshold"),
        ("place", {"threshold": 3, "days": 0}, "days"),
        ("overdue", {"measure": "moons"}, "measure"),
        ("overdue", {"amount": "0"}, "amount"),
        ("overdue", {"amount": "NaN"}, "amount"),
        ("overdue", {"watcher": "nobody"}, "watcher"),
        ("overdue", {"watcher": "person"}, "person"),
        ("overdue", {"watcher": "person", "person": 10**9}, "person"),
    ],
)
@pytest.mark.usefixtures("district")
def test_a_condition_filled_in_wrongly_is_refused(
    code: str, wrong: dict[str, Any], where: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        edit_trigger(code, by=people.centre, **(GOOD | wrong))
    assert [fault.where for fault in refusal.value.faults] == [where]


@pytest.mark.usefixtures("district")
def test_only_the_centre_changes_and_signs_conditions() -> None:
    for by in (people.dispatcher, people.handler, people.leader, people.caller):
        with pytest.raises(Forbidden):
            edit_trigger("overdue", by=by, **GOOD)
        with pytest.raises(Forbidden):
            actions.confirm_trigger("overdue", by=by)
    with pytest.raises(NotFound):
        actions.confirm_trigger("nothing", by=people.centre)


@pytest.mark.usefixtures("district")
def test_installing_again_keeps_what_the_district_changed() -> None:
    edit_trigger("lapsed", by=people.centre, **GOOD | {"level": 3})
    actions.install_defaults(by=people.HAND)
    row = SupervisionTrigger.objects.get(code="lapsed")
    assert row.level == 0  # it raises by one, whatever was sent
    assert row.amount == 1 and triggers().count() == 9


def test_without_a_leader_on_duty_the_people_of_the_centre_follow(cast: Cast) -> None:
    SupervisionTrigger.objects.update(watcher="duty")
    spec = next(spec_of(row) for row in triggers())
    named = watchers(spec, "420100/420106/")
    centre = cast.people["district_centre"]
    assert [(one.name, one.id) for one in named] == [(centre.name, f"person:{centre.pk}")]


def test_the_list_of_the_api_pages_by_id_and_hides_what_lies_outside(cast: Cast) -> None:
    for _ in range(3):
        brought("supervised")
    client = client_of(cast, "district_centre")
    first = json.loads(client.get("/api/v1/supervision_orders?limit=2").content)
    rest = client.get(f"/api/v1/supervision_orders?before={first[-1]['id']}").content
    assert len(first) == 2 and len(json.loads(rest)) == 1
    assert {one["standing"] for one in first} == {"waiting"}
    outside = client_of(cast, "district_centre", inside=False)
    assert json.loads(outside.get("/api/v1/supervision_orders").content) == []
    assert Case.objects.count() == 3


def test_one_page_shows_every_default_with_its_basis_and_signs_it(cast: Cast) -> None:
    client = client_of(cast, "district_centre")
    page = text_of(client, "/defaults/")
    assert "未按时签收" in page and "一般诉求" in page and "权重与门槛" in page
    assert all(f'action="/defaults/{one}/"' in page for one in ("clocks/sign", "triggers/place"))
    unsigned = page.count("未经本区确认</span>")
    for source, name in (("clocks", "ordinary"), ("triggers", "unsigned")):
        answer = client.post(f"/defaults/{source}/{name}/", follow=True)
        unsigned -= 1
        assert answer.content.decode().count("未经本区确认</span>") == unsigned
    assert client.post("/defaults/nothing/ordinary/").status_code == 404
    leader = client_of(cast, "leader")
    assert "确认</button>" not in text_of(leader, "/defaults/")
    assert leader.post("/defaults/triggers/overdue/").status_code == 403


def _to_do(cast: Cast, role: str) -> list[str]:
    """The numbers on the heap of orders, as the desk shows them."""
    return [item.number for item in desk_page(cast.asker(role), "order").items]
