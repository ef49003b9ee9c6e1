"""Kill -9 and rivals in the finder of supervision: whole cases, and never a second order."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from huying.cases import actions
from huying.cases.actions import finding
from huying.cases.models import SupervisionOrder, SupervisionTrigger
from huying.kernel.clock import frozen, now
from tests.cast import Cast, assemble
from tests.faults.dying import AFTER_COMMIT, BEFORE_COMMIT, run
from tests.faults.test_every_verb import counted
from tests.invariants import broken
from tests.mainline import brought

CASES, CHUNK = 6, 2


@pytest.fixture(scope="module")
def cast(db: str) -> Cast:
    found = assemble()
    SupervisionTrigger.objects.exclude(code="overdue").update(active=False)
    return found


@contextmanager
def overdue() -> Iterator[None]:
    """Six new cases whose handling clock has passed, looked for in chunks of two."""
    for _ in range(CASES):
        brought("in_progress")
    usual, finding.CHUNK = finding.CHUNK, CHUNK
    try:
        with frozen(now() + timedelta(days=60)):
            yield
    finally:
        finding.CHUNK = usual


def opened() -> int:
    return SupervisionOrder.objects.filter(trigger="overdue").count()


def test_a_finder_killed_at_any_moment_leaves_whole_cases_and_the_next_run_does_the_rest(
    cast: Cast, fault_count: int
) -> None:
    with overdue():
        unharmed = run(actions.supervise_due)
        assert not unharmed.error, unharmed.error
    assert opened() == CASES
    moments = random.sample(range(1, unharmed.moments), min(fault_count, unharmed.moments - 1))
    chosen: list[int | str] = [*moments, BEFORE_COMMIT, AFTER_COMMIT]
    for moment in chosen:
        with overdue():
            before, lines = opened(), counted()
            assert run(actions.supervise_due, die_at=moment).killed
            done = opened() - before
            assert done % CHUNK == 0, f"half a chunk after dying at {moment}"
            assert counted() == tuple(count + done for count in lines)
            assert broken() == []
            assert actions.supervise_due() == CASES - done
            assert actions.supervise_due() == 0
    assert broken() == []


def test_two_finders_at_once_open_each_order_once(cast: Cast) -> None:
    with overdue():
        before = opened()
        connection.close()
        children = []
        for _ in range(2):
            child = os.fork()
            if child == 0:
                status = 1
                try:
                    actions.supervise_due()
                    status = 0
                finally:
                    os._exit(status)
            children.append(child)
        assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
        actions.supervise_due()  # what both left to each other
        assert opened() == before + CASES
    assert broken() == []


def test_a_case_in_somebodys_hand_is_left_to_the_next_run(cast: Cast) -> None:
    rival = connection.copy()
    with overdue():
        with rival.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT id FROM cases_case ORDER BY id DESC LIMIT 1 FOR UPDATE")
            (held,) = cursor.fetchone()
            assert actions.supervise_due() == CASES - 1
            assert not SupervisionOrder.objects.filter(case=held).exists()
            cursor.execute("COMMIT")
        rival.close()
        assert actions.supervise_due() == 1
