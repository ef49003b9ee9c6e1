"""A district of true size: 15 streets, 144 communities, 1,440 grids, 60 departments."""

from __future__ import annotations

from dataclasses import dataclass

from huying.cases import actions as case_actions
from huying.kernel.asker import System
from huying.org import actions as org_actions
from huying.org import queries as org_queries
from huying.org.actions import PersonRow, UnitRow
from huying.org.asker import PersonAsker

HAND = System("bench")
CITY, DISTRICT = "420100", "420106"
STREETS = [f"{DISTRICT}{number:03d}" for number in range(1, 16)]
COMMUNITIES = [
    f"{street}{number:03d}"
    for index, street in enumerate(STREETS)
    for number in range(1, 11 if index < 9 else 10)
]
GRIDS = [f"{community}G{number:02d}" for community in COMMUNITIES for number in range(1, 11)]
DEPARTMENTS = [f"{DISTRICT}D{number:02d}" for number in range(1, 47)]
CITY_DEPARTMENTS = [f"{CITY}D{number:02d}" for number in range(1, 15)]

# Who asks: label → role, unit
ASKERS = {
    "district": ("district_centre", DISTRICT),
    "street": ("street_dispatcher", STREETS[4]),
    "community": ("community_staff", f"{STREETS[4]}003"),
    "department": ("department_handler", DEPARTMENTS[0]),
    "callback": ("callback_agent", DISTRICT),
}


@dataclass(frozen=True)
class Person:
    """Somebody who asks in the bench: as asker, and with a key for the API."""

    asker: PersonAsker
    account_id: int
    key: str


def install() -> None:
    """Write the district, its roles, people, classes and deadlines into an empty database."""
    org_actions.install_units(_units(), by=HAND)
    org_actions.install_roles(by=HAND)
    case_actions.install_defaults(by=HAND)
    org_actions.install_people(
        [
            PersonRow(f"bench.{label}", f"测试{label}", unit, role_code=role, demo=True)
            for label, (role, unit) in ASKERS.items()
        ],
        by=HAND,
    )


def people() -> dict[str, Person]:
    """The askers of the bench by label, each with a fresh key."""
    found = {}
    everybody = org_queries.people(HAND)
    for label in ASKERS:
        account = everybody.get(username=f"bench.{label}")
        _key, clear = org_actions.issue_key(
            account.pk, "bench", ["cases.*", "org.view"], by=org_queries.asker_for(account)
        )
        found[label] = Person(org_queries.asker_for(account), account.pk, clear)
    return found


def _units() -> list[UnitRow]:
    rows = [
        UnitRow(CITY, "武汉市", "city"),
        UnitRow(DISTRICT, "武昌区", "district", CITY),
    ]
    rows += [UnitRow(code, f"街道{code[-3:]}", "street", DISTRICT) for code in STREETS]
    rows += [UnitRow(code, f"社区{code[6:]}", "community", code[:9]) for code in COMMUNITIES]
    rows += [UnitRow(code, f"网格{code[6:]}", "grid", code[:12]) for code in GRIDS]
    rows += [UnitRow(code, f"区部门{code[-2:]}", "department", DISTRICT) for code in DEPARTMENTS]
    rows += [
        UnitRow(code, f"市部门{code[-2:]}", "city_department", CITY) for code in CITY_DEPARTMENTS
    ]
    return rows
