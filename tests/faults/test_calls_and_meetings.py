"""Kill -9 inside the verbs on calls and meetings: they are wholly before or wholly after."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from huying.cases import actions
from huying.cases.models import Call, Meeting
from tests.cast import HAND, Cast, assemble
from tests.faults.dying import AFTER_COMMIT, BEFORE_COMMIT, run
from tests.faults.test_every_verb import walk
from tests.fingerprint import fingerprint
from tests.invariants import broken
from tests.mainline import HANDLING, MOVES, brought, in_days

RULING = {
    "duty": HANDLING,
    "entry": "权责清单第 12 条",
    "reason": "属其职责",
    "due_on": in_days(5),
    "keywords": ["路灯"],
}
ON_CALLS: dict[str, tuple[int, str, dict[str, Any]]] = {
    "answer_call": (1, "district_centre", {"answer": "就来"}),
    "withdraw_call": (1, "department_handler", {"reason": "自行解决"}),
    "rule_call": (1, "district_centre", {"misuse": True, "reason": "本职"}),
    "finish_call": (2, "district_centre", {"result": "已到"}),
    "rate_call": (3, "department_handler", {"side": "caller", "grade": 5}),
}
ON_MEETINGS: dict[str, tuple[int, dict[str, Any]]] = {
    "minute": (1, {"minutes": "各执一词"}),
    "cancel_meeting": (1, {"reason": "已协商一致"}),
    "rule_meeting": (2, RULING),
}


@pytest.fixture(scope="module")
def cast(db: str) -> Cast:
    return assemble()


def called(version: int) -> str:
    """A call for a case in progress, brought to this version."""
    case = brought("in_progress")
    actions.call_up(case.number, version=case.version, by=HAND, **MOVES["call_up"].payload)
    number = Call.objects.latest("id").number
    if version > 1:
        actions.answer_call(number, version=1, by=HAND, answer="就来")
    if version > 2:
        actions.finish_call(number, version=2, by=HAND, result="已到")
    return number


def met(version: int) -> str:
    """A meeting on a case in progress, brought to this version."""
    case = brought("in_progress")
    actions.convene(case.number, version=case.version, by=HAND, **MOVES["convene"].payload)
    number = Meeting.objects.latest("id").number
    if version > 1:
        actions.minute(number, version=1, by=HAND, minutes="各执一词")
    return number


@pytest.mark.parametrize("verb", sorted(set(ON_CALLS) - {"rate_call"}))
def test_a_verb_on_a_call_killed_at_any_moment(verb: str, cast: Cast, fault_count: int) -> None:
    version, role, args = ON_CALLS[verb]
    act: Callable[..., Any] = getattr(actions, verb)
    deed, twin = (
        partial(act, called(version), version=version, by=cast.asker(role), **args)
        for _ in range(2)
    )
    walk(deed, twin, fault_count)


@pytest.mark.parametrize("verb", sorted(ON_MEETINGS))
def test_a_verb_on_a_meeting_killed_at_any_moment(verb: str, cast: Cast, fault_count: int) -> None:
    version, args = ON_MEETINGS[verb]
    act: Callable[..., Any] = getattr(actions, verb)
    centre = cast.asker("district_centre")
    deed, twin = (partial(act, met(version), version=version, by=centre, **args) for _ in range(2))
    walk(deed, twin, fault_count)


def test_what_is_no_matter_of_a_case_killed_at_its_commit(cast: Cast) -> None:
    number = called(3)
    version, role, args = ON_CALLS["rate_call"]
    rate = partial(actions.rate_call, number, version=version, by=cast.asker(role), **args)
    alone = partial(
        actions.call_alone,
        by=cast.asker("department_handler"),
        unit=HANDLING,
        lead="420106",
        subject="移动泵",
        ask="请调配两台",
    )
    before = fingerprint()
    for deed in (rate, alone):
        assert run(deed, die_at=BEFORE_COMMIT).killed
        assert fingerprint() == before
    assert run(rate, die_at=AFTER_COMMIT).killed
    assert run(alone, die_at=AFTER_COMMIT).killed
    assert Call.objects.get(number=number).version == version + 1
    assert Call.objects.filter(case=None).count() == 1
    assert broken() == []
