"""The standing cast: in Wuchang one person in each role, and in Hongshan their doubles.

The cases of the tests lie in Wuchang, so everything there is outside the area of every double.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from huying.cases import actions as case_actions
from huying.kernel.asker import System
from huying.kernel.clock import now
from huying.org import actions as org_actions
from huying.org import queries as org_queries
from huying.org.asker import PersonAsker
from huying.org.models import Account, Holding, Post, Role, Unit

HAND = System("standing cast")
PASSWORD = "Huying-Cast-2026!"
HERE, ELSEWHERE = "420106", "420111"

# role → where the post stands and where it holds, below the district
POSTS = {
    "grid_worker": ("001001", "001001G01"),
    "community_staff": ("001001", "001001"),
    "street_dispatcher": ("001", "001"),
    "department_handler": ("D01", "D01"),
    "district_centre": ("", ""),
    "callback_agent": ("", ""),
    "evaluator": ("", ""),
    "leader": ("", ""),
    "auditor": ("", ""),
    "system_admin": ("", ""),
    "security_admin": ("", ""),
    "citizen": ("", "001001G01"),
}
ROLES = tuple(POSTS)

BELOW = (
    ("", "区", "district", None),
    ("001", "一街道", "street", ""),
    ("001001", "一社区", "community", "001"),
    ("001001G01", "一网格", "grid", "001001"),
    ("002", "二街道", "street", ""),
    ("002001", "二社区", "community", "002"),
    ("002001G01", "二网格", "grid", "002001"),
    ("D01", "城管局", "department", ""),
    ("D02", "水务局", "department", ""),
)


@dataclass
class Cast:
    """People by role, doubles (outside) by role, units by code."""

    units: dict[str, Unit]
    people: dict[str, Account] = field(default_factory=dict)
    doubles: dict[str, Account] = field(default_factory=dict)

    def asker(self, role: str) -> PersonAsker:
        """The person of this role as asker, with the posts in force now."""
        return org_queries.asker_for(self.people[role])


def assemble() -> Cast:
    """Write units, roles, people and posts into the present database."""
    cast = Cast(_units())
    org_actions.install_roles(by=HAND)
    case_actions.install_defaults(by=HAND)
    for role in ROLES:
        cast.people[role] = _person(cast, role, role, HERE)
        cast.doubles[role] = _person(cast, f"{role}.double", role, ELSEWHERE)
    return cast


def _units() -> dict[str, Unit]:
    city = Unit.objects.create(code="420100", name="武汉市", kind="city", path="420100/")
    units = {city.code: city}
    for district, name in ((HERE, "武昌"), (ELSEWHERE, "洪山")):
        for code, label, kind, parent in BELOW:
            above = city if parent is None else units[district + parent]
            code = district + code
            units[code] = Unit.objects.create(
                code=code,
                name=name + label,
                short_name=name + label,
                kind=kind,
                parent=above,
                path=f"{above.path}{code}/",
            )
    return units


def _person(cast: Cast, username: str, role: str, district: str) -> Account:
    unit, area = (cast.units[district + below] for below in POSTS[role])
    person = Account.objects.create_user(
        username=username, password=PASSWORD, name=f"某{role}", unit=unit, password_changed_at=now()
    )
    post = Post.objects.create(unit=unit, role=Role.objects.get(code=role), area=area, title=role)
    Holding.objects.create(person=person, post=post, since=now() - timedelta(days=30))
    return person
