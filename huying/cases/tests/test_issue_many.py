"""Issuing many orders at once: one file to print, no second number, and only within one's area."""

from __future__ import annotations

import io
import zipfile

import pytest

from huying.cases import actions
from huying.cases.jobs import papers_still_readable
from huying.cases.models import IssuedPaper
from huying.cases.queries.papers_many import without_order
from huying.cases.tests import people
from huying.kernel import blobs, jobs
from huying.kernel.errors import Forbidden, Invalid
from huying.kernel.models import LongJob
from huying.org import actions as org_actions
from tests.cast import HAND, Cast, assemble
from tests.mainline import brought


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


def archive(job: LongJob) -> zipfile.ZipFile:
    job.refresh_from_db()
    assert job.state == "done", job.error
    assert job.result is not None
    return zipfile.ZipFile(io.BytesIO(b"".join(blobs.read(job.result))))


def test_the_chosen_cases_get_their_orders_in_one_file(cast: Cast) -> None:
    centre = cast.asker("district_centre")
    cases = [brought("dispatched"), brought("in_progress"), brought("accepted")]
    listed = {row.number for row in without_order(centre)}
    assert listed == {cases[0].number, cases[1].number}
    job = actions.start_issuing([case.number for case in cases], by=centre)
    jobs.run(job.pk)
    made = archive(job)
    numbers = list(IssuedPaper.objects.order_by("id").values_list("number", flat=True))
    assert numbers == ["武呼交〔2026〕1号".replace("2026", numbers[0][4:8]), numbers[1]]
    names = set(made.namelist())
    assert names == {f"交办单 {n}.{form}" for n in numbers for form in ("pdf", "docx")} | {
        "未出具的诉求.txt"
    }
    assert cases[2].number in made.read("未出具的诉求.txt").decode("utf-8-sig")
    assert list(without_order(centre)) == []


def test_run_again_after_a_crash_it_gives_no_second_number(cast: Cast) -> None:
    centre = cast.asker("district_centre")
    cases = [brought("dispatched"), brought("dispatched")]
    first = cases[0]
    actions.issue_paper(first.number, version=first.version, by=centre, kind="assignment")
    made = actions.issue_many([case.number for case in cases], by=centre)
    again = actions.issue_many([case.number for case in cases], by=centre)
    assert made.papers == again.papers and made.refused == again.refused == []
    assert IssuedPaper.objects.count() == 2


def test_what_lies_outside_the_area_is_neither_listed_nor_issued_nor_handed_out(cast: Cast) -> None:
    case = brought("dispatched")
    actions.issue_paper(
        case.number, version=case.version, by=cast.asker("district_centre"), kind="assignment"
    )
    outside = people.person("street_dispatcher", "420100/420111/420111001/")
    made = actions.issue_many([case.number], by=outside)
    assert made.papers == [] and [number for number, _why in made.refused] == [case.number]
    assert list(without_order(outside)) == []


def test_who_may_not_dispatch_starts_nothing_and_nobody_starts_too_much(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        actions.start_issuing(["1"], by=cast.asker("department_handler"))
    centre = cast.asker("district_centre")
    for numbers in ([], [" "], [str(n) for n in range(201)]):
        with pytest.raises(Invalid):
            actions.start_issuing(numbers, by=centre)
    assert not LongJob.objects.exists()


def test_the_file_is_open_to_its_owner_only_while_they_may_see_every_paper(cast: Cast) -> None:
    case, centre = brought("dispatched"), cast.asker("district_centre")
    job = actions.start_issuing([case.number], by=centre)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert papers_still_readable(job)
    holding = cast.people["district_centre"].holdings.get()
    org_actions.end_post(holding.pk, by=HAND)
    assert not papers_still_readable(job)
