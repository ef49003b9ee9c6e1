"""Routing rules as data: order, conditions, targets, and the dry run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from huying.cases import actions, queries
from huying.cases.rules.routing import Matter, RoutingFact, propose
from huying.cases.tests import people
from huying.kernel.errors import Forbidden, Invalid, NotFound

MATTER = Matter("01/0103/010303/", people.GRID, "", "路灯不亮，井盖也松了")


def fact(identity: int, **conditions: Any) -> RoutingFact:
    given: dict[str, Any] = {"unit_path": people.URBAN} | conditions
    return RoutingFact(identity, identity, f"规则{identity}", **given)


def proposed(*rules: RoutingFact, matter: Matter = MATTER) -> int | None:
    found = propose(rules, matter)
    return found.rule.id if found else None


def test_the_first_rule_in_order_that_holds_proposes() -> None:
    assert proposed(fact(2), fact(1)) == 1
    assert proposed(fact(1, category_path="02/"), fact(2, category_path="01/")) == 2
    assert proposed(fact(1, area_path=people.OTHER_STREET), fact(2, area_path=people.STREET)) == 2
    assert proposed(fact(1, keywords=("噪音",)), fact(2, keywords=("噪音", "井盖"))) == 2
    assert proposed(fact(1, category_path="02/")) is None


def test_the_street_and_community_of_the_place_can_be_the_target() -> None:
    for target, path in (("street", people.STREET), ("community", people.COMMUNITY)):
        found = propose([fact(1, target=target)], MATTER)
        assert found is not None and found.unit_path == path
    unplaced = Matter("01/", "", "", "路灯")
    assert proposed(fact(1, target="street"), fact(2), matter=unplaced) == 2


def test_proposing_the_unit_complained_about_warns() -> None:
    found = propose([fact(1)], Matter("01/", people.GRID, people.URBAN, ""))
    assert found is not None and found.warning


@pytest.mark.usefixtures("district")
class TestRulesOfTheDistrict:
    def write(self, **facts: Any) -> int:
        given: dict[str, Any] = {"position": 1, "name": "路灯", "unit": people.code(people.URBAN)}
        return actions.write_routing_rule(by=people.centre, **(given | facts))

    def test_a_written_rule_proposes_on_the_page_of_who_dispatches(self) -> None:
        self.write(category="0103")
        case = people.accepted()
        proposal = queries.case_page(people.centre, case.number).proposal
        assert proposal is not None
        assert (proposal.code, proposal.rule) == (people.code(people.URBAN), "路灯")
        assert queries.case_page(people.leader, case.number).proposal is None

    def test_a_dry_run_says_who_would_have_got_which_case_and_writes_nothing(self) -> None:
        here, there = people.dispatched(), people.accepted(title="水管爆裂")
        rules = [fact(1, keywords=("水管",), unit_path=people.WATER), fact(2)]
        day = timedelta(days=1)
        trials = queries.dry_run_routing(
            people.centre, rules, people.MONDAY - day, people.MONDAY + day
        )
        assert {t.number: (t.now, t.would) for t in trials} == {
            here.number: ("区城管执法局", "区城管执法局"),
            there.number: ("", "区水务和湖泊局"),
        }
        assert not queries.routing_facts()
        assert not queries.dry_run_routing(
            people.centre, rules, people.MONDAY - 2 * day, people.MONDAY - day
        )

    def test_a_rule_can_be_changed_and_dropped(self) -> None:
        rule = self.write()
        assert self.write_again(rule, name="照明") == rule
        assert [r.name for r in queries.routing_facts()] == ["照明"]
        actions.drop_routing_rule(rule, by=people.centre)
        assert not queries.routing_facts()
        with pytest.raises(NotFound):
            actions.drop_routing_rule(rule, by=people.centre)

    def write_again(self, rule: int, **facts: Any) -> int:
        given: dict[str, Any] = {"position": 1, "name": "路灯", "unit": people.code(people.URBAN)}
        return actions.write_routing_rule(rule, by=people.centre, **(given | facts))

    def test_all_faults_of_a_rule_are_told_at_once_and_it_is_a_right(self) -> None:
        with pytest.raises(Invalid) as refusal:
            self.write(name="", unit=None, position=-1)
        assert {fault.where for fault in refusal.value.faults} == {"name", "unit", "position"}
        with pytest.raises(Forbidden):
            actions.write_routing_rule(
                by=people.dispatcher, position=1, name="x", unit=people.code(people.URBAN)
            )
