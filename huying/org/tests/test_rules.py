"""Properties of areas, expiry and separation of duties, over made-up trees and times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from huying.kernel.asker import Area
from huying.org.asker import HeldPost, KeyAsker, PersonAsker
from huying.org.rules import (
    RESERVED,
    SHARED,
    Span,
    child_path,
    duties_clash,
    gaps,
    misplaced_verbs,
    smallest,
)

CODES = st.sampled_from(["1", "2", "10", "11", "1D1"])
PATHS = st.lists(CODES, min_size=1, max_size=4).map(lambda codes: "/".join(codes) + "/")
VERBS = st.sampled_from(["org.view", "cases.accept", "cases.reply"])
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTES = st.integers(0, 600)


def spans() -> st.SearchStrategy[Span]:
    """Spans of at least a minute, some without an end."""
    return st.builds(
        lambda start, length: Span(
            START + timedelta(minutes=start),
            START + timedelta(minutes=start + length) if length else None,
        ),
        MINUTES,
        st.integers(0, 300),
    )


@st.composite
def posts(draw: st.DrawFn) -> HeldPost:
    """A post over any area with any verbs."""
    verbs = frozenset(draw(st.sets(VERBS)))
    path = draw(PATHS)
    return HeldPost("role", "business", "岗", "1", "单位", path, path, verbs)


@given(PATHS, CODES)
def test_a_right_reaches_every_unit_below(path: str, code: str) -> None:
    assert Area((path,)).covers(child_path(path, code))


@given(PATHS, PATHS)
def test_a_right_never_reaches_beside_or_above(held: str, asked: str) -> None:
    below = asked.split("/")[: held.count("/")] == held.split("/")[:-1]
    assert Area((held,)).covers(asked) == below


@given(st.lists(PATHS, max_size=6), PATHS)
def test_the_smallest_area_is_the_same_area(paths: list[str], asked: str) -> None:
    assert Area(smallest(paths)).covers(asked) == Area(tuple(paths)).covers(asked)
    assert not any(
        one != other and one.startswith(other)
        for one in smallest(paths)
        for other in smallest(paths)
    )


@given(st.lists(posts(), max_size=5), VERBS, PATHS)
def test_a_person_may_what_one_post_allows(held: list[HeldPost], verb: str, path: str) -> None:
    allowed = any(verb in post.verbs and path.startswith(post.area_path) for post in held)
    assert PersonAsker(1, "甲", tuple(held)).area(verb).covers(path) == allowed


@given(st.lists(posts(), max_size=4), st.sets(VERBS | st.just("org.*")), VERBS, PATHS)
def test_a_key_never_allows_more_than_its_owner(
    held: list[HeldPost], scopes: set[str], verb: str, path: str
) -> None:
    owner = PersonAsker(1, "甲", tuple(held))
    by_key = KeyAsker("k", "钥", owner, frozenset(scopes)).area(verb).covers(path)
    in_scope = verb in scopes or f"{verb.split('.')[0]}.*" in scopes
    assert by_key == (owner.area(verb).covers(path) and in_scope)


@given(spans(), MINUTES)
def test_a_span_holds_from_its_start_until_its_end(span: Span, minute: int) -> None:
    at = START + timedelta(minutes=minute)
    assert span.holds_at(at) == (at >= span.since and (not span.until or at < span.until))


@given(spans(), spans())
def test_spans_meet_when_some_instant_is_in_both(one: Span, other: Span) -> None:
    instants = (START + timedelta(minutes=minute) for minute in range(0, 1000))
    both = any(one.holds_at(at) and other.holds_at(at) for at in instants)
    assert one.meets(other) == other.meets(one) == both


@given(st.lists(st.sampled_from(["business", "system", "security", "audit"]), max_size=6))
def test_no_order_of_taking_posts_brings_two_duties_together(wanted: list[str]) -> None:
    held: list[str] = []
    for duty in wanted:
        if not duties_clash(held, duty):
            held.append(duty)
    assert len(set(held)) <= 1


@given(st.sets(st.sampled_from([*RESERVED, *SHARED, "cases.accept"])))
def test_every_verb_has_exactly_one_duty(verbs: set[str]) -> None:
    for verb in verbs - SHARED:
        fitting = [
            duty
            for duty in ("business", "system", "security", "audit")
            if not misplaced_verbs(duty, [verb])
        ]
        assert len(fitting) == 1


@given(st.lists(spans(), max_size=6))
def test_gaps_are_the_minutes_without_a_shift(shifts: list[Span]) -> None:
    end = START + timedelta(minutes=400)
    found = gaps(START, end, shifts)
    for minute in range(400):
        at = START + timedelta(minutes=minute)
        covered = any(shift.holds_at(at) for shift in shifts)
        assert covered != any(gap.holds_at(at) for gap in found)
