"""The transition table itself: every state reachable, every exit open, nothing undecided."""

from __future__ import annotations

from huying.cases.roles import ROLE_VERBS
from huying.cases.rules.categories import CATEGORIES, parent_code
from huying.cases.rules.clocks import DEFAULTS, HANDLING
from huying.cases.rules.edges import EDGES, LABELS, allowed
from huying.cases.rules.states import ENDS, STATES
from huying.cases.rules.steps import STEPS

# What is still done after the end: look, open again, note a receipt, tell everybody.
AFTERWARDS = {
    *("unmask", "reappeal", "unmerge", "record_receipt", "city_rule", "city_redo"),
    *("publish", "rule_publication", "unpublish"),
}
OPEN_AGAIN = ("reappeal", "unmerge", "city_redo")
CODES = [code for code, _label in STATES]


def reachable() -> set[str]:
    found: set[str] = {""}
    while True:
        further = {edge.to for edge in EDGES if edge.to and edge.source in found}
        if further <= found:
            return found - {""}
        found |= further


def test_every_state_is_reachable() -> None:
    assert reachable() == set(CODES)


def test_every_state_that_is_no_end_has_an_exit_and_an_end_has_none() -> None:
    for code in CODES:
        exits = [
            edge
            for edge in EDGES
            if edge.source == code and edge.to and edge.verb not in OPEN_AGAIN
        ]
        assert bool(exits) == (code not in ENDS), code


def test_from_every_state_an_end_can_be_reached() -> None:
    for start in reachable():
        found, frontier = {start}, [start]
        while frontier:
            state = frontier.pop()
            for edge in EDGES:
                if edge.source == state and edge.to and edge.to not in found:
                    found.add(edge.to)
                    frontier.append(edge.to)
        assert found & set(ENDS), start


def test_an_edge_is_told_by_verb_state_and_outcome() -> None:
    keys = [(edge.verb, edge.source, edge.outcome) for edge in EDGES]
    assert len(keys) == len(set(keys))


def test_every_verb_has_an_edge_a_step_a_label_and_a_role() -> None:
    held = {verb for verbs in ROLE_VERBS.values() for verb in verbs}
    for verb in LABELS:
        assert any(edge.verb == verb for edge in EDGES)
        assert verb in STEPS
        assert verb in held


def test_nobody_who_handles_also_evaluates() -> None:
    for role, verbs in ROLE_VERBS.items():
        assert not ({"evaluate", "reply"} <= set(verbs)), role


def test_an_ended_case_admits_only_looking() -> None:
    for code in ENDS:
        assert set(allowed(code)) <= AFTERWARDS
    assert [code for code in ENDS if "reappeal" in allowed(code)] == ["archived"]
    assert [code for code in ENDS if "unmerge" in allowed(code)] == ["merged"]
    assert [code for code in ENDS if "record_receipt" in allowed(code)] == ["not_accepted"]


def test_every_class_names_a_known_deadline_and_a_known_parent() -> None:
    codes = {code for code, _name, _clock in CATEGORIES}
    names = {row[0] for row in DEFAULTS}
    assert len(codes) == len(CATEGORIES)
    for code, _name, clock in CATEGORIES:
        assert parent_code(code) in codes or len(code) == 2
        assert clock in HANDLING or (not clock and len(code) > 2)
    assert set(HANDLING) <= names


def test_every_deadline_says_what_it_rests_on() -> None:
    for name, _label, _measure, amount, basis, article in DEFAULTS:
        assert basis in "SPG" and float(amount) > 0
        assert basis != "S" or article, name
