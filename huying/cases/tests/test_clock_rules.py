"""Deadlines of the district: shown with their basis, changed and signed by a verb."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huying.cases import actions, queries
from huying.cases.models import Category, ClockRule
from huying.cases.tests import people
from huying.kernel.errors import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.usefixtures("district")


def test_defaults_are_unconfirmed_until_signed() -> None:
    assert not any(rule.confirmed for rule in queries.clock_rules().values())
    actions.confirm_clock_rule("ordinary", by=people.centre)
    assert queries.clock_rules()["ordinary"].confirmed
    actions.edit_clock_rule("ordinary", by=people.centre, measure="natural_hours", amount="48")
    assert not queries.clock_rules()["ordinary"].confirmed


def test_a_change_holds_for_new_clocks_only() -> None:
    before = people.accepted()
    actions.edit_clock_rule("ordinary", by=people.centre, measure="natural_hours", amount="1.5")
    after = people.accepted()
    assert after.due_at == people.MONDAY + timedelta(hours=1.5)
    page = queries.case_page(people.centre, before.number)
    assert next(c for c in page.clocks if c.kind == "handle").due_at == before.due_at


def test_faults_and_rights() -> None:
    with pytest.raises(Invalid) as refusal:
        actions.edit_clock_rule("ordinary", by=people.centre, measure="moons", amount="-1")
    assert {fault.where for fault in refusal.value.faults} == {"measure", "amount"}
    with pytest.raises(Invalid):
        actions.edit_clock_rule("ordinary", by=people.centre, measure="natural_hours", amount="NaN")
    with pytest.raises(NotFound):
        actions.confirm_clock_rule("nothing", by=people.centre)
    with pytest.raises(Forbidden):
        actions.confirm_clock_rule("ordinary", by=people.dispatcher)


def test_installing_again_keeps_what_the_district_changed() -> None:
    actions.edit_clock_rule("hard", by=people.centre, measure="working_days", amount="12")
    counts = ClockRule.objects.count(), Category.objects.count()
    actions.install_defaults(by=people.HAND)
    assert (ClockRule.objects.count(), Category.objects.count()) == counts
    assert queries.clock_rules()["hard"].amount == "12"
