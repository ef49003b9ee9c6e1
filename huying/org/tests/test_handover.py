"""A watch is handed over: what is open is frozen, and the next one signs or objects."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow
from huying.kernel.models import AuditRow
from huying.org import actions, queries
from huying.org.models import DutyShift, ShiftHandover
from huying.org.tests.people import DISTRICT, HOUCHANG, LIANGDAO, ZIYANG, Cast, account
from huying.org.tests.test_pages import client_of
from huying.org.views.handing import FEW, grouped
from huying.web.slots import WATCH, OpenWork, WatchSource

HOUR = timedelta(hours=1)
LEAK = OpenWork(
    "紧急诉求", "20261128-005-W0001", "燃气泄漏", "/cases/20261128-005-W0001/", "", "粮道街道"
)


class Known:
    """A room above that knows one urgent thing, in a unit of our choosing."""

    path = "420100/420106/420106005/"

    def all_open(self, asker: Asker, path: str) -> list[OpenWork]:
        return [LEAK] if self.path.startswith(path) else []

    def urgent(self, asker: Asker) -> list[OpenWork]:
        return [OpenWork(LEAK.kind, LEAK.number, LEAK.title, LEAK.url, self.path, "粮道街道")]


@pytest.fixture
def known(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[Known]:
    source = Known()
    own = {"test": WatchSource(source.all_open, source.urgent)}
    monkeypatch.setattr(WATCH, "_items", own)
    yield source


def shift(name: str, start: float, end: float, unit: str = LIANGDAO, leader: str = "") -> DutyShift:
    at = now()
    return actions.plan_shift(
        *(unit, at + start * HOUR, at + end * HOUR, account(name).pk),
        leader_id=account(leader).pk if leader else None,
        phone="02788880000",
        by=Cast().centre,
    )


def test_what_is_open_is_frozen_and_the_next_person_signs(cast: Cast, known: Known) -> None:
    mine = shift("alice", -8, 0.5)
    following = shift("carol", 0.5, 8)
    record = actions.hand_over_shift(mine.pk, words="留意紫阳路", by=cast.alice)
    assert (record.to_person.name, record.to_shift_id, record.state) == (
        *("陈社", following.pk),
        "waiting",
    )
    assert [(one["title"], one["number"]) for one in record.items] == [(LEAK.title, LEAK.number)]
    known.path = "elsewhere/"
    with pytest.raises(NotFound):  # carol's posts reach her community, not the street's records
        actions.take_over_shift(record.pk, by=cast.carol)
    assert not queries.watch(cast.carol).to_take_over, "no way to a page that is not theirs"
    assert ShiftHandover.objects.get().state == "waiting"
    shift("carol", -1, -0.5)
    assert not queries.watch(cast.carol).to_hand_over
    shift("carol", -0.5, 0.4, unit=HOUCHANG)
    assert [one.unit for one in queries.watch(cast.carol).to_hand_over] == ["候补街社区"]


def test_a_record_is_signed_by_the_one_it_is_for_and_once(cast: Cast, known: Known) -> None:
    mine, _next = shift("alice", -8, 0.5), shift("centre", 0.5, 8)
    record = actions.hand_over_shift(mine.pk, by=cast.alice)
    with pytest.raises(Forbidden):
        actions.take_over_shift(record.pk, by=cast.alice)
    with pytest.raises(NotFound):
        actions.take_over_shift(record.pk, by=cast.bob)
    signed = actions.take_over_shift(record.pk, note="已核对", by=cast.centre)
    assert (signed.state, signed.answer) == ("taken", "已核对")
    with pytest.raises(NotNow):
        actions.object_to_handover(record.pk, reason="反悔", by=cast.centre)
    with pytest.raises(NotNow):
        actions.hand_over_shift(mine.pk, by=cast.alice)
    verbs = AuditRow.objects.filter(object_kind="handover").order_by("pk")
    assert [row.verb for row in verbs] == ["org.hand_over_shift", "org.take_over_shift"]


def test_after_an_objection_it_is_written_again(cast: Cast, known: Known) -> None:
    mine, _next = shift("alice", -8, 0.5), shift("centre", 0.5, 8)
    record = actions.hand_over_shift(mine.pk, by=cast.alice)
    with pytest.raises(Invalid):
        actions.object_to_handover(record.pk, reason=" ", by=cast.centre)
    actions.object_to_handover(record.pk, reason="少了一件", by=cast.centre)
    again = actions.hand_over_shift(mine.pk, words="补上", by=cast.alice)
    third = actions.hand_over_shift(mine.pk, words="再补", by=cast.alice)
    states = ShiftHandover.objects.order_by("pk").values_list("pk", "state")
    assert list(states) == [
        (record.pk, "objected"),
        (again.pk, "replaced"),
        (third.pk, "waiting"),
    ]


def test_who_falls_ill_is_replaced_by_another_shift_at_the_same_time(
    cast: Cast, known: Known
) -> None:
    mine, ill = shift("alice", -8, 0.5), shift("dept", 0.5, 8)
    actions.hand_over_shift(mine.pk, by=cast.alice)
    with pytest.raises(NotNow, match="不能取消"):
        actions.cancel_shift(ill.pk, by=cast.alice)
    instead = shift("centre", 0.5, 8)
    record = actions.hand_over_shift(mine.pk, to_shift_id=instead.pk, by=cast.alice)
    assert record.to_person == account("centre")


def test_a_watch_is_handed_over_by_who_stands_or_leads_it_in_its_time(
    cast: Cast, known: Known
) -> None:
    mine = shift("alice", -8, 0.5, leader="centre")
    with pytest.raises(NotNow, match="没有可以接班"):
        actions.hand_over_shift(mine.pk, by=cast.alice)
    later = shift("dept", 2, 8)
    with pytest.raises(Forbidden):
        actions.hand_over_shift(later.pk, by=cast.alice)
    with pytest.raises(NotFound):
        actions.hand_over_shift(mine.pk, by=cast.bob)
    assert actions.hand_over_shift(mine.pk, by=cast.centre).person == account("alice")
    tomorrow = shift("alice", 8, 16)
    with pytest.raises(NotNow, match="还没有开始"):
        actions.hand_over_shift(tomorrow.pk, by=cast.alice)
    past = shift("alice", -50, -40)
    shift("dept", -40, -30)
    with pytest.raises(NotNow, match="24"):
        actions.hand_over_shift(past.pk, by=cast.alice)


def test_no_writer_changes_or_removes_what_was_written(cast: Cast, known: Known) -> None:
    mine, _next = shift("alice", -8, 0.5), shift("centre", 0.5, 8)
    record = actions.hand_over_shift(mine.pk, by=cast.alice)
    rows = ShiftHandover.objects.filter(pk=record.pk)
    changes: list[dict[str, Any]] = [{"words": "改"}, {"items": []}]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    actions.take_over_shift(record.pk, by=cast.centre)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(state="waiting")
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


def test_urgent_work_that_nobody_watches_alarms(cast: Cast, known: Known) -> None:
    assert [work.number for work in queries.watch(cast.centre).alarms.urgent] == [LEAK.number]
    assert [work.number for work in queries.watch(cast.alice).alarms.urgent] == [LEAK.number]
    assert queries.watch(cast.bob).alarms.urgent == []  # another street's
    assert queries.watch(cast.sysadmin).alarms.urgent == []
    shift("centre", -1, 80, unit=DISTRICT)
    assert queries.watch(cast.centre).alarms.urgent, "the district's watch is not the street's"
    shift("alice", -1, 1)
    assert not queries.watch(cast.centre).alarms.urgent
    known.path += "420106005001/"
    assert not queries.watch(cast.centre).alarms.urgent, "the street watches over its community"


def test_coming_gaps_alarm_for_units_that_keep_a_roster(cast: Cast, known: Known) -> None:
    assert queries.watch(cast.centre).alarms.coming == []
    shift("alice", -1, 70)
    (uncovered,) = queries.watch(cast.centre).alarms.coming
    assert uncovered.code == LIANGDAO and len(uncovered.gaps) == 1
    assert queries.watch(cast.bob).alarms.coming == []
    shift("centre", 69, 80)
    assert queries.watch(cast.centre).alarms.coming == []
    assert not queries.watch(cast.centre).alarms
    shift("bob", -30, -20, unit=ZIYANG)
    assert [one.code for one in queries.watch(cast.centre).alarms.coming] == [ZIYANG]
    shift("dept", -300, -290, unit=HOUCHANG)  # its roster was given up
    assert [one.code for one in queries.watch(cast.centre).alarms.coming] == [ZIYANG]


def test_the_pages_lead_from_the_home_card_to_a_signed_record(cast: Cast, known: Known) -> None:
    mine, _next = shift("alice", -8, 0.5), shift("centre", 0.5, 8)
    alice, centre = client_of("alice"), client_of("centre")
    assert f"/org/shifts/{mine.pk}/hand-over/" in alice.get("/").content.decode()
    form = alice.get(f"/org/shifts/{mine.pk}/hand-over/").content.decode()
    assert LEAK.title in form and "中心梅" in form
    sent = alice.post(
        f"/org/shifts/{mine.pk}/hand-over/", {"to_shift": _next.pk, "words": "井盖已围挡"}
    )
    record = ShiftHandover.objects.get()
    assert sent["Location"] == f"/org/handovers/{record.pk}/"
    assert "写交接班记录" not in alice.get("/").content.decode()
    assert f"/org/handovers/{record.pk}/" in centre.get("/").content.decode()
    page = centre.get(f"/org/handovers/{record.pk}/").content.decode()
    assert "井盖已围挡" in page and LEAK.title in page and "take-over" in page
    assert "take-over" not in alice.get(f"/org/handovers/{record.pk}/").content.decode()
    centre.post(f"/org/handovers/{record.pk}/take-over/", {"note": ""})
    assert "已接班" in centre.get("/org/handovers/?q=井盖").content.decode()


def test_many_items_of_a_kind_are_folded_but_the_most_pressing_stand_open() -> None:
    def item(kind: str, late: bool = False) -> dict[str, Any]:
        return {"kind": kind, "number": "1", "title": "t", "url": "/", "late": late}

    found = grouped([item("紧急诉求"), *(item("逾期诉求", late=True) for _ in range(FEW + 1))])
    assert found["count"] == FEW + 2
    told = [(g["kind"], len(g["items"]), g["late"], g["open"]) for g in found["groups"]]
    assert told == [("紧急诉求", 1, 0, True), ("逾期诉求", FEW + 1, FEW + 1, False)]


def test_the_roster_and_the_home_page_show_the_alarm(cast: Cast, known: Known) -> None:
    centre = client_of("centre")
    words = "承办单位现在无人值班"
    assert words in centre.get("/").content.decode()
    assert words in centre.get(f"/org/duty/?unit={LIANGDAO}").content.decode()
    assert words not in centre.get(f"/org/duty/?unit={ZIYANG}").content.decode()
    shift("alice", -1, 1)
    assert words not in centre.get("/").content.decode()
    page = centre.get(f"/org/duty/?unit={LIANGDAO}").content.decode()
    assert "现在值班" in page and "tel:02788880000" in page
