"""The desk of each role, and what others did since somebody last looked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from huying.cases import actions
from huying.cases.models import Case, CaseClock, LastLook
from huying.cases.queries import changes, desk
from huying.kernel.asker import System
from huying.kernel.clock import frozen, now
from huying.org import queries as org
from huying.web import slots
from tests.cast import Cast, assemble
from tests.mainline import HANDLING, MOVES, brought

HAND = System("test")


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


def test_what_runs_out_first_stands_on_top_whatever_its_kind(cast: Cast) -> None:
    case = brought("in_progress")
    actions.supervise(case.number, version=case.version, by=HAND, **MOVES["supervise"].payload)
    sent = brought("registered")
    actions.send_someone(
        sent.number,
        version=sent.version,
        by=HAND,
        person=cast.people["community_staff"].pk,
        minutes=30,
    )
    handler = desk.desk_page(cast.asker("department_handler")).items
    assert {item.kind for item in handler} == {"case", "order"}
    assert [item.due for item in handler] == sorted(item.due for item in handler if item.due)
    staff = desk.desk_page(cast.asker("community_staff")).items
    assert (staff[0].kind, staff[0].number) == ("sent", sent.number)
    codes = {heap.code: heap.count for heap in desk.heaps(cast.asker("community_staff"))}
    assert (codes["sent"], codes["accept"]) == (1, 1)


def test_a_call_waits_on_the_desk_of_the_called_unit(cast: Cast) -> None:
    call = actions.call_alone(
        by=HAND, unit=HANDLING, lead="420106", subject="移动泵", ask="请调配两台"
    )
    found = desk.desk_page(cast.asker("district_centre"), "call").items
    assert [(item.kind, item.number) for item in found] == [("call", call.number)]
    assert desk.desk_page(cast.asker("street_dispatcher"), "call").items == []


def test_every_line_is_reached_page_by_page_and_none_twice(cast: Cast) -> None:
    numbers = {brought("registered").number for _ in range(7)}
    CaseClock.objects.filter(case__number=min(numbers)).delete()  # one without any clock
    asker, after, read = cast.asker("street_dispatcher"), "", []
    for _page in range(4):
        page = desk.desk_page(asker, "accept", after, size=3)
        read += [item.number for item in page.items]
        after = page.after
        if not after:
            break
    assert len(read) == len(set(read)) == 7
    assert read[-1] == min(numbers), "what no clock runs for stands last"


def test_a_mark_that_is_not_ours_begins_anew(cast: Cast) -> None:
    brought("registered")
    assert desk.desk_page(cast.asker("street_dispatcher"), "accept", "x:y:z").first


def test_next_follows_the_order_of_the_desk_and_keeps_the_heap(cast: Cast) -> None:
    first, second = brought("registered").number, brought("registered").number
    CaseClock.objects.filter(case__number=second).update(due_at=now() - timedelta(hours=9))
    asker = cast.asker("street_dispatcher")
    assert desk.following(asker, "accept", second) == first
    client = signed_in(cast, "street_dispatcher")
    answer = client.get(f"/cases/{second}/next/?work=accept")
    assert answer["Location"] == f"/cases/{first}/?work=accept"


@pytest.mark.parametrize(
    "role",
    [
        *("grid_worker", "community_staff", "street_dispatcher", "department_handler"),
        *("district_centre", "callback_agent", "evaluator", "leader"),
    ],
)
def test_every_role_has_a_desk(role: str, cast: Cast) -> None:
    for state in ("registered", "in_progress", "awaiting_callback"):
        brought(state)
    page = signed_in(cast, role).get("/cases/desk/")
    assert page.status_code == 200
    assert "等我办的" in page.content.decode()


def test_what_others_did_is_news_until_i_say_that_i_have_seen_it(cast: Cast) -> None:
    case = brought("in_progress")
    handler = cast.asker("department_handler")
    mine = actions.comment(case.number, version=case.version, by=handler, text="已联系")
    found = changes.changes(handler)
    assert [one.case.number for one in found.cases] == [case.number]
    assert all(line.actor != handler.label for line in found.cases[0].lines)
    assert Case.objects.filter(pk=found.cases[0].case.pk).exists()

    client = signed_in(cast, "department_handler")
    client.post("/cases/desk/seen/", {"upto": found.upto.isoformat()})
    assert changes.changes(handler).cases == []
    other = signed_in(cast, "department_handler")  # the other device
    assert "没有新变化" in other.get("/cases/desk/").content.decode()

    with frozen(now() + timedelta(minutes=5)):
        actions.comment(
            case.number, version=mine.version, by=cast.asker("district_centre"), text="请抓紧"
        )
        again = changes.changes(handler)
        assert [line.text for one in again.cases for line in one.lines] == ["备注"]
        rows = changes.marked_unread(handler, Case.objects.filter(number=case.number))
        assert [vars(row)["unread"] for row in rows] == [True]
        assert "unread-dot" in client.get("/cases/").content.decode()


def test_where_more_happened_than_is_shown_the_desk_says_that_there_is_more(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought("in_progress")
    for _other in range(3):
        brought("registered")  # the newest lines of all, and none of the handler's
    handler = cast.asker("department_handler")
    assert not changes.changes(handler).more
    monkeypatch.setattr(changes, "TOLD", 1)
    found = changes.changes(handler)
    assert len(found.cases) == 1 and found.lines == 1 and found.more
    page = signed_in(cast, "department_handler").get("/cases/desk/").content.decode()
    assert "更早的在诉求列表里带圆点" in page and "没有新变化" not in page
    rows = changes.marked_unread(handler, Case.objects.filter(state="in_progress"))
    assert [vars(row)["unread"] for row in rows] == [True]


def test_the_mark_never_moves_back_nor_ahead(cast: Cast) -> None:
    asker = cast.asker("department_handler")
    actions.mark_seen(by=asker, upto=now() + timedelta(days=9))
    first = LastLook.objects.get().seen_at
    assert first <= now()
    actions.mark_seen(by=asker, upto=now() - timedelta(days=9))
    assert LastLook.objects.get().seen_at == first


def test_a_mark_without_a_zone_is_one_of_the_district(cast: Cast) -> None:
    at = now().replace(microsecond=0) - timedelta(hours=1)
    body = {"upto": at.replace(tzinfo=None).isoformat()}
    client = signed_in(cast, "department_handler")
    answer = client.post("/api/v1/desk/seen", body, content_type="application/json")
    assert answer.status_code == 200
    assert LastLook.objects.get().seen_at == at


def test_what_is_not_mine_is_no_news(cast: Cast) -> None:
    brought("in_progress")  # led by D01
    assert changes.changes(cast.asker("grid_worker")).cases == []
    assert changes.changes(org.asker_for(cast.doubles["department_handler"])).cases == []


def test_cameras_and_telephone_calls_of_later_rooms_stand_beside_a_case(cast: Cast) -> None:
    case = brought("in_progress")
    client = signed_in(cast, "street_dispatcher")
    address = f"/cases/console/{case.number}/"
    assert "附近摄像头" not in client.get(address).content.decode()
    asked: list[slots.Spot] = []

    def near(asker: Any, spot: slots.Spot, most: int) -> list[slots.Near]:
        asked.append(spot)
        return [slots.Near("胭脂路口球机", "/video/1/", "80 米")]

    slots.CAMERAS_NEAR.register("test", slots.NearSource("附近摄像头", "video", near))
    try:
        page = client.get(address).content.decode()
    finally:
        del slots.CAMERAS_NEAR._items["test"]
    assert "附近摄像头" in page
    assert "胭脂路口球机" in page
    assert asked[0].number == case.number


def signed_in(cast: Cast, role: str) -> Client:
    client = Client()
    client.force_login(cast.people[role])
    return client
