"""A day on a bad line to the city hotline: reconciling finds every difference, and mends it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from huying.cases import actions
from huying.cases.adapters import city_line
from huying.cases.models import Case, CityDifference, CityMessage
from huying.cases.queries.city import line_status
from huying.cases.tests import people
from huying.cases.tests.city_server import CityServer, Order, later
from huying.kernel import relay, secrets
from huying.kernel.clock import frozen, now
from huying.kernel.errors import Refusal

pytestmark = pytest.mark.usefixtures("district")
ORDERS, HOURS = 12, 8


def knock(path: str, body: bytes, headers: dict[str, str]) -> int:
    """The district's door."""
    status: int = (
        Client()
        .post(
            path,
            body,
            content_type="application/json",
            headers=headers,
        )
        .status_code
    )
    return status


@pytest.fixture
def line(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[CityServer]:
    """A city that answers, and the district's line to it."""
    key = secrets.material(settings.HOME, city_line.SECRET)
    city = CityServer(key, knock, seed=1)
    city.now = now  # type: ignore[assignment]
    settings.CITY_LINE = city.address
    monkeypatch.setattr(city_line, "REST", 0.0)
    yield city
    city.close()


def deliver() -> None:
    """What the relay does in an hour: whatever is due by then."""
    while relay.deliver_due():
        pass


def truth(city: CityServer) -> dict[str, tuple[Any, ...]]:
    """The city's own book."""
    return {
        order.number: (
            (order.state, order.round, order.asked),
            order.due,
            order.reply if order.state == "answered" else "",
        )
        for order in city.orders.values()
    }


def ours() -> dict[str, tuple[Any, ...]]:
    """Our book, in plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select external_number, city_state, city_round, city_asked, city_due_at,"
            " case when city_state = 'answered' then result else '' end"
            " from cases_case where channel = 'hotline'"
        )
        return {row[0]: ((row[1], row[2], row[3]), row[4], row[5]) for row in cursor.fetchall()}


def differing(city: CityServer) -> set[tuple[str, str]]:
    """What really differs, found without the product."""
    here, there = ours(), truth(city)
    found = {(number, "missing_here") for number in there.keys() - here.keys()}
    found |= {(number, "missing_there") for number in here.keys() - there.keys()}
    for number in here.keys() & there.keys():
        for kind, mine, theirs in zip(
            ("state", "due", "reply"), here[number], there[number], strict=True
        ):
            if mine != theirs:
                found.add((number, kind))
    return found


def test_a_quiet_day_leaves_nothing_to_reconcile(line: CityServer) -> None:
    play(line, seed=3, faults=0.0)
    assert differing(line) == set()
    check = actions.check_city(by=people.centre)
    assert (check.error, check.differences.count()) == ("", 0)
    assert check.ours == check.theirs == ORDERS
    status = line_status(people.centre)
    assert (status.waiting_in, status.waiting_out, status.refused) == (0, 0, 0)


def test_reconciling_finds_every_difference_and_mending_leaves_none(
    line: CityServer, fault_count: int
) -> None:
    for day in range(max(2, fault_count // 8)):
        play(line, seed=day, faults=0.15, day=day + 1)
        with frozen(people.MONDAY + timedelta(days=day + 1, hours=HOURS + 1)):
            meddle(line)
            reconcile(line)


def reconcile(line: CityServer) -> None:
    """Compare with what really differs, mend all, and compare again."""
    real = differing(line)
    assert real, "a bad day without differences proves nothing"
    check = actions.check_city(by=people.centre)
    assert set(check.differences.values_list("order", "kind")) == real
    for difference in check.differences.order_by("id"):
        difference.refresh_from_db()
        if difference.mended_at is None:
            actions.mend_city(difference.pk, by=people.centre)
    assert differing(line) == set()
    again = actions.check_city(by=people.centre)
    assert list(again.differences.values("order", "kind", "ours", "theirs")) == []
    assert not CityDifference.objects.filter(mended_at=None).exists()
    assert CityMessage.objects.filter(way="in").exclude(state="done").count() == 0


def test_what_waits_for_an_order_that_the_city_lost_is_settled_with_its_mending(
    line: CityServer,
) -> None:
    order = line.order("12345-3", title="路灯不亮", body="坏了", due=later(now(), 5))
    line.deliver()
    deliver()
    line.change(order, later(order.due, 1))
    line.mail.clear()  # lost
    line.redo(order, later(order.due, 1))
    line.deliver()
    deliver()
    assert CityMessage.objects.get(way="in", sequence=3).state == "waiting"
    del line.orders["12345-3"]
    reconcile(line)


def test_a_line_that_is_down_is_said_so_and_nothing_is_lost(line: CityServer) -> None:
    order = line.order("12345-1", title="路灯不亮", body="坏了", due=later(now(), 5))
    line.deliver()
    deliver()
    line.out = True
    case = Case.objects.get(external_number="12345-1")
    actions.accept(case.number, version=case.version, by=people.centre, category="010303")
    deliver()
    assert "OSError" not in actions.check_city(by=people.centre).error
    assert actions.check_city(by=people.centre).error
    assert order.state == "sent"
    with frozen(now() + timedelta(minutes=10)):
        assert line_status(people.centre).down
        line.out = False
        deliver()
        assert not line_status(people.centre).down
    assert order.state == "signed"


def play(city: CityServer, *, seed: int, faults: float, day: int = 0) -> None:
    """A working day: orders come, people work, the city rules, the line does its worst."""
    city.dice.seed(seed)
    city.faults = faults
    dice, start = city.dice, people.MONDAY + timedelta(days=day)
    for hour in range(HOURS):
        with frozen(start + timedelta(hours=hour)):
            city.out = bool(faults) and hour in (4, 5)
            for _order in range(ORDERS // 6 if hour < 6 else 0):
                number = f"WH202603{2 + day:02d}{len(city.orders):06d}"
                city.order(
                    number,
                    title="门口路灯不亮",
                    body=f"路灯坏了，联系人{people.NAME}，电话{people.PHONE}",
                    name=people.NAME,
                    phone=people.PHONE,
                    address="粮道街花园山小区",
                    due=later(now(), dice.choice([1, 3, 5])),
                )
            city.deliver()
            deliver()
            for case in Case.objects.filter(channel="hotline").order_by("id"):
                if dice.random() < 0.8:
                    work(case, dice.random())
            deliver()
            for order in list(city.orders.values()):
                govern(city, order, dice.random())
            city.deliver()
            deliver()
    city.faults, city.out = 0.0, False
    with frozen(start + timedelta(hours=HOURS, minutes=50)):
        city.deliver()
        deliver()
        actions.send_waiting()


def work(case: Case, chance: float) -> None:
    """One step on a case by somebody, often the next one of the main line."""
    given: dict[str, Any] = {"version": case.version, "by": people.HAND}
    with contextlib.suppress(Refusal):
        if chance < 0.08:
            actions.city_return(case.number, reason="不属本区", **given)
        elif chance < 0.16:
            until = later(case.city_due_at or now(), 2)
            actions.city_extend(case.number, reason="等待到货", until=until, **given)
        elif chance < 0.18:
            actions.withdraw(case.number, reason="诉求人不再追究", **given)
        else:
            step(case, given)


def step(case: Case, given: dict[str, Any]) -> None:
    """The next step of the main line."""
    number = case.number
    if case.state == "registered":
        actions.accept(number, category="010303", **given)
    elif case.state == "accepted":
        actions.dispatch(number, lead=people.code(people.URBAN), **given)
    elif case.state == "dispatched":
        actions.sign(number, **given)
    elif case.state == "in_progress":
        result = f"第{case.city_round}次修好，{people.PHONE}"
        actions.reply(number, result=result, solved=True, **given)
    elif case.state == "replied":
        actions.review(number, passed=True, **given)


def govern(city: CityServer, order: Order, chance: float) -> None:
    """What the city decides about an order it has."""
    over = order.state in ("returned", "withdrawn")
    if over:
        return
    if order.asked:
        approved = chance < 0.5
        due = later(order.due, 2) if approved and order.asked == "extension" else None
        city.rule(order, approved, due)
    elif order.state == "answered" and chance < 0.15:
        city.redo(order, later(now(), 3))
    elif chance < 0.03:
        city.change(order, later(order.due, 1))
    elif chance < 0.05:
        city.withdraw(order)


def meddle(city: CityServer) -> None:
    """Clerks of the city change their book by hand, and tell nobody."""
    orders = sorted(city.orders.values(), key=lambda order: order.number)
    city.dice.shuffle(orders)
    for order, change in zip(orders, ("due", "state", "reply", "gone", "over"), strict=False):
        if change == "due":
            order.due = later(order.due, 1)
        elif change == "state" and order.state == "signed":
            order.state = "sent"
        elif change == "reply" and order.reply:
            order.reply += "。"
        elif change == "gone":
            del city.orders[order.number]
        elif change == "over":
            order.state, order.asked, order.reply = "withdrawn", "", ""


def test_the_moment_of_a_deadline_counts_back_from_the_citys(line: CityServer) -> None:
    due = datetime(2026, 3, 4, 11, 0, tzinfo=people.MONDAY.tzinfo)
    line.order("12345-2", title="路灯不亮", body="坏了", due=due)
    line.deliver()
    deliver()
    case = Case.objects.get(external_number="12345-2")
    done = actions.accept(case.number, version=case.version, by=people.centre, category="010303")
    # Four working hours earlier: 08:30-11:00 are two and a half, the rest the evening before.
    assert done.due_at == datetime(2026, 3, 3, 16, 0, tzinfo=people.MONDAY.tzinfo)
    line.change(line.orders["12345-2"], later(due, 1))
    line.deliver()
    deliver()
    case.refresh_from_db()
    assert case.due_at == datetime(2026, 3, 4, 16, 0, tzinfo=people.MONDAY.tzinfo)
    assert case.city_due_at == later(due, 1)
