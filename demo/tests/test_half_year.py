"""Half a year at a smaller scale: exact counts, whole after a kill, equal to verbs' own cases."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from demo import district, half_year
from demo.tempers import in_the_long_run
from huying.cases.actions import CasePlan, bulk_cases
from huying.cases.models import (
    Call,
    Case,
    CaseClock,
    CityMessage,
    Evaluation,
    Handover,
    Publication,
    SupervisionOrder,
)
from huying.evaluate.actions import rebuild_marks
from huying.evaluate.models import AssessmentAppeal, Exclusion, Freeze, Mark
from huying.kernel.clock import DISTRICT_ZONE, frozen, now
from huying.kernel.models import AuditRow
from huying.org.models import Unit
from huying.portal.models import PublicCase
from tests.invariants import broken
from tests.lived import by_verbs, columns

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]
LOADED_AT = datetime(2026, 12, 1, 8, 0, tzinfo=DISTRICT_ZONE)  # chance is sown, so is the day
SIZE, STAGES, CALLS = 900, 4, 18
SAMPLED = int(os.environ.get("HUYING_SAMPLED") or (200 if os.environ.get("CI") else 50))


class Killed(BaseException):
    """Stands for the process that died in the middle of a stage."""


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[str]]:
    """A district with half a year, loaded in two goes: the first is killed in its third stage."""
    told: list[str] = []
    patch = pytest.MonkeyPatch()
    with (
        override_settings(DEMO=True),
        frozen(LOADED_AT),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        district.load(lambda: 0)
        stages = 0

        def dies(plans: Sequence[CasePlan], **kwargs: object) -> list[str]:
            nonlocal stages
            stages += 1
            with transaction.atomic():
                made = bulk_cases(plans, **kwargs)  # type: ignore[arg-type]
                if stages == 3:
                    raise Killed
            return made

        patch.setattr(half_year, "bulk_cases", dies)
        with pytest.raises(Killed):
            half_year.install(told.append, SIZE, STAGES)
        patch.undo()
        assert len(told) == 2 and 0 < Case.objects.count() < SIZE
        half_year.install(told.append, SIZE, STAGES)
        yield told
        transaction.set_rollback(True)


def test_there_are_exactly_as_many_appeals_and_calls_as_asked_for() -> None:
    assert Case.objects.count() == SIZE
    assert Call.objects.count() == CALLS
    assert not Case.objects.filter(bulk=False).exists()


def test_each_stage_is_written_once_although_one_was_killed(loaded: list[str]) -> None:
    notes = [row.detail["note"] for row in AuditRow.objects.filter(verb="cases.import_history")]
    found = [half_year.NOTED.search(note) for note in notes]
    assert [match[1] for match in found if match] == ["1", "2", "3", "4"]
    assert len({match.groups()[1:] for match in found if match}) == 1  # one course for all
    assert [line[4:7] for line in loaded if "段" in line] == ["1/4", "2/4", "3/4", "4/4"]


def test_another_load_adds_nothing() -> None:
    before = Case.objects.count(), AuditRow.objects.count(), Freeze.objects.count()
    assert half_year.install(lambda _line: None, SIZE, STAGES) == 0
    assert before == (Case.objects.count(), AuditRow.objects.count(), Freeze.objects.count())


def test_a_larger_load_adds_what_is_missing_in_other_words() -> None:
    with transaction.atomic():
        assert half_year.install(lambda _line: None, SIZE + 120, 2) == 120
        assert Case.objects.count() == SIZE + 120
        bodies = Counter(Case.objects.filter(parent=None).values_list("body", flat=True))
        assert len(bodies) > 0.97 * bodies.total()
        assert broken() == []
        transaction.set_rollback(True)


def test_what_must_hold_of_every_case_holds() -> None:
    assert broken() == []


def test_the_marks_are_those_that_a_rebuild_makes() -> None:
    out = StringIO()
    call_command("assessment", "check", stdout=out)
    assert "已补齐 0 件" in out.getvalue()
    names = [f.attname for f in Mark._meta.concrete_fields if f.name != "id"]
    before = Counter(Mark.objects.values_list(*names))
    rebuild_marks()
    assert before and Counter(Mark.objects.values_list(*names)) == before


def test_everything_that_exists_is_found() -> None:
    states = set(Case.objects.values_list("state", flat=True))
    assert states >= {"merged", "archived", "evaluated", "in_progress", "awaiting_callback"}
    assert Case.objects.filter(parts_made__gt=0).exists()
    triggers = set(SupervisionOrder.objects.values_list("trigger", flat=True))
    assert triggers >= {"again", "unsigned"}
    assert not SupervisionOrder.objects.filter(supervisor="").exists()
    assert Handover.objects.exists() and CityMessage.objects.filter(way="in").exists()
    shown = Publication.objects.filter(state="approved").count()
    assert 0 < shown == PublicCase.objects.filter(withdrawn_at=None).count()
    assert {freeze.rule_id for freeze in Freeze.objects.all()} == {None}
    assert Freeze.objects.count() >= 5
    assert Exclusion.objects.count() >= 8 and AssessmentAppeal.objects.count() >= 3
    assert not Exclusion.objects.filter(by_id="").exists()


def test_a_burst_is_told_by_many_in_one_place_and_partly_merged() -> None:
    masters = Case.objects.filter(merged_count__gt=0)
    assert masters.exists()
    for master in masters:
        for case in Case.objects.filter(merged_into=master):
            assert case.place_id is None or case.place_id == master.place_id
        answered = Evaluation.objects.filter(case=master, round=1).count()
        assert master.grade is None or answered == 1 + master.merged_count


def test_most_is_done_in_time_and_citizens_are_mostly_content() -> None:
    outcomes = Counter(CaseClock.objects.filter(kind="handle").values_list("outcome", flat=True))
    assert outcomes["met"] / (outcomes["met"] + outcomes["missed"]) > 0.97
    first = Evaluation.objects.filter(round=1)
    assert 0.84 < first.filter(grade__gte=3).count() / first.count() < 0.94


def test_the_open_ones_are_those_of_the_last_days() -> None:
    live = ("registered", "accepted", "dispatched", "in_progress", "replied")
    rows = Case.objects.filter(state__in=live)
    assert rows.count() < SIZE / 8
    assert rows.filter(due_at__lt=now()).count() < 10


def test_texts_are_told_again_no_more_than_in_life() -> None:
    bodies = Counter(Case.objects.filter(parent=None).values_list("body", flat=True))
    assert len(bodies) > 0.97 * bodies.total()


def test_units_differ_and_always_in_the_same_way() -> None:
    units = Unit.objects.filter(kind__in=["street", "department"]).values_list("code", flat=True)
    tempers = [in_the_long_run(code) for code in units]
    assert max(one.pace for one in tempers) > 2 * min(one.pace for one in tempers)
    assert max(one.skill for one in tempers) - min(one.skill for one in tempers) > 0.08
    assert tempers == [in_the_long_run(code) for code in units]


def test_sampled_cases_equal_those_made_by_the_real_verbs() -> None:
    course = half_year.Course(now().replace(microsecond=0), 1, 1_200, 24)
    ((_stage, plans),) = half_year.planned(course, seed=7)
    chosen = _sample(plans, random.Random(7))
    assert len(chosen) == SAMPLED
    for plan in chosen:
        real = by_verbs(plan)
        with transaction.atomic():
            planned = columns(bulk_cases([plan], by=half_year.BY))
            transaction.set_rollback(True)
        assert planned == real, [one.verb for one in plan.verbs]


# What hangs on other cases than those of the plan cannot be lived alone.
ELSEWHERE = ("citizen", "place")


def _sample(plans: Sequence[CasePlan], chances: random.Random) -> list[CasePlan]:
    """Half of them at random, half of those with something rare in them."""
    alone = [
        plan
        for plan in plans
        if not any(one.args.get("trigger") in ELSEWHERE for one in plan.verbs)
    ]
    often = Counter(one.verb for plan in alone for one in plan.verbs)
    rare = sorted(alone, key=lambda plan: min(often[one.verb] for one in plan.verbs))
    families = [plan for plan in alone if plan.cases > 1]
    some = [*families[: SAMPLED // 5], *rare][: SAMPLED // 2]
    return [*some, *chances.sample(alone, SAMPLED - len(some))]
