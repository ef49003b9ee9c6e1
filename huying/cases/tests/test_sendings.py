"""Someone is sent to look: who may send whom, what they answer, and what the case tells of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from huying.cases import actions
from huying.cases.actions import judged
from huying.cases.models import Attachment, Case, CaseEvent, Sending
from huying.cases.queries import sendings
from huying.cases.queries.ledger import handlers_of
from huying.cases.queries.page import case_page
from huying.kernel.asker import System
from huying.kernel.clock import now
from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow, Stale
from huying.kernel.models import AuditRow
from huying.org import queries as org
from tests.cast import Cast, assemble
from tests.mainline import brought, picture

HAND = System("test")


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


def sent(cast: Cast, state: str = "in_progress", **more: Any) -> Any:
    """The grid worker of the case's own grid, sent by the street's dispatcher."""
    case = brought(state)
    given: dict[str, Any] = {"person": cast.people["grid_worker"].pk, **more}
    by = cast.asker("street_dispatcher")
    return actions.send_someone(case.number, version=case.version, by=by, **given)


def test_from_the_dispatcher_to_the_report_each_step_is_a_line_of_the_case(cast: Cast) -> None:
    done = sent(cast, note="看看灯杆有没有倒，找王某13812345678")
    worker = cast.asker("grid_worker")
    actions.accept_sending(done.sending, by=worker)
    actions.arrive(done.sending, by=worker)
    photo = judged("现场.png", picture())
    actions.report_sending(done.sending, by=worker, text="灯杆完好，灯泡坏了", papers=[photo])
    row = Sending.objects.get(pk=done.sending)
    assert (row.state, row.photos, row.report) == ("done", 1, "灯杆完好，灯泡坏了")
    assert "13812345678" not in row.note
    assert row.accepted_at and row.arrived_at and row.ended_at
    verbs = CaseEvent.objects.filter(case__number=done.number).values_list("verb", flat=True)
    assert list(verbs.order_by("version"))[-4:] == [
        *("send_someone", "accept_sending", "arrive", "report_sending"),
    ]
    told = [line.text for line in case_page(cast.asker("street_dispatcher"), done.number).timeline]
    assert told[-4].startswith("派某grid_worker（武昌一社区）到场，")
    assert told[-3:] == [
        "某grid_worker接受派遣，出发",
        "某grid_worker已到场",
        "某grid_worker现场反馈，照片或附件 1 个",
    ]
    assert Attachment.objects.filter(case__number=done.number).count() == 1
    assert AuditRow.objects.filter(verb="cases.report_sending").count() == 1
    assert Case.objects.get(number=done.number).state == "in_progress"


def test_who_was_sent_may_report_at_once_from_where_there_is_no_net(cast: Cast) -> None:
    done = sent(cast)
    actions.report_sending(done.sending, by=cast.asker("grid_worker"), text="已处理")
    row = Sending.objects.get(pk=done.sending)
    assert (row.state, row.arrived_at) == ("done", row.ended_at)


def test_the_errand_is_the_sent_persons_alone(cast: Cast) -> None:
    done = sent(cast)
    with pytest.raises(Forbidden):
        actions.accept_sending(done.sending, by=cast.asker("community_staff"))
    with pytest.raises(NotFound):
        actions.accept_sending(done.sending, by=doubled(cast, "grid_worker"))
    with pytest.raises(Forbidden):
        actions.cancel_sending(done.sending, by=cast.asker("grid_worker"))


def doubled(cast: Cast, role: str) -> Any:
    return org.asker_for(cast.doubles[role])


def test_who_cannot_go_says_why_and_somebody_else_is_sent(cast: Cast) -> None:
    done = sent(cast)
    with pytest.raises(Invalid):
        actions.decline_sending(done.sending, by=cast.asker("grid_worker"), reason=" ")
    actions.decline_sending(done.sending, by=cast.asker("grid_worker"), reason="正在别处处置")
    version = Case.objects.get(number=done.number).version
    again = actions.send_someone(
        done.number,
        version=version,
        by=cast.asker("district_centre"),
        person=cast.people["community_staff"].pk,
    )
    assert Sending.objects.get(pk=again.sending).state == "sent"
    with pytest.raises(NotNow):
        actions.arrive(done.sending, by=cast.asker("grid_worker"))


def test_who_was_called_off_may_be_sent_again_but_nobody_twice_at_once(cast: Cast) -> None:
    done = sent(cast)
    by, worker = cast.asker("street_dispatcher"), cast.people["grid_worker"].pk
    with pytest.raises(NotNow):
        actions.send_someone(done.number, version=done.version, by=by, person=worker)
    off = actions.cancel_sending(done.sending, by=by)
    actions.send_someone(done.number, version=off.version, by=by, person=worker)
    assert Sending.objects.filter(state="sent").count() == 1


def test_a_dispatcher_who_read_an_older_case_is_told(cast: Cast) -> None:
    case = brought("in_progress")
    with pytest.raises(Stale):
        actions.send_someone(
            case.number,
            version=case.version - 1,
            by=cast.asker("street_dispatcher"),
            person=cast.people["grid_worker"].pk,
        )


@pytest.mark.parametrize("role", ["grid_worker", "community_staff", "leader", "evaluator"])
def test_only_dispatchers_send(role: str, cast: Cast) -> None:
    case = brought("in_progress")
    with pytest.raises(Forbidden):
        actions.send_someone(
            case.number,
            version=case.version,
            by=cast.asker(role),
            person=cast.people["grid_worker"].pk,
        )


def test_only_people_of_the_ground_or_of_the_handlers_can_be_sent(cast: Cast) -> None:
    done = sent(cast)
    by = cast.asker("street_dispatcher")
    for stranger in (cast.doubles["grid_worker"], cast.people["leader"], cast.people["citizen"]):
        with pytest.raises(Invalid):
            actions.send_someone(done.number, version=done.version, by=by, person=stranger.pk)
    actions.send_someone(
        done.number, version=done.version, by=by, person=cast.people["department_handler"].pk
    )


def test_nobody_of_the_unit_complained_about_is_sent(cast: Cast) -> None:
    done = sent(cast, person=cast.people["department_handler"].pk)
    actions.cancel_sending(done.sending, by=HAND)
    about = cast.units["420106D01"]
    Case.objects.filter(number=done.number).update(about=about)
    case = Case.objects.select_related("place", "about").get(number=done.number)
    lead = [one.unit for one in handlers_of(case)]
    offered = [one.hand.role for one in sendings.candidates(HAND, case, lead)]
    with pytest.raises(Invalid):
        actions.send_someone(
            done.number,
            version=case.version,
            by=cast.asker("street_dispatcher"),
            person=cast.people["department_handler"].pk,
        )
    assert "department_handler" not in offered


def test_the_street_complained_about_reads_no_remains_of_a_number_on_its_console(
    cast: Cast,
) -> None:
    done = sent(cast, note="找其女13987654321")
    actions.report_sending(done.sending, by=HAND, text="电话13987654321，不在家")
    Case.objects.filter(number=done.number).update(about=cast.units["420106001"])
    for role, shown in (("street_dispatcher", False), ("district_centre", True)):
        client = Client()
        client.force_login(cast.people[role])
        page = client.get(f"/cases/console/{done.number}/")
        assert page.status_code == 200
        assert page.content.decode().count("139****4321") == (2 if shown else 0)


def test_of_an_errand_elsewhere_not_even_the_number_of_its_case_is_told(cast: Cast) -> None:
    done = sent(cast)
    for verb in (actions.accept_sending, actions.cancel_sending):
        with pytest.raises(NotFound) as refused:
            verb(done.sending, by=doubled(cast, "street_dispatcher"))
        assert done.number not in str(refused.value.message)


def test_nobody_is_sent_once_it_is_answered_and_checked(cast: Cast) -> None:
    with pytest.raises(NotNow):
        sent(cast, "awaiting_callback")


@pytest.mark.parametrize("minutes", [0, -5, 60 * 24 * 4])
def test_a_time_that_makes_no_sense_is_refused(minutes: int, cast: Cast) -> None:
    with pytest.raises(Invalid):
        sent(cast, minutes=minutes)


def test_the_nearest_are_offered_first_and_it_says_who_is_out(cast: Cast) -> None:
    done = sent(cast)
    by = cast.asker("street_dispatcher")
    case = Case.objects.select_related("place", "about").get(number=done.number)
    found = sendings.candidates(by, case)
    assert [(one.hand.role, one.near, one.busy) for one in found][:2] == [
        ("grid_worker", "本网格", 1),
        ("community_staff", "本社区", 0),
    ]
    assert Sending.objects.get().until - now() < timedelta(minutes=60)
