"""Long jobs in the face: a large export, its page, its result, and who may have it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from huying.kernel import jobs
from huying.kernel.asker import Area, System
from huying.kernel.models import CalendarDay, LongJob
from huying.kernel.verbs import VERBS
from huying.web import exports, slots
from huying.web.living import SampleTable
from huying.web.tables import TABLES
from huying.web.tests.conftest import somebody

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def long_exports(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Exports of more than ten rows go to the background."""
    monkeypatch.setattr(exports, "DIRECT", 10)
    registries: tuple[Any, ...] = (TABLES, slots.ASKERS)
    kept = [dict(registry._items) for registry in registries]
    TABLES._items.setdefault("web.sample", SampleTable)
    slots.ASKERS._items["person"] = lambda identity: System(identity)
    yield
    for registry, items in zip(registries, kept, strict=True):
        registry._items.clear()
        registry._items.update(items)


def _client(account: Any) -> Client:
    client = Client()
    client.force_login(account)
    return client


@pytest.mark.usefixtures("long_exports")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_large_export_becomes_a_job_with_a_result_for_its_owner_only(
    anna: Any, days: list[CalendarDay], form: str
) -> None:
    client = _client(anna)
    answer = client.get(f"/living/?export={form}&workday=1")
    job = LongJob.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert "排队中" in client.get(answer["Location"]).content.decode()
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == LongJob.State.DONE, job.error
    expected = sum(day.workday for day in days)
    assert (job.done, job.total) == (expected, expected)
    result = client.get(f"/files/{job.result_id}/")
    content = b"".join(result)
    if form == "csv":
        assert len(content.decode("utf-8-sig").splitlines()) == expected + 1
    else:
        assert content.startswith(b"PK")
    boris = somebody("boris")
    assert _client(boris).get(f"/files/{job.result_id}/").status_code == 404
    assert _client(boris).get(f"/jobs/{job.pk}/").status_code == 404
    assert Client().get(f"/files/{job.result_id}/").status_code == 302


@pytest.mark.usefixtures("long_exports")
def test_a_result_can_be_fetched_in_ranges(anna: Any, days: list[CalendarDay]) -> None:
    client = _client(anna)
    client.get("/living/?export=csv")
    job = LongJob.objects.get()
    jobs.run(job.pk)
    job.refresh_from_db()
    answer = client.get(f"/files/{job.result_id}/", headers={"range": "bytes=3-8"})
    assert answer.status_code == 206
    assert b"".join(answer).decode() == "日期"


@pytest.mark.usefixtures("long_exports")
def test_a_waiting_job_can_be_cancelled_and_resumed(anna: Any, days: list[CalendarDay]) -> None:
    client = _client(anna)
    client.get("/living/?export=csv")
    job = LongJob.objects.get()
    client.post(f"/jobs/{job.pk}/cancel/")
    assert "已取消" in client.get(f"/jobs/{job.pk}/").content.decode()
    client.post(f"/jobs/{job.pk}/resume/")
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == LongJob.State.DONE


class _Holder:
    """Somebody whose rights change between two questions."""

    def __init__(self, identity: str, areas: dict[str, Area]) -> None:
        self.id, self.label, self.areas = identity, "某人", areas

    def area(self, verb: str) -> Area:
        return self.areas.get(verb, Area())


DISTRICT, STREET = Area(("420100/420106/",)), Area(("420100/420106/420106001/",))


@pytest.mark.usefixtures("long_exports")
@pytest.mark.parametrize(
    ("then", "since", "readable"),
    [
        (DISTRICT, DISTRICT, True),
        (STREET, DISTRICT, True),  # more than when it was made
        (DISTRICT, STREET, False),  # moved to a street: the file holds the whole district
        (DISTRICT, Area(), False),
        (DISTRICT, None, False),  # the account is closed
    ],
)
def test_a_result_closes_with_the_rights_it_was_made_with(
    anna: Any,
    days: list[CalendarDay],
    monkeypatch: pytest.MonkeyPatch,
    then: Area,
    since: Area | None,
    readable: bool,
) -> None:
    monkeypatch.setattr(SampleTable, "verbs", ("kernel.view_jobs",))
    client = _client(anna)
    client.get("/living/?export=csv")
    job = LongJob.objects.get()

    def holding(area: Area | None) -> None:
        slots.ASKERS._items["person"] = lambda identity: (
            None if area is None else _Holder(identity, {"kernel.view_jobs": area})
        )

    holding(then)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.state == LongJob.State.DONE, job.error
    holding(since)
    assert (client.get(f"/files/{job.result_id}/").status_code == 200) is readable
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert (f"/files/{job.result_id}/" in page) is readable
    assert ("您已不具备生成这份文件时的权限" in page) is not readable


def test_every_table_that_is_exported_in_the_background_names_its_rights() -> None:
    assert [table.name for table in TABLES if table.exportable and not table.verbs] == []
    assert {verb for table in TABLES for verb in table.verbs} <= set(VERBS.names())


def test_audit_and_deliveries_are_for_who_may_see_them(anna: Any) -> None:
    client = _client(anna)
    assert client.get("/audit/").status_code == 403
    assert client.get("/deliveries/").status_code == 403
    assert client.get("/jobs/").status_code == 200
