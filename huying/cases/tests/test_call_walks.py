"""Random walks of calls: whatever both sides try, the case's clock stands still for them only."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from huying.cases import actions
from huying.cases.models import Call, Case, CaseClock
from huying.cases.queries.calls import call_page
from huying.cases.tests import minutes, people
from huying.kernel.clock import frozen
from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow, Refusal
from tests import invariants

PEOPLE = st.sampled_from(
    [people.community, people.dispatcher, people.centre, people.handler, people.other_dispatcher]
)
WORDS = st.sampled_from(["请尽快", "就来", people.PHONE, ""])
# Who may do it, so that walks get far; now and then somebody else tries.
WILLING = {
    "answer_call": people.dispatcher,
    "finish_call": people.dispatcher,
    "withdraw_call": people.community,
    "rule_call": people.centre,
    "rate_call": people.community,
}
BY = st.one_of(st.none(), st.none(), st.none(), PEOPLE)
ON_CALLS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "answer_call": st.fixed_dictionaries({"answer": WORDS}),
    "finish_call": st.fixed_dictionaries({"result": WORDS}),
    "withdraw_call": st.fixed_dictionaries({"reason": WORDS}),
    "rule_call": st.fixed_dictionaries({"misuse": st.booleans(), "reason": WORDS}),
    "rate_call": st.fixed_dictionaries(
        {"side": st.sampled_from(["caller", "called", "none"]), "grade": st.integers(1, 6)}
    ),
}
UP = {"lead": people.code(people.STREET), "subject": "电缆", "ask": "请协调"}
ON_THE_CASE: dict[str, tuple[Any, dict[str, Any]]] = {
    "call_up": (people.community, UP),
    "request_suspension": (people.community, people.ASKING["suspension"]),
    "request_extension": (people.community, people.ASKING["extension"]),
    "rule": (people.centre, {"approved": True, "reason": "同意"}),
    "resume": (people.centre, {"reason": "恢复"}),
    "recategorise": (people.centre, {"category": "010302", "reason": "是井盖"}),
    "reply": (people.community, {"result": "修好", "solved": True}),
    "review": (people.centre, {"passed": False, "reason": "再看"}),
}
# Mostly calls, and mostly by who may; what happens to the case itself is willing.
TRY = st.one_of(
    *(st.tuples(st.just(verb), args, BY, st.integers(0, 60)) for verb, args in ON_CALLS.items()),
    *(st.tuples(st.just(verb), st.just({}), st.none(), st.integers(0, 60)) for verb in ON_THE_CASE),
)
EXAMPLES = int(os.environ.get("HUYING_WALKS", "25"))


class CallWalks(TestCase):
    """One case of a community after another, with calls to its street."""

    @classmethod
    def setUpTestData(cls) -> None:
        with frozen(people.MONDAY):
            people.build()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(TRY, min_size=4, max_size=30), st.sampled_from(["010303", "010302"]))
    def test_the_clock_stands_still_while_a_call_is_open_and_in_time(
        self, tries: list[Any], category: str
    ) -> None:
        at = people.MONDAY
        with frozen(at):
            case = people.registered()
            case = actions.accept(
                case.number, version=case.version, by=people.centre, category=category
            )
            lead = people.code(people.COMMUNITY)
            case = actions.dispatch(case.number, version=case.version, by=people.centre, lead=lead)
            actions.sign(case.number, version=case.version, by=people.community)
        for verb, args, by, hours in [("call_up", {}, None, 1), *tries]:
            at += timedelta(hours=hours)
            with frozen(at):
                if verb in ON_CALLS:
                    self.on_call(verb, args, by or WILLING[verb])
                else:
                    self.on_case(case.number, verb)
        assert invariants.broken() == []
        row = Case.objects.get(number=case.number)
        clock = CaseClock.objects.filter(case=row, kind="handle").latest("id")
        if not row.paused:
            assert clock.due_at == row.due_at == minutes.due_by_minutes(row, clock)

    def on_case(self, number: str, verb: str) -> None:
        """A verb on the case by who may do it; refused when it is not the time."""
        by, args = ON_THE_CASE[verb]
        row = Case.objects.get(number=number)
        try:
            getattr(actions, verb)(number, version=row.version, by=by, **args)
        except Refusal as refusal:
            assert isinstance(refusal, NotNow | Invalid), refusal

    def on_call(self, verb: str, args: dict[str, Any], by: Any) -> None:
        """A verb on the last call: done whole, or refused and nothing has changed."""
        before = Call.objects.order_by("id").last()
        if before is None:
            return
        try:
            shown = verb in call_page(by, before.number).verbs
        except NotFound:
            shown = False
        try:
            done = getattr(actions, verb)(before.number, version=before.version, by=by, **args)
        except Refusal as refusal:
            after = Call.objects.get(pk=before.pk)
            assert (after.version, after.state) == (before.version, before.state)
            if shown:  # the button was there: only what was filled in can have been wrong
                wrong_side = verb == "rate_call" and isinstance(refusal, Forbidden | NotNow)
                assert isinstance(refusal, Invalid) or wrong_side, refusal
            else:
                assert isinstance(refusal, Forbidden | NotFound | NotNow | Invalid)
            return
        assert shown, (verb, by.label, before.state)
        after = Call.objects.get(pk=before.pk)
        assert after.version == before.version + 1 == done.version
