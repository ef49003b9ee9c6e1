"""The standing cast: a small tree and one person for each part."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from huying.kernel.asker import System
from huying.org import actions
from huying.org.actions import PersonRow, UnitRow
from huying.org.asker import PersonAsker
from huying.org.models import Account, Unit
from huying.org.queries import asker_for

SYSTEM = System("tests")
PASSWORD = "Right-Horse-7"

CITY, DISTRICT = "420100", "420106"
LIANGDAO, ZIYANG = "420106005", "420106008"
HOUCHANG, HUJIN = "420106005001", "420106008002"

TREE = [
    UnitRow(CITY, "武汉市", "city"),
    UnitRow(DISTRICT, "武昌区", "district", CITY),
    UnitRow("420106D03", "区城管执法局", "department", DISTRICT),
    UnitRow("420100D01", "市公安局", "city_department", CITY),
    UnitRow(LIANGDAO, "粮道街道", "street", DISTRICT),
    UnitRow(HOUCHANG, "候补街社区", "community", LIANGDAO),
    UnitRow(f"{HOUCHANG}G01", "第一网格", "grid", HOUCHANG),
    UnitRow(ZIYANG, "紫阳街道", "street", DISTRICT),
    UnitRow(HUJIN, "湖锦社区", "community", ZIYANG),
]

CAST = [
    PersonRow("sysadmin", "孙系统", DISTRICT, role_code="system_admin"),
    PersonRow("secadmin", "安全芳", DISTRICT, role_code="security_admin"),
    PersonRow("auditor", "审计明", DISTRICT, role_code="auditor"),
    PersonRow("centre", "中心梅", DISTRICT, role_code="district_centre"),
    PersonRow("alice", "王敏", LIANGDAO, role_code="street_dispatcher"),
    PersonRow("bob", "赵强", ZIYANG, role_code="street_dispatcher"),
    PersonRow("carol", "陈社", HOUCHANG, role_code="community_staff"),
    PersonRow("grid", "网格亮", f"{HOUCHANG}G01", role_code="grid_worker"),
    PersonRow("dept", "城管军", "420106D03", role_code="department_handler"),
    PersonRow("nobody", "吴岗", LIANGDAO),
]


@dataclass(frozen=True)
class Cast:
    """Askers by username, read afresh each time."""

    def __getattr__(self, username: str) -> PersonAsker:
        return asker_for(account(username))


def build() -> Cast:
    """Write roles, tree and people."""
    actions.install_roles(by=SYSTEM)
    actions.install_units(TREE, by=SYSTEM)
    hashed = make_password(PASSWORD)
    rows = [PersonRow(**{**vars(row), "password_hash": hashed}) for row in CAST]
    actions.install_people(rows, by=SYSTEM)
    Account.objects.update(must_change_password=False)
    return Cast()


def account(username: str) -> Account:
    """The account of this name."""
    return Account.objects.get(username=username)


def unit(code: str) -> Unit:
    """The unit of this code."""
    return Unit.objects.get(code=code)
