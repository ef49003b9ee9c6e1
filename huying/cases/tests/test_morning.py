"""The morning meeting: its figures by plain counting, their lists, its decisions, its cost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from huying.cases import actions
from huying.cases.models import Case, CityMessage, SupervisionOrder
from huying.cases.queries import morning
from huying.kernel.asker import System
from huying.kernel.clock import DISTRICT_ZONE, frozen, now
from huying.kernel.errors import Forbidden
from huying.org.models import DutyShift, ShiftHandover
from tests.cast import Cast, assemble
from tests.mainline import CATEGORY, GRID, HANDLING, WORDS
from tests.permissions.stage import statements

HAND = System("test")
MONDAY = datetime(2026, 3, 9, 8, 30, tzinfo=DISTRICT_ZONE)
FRIDAY = datetime(2026, 3, 6, 10, 0, tzinfo=DISTRICT_ZONE)
SUNDAY_NIGHT = datetime(2026, 3, 8, 21, 0, tzinfo=DISTRICT_ZONE)
MOST = 22


def came(at: datetime, *verbs: str, **facts: Any) -> str:
    """A case that came then, and went on by these verbs, an hour each."""
    with frozen(at):
        done = actions.register(by=HAND, channel="phone", place=GRID, **(WORDS | facts))
    more: dict[str, dict[str, Any]] = {
        "accept": {"category": CATEGORY},
        "dispatch": {"lead": HANDLING},
        "reply": {"result": "已更换灯泡。", "solved": True},
    }
    for step, verb in enumerate(verbs, start=1):
        with frozen(at + timedelta(hours=step)):
            given = more.get(verb, {})
            done = getattr(actions, verb)(done.number, version=done.version, by=HAND, **given)
    return done.number


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    """Three of Friday, one of them answered; one urgent of Sunday night; the clock on Monday."""
    with frozen(FRIDAY - timedelta(hours=2)):
        made = assemble()
    came(FRIDAY, "accept", "dispatch", "sign", "reply")
    came(FRIDAY, "accept", "dispatch")
    came(FRIDAY)
    came(SUNDAY_NIGHT, urgent=True)
    with frozen(MONDAY):
        yield made


def client_of(cast: Cast, role: str, *, inside: bool = True) -> Client:
    client = Client()
    client.force_login((cast.people if inside else cast.doubles)[role])
    return client


def counted(sql: str) -> int:
    """A count in plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from cases_case where {sql}")
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def test_on_a_monday_the_meeting_looks_back_on_friday_and_the_weekend(cast: Cast) -> None:
    at = morning.times()
    assert (at.since.day, at.night.day, at.night.hour, at.today.day) == (6, 8, 17, 9)
    page = morning.morning(cast.asker("leader"))
    assert page.numbers["before_came"] == 4 == counted("true")
    assert page.numbers["before_urgent"] == 1 == counted("urgent")
    assert page.numbers["before_answered"] == 1 == counted("replied_at is not null")
    assert page.numbers["night_came"] == 1
    assert page.numbers["night_answered"] == 0
    assert page.numbers["new"] == 2 == counted("state = 'registered'")
    assert page.numbers["unsigned"] == 1 == counted("state = 'dispatched'")


def test_on_a_wednesday_yesterday_is_tuesday(cast: Cast) -> None:
    with frozen(MONDAY + timedelta(days=2)):
        assert (morning.times().since.day, morning.times().night.day) == (10, 10)


def test_every_number_opens_to_as_many_cases(cast: Cast) -> None:
    late = came(FRIDAY - timedelta(days=20), "accept", "dispatch", "sign")
    assert Case.objects.get(number=late).due_at < now()  # type: ignore[operator]
    for _time in range(3):
        came(FRIDAY, "accept")
    client = client_of(cast, "leader")
    page = unescape(client.get("/cases/morning/").content.decode())
    links = re.findall(
        r'href="(/cases/morning/cases/[^"]*)"[^>]*>(?:<span>[^<]*</span><strong>)?(\d+)', page
    )
    assert len(links) == 2 * len(morning.FLOWS) + len(morning.STANDING)
    hot = re.search(r'href="(/cases/morning/cases/\?figure=hot[^"]*)".*?(\d+) 件', page)
    assert hot is not None
    assert int(hot[2]) >= 3
    for address, said in (*links, hot.groups()):
        shown = client.get(address).content.decode()
        assert shown.count("data-row-link") == int(said), address
    numbers = client.get("/api/v1/morning").json()["numbers"]
    assert numbers["late"] == 1
    assert {re.findall(r"figure=(\w+)", a)[0]: int(n) for a, n in links} == numbers


def test_the_double_of_another_district_counts_nothing_here(cast: Cast) -> None:
    page = morning.morning(cast.asker("leader"))
    assert any(page.numbers.values())
    other = client_of(cast, "leader", inside=False).get("/api/v1/morning").json()
    assert not any(other["numbers"].values())
    assert (other["today"], other["late"], other["pressing"], other["hot"]) == ([], [], [], [])


def test_a_figure_that_is_none_is_not_found(cast: Cast) -> None:
    assert client_of(cast, "leader").get("/cases/morning/cases/?figure=x").status_code == 404


def test_a_grid_worker_and_a_callback_agent_have_no_meeting(cast: Cast) -> None:
    for role in ("grid_worker", "callback_agent"):
        assert client_of(cast, role).get("/cases/morning/").status_code == 403
        with pytest.raises(Forbidden):
            morning.morning(cast.asker(role))


def test_a_decision_is_taken_from_the_row_and_leads_back_to_the_meeting(cast: Cast) -> None:
    urgent = came(SUNDAY_NIGHT, "accept", "dispatch", "sign", urgent=True, title="煤气味很重")
    centre = client_of(cast, "district_centre")
    page = centre.get("/cases/morning/").content.decode()
    assert f"/cases/{urgent}/supervise/?back=morning" in page
    form = centre.get(f"/cases/{urgent}/supervise/?back=morning").content.decode()
    assert f'action="/cases/{urgent}/supervise/?back=morning"' in form
    version = Case.objects.get(number=urgent).version
    given: dict[str, Any] = {"version": version, "level": 2, "supervisor": "吴雪梅"}
    given["reason"] = "晨会议定：今天必须到现场"
    answer = centre.post(f"/cases/{urgent}/supervise/?back=morning", given)
    assert (answer.status_code, answer["Location"]) == (302, "/cases/morning/")
    order = SupervisionOrder.objects.get(case__number=urgent)
    assert "晨会议定" in order.reason
    assert "晨会议定" not in centre.get("/cases/morning/").content.decode()
    assert "二级：书面、挂牌" in centre.get("/cases/morning/").content.decode()
    elsewhere = centre.get(f"/cases/{urgent}/comment/?back=https://evil.example/")
    assert f'action="/cases/{urgent}/comment/"' in elsewhere.content.decode()


def test_who_may_decide_nothing_sees_no_buttons(cast: Cast) -> None:
    came(SUNDAY_NIGHT, "accept", "dispatch", "sign", urgent=True)
    assert "data-decide" not in client_of(cast, "leader").get("/cases/morning/").content.decode()
    centre = client_of(cast, "district_centre")
    assert "data-decide" in centre.get("/cases/morning/").content.decode()


def test_a_case_that_already_waits_for_a_meeting_is_not_convened_again(cast: Cast) -> None:
    number = came(SUNDAY_NIGHT, "accept", "dispatch", "sign", urgent=True)
    centre = cast.asker("district_centre")

    def may() -> list[str]:
        rows = morning.morning(centre).pressing
        return next(row.verbs for row in rows if row.case.number == number)

    assert may() == ["supervise", "convene", "comment"]
    actions.convene(
        number,
        version=Case.objects.get(number=number).version,
        by=centre,
        participants=["420106D01", "420106D02"],
        held_at=now() + timedelta(days=1),
        room="三楼会议室",
        question="该谁管",
    )
    assert may() == ["supervise", "comment"]


def test_a_line_to_the_city_that_is_down_is_said_to_the_district_only(cast: Cast) -> None:
    CityMessage.objects.create(
        way="out",
        key="1",
        order="12345-1",
        sequence=1,
        kind="signed",
        content=b"",
        at=now(),
        kept_at=now() - timedelta(minutes=20),
    )
    assert morning.morning(cast.asker("leader")).line.down  # type: ignore[union-attr]
    assert morning.morning(cast.asker("street_dispatcher")).line is None


def test_the_page_costs_few_statements_however_much_there_is(cast: Cast) -> None:
    client = client_of(cast, "leader")
    client.get("/cases/morning/")
    few = statements(client, "GET", "/cases/morning/")
    for _time in range(12):
        came(SUNDAY_NIGHT, "accept", "dispatch", "sign", urgent=True)
    many = statements(client, "GET", "/cases/morning/")
    assert len(few) <= MOST
    assert len(many) <= len(few) + 2, "a list that is longer than it shows counts once more"


def test_the_record_of_the_night_is_read_in_the_morning(cast: Cast) -> None:
    centre, other = cast.people["district_centre"], cast.people["callback_agent"]
    unit = cast.units["420106"]
    night = DutyShift.objects.create(
        unit=unit, starts_at=SUNDAY_NIGHT, ends_at=MONDAY, person=centre, phone="027-1"
    )
    day = DutyShift.objects.create(
        unit=unit, starts_at=MONDAY, ends_at=MONDAY + timedelta(hours=9), person=other
    )
    page = client_of(cast, "leader").get("/cases/morning/").content.decode()
    assert "没有写交接班记录" in page
    record = ShiftHandover.objects.create(
        unit=unit,
        shift=night,
        to_shift=day,
        person=centre,
        to_person=other,
        written_at=MONDAY,
        words="水管爆裂一件请盯住",
        items=[{}, {}],
    )
    page = client_of(cast, "leader").get("/cases/morning/").content.decode()
    assert "水管爆裂一件请盯住" in page
    assert f"/org/handovers/{record.pk}/" in page
    assert "2 项未结" in page
    elsewhere = client_of(cast, "leader", inside=False).get("/cases/morning/")
    assert "水管爆裂" not in elsewhere.content.decode()
