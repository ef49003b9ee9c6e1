"""The projection of marks: fed by news, equal to what is made anew, found out where it lags."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest

from huying.cases import actions as case_actions
from huying.cases.models import Case
from huying.cases.tests import people
from huying.evaluate import actions
from huying.evaluate.actions import marking
from huying.evaluate.models import Freeze, FrozenMark, Mark, Marked
from huying.evaluate.queries import board
from huying.evaluate.tests import people as cast
from huying.evaluate.tests.test_rates import LATER, MARCH, START, figures, many
from huying.kernel import relay
from huying.kernel.clock import frozen
from huying.kernel.events import Received
from huying.kernel.models import Notice

pytestmark = pytest.mark.usefixtures("district")


def kept() -> list[tuple[Any, ...]]:
    """Every mark, without its own id."""
    names = [field.attname for field in Mark._meta.concrete_fields if field.attname != "id"]
    return sorted(map(repr, Mark.objects.values_list(*names)))  # type: ignore[arg-type]


def without_marks() -> None:
    Mark.objects.all().delete()
    Marked.objects.all().delete()


def deliver() -> None:
    with frozen(LATER):
        while relay.deliver_due():
            pass


def test_news_bring_the_same_marks_as_a_rebuild() -> None:
    many()
    without_marks()
    deliver()
    by_news = kept()
    assert len(by_news) > 25 and Marked.objects.count() == Case.objects.count()
    without_marks()
    assert actions.rebuild_marks() == Case.objects.count()
    assert kept() == by_news


def test_news_twice_late_and_out_of_order_change_nothing() -> None:
    many()
    expected = kept()
    notices = [
        Received(notice.key, notice.type, notice.version, notice.payload)
        for notice in Notice.objects.filter(type="cases.changed")
    ]
    random.Random(3).shuffle(notices)
    without_marks()
    for news in notices * 2:
        marking.follow(news)
    assert kept() == expected


def test_what_news_missed_is_found_by_the_version() -> None:
    case = cast.lived(START, said=None)
    before = kept()
    said = case_actions.evaluate(
        case.number, version=case.version, by=people.caller, solved=False, grade=1
    )
    assert kept() == before  # no news were delivered
    assert actions.mark_missed() == 1
    assert kept() != before and Marked.objects.get().version == said.version
    assert actions.mark_missed() == 0


def test_a_case_that_is_taken_back_loses_its_mark() -> None:
    case = people.in_progress()
    actions.mark_missed()
    assert Mark.objects.filter(kind="case").count() == 1
    case_actions.withdraw(case.number, version=case.version, by=people.centre, reason="不办了")
    deliver()
    assert set(Mark.objects.values_list("kind", flat=True)) == {"order"}


def test_a_month_frozen_before_answers_were_told_apart_is_reproduced_exactly() -> None:
    """As it was kept then: weights without a word on counting, rows of cases only."""
    many()
    with frozen(LATER):
        actions.edit_rules(MARCH.first, by=cast.evaluator, counting="last")
        live = figures(board(cast.leader, MARCH))
        new = actions.freeze_month(MARCH.first, by=cast.evaluator)
    kept = [field.attname for field in Freeze._meta.concrete_fields if field.attname != "id"]
    facts = {name: getattr(new, name) for name in kept} | {"edition": 7}
    facts["formula"] = {
        name: value
        for name, value in new.formula.items()
        if name not in ("counting", "void_proxy", "void_prompted")
    }
    old = Freeze.objects.create(**facts)
    rows = list(FrozenMark.objects.filter(freeze=new, kind="case"))
    for row in rows:
        row.pk, row.freeze = None, old
    assert len(FrozenMark.objects.bulk_create(rows)) == 11
    then = figures(board(cast.leader, MARCH, freeze=old))
    for part in ("total", "units"):
        assert without_orders(then[part]) == without_orders(live[part])


def without_orders(part: Any) -> str:
    """Figures less the orders, which were not kept then."""
    text = repr(part)
    for name in ("orders", "returned", "minutes"):
        text = "".join(
            piece if index == 0 else piece.lstrip("0123456789")
            for index, piece in enumerate(text.split(f"{name}="))
        )
    return text


def test_a_frozen_month_keeps_each_answer_of_its_time() -> None:
    many()
    with frozen(LATER):
        freeze = actions.freeze_month(MARCH.first, by=cast.evaluator)
        live = board(cast.leader, MARCH)
    answers = FrozenMark.objects.filter(freeze=freeze, kind="callback", answered=True)
    assert answers.count() == live.total.sums.answered
    assert figures(board(cast.leader, MARCH, freeze=freeze)) == figures(live)


def test_marks_move_with_their_unit() -> None:
    cast.lived(START)
    expected = kept()
    Mark.objects.update(unit_path="420100/420106/elsewhere/")
    news = {"code": "x", "old_path": "420100/420106/elsewhere/", "new_path": people.URBAN}
    marking.rehang(Received(uuid.uuid4(), "org.unit_moved", 1, news))
    assert kept() == expected
