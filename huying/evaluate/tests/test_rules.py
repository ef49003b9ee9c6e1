"""Rates, guards and places, without a database."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from huying.evaluate.rules import (
    DEFAULT,
    MARKS,
    RATES,
    Facts,
    Formula,
    Sums,
    composite,
    counts,
    guarded,
    marks_of,
    per_cent,
    ranks,
    rate,
    summed,
    tone,
    wilson,
)

OUTCOMES = st.sampled_from(["", "met", "missed", "void"])
FACTS = st.builds(
    Facts,
    state=st.sampled_from(
        [
            *("dispatched", "in_progress", "suspended", "replied", "awaiting_callback"),
            *("evaluated", "archived", "withdrawn", "merged"),
        ]
    ),
    paused=st.booleans(),
    dispatched=st.booleans(),
    round=st.integers(1, 3),
    signing=OUTCOMES,
    contacting=OUTCOMES,
    handling=OUTCOMES,
    solved=st.none() | st.booleans(),
    grade=st.none() | st.integers(1, 5),
)


@st.composite
def sums(draw: st.DrawFn) -> Sums:
    """Sums as cases give them: the marks of drawn cases."""
    found = [marks_of(facts) for facts in draw(st.lists(FACTS, max_size=60))]
    return summed(Sums(1, *(int(getattr(m, name)) for name in MARKS)) for m in found)


@given(FACTS)
def test_a_case_counts_in_a_part_only_if_it_counts_in_the_whole(facts: Facts) -> None:
    marks = marks_of(facts)
    for kind in RATES:
        if kind.whole not in ("cases", "orders") and getattr(marks, kind.part):
            assert getattr(marks, kind.whole)
    assert marks.responded == (marks.signed and marks.contacted)


def test_the_handlers_claim_is_nothing_without_the_citizen() -> None:
    silent = Facts("awaiting_callback", False, True, 1, "met", "met", "met", None, None)
    assert not marks_of(silent).solved
    assert not marks_of(silent).answered
    assert marks_of(silent).called


def test_taken_back_and_paused_cases_do_not_count() -> None:
    base = Facts("in_progress", False, True, 1, "met", "met", "", None, None)
    assert counts(base)
    assert not counts(Facts(**vars(base) | {"state": "withdrawn"}))
    assert not counts(Facts(**vars(base) | {"paused": True}))


def test_a_case_answered_and_sent_back_is_not_done_in_time() -> None:
    again = Facts("in_progress", False, True, 1, "met", "met", "met", None, None)
    assert not marks_of(again).on_time


@given(sums(), sums())
def test_every_figure_lies_between_nothing_and_all(one: Sums, other: Sums) -> None:
    both = one + other
    for kind in RATES:
        figure = rate(both, kind).figure
        assert figure is None or 0 <= figure <= 100
    total, low = composite(both, DEFAULT), guarded(both, DEFAULT)
    assert (total is None) == (low is None)
    if total is not None and low is not None:
        assert 0 <= low <= total <= 100
        parts = [rate(both, kind).figure or Decimal(0) for kind in RATES[:3]]
        assert min(parts) - 1 <= total <= max(parts) + 1


def test_the_composite_is_weighted() -> None:
    own = Sums(100, 90, 90, 90, 95, 80, 50, 40, 45, 0)
    assert composite(own, DEFAULT) == Decimal("86.50")  # 27 + 28 + 31.5
    assert composite(own, Formula(100, 0, 0)) == Decimal("90.00")


def test_nothing_has_no_rate() -> None:
    assert per_cent(0, 0) is None
    assert composite(Sums(cases=30, responded=30), DEFAULT) is None  # nobody was called back
    assert per_cent(1, 3) == Decimal("33.33")


@given(st.integers(1, 400), st.data())
def test_wilson_lies_below_the_share_and_rises_with_the_number(n: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, n))
    assert 0 <= wilson(part, n) <= part / n + 1e-9
    assert wilson(part, n) <= wilson(part * 4, n * 4) + 1e-9


def test_wilson_agrees_with_a_published_value() -> None:
    assert abs(wilson(9, 10) - 0.5958) < 0.0005


def test_few_cases_are_shown_but_have_no_place() -> None:
    perfect = Sums(19, 19, 19, 19, 19, 19, 19, 19, 19, 0)
    large = Sums(200, 190, 190, 190, 190, 180, 150, 130, 140, 3)
    assert ranks({"few": perfect, "large": large}, DEFAULT) == {"large": 1}
    assert composite(perfect, DEFAULT) == 100


def test_equals_share_a_place_and_the_next_is_pushed_down() -> None:
    good = Sums(100, 95, 95, 95, 95, 90, 80, 70, 75, 0)
    worse = Sums(100, 50, 50, 50, 50, 90, 80, 40, 45, 0)
    assert ranks({"a": good, "b": good, "c": worse}, DEFAULT) == {"a": 1, "b": 1, "c": 3}


def test_a_formula_must_add_up() -> None:
    assert Formula(30, 35, 36).faults() == ["satisfied"]
    assert Formula(good=70, failing=80).faults() == ["failing"]
    assert not DEFAULT.faults()


def test_tones_follow_the_thresholds() -> None:
    assert [tone(Decimal(x), DEFAULT) for x in ("85", "84.99", "74.99")] == ["good", "warn", "bad"]
