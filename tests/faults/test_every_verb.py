"""Kill -9 before each statement of every verb on a case: it is wholly before or wholly after."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from huying.cases import actions
from huying.cases.models import Case
from huying.kernel.models import AuditRow, Notice
from tests.cast import Cast, assemble
from tests.faults.dying import AFTER_COMMIT, BEFORE_COMMIT, run
from tests.fingerprint import fingerprint
from tests.invariants import broken
from tests.mainline import FILING, MOVES, brought, picture

Deed = Callable[[], object]


@pytest.fixture(scope="module")
def cast(db: str) -> Cast:
    return assemble()


def walk(deed: Deed, twin: Deed, fault_count: int, more: int = 1) -> None:
    """Kill `deed` at chosen moments, the last of them after its COMMIT, and look at what is left.

    `twin` does the same on another case, unharmed, to learn how many moments there are; `more` is
    how many lines of history the deed writes.
    """
    unharmed = run(twin)
    assert not unharmed.error, unharmed.error
    statements = unharmed.statements.index(BEFORE_COMMIT)
    chosen = random.sample(range(1, statements + 1), min(fault_count, statements))
    before, lines = fingerprint(), counted()
    for moment in [*sorted(chosen), BEFORE_COMMIT]:
        assert run(deed, die_at=moment).killed
        assert fingerprint() == before, f"killed at moment {moment} of {unharmed.statements}"
    assert run(deed, die_at=AFTER_COMMIT).killed
    assert counted() == tuple(count + more for count in lines), "killed right after its COMMIT"
    assert broken() == []


def counted() -> tuple[int, int, int]:
    """Versions of all cases, audit rows and notices: each line of history adds one to each."""
    versions = sum(Case.objects.values_list("version", flat=True))
    return (
        versions,
        AuditRow.objects.filter(object_kind="case").count(),
        Notice.objects.filter(type="cases.changed").count(),
    )


@pytest.mark.parametrize("verb", sorted(MOVES))
def test_a_verb_killed_at_any_moment_leaves_its_case_before_or_after(
    verb: str, cast: Cast, fault_count: int
) -> None:
    move = MOVES[verb]
    case, other = brought(move.state), brought(move.state)
    asker = cast.asker(move.role)
    act: Callable[..., Any] = getattr(actions, verb)
    walk(
        lambda: act(case.number, version=case.version, by=asker, **move.payload),
        lambda: act(other.number, version=other.version, by=asker, **move.payload),
        fault_count,
        move.lines,
    )
    assert Case.objects.get(number=case.number).version == case.version + 1


def test_a_registration_killed_at_any_moment_is_there_wholly_or_not_at_all(
    cast: Cast, fault_count: int
) -> None:
    asker = cast.asker("district_centre")
    papers = [actions.judged("现场.png", picture()), actions.judged("远处.png", picture())]

    def register() -> object:
        return actions.register(by=asker, papers=papers, **FILING)

    walk(register, register, fault_count)


def test_a_dispatch_for_the_next_round_killed_at_any_moment(cast: Cast, fault_count: int) -> None:
    caller, centre = cast.asker("callback_agent"), cast.asker("district_centre")
    deeds = []
    for _ in range(2):
        case = brought("awaiting_callback")
        rated = actions.evaluate(
            case.number, version=case.version, by=caller, solved=False, grade=1, comment="没修好"
        )
        deeds.append(
            partial(
                actions.dispatch,
                rated.number,
                version=rated.version,
                by=centre,
                **MOVES["dispatch"].payload,
            )
        )
    walk(*deeds, fault_count)
