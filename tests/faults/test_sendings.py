"""Kill -9 inside the verbs of sending someone: they are wholly before or wholly after."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from huying.cases import actions
from huying.cases.actions import judged
from huying.cases.models import LastLook
from huying.kernel.clock import now
from tests.cast import Cast, assemble
from tests.faults.dying import AFTER_COMMIT, BEFORE_COMMIT, run
from tests.faults.test_every_verb import walk
from tests.fingerprint import fingerprint
from tests.mainline import brought, picture

STEPS: dict[str, dict[str, Any]] = {
    "accept_sending": {},
    "arrive": {},
    "report_sending": {"text": "已看"},
    "decline_sending": {"reason": "走不开"},
    "cancel_sending": {"reason": "不用去了"},
}


@pytest.fixture(scope="module")
def cast(db: str) -> Cast:
    return assemble()


def sent(cast: Cast) -> partial[Any]:
    """The grid worker about to be sent to a case of its own."""
    case = brought("in_progress")
    return partial(
        actions.send_someone,
        case.number,
        version=case.version,
        by=cast.asker("street_dispatcher"),
        person=cast.people["grid_worker"].pk,
        note="先看现场",
    )


def test_sending_killed_at_any_moment(cast: Cast, fault_count: int) -> None:
    walk(sent(cast), sent(cast), fault_count)


@pytest.mark.parametrize("verb", sorted(STEPS))
def test_a_step_of_an_errand_killed_at_any_moment(verb: str, cast: Cast, fault_count: int) -> None:
    act: Callable[..., Any] = getattr(actions, verb)
    by = cast.asker("street_dispatcher" if verb == "cancel_sending" else "grid_worker")
    args = dict(STEPS[verb])
    if verb == "report_sending":
        args["papers"] = [judged("现场.png", picture())]
    deed, twin = (partial(act, sent(cast)().sending, by=by, **args) for _ in range(2))
    walk(deed, twin, fault_count)


def test_the_mark_of_having_looked_killed_at_its_commit(cast: Cast) -> None:
    deed = partial(actions.mark_seen, by=cast.asker("grid_worker"), upto=now())
    before = fingerprint()
    assert run(deed, die_at=BEFORE_COMMIT).killed
    assert fingerprint() == before
    assert run(deed, die_at=AFTER_COMMIT).killed
    assert LastLook.objects.count() == 1
