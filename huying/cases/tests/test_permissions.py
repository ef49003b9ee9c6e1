"""The permission matrix of the API: every verb × every role × inside and outside the area."""

from __future__ import annotations

import pytest
from django.db import transaction

from huying.cases.actions import Done
from huying.cases.roles import ROLE_VERBS
from huying.cases.rules.edges import EDGES, LABELS
from huying.cases.tests import people
from huying.cases.tests.test_refusals import VERBS, do
from huying.kernel.asker import may
from huying.kernel.errors import Forbidden, NotFound
from huying.org.rules import DEFAULT_ROLES

pytestmark = pytest.mark.usefixtures("district")

INSIDE = {
    "grid_worker": people.GRID,
    "community_staff": people.COMMUNITY,
    "street_dispatcher": people.STREET,
    "department_handler": people.URBAN,
    "citizen": people.GRID,
}
OUTSIDE = {
    "grid_worker": people.OTHER_COMMUNITY,
    "community_staff": people.OTHER_COMMUNITY,
    "street_dispatcher": people.OTHER_STREET,
    "department_handler": f"{people.DISTRICT}420106D03/",
}
ABOVE = ("community_staff", "street_dispatcher")
OWN = {"call_up": ("community_staff",)}  # a unit calls for itself, and a community leads this case
NEVER_SENT = ("registered", "accepted", "merged", "not_accepted")  # as these cases were made
ROLES = [role.code for role in DEFAULT_ROLES]
# Units act on what they lead, whoever's ground it lies on.
LED = {edge.verb for edge in EDGES if edge.where == "lead"}


@pytest.mark.parametrize("verb", VERBS)
def test_inside_and_outside(verb: str) -> None:
    case = VERBS[verb][0]()
    for role in ROLES:
        with transaction.atomic():
            check(verb, role, case)
            transaction.set_rollback(True)


def check(verb: str, role: str, case: Done) -> None:
    """What this role may do with the case, from inside its area and from outside."""
    inside = people.person(role, INSIDE.get(role, people.DISTRICT))
    outside = people.person(role, OUTSIDE.get(role, "420100/420111/"))
    with pytest.raises(NotFound):
        do(verb, case, outside)
    holds = verb in ROLE_VERBS.get(role, ())
    if not may(inside, "cases.view"):
        with pytest.raises(NotFound):
            do(verb, case, inside)
    elif role == "department_handler" and (case.state in NEVER_SENT or verb in OWN):
        with pytest.raises(NotFound):  # not yet sent to it
            do(verb, case, inside)
    elif holds and (role in OWN[verb] if verb in OWN else not (verb in LED and role in ABOVE)):
        do(verb, case, inside)
    else:
        with pytest.raises(Forbidden):
            do(verb, case, inside)


@pytest.mark.parametrize("role", ROLES)
def test_registering(role: str) -> None:
    by = people.person(role, INSIDE.get(role, people.DISTRICT))
    if "register" in ROLE_VERBS.get(role, ()):
        assert people.registered(by=by).state == "registered"
        with pytest.raises(Forbidden):
            people.registered(by=people.person(role, OUTSIDE.get(role, "420100/420111/")))
    else:
        with pytest.raises(Forbidden):
            people.registered(by=by)


def test_every_granted_verb_exists() -> None:
    from huying.kernel.verbs import VERBS as DECLARED

    for verbs in ROLE_VERBS.values():
        for verb in verbs:
            assert f"cases.{verb}" in DECLARED.names()
    assert set(LABELS) <= {name.partition(".")[2] for name in DECLARED.names()}
