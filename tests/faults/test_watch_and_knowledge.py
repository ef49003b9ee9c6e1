"""Kill -9 before each statement of the verbs on watches, the knowledge base and its templates."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from huying.cases import actions as cases
from huying.cases.models import Article, ReplyTemplate
from huying.kernel.clock import now
from huying.kernel.models import AuditRow
from huying.org import actions as org
from huying.org.models import DutyShift, ShiftHandover
from tests.cast import HAND, Cast, assemble
from tests.faults.dying import AFTER_COMMIT, BEFORE_COMMIT, run
from tests.fingerprint import fingerprint
from tests.mainline import HANDLING

Deed = Callable[[], object]
HOUR = timedelta(hours=1)
ARTICLE: dict[str, Any] = {"title": "路灯找谁修", "body": "由城管局维护"}
TEMPLATE: dict[str, Any] = {"name": "已修", "verb": "reply", "text": "已修好"}


@pytest.fixture(scope="module")
def cast(db: str) -> Cast:
    return assemble()


def shifts(cast: Cast) -> Iterator[DutyShift]:
    """Pairs of shifts of the district, each handed over by the callback agent to the centre."""
    at = now()
    while True:
        DutyShift.objects.filter(ends_at__gt=at).update(
            starts_at=at - 40 * HOUR, ends_at=at - 30 * HOUR
        )
        for who, start, end in (("callback_agent", -8, 0.5), ("district_centre", 0.5, 8)):
            person = cast.people[who].pk
            shift = org.plan_shift("420106", at + start * HOUR, at + end * HOUR, person, by=HAND)
            if who == "callback_agent":
                mine = shift
        yield mine


def deeds(verb: str, cast: Cast) -> Iterator[Deed]:
    """The same deed again and again, each time on things of its own."""
    own = shifts(cast)
    agent, centre = cast.asker("callback_agent"), cast.asker("district_centre")
    handler = cast.asker("department_handler")
    act: Callable[..., Any] = getattr(org if hasattr(org, verb) else cases, verb)
    while True:
        if verb == "hand_over_shift":
            yield partial(act, next(own).pk, words="平安", by=agent)
        elif verb in ("take_over_shift", "object_to_handover"):
            said = {"reason": "少一件"} if verb == "object_to_handover" else {}
            yield partial(act, org.hand_over_shift(next(own).pk, by=agent).pk, by=centre, **said)
        elif verb == "write_article":
            yield partial(act, by=handler, unit=HANDLING, **ARTICLE)
        elif verb.endswith("_article"):
            code = cases.write_article(by=HAND, unit=HANDLING, **ARTICLE).code
            if verb != "publish_article":
                cases.publish_article(code, version=1, by=HAND)
            more = {"reason": "过时"} if verb == "withdraw_article" else {}
            yield partial(act, code, version=1, by=centre, **more)
        elif verb == "write_template":
            yield partial(act, by=handler, **TEMPLATE)
        else:
            yield partial(act, cases.write_template(by=handler, **TEMPLATE).pk, by=handler)


@pytest.mark.parametrize(
    "verb",
    [
        *("hand_over_shift", "take_over_shift", "object_to_handover"),
        *("write_article", "publish_article", "review_article", "withdraw_article"),
        *("write_template", "retire_template"),
    ],
)
def test_a_verb_killed_at_any_moment_is_wholly_before_or_wholly_after(
    verb: str, cast: Cast, fault_count: int
) -> None:
    made = deeds(verb, cast)
    unharmed = run(next(made))
    assert not unharmed.error, unharmed.error
    deed = next(made)
    statements = unharmed.statements.index(BEFORE_COMMIT)
    chosen = random.sample(range(1, statements + 1), min(fault_count, statements))
    before, rows = fingerprint(), counted()
    moments: list[int | str] = [*sorted(chosen), BEFORE_COMMIT]
    for moment in moments:
        assert run(deed, die_at=moment).killed
        assert fingerprint() == before, f"killed at moment {moment} of {unharmed.statements}"
    assert run(deed, die_at=AFTER_COMMIT).killed
    assert counted()[0] == rows[0] + 1, "one audit row, right after its COMMIT"
    assert fingerprint() != before


def counted() -> tuple[int, ...]:
    """Audit rows, and what the verbs make."""
    tables = (AuditRow, ShiftHandover, Article, ReplyTemplate)
    return tuple(table.objects.count() for table in tables)
