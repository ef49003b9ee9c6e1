"""登记."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from huying.cases import actions
from huying.cases.models import Appellant, Case, CaseEvent
from huying.cases.tests import people
from huying.kernel.asker import Stranger
from huying.kernel.clock import frozen
from huying.kernel.errors import Forbidden, Invalid, Unauthenticated

pytestmark = pytest.mark.usefixtures("district")


def test_a_case_gets_a_number_of_date_area_channel_and_sequence() -> None:
    first, second = people.registered(), people.registered()
    assert (first.number, second.number) == ("20260302-001-P0001", "20260302-001-P0002")
    assert Case.objects.get(number=first.number).last_four == "0001"


def test_a_case_is_seen_from_its_grid_up_to_the_city() -> None:
    case = Case.objects.get(number=people.registered().number)
    assert case.scope == sorted(
        [people.CITY, people.DISTRICT, people.STREET, people.COMMUNITY, people.GRID]
    )


def test_a_case_without_place_waits_in_the_district() -> None:
    case = Case.objects.get(number=people.registered(place=None, address="某处").number)
    assert case.place_id is None
    assert case.scope == [people.CITY, people.DISTRICT]
    assert case.number.startswith("20260302-000-P")


def test_the_appellant_is_kept_sealed() -> None:
    people.registered()
    row = Appellant.objects.get()
    assert people.NAME.encode() not in bytes(row.name or b"")
    assert people.PHONE.encode() not in bytes(row.phone or b"")
    assert len(row.phone_key) == 64


def test_registering_twice_with_one_intake_key_makes_one_case() -> None:
    first = people.registered(intake_key="portal-7")
    assert people.registered(intake_key="portal-7") == first
    assert Case.objects.count() == CaseEvent.objects.count() == 1


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        people.registered(title=" ", body="", channel="pigeon", longitude=114.3)
    assert {fault.where for fault in refusal.value.faults} == {
        "title",
        "body",
        "channel",
        "latitude",
    }


def test_a_grid_worker_does_not_register_on_another_street() -> None:
    with pytest.raises(Forbidden):
        people.registered(by=people.grid_worker, place=people.code(people.OTHER_COMMUNITY))
    assert people.registered(by=people.grid_worker).state == "registered"


def test_a_leader_only_looks_and_a_stranger_signs_in_first() -> None:
    with pytest.raises(Forbidden):
        people.registered(by=people.leader)
    with pytest.raises(Unauthenticated):
        people.registered(by=Stranger())


def test_a_unit_that_does_not_exist_is_a_fault() -> None:
    with pytest.raises(Invalid, match="nowhere"):
        actions.register(
            by=people.centre, channel="web", title="路灯", body="不亮", place="nowhere"
        )


@pytest.mark.parametrize("number", [people.NAME, "139 8765 4321", f"武{people.PHONE}", "欧阳 建国"])
def test_the_number_of_the_city_is_no_place_for_personal_data(number: str) -> None:
    with pytest.raises(Invalid) as refusal:
        people.registered(external_number=number)
    assert [fault.where for fault in refusal.value.faults] == ["external_number"]
    people.registered(external_number="WH20260302001234567890")


def test_the_intake_key_of_another_tells_nothing_of_their_case() -> None:
    people.registered(intake_key="portal-7")
    with pytest.raises(Invalid) as refusal:
        people.registered(intake_key="portal-7", by=people.grid_worker)
    assert [fault.where for fault in refusal.value.faults] == ["intake_key"]
    with pytest.raises(Forbidden):
        people.registered(intake_key="portal-7", by=people.auditor)
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_intake_key_sent_eight_times_at_once_makes_one_case() -> None:
    def send(_number: int) -> str:
        try:
            with frozen(people.MONDAY):
                return people.registered(intake_key="portal-8").number
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = set(pool.map(send, range(8)))
    assert len(numbers) == 1
    assert Case.objects.count() == CaseEvent.objects.count() == 1
