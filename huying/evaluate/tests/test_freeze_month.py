"""A frozen month: the same figures for ever, and a new edition only for what was left out."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from huying.cases import actions as case_actions
from huying.cases.tests import people
from huying.evaluate import actions
from huying.evaluate.models import Freeze, FrozenMark
from huying.evaluate.queries import board, formula_for, frozen_month, one_month
from huying.evaluate.rules import DEFAULT
from huying.evaluate.tests import people as cast
from huying.evaluate.tests.test_rates import LATER, MARCH, START, figures, many
from huying.kernel.asker import Stranger
from huying.kernel.clock import DISTRICT_ZONE, frozen
from huying.kernel.errors import Forbidden, Invalid, NotNow, Unauthenticated
from huying.org.models import Unit

pytestmark = pytest.mark.usefixtures("district")

FIRST = date(2026, 3, 1)
NEXT_YEAR = datetime(2027, 3, 1, 9, 0, tzinfo=DISTRICT_ZONE)


def test_last_march_is_reproduced_exactly_after_everything_changed() -> None:
    many()
    with frozen(LATER):
        live = figures(board(cast.leader, MARCH))
        actions.freeze_month(FIRST, by=cast.evaluator)
    with frozen(NEXT_YEAR):
        row = cast.counted(cast.leader, MARCH, rate="solved", part="missing").filter(
            case__state="evaluated"
        )
        bad = row[0].case
        case_actions.dispatch(
            bad.number, version=bad.version, by=people.centre, lead=people.code(people.WATER)
        )
        actions.edit_rules(
            date(2026, 4, 1), by=cast.evaluator, responded=100, solved=0, satisfied=0
        )
        Unit.objects.filter(path=people.URBAN).update(name="区城市管理局")
        actions.mark_missed()
        freeze = frozen_month(FIRST)
        assert freeze is not None
        kept = board(cast.leader, MARCH, freeze=freeze)
        assert figures(board(cast.leader, MARCH)) != live
        assert figures(kept) == live
        opened = cast.counted(cast.leader, MARCH, freeze=freeze)
        assert opened.count() == kept.total.sums.cases
        for code in ("solved", "answered", "returned"):
            sums = next(rate for rate in kept.total.rates if rate.kind.code == code)
            behind = cast.counted(cast.leader, MARCH, rate=code, part="part", freeze=freeze)
            assert behind.count() == sums.part


def test_a_month_that_is_not_over_cannot_be_frozen() -> None:
    many()
    with frozen(START + timedelta(days=20)), pytest.raises(NotNow):
        actions.freeze_month(FIRST, by=cast.evaluator)
    assert not Freeze.objects.exists()


def test_a_month_without_cases_cannot_be_frozen() -> None:
    with frozen(LATER), pytest.raises(NotNow):
        actions.freeze_month(FIRST, by=cast.evaluator)


def test_a_new_edition_needs_something_left_out_and_changes_nothing_else() -> None:
    many()
    with frozen(LATER):
        first = actions.freeze_month(FIRST, by=cast.evaluator)
        with pytest.raises(NotNow), transaction.atomic():
            actions.freeze_month(FIRST, by=cast.evaluator)
        out = cast.counted(cast.leader, MARCH, rate="solved", part="missing").first()
        assert out is not None
        identity = actions.exclude(
            out.case.number, by=cast.centre, reason="policy", evidence="省厅文件"
        )
        actions.approve_exclusion(identity, by=cast.evaluator, approved=True, ruling="属实")
        second = actions.freeze_month(FIRST, by=cast.evaluator)
        assert (first.edition, second.edition) == (1, 2)
        old, new = (board(cast.leader, MARCH, freeze=one) for one in (first, second))
    assert new.total.raw == old.total.raw
    assert new.total.sums.cases == old.total.sums.cases - 1
    assert new.total.sums.solved == old.total.sums.solved
    assert frozen_month(FIRST) == second
    assert frozen_month(FIRST, 1) == first


def test_frozen_marks_cannot_be_changed_by_any_writer() -> None:
    many()
    with frozen(LATER):
        actions.freeze_month(FIRST, by=cast.evaluator)
    for statement in (
        "update evaluate_frozenmark set solved = true",
        "delete from evaluate_frozenmark",
        "update evaluate_freeze set cases = 0",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert FrozenMark.objects.filter(kind="case").count() == 11


def test_a_month_is_frozen_under_the_rules_of_its_time() -> None:
    many()
    with frozen(LATER):
        actions.edit_rules(FIRST, by=cast.evaluator, responded=100, solved=0, satisfied=0)
        actions.edit_rules(date(2026, 4, 1), by=cast.evaluator, least=50)
        assert formula_for(date(2026, 2, 1)) == (DEFAULT, None)
        assert formula_for(FIRST)[0].responded == 100
        assert formula_for(date(2026, 9, 1))[0].least == 50
        freeze = actions.freeze_month(FIRST, by=cast.evaluator)
        assert freeze.formula["responded"] == 100
        total = board(cast.leader, one_month(FIRST), freeze=freeze).total
        assert total.composite == total.rates[0].figure


def test_rules_cannot_reach_back_into_a_frozen_month() -> None:
    many()
    with frozen(LATER):
        actions.freeze_month(FIRST, by=cast.evaluator)
        with pytest.raises(NotNow):
            actions.edit_rules(FIRST, by=cast.evaluator, least=10)
        assert actions.edit_rules(date(2026, 4, 1), by=cast.evaluator, least=10).number == 1


def test_rules_must_add_up() -> None:
    with pytest.raises(Invalid) as refused:
        actions.edit_rules(FIRST, by=cast.evaluator, responded=50, solved=50, satisfied=50)
    assert [fault.where for fault in refused.value.faults] == ["satisfied"]


@pytest.mark.parametrize("who", ["leader", "centre", "handler", "dispatcher", "auditor"])
def test_only_an_evaluator_of_the_district_freezes_and_edits(who: str) -> None:
    many()
    by = getattr(cast, who)
    with frozen(LATER):
        with pytest.raises(Forbidden), transaction.atomic():
            actions.freeze_month(FIRST, by=by)
        with pytest.raises(Forbidden), transaction.atomic():
            actions.edit_rules(FIRST, by=by, least=1)


def test_an_evaluator_of_one_street_does_not_freeze_the_district() -> None:
    many()
    with frozen(LATER), pytest.raises(Forbidden):
        actions.freeze_month(FIRST, by=cast.person("evaluator", people.STREET))


def test_strangers_are_asked_to_sign_in() -> None:
    with pytest.raises(Unauthenticated):
        actions.freeze_month(FIRST, by=Stranger())
    with pytest.raises(Unauthenticated):
        actions.edit_rules(FIRST, by=Stranger())
