"""Handing over to another track: the slip, the receipt, the citizen's way, and discipline."""

from __future__ import annotations

from typing import Any

import pytest

from huying.cases import actions, queries
from huying.cases.actions import Done
from huying.cases.models import Case, CaseClock, Handover, Meeting
from huying.cases.queries import bouncing, meetings, orders
from huying.cases.queries.public import outside
from huying.cases.tests import people
from huying.kernel.clock import now
from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow
from huying.kernel.models import AuditRow, Notice
from huying.org.asker import PersonAsker
from tests import invariants

pytestmark = pytest.mark.usefixtures("district")


def handed(case: Done, track: str = "to_petition", by: Any = people.centre, **more: Any) -> Done:
    return actions.hand_over(
        case.number, version=case.version, by=by, track=track, reason="已进入该渠道", **more
    )


@pytest.mark.parametrize(
    ("track", "office"),
    [
        ("to_petition", "区信访局"),
        ("to_discipline", "区纪委监委"),
        ("to_litigation", "区委政法委"),
        ("to_police", "区公安分局"),
        ("to_fire", "区消防救援大队"),
    ],
)
def test_it_ends_here_with_a_numbered_slip_that_says_where_it_went(track: str, office: str) -> None:
    done = handed(people.accepted(), track)
    assert done.state == "not_accepted"
    slip = Handover.objects.get()
    assert (slip.number, slip.office, slip.track) == ("移〔2026〕1号", office, track)
    row = Case.objects.get()
    assert row.refusal == track and row.ended_at
    assert not CaseClock.objects.filter(stopped_at=None).exists()
    page = queries.case_page(people.centre, done.number)
    assert page.ties.handover and page.ties.handover.number == slip.number
    assert slip.number in page.timeline[-1].text and office in page.timeline[-1].text
    assert outside(people.HAND, done.number).case.refusal == track
    assert invariants.broken() == []


def test_slips_of_a_year_are_numbered_one_after_the_other() -> None:
    handed(people.registered())
    handed(people.registered(), office="省信访局")
    assert list(Handover.objects.order_by("id").values_list("number", "office")) == [
        ("移〔2026〕1号", "区信访局"),
        ("移〔2026〕2号", "省信访局"),
    ]


def test_the_receipt_is_recorded_once() -> None:
    done = handed(people.registered())
    assert "record_receipt" in queries.case_page(people.dispatcher, done.number).verbs
    done = actions.record_receipt(
        done.number, version=done.version, by=people.dispatcher, receipt="信访〔2026〕88号"
    )
    slip = Handover.objects.get()
    assert (slip.receipt, slip.received_at) == ("信访〔2026〕88号", people.MONDAY)
    with pytest.raises(NotNow, match="已登记"):
        actions.record_receipt(
            done.number, version=done.version, by=people.dispatcher, receipt="又一份"
        )


def test_what_was_refused_has_no_receipt() -> None:
    case = people.registered()
    done = actions.refuse(case.number, version=case.version, by=people.centre, reason="outside")
    assert "record_receipt" not in queries.case_page(people.centre, done.number).verbs
    with pytest.raises(NotNow, match="没有移交"):
        actions.record_receipt(done.number, version=done.version, by=people.centre, receipt="收悉")


def test_a_discipline_report_leaves_the_sight_of_the_unit_it_is_about() -> None:
    case = people.accepted()
    assert queries.visible(people.dispatcher).exists()
    done = handed(case, "to_discipline", about=people.code(people.STREET))
    both = PersonAsker(99, "兼职", (*people.dispatcher.posts, *people.centre.posts))
    for asker in (people.dispatcher, people.community, people.grid_worker, both):
        assert not queries.visible(asker).exists()
        assert queries.search(asker, case.number) == []
        assert queries.search(asker, people.PHONE) == []
        with pytest.raises(NotFound):
            queries.case_page(asker, case.number)
        for verb, args in (("unmask", {}), ("record_receipt", {"receipt": "收"})):
            given = args or {"reason": "查"}
            with pytest.raises(NotFound):
                getattr(actions, verb)(done.number, version=done.version, by=asker, **given)
    page = queries.case_page(people.centre, case.number)
    assert page.case.confidential and "record_receipt" in page.verbs
    assert AuditRow.objects.get(verb="cases.hand_over").area_path == people.DISTRICT
    told = Notice.objects.get(type="cases.changed", payload__verb="hand_over").payload
    assert told["place_path"] == people.DISTRICT
    assert invariants.broken() == []


def test_nor_do_its_orders_returns_and_meetings_tell_the_unit_of_a_report_in_confidence() -> None:
    """It had been dispatched to the unit and come back before anybody knew what it was."""
    case = people.answered()
    done = actions.close_supervision(
        case.number, version=case.version, by=people.centre, reason="已答复"
    )
    done = actions.request_return(
        case.number, version=done.version, by=people.HAND, reason="反映的是本局人员"
    )
    done = actions.rule(
        case.number, version=done.version, by=people.centre, approved=True, reason="情况属实"
    )
    Meeting.objects.create(
        number="m",
        case=Case.objects.get(),
        scope=[people.DISTRICT],
        held_at=now(),
        at=now(),
        state="cancelled",
        ended_at=now(),
    )
    both = PersonAsker(99, "兼职", (*people.handler.posts, *people.centre.posts))

    def told() -> list[bool]:
        found = (orders.orders(both), bouncing.bounces(both), meetings.visible_meetings(both))
        return [rows.exists() for rows in found]

    assert told() == [True, True, True]
    handed(done, "to_discipline", about=people.code(people.URBAN))
    assert told() == [False, False, False]
    assert orders.orders(people.centre).exists() and bouncing.bounces(people.centre).exists()


def test_a_discipline_report_about_nobody_named_is_seen_by_the_district_only() -> None:
    done = handed(people.registered(), "to_discipline")
    assert not queries.visible(people.dispatcher).exists()
    assert queries.visible(people.centre).filter(number=done.number).exists()


@pytest.mark.parametrize("wrong", [{"track": "to_nowhere"}, {"reason": " "}])
def test_a_track_of_the_list_and_a_reason_are_needed(wrong: dict[str, str]) -> None:
    case = people.registered()
    given = {"track": "to_police", "reason": "已报警"} | wrong
    with pytest.raises(Invalid):
        actions.hand_over(case.number, version=case.version, by=people.centre, **given)
    assert not Handover.objects.exists()


def test_only_what_no_unit_holds_is_handed_over_and_not_by_everybody() -> None:
    case = people.in_progress()
    with pytest.raises(NotNow):
        handed(case)
    with pytest.raises(Forbidden):
        handed(people.registered(), by=people.community)
