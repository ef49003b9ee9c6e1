"""Random walks: whatever people try in whatever order, a case stays whole."""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from huying.cases import actions, queries
from huying.cases.models import Appellant, Case, CaseClock, CaseEvent, CaseUnit
from huying.cases.rules.edges import allowed
from huying.cases.tests import minutes, people
from huying.kernel.clock import frozen
from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow, Refusal
from tests import invariants

PEOPLE = (
    *(people.centre, people.dispatcher, people.other_dispatcher, people.handler),
    *(people.other_handler, people.community, people.grid_worker, people.caller, people.leader),
    people.person("district_centre", people.DISTRICT, number=77),
)
UNITS = st.sampled_from([people.URBAN, people.WATER, people.COMMUNITY]).map(people.code)
WHICH = st.integers(0, 3)  # of the walk's cases, the first of them twice as often
PART = st.fixed_dictionaries({"title": st.sampled_from(["路灯", "积水", ""]), "lead": UNITS})
WORDS = st.sampled_from(["请尽快办理", "", people.PHONE])
DAYS = st.dates(date(2026, 3, 3), date(2026, 4, 15))
ARGS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "accept": st.fixed_dictionaries(
        {"category": st.sampled_from(["010303", "010302", None])},
        optional={"urgent": st.booleans()},
    ),
    "refuse": st.fixed_dictionaries({"reason": st.sampled_from(["outside", "none"])}),
    "dispatch": st.fixed_dictionaries({"lead": UNITS, "co": st.lists(UNITS, max_size=2)}),
    "sign": st.just({}),
    "contact": st.fixed_dictionaries({"reached": st.booleans(), "note": WORDS}),
    "reassign": st.fixed_dictionaries({"reason": WORDS}),
    "reply": st.fixed_dictionaries({"result": WORDS, "solved": st.booleans()}),
    "answer_on_spot": st.fixed_dictionaries(
        {"result": WORDS, "solved": st.booleans(), "unit": UNITS}
    ),
    "merge": st.fixed_dictionaries({"into": WHICH, "reason": WORDS}),
    "unmerge": st.fixed_dictionaries({"reason": WORDS}),
    "split": st.fixed_dictionaries(
        {"parts": st.lists(PART, min_size=1, max_size=3), "reason": WORDS}
    ),
    "hand_over": st.fixed_dictionaries(
        {"track": st.sampled_from(["to_petition", "to_discipline", "none"]), "reason": WORDS},
        optional={"about": st.just(people.code(people.STREET))},
    ),
    "record_receipt": st.fixed_dictionaries({"receipt": WORDS}),
    "publish": st.fixed_dictionaries({"title": st.just("路灯"), "body": WORDS}),
    "rule_publication": st.fixed_dictionaries({"approved": st.booleans(), "reason": WORDS}),
    "unpublish": st.fixed_dictionaries({"reason": WORDS}),
    "review": st.fixed_dictionaries({"passed": st.booleans(), "reason": WORDS}),
    "evaluate": st.fixed_dictionaries(
        {"solved": st.booleans(), "grade": st.integers(1, 5), "comment": WORDS},
        optional={"appellant": WHICH},
    ),
    "archive": st.just({}),
    "withdraw": st.fixed_dictionaries({"reason": WORDS}),
    "comment": st.fixed_dictionaries({"text": WORDS}),
    "recategorise": st.fixed_dictionaries(
        {"category": st.sampled_from(["010303", "010302"]), "reason": WORDS}
    ),
    "set_place": st.fixed_dictionaries(
        {"place": st.sampled_from([people.GRID, people.OTHER_COMMUNITY]).map(people.code)}
    ),
    **{
        f"request_{kind}": st.fixed_dictionaries({n: st.just(v) for n, v in args.items()})
        for kind, args in people.ASKING.items()
        if kind != "suspension"
    },
    "request_suspension": st.fixed_dictionaries(
        {"cause": st.sampled_from(["funds", "none"]), "plan": WORDS, "review_on": DAYS}
    ),
    "add_unit": st.fixed_dictionaries({"unit": UNITS, "reason": WORDS}),
    "remove_unit": st.fixed_dictionaries({"unit": UNITS, "reason": WORDS}),
    "call_back": st.fixed_dictionaries(
        {"outcome": st.sampled_from(["reached", "no_answer", "busy", "none"]), "note": WORDS},
        optional={"appellant": WHICH},
    ),
    "reappeal": st.fixed_dictionaries({"reason": WORDS, "verified": st.booleans()}),
    "supervise": st.fixed_dictionaries(
        {"level": st.integers(1, 4), "reason": WORDS, "supervisor": st.just("李处长")}
    ),
    "answer_supervision": st.fixed_dictionaries({"answer": WORDS}),
    "close_supervision": st.fixed_dictionaries({"reason": WORDS}),
    "withdraw_request": st.fixed_dictionaries({"reason": WORDS}),
    "rule": st.fixed_dictionaries({"approved": st.booleans(), "reason": WORDS}),
    "resume": st.fixed_dictionaries({"reason": WORDS}, optional={"review_on": DAYS}),
    "call_up": st.fixed_dictionaries(
        {
            "lead": st.sampled_from([people.DISTRICT, people.STREET, people.WATER]).map(
                people.code
            ),
            "subject": WORDS,
            "ask": WORDS,
        }
    ),
    "convene": st.fixed_dictionaries(
        {
            "participants": st.lists(UNITS, max_size=3),
            "held_at": st.just(people.MONDAY + timedelta(days=40)),
            "room": WORDS,
            "question": WORDS,
        }
    ),
    "unmask": st.fixed_dictionaries({"reason": WORDS}),
}
LED = ("dispatched", "in_progress", "suspended", "replied", "awaiting_callback")
# These ask for a right over another unit or case as well, which no button can know of.
ABOUT_OTHERS = ("answer_on_spot", "merge")
EXAMPLES = int(os.environ.get("HUYING_WALKS", "25"))
ATTEMPT = st.one_of(
    [
        st.tuples(
            *(st.just(verb), args, st.sampled_from(PEOPLE), st.integers(0, 40), st.booleans()),
            st.sampled_from([0, 0, 0, 1, 2]),
        )
        for verb, args in ARGS.items()
    ]
)


def nth(which: int) -> Case:
    """One of the walk's cases: the first, the second, or a part split off one of them."""
    rows = list(Case.objects.order_by("pk"))
    return rows[which % len(rows)]


def resolved(args: dict[str, Any]) -> dict[str, Any]:
    """The arguments with numbers and people for what was drawn as an index."""
    found = dict(args)
    if "into" in found:
        found["into"] = nth(found["into"]).number
    if "appellant" in found:
        found["appellant"] = Appellant.objects.filter(case=nth(found["appellant"])).get().pk
    return found


class Walks(TestCase):
    """One case after another, each pushed about by everybody, with another one beside it."""

    @classmethod
    def setUpTestData(cls) -> None:
        with frozen(people.MONDAY):
            people.build()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(ATTEMPT, min_size=5, max_size=40), st.booleans())
    def test_a_case_stays_whole(self, attempts: list[Any], placed: bool) -> None:
        at = people.MONDAY
        with frozen(at):
            where = people.code(people.GRID) if placed else None
            first = people.registered(place=where, address="")
            people.accepted(place=where, address="", name="司马青云", phone="13987654321")
        for verb, args, by, hours, willing, which in attempts:
            at += timedelta(hours=hours)
            row = nth(which)
            # A willing attempt takes a verb that is possible, so that walks get far.
            if willing and verb not in allowed(row.state) and allowed(row.state):
                continue
            with frozen(at):
                self.attempt(row, verb, resolved(args), by)
        assert invariants.broken() == []
        case = Case.objects.get(number=first.number)
        clock = CaseClock.objects.filter(case=case, kind="handle").order_by("-id").first()
        if clock is not None and not case.paused and clock.outcome != "merged":
            assert clock.due_at == minutes.due_by_minutes(case, clock)

    def attempt(self, before: Case, verb: str, args: dict[str, Any], by: Any) -> None:
        """Try a verb; it is either done whole, or refused and nothing has changed."""
        number, state = before.number, before.state
        try:
            shown = verb in queries.case_page(by, number).verbs
        except NotFound:
            shown = False
        try:
            done = getattr(actions, verb)(number, version=before.version, by=by, **args)
        except Refusal as refusal:
            after = Case.objects.get(number=number)
            assert vars(after).keys() == vars(before).keys()
            assert (after.version, after.state) == (before.version, state)
            if shown:  # the button was there: only what was filled in can have been wrong
                assert isinstance(refusal, Invalid) or verb in ABOUT_OTHERS, refusal
            elif isinstance(refusal, NotNow):
                assert verb not in refusal.allowed
            else:
                assert isinstance(refusal, Forbidden | NotFound | Invalid)
            return
        assert shown, (verb, by.label, state)
        after = Case.objects.get(number=number)
        assert after.version == before.version + 1 == done.version
        assert verb in allowed(state)
        line = CaseEvent.objects.get(case=after, version=after.version)
        assert line.actor_id == by.id and line.at and line.from_state == state
        if after.state in LED:
            assert after.lead_id
            leads = CaseUnit.objects.filter(case=after, part="lead", until=None)
            assert leads.count() == 1
