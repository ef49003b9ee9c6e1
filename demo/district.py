"""Loads the demonstration's district in stages, each one transaction: a killed load goes on."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from demo import duty, errands, knowledge, meeting, people
from demo.geometry import stored_areas
from huying.cases import actions as cases
from huying.cases.models import Category, RoutingRule
from huying.kernel.asker import System
from huying.kernel.progress import step
from huying.kernel.verbs import act
from huying.org.actions.posts import install_roles
from huying.org.actions.units import UnitRow, install_units
from huying.org.divisions import departments, wuchang
from huying.org.models import Account, Role, Unit

HERE = Path(__file__).parent
BY = System("demo", "演示数据")


def load(appeals: Callable[[], int]) -> None:
    """The whole district, from the city to the last appeal; what is there already stays."""
    people.refuse_outside_demo()
    with step("市、区、街道、社区、网格和部门"):
        if not Unit.objects.filter(kind=Unit.Kind.GRID).exists():
            install_units(unit_rows(), by=BY)
    with step("角色、分类和时限"):
        if not Role.objects.exists():  # later releases renew them through their installers
            install_roles(by=BY)
        if not Category.objects.exists():
            cases.install_defaults(by=BY)
    with step("人员和值班表"):
        if not Account.objects.filter(demo=True).exists():
            people.install_staff(dict(Unit.objects.values_list("code", "kind")))
        duty.plan()
    with step("派单规则"):
        install_routing()
    with step("演示账号的密钥"):
        people.access()
    with step("演示诉求"):
        appeals()
    with step("演示会商"):
        meeting.install()
    with step("知识库和交接班"):
        knowledge.install()
        duty.hand_over()
    with step("派人到场"):
        errands.install()


def unit_rows() -> Iterator[UnitRow]:
    """City to community as they are, grids of our making, every inner boundary illustrative."""
    areas = stored_areas()
    real = wuchang()
    for row in real:
        yield UnitRow(
            row.code,
            row.name,
            row.kind,
            row.parent_code,
            row.short_name,
            row.keywords,
            boundary=areas.get(row.code),
            illustrative=row.code in areas and row.kind != "district",
        )
    names = {row.code: row.name for row in real}
    for code, boundary in areas.items():
        if len(code) == len("420106001001G01"):
            community, number = code[:12], int(code[13:])
            yield UnitRow(
                code,
                f"{names[community]}第{number}网格",
                "grid",
                community,
                f"第{number}网格",
                boundary=boundary,
                illustrative=True,
            )
    yield from departments(HERE / "departments.csv")


def install_routing() -> None:
    """A rule for each leaf class: the department whose duty it is, or the street it lies in."""
    if RoutingRule.objects.exists():
        return
    categories = {row.code: row for row in Category.objects.all()}
    units = {unit.code: unit for unit in Unit.objects.filter(kind="department").defer("boundary")}
    with (HERE / "data" / "routing.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rules = [
        RoutingRule(
            position=10 * position,
            name=f"{categories[row['category']].name} → {_target_name(row['department'], units)}",
            category=categories[row["category"]],
            target="street" if row["department"] == "street" else "unit",
            unit=units.get(row["department"]),
        )
        for position, row in enumerate(rows, start=1)
    ]
    rules.append(RoutingRule(position=9990, name="其他 → 所在街道", target="street"))
    with act("cases.edit_routing", by=BY) as deed:
        RoutingRule.objects.bulk_create(rules)
        deed.on("routing", "*", "", made=len(rules))


def _target_name(department: str, units: dict[str, Unit]) -> str:
    return "所在街道" if department == "street" else units[department].short_name
