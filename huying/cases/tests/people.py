"""The standing cast of this room: a small district, one person in each role, one case."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from huying.cases import actions
from huying.cases.actions import Done
from huying.cases.models import Case
from huying.cases.roles import ROLE_VERBS
from huying.kernel.asker import System
from huying.kernel.clock import DISTRICT_ZONE
from huying.org.asker import HeldPost, PersonAsker
from huying.org.models import Unit

HAND = System("test")
CITY = "420100/"
DISTRICT = "420100/420106/"
STREET = f"{DISTRICT}420106001/"
COMMUNITY = f"{STREET}420106001001/"
GRID = f"{COMMUNITY}420106001001G01/"
OTHER_STREET = f"{DISTRICT}420106002/"
OTHER_COMMUNITY = f"{OTHER_STREET}420106002001/"
URBAN = f"{DISTRICT}420106D01/"  # 城管
WATER = f"{DISTRICT}420106D02/"  # 水务

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=DISTRICT_ZONE)
NAME, PHONE, ID_NUMBER = "欧阳建国", "13812345678", "420106198001011234"

ASKING: dict[str, dict[str, Any]] = {
    "return": {"reason": "路灯属供电公司", "suggested": "420106D02"},
    "extension": {"amount": "3", "reason": "等待灯具到货", "notice": "灯具到货后三天内修好"},
    "suspension": {"cause": "project", "plan": "列入三月改造", "review_on": date(2026, 3, 20)},
    "closure": {"result": "经核实路灯属小区物业", "reason": "不属公共设施"},
}

TREE = (
    (CITY, "武汉市", "city"),
    (DISTRICT, "武昌区", "district"),
    (STREET, "粮道街道", "street"),
    (COMMUNITY, "花园山社区", "community"),
    (GRID, "花园山第一网格", "grid"),
    (OTHER_STREET, "中华路街道", "street"),
    (OTHER_COMMUNITY, "西城壕社区", "community"),
    (URBAN, "区城管执法局", "department"),
    (WATER, "区水务和湖泊局", "department"),
)


def code(path: str) -> str:
    """The code of the unit at a path."""
    return path.rstrip("/").rsplit("/", 1)[-1]


def build() -> None:
    """Write the district, its classes and its deadlines."""
    above: dict[str, Unit] = {}
    for path, name, kind in TREE:
        parent = above.get(path[: path.rstrip("/").rfind("/") + 1])
        above[path] = Unit.objects.create(
            code=code(path), name=name, kind=kind, parent=parent, path=path
        )
    actions.install_defaults(by=HAND)


def person(role: str, unit: str, area: str = "", number: int = 0) -> PersonAsker:
    """Somebody of `role` in the unit at `unit`, with the rights of the role over `area`."""
    verbs = frozenset(f"cases.{verb}" for verb in ROLE_VERBS.get(role, ()))
    name = f"{role}-{code(unit)}"
    post = HeldPost(role, "business", role, code(unit), name, unit, area or unit, verbs)
    return PersonAsker(number or sum(map(ord, role + unit)), name, (post,))


centre = person("district_centre", DISTRICT)
dispatcher = person("street_dispatcher", STREET)
other_dispatcher = person("street_dispatcher", OTHER_STREET)
handler = person("department_handler", URBAN)
other_handler = person("department_handler", WATER)
grid_worker = person("grid_worker", COMMUNITY, GRID)
community = person("community_staff", COMMUNITY)
caller = person("callback_agent", DISTRICT)
leader = person("leader", DISTRICT)
auditor = person("auditor", DISTRICT)


def registered(**facts: Any) -> Done:
    """A case just registered in the grid, by the centre."""
    given: dict[str, Any] = {
        "by": centre,
        "channel": "phone",
        "title": "花园山小区门口路灯不亮",
        "body": f"路灯坏了一周，老人出行不便。联系人{NAME},电话{PHONE},再打{PHONE}。",
        "name": NAME,
        "phone": PHONE,
        "id_number": ID_NUMBER,
        "address": "粮道街花园山小区",
        "place": code(GRID),
    }
    return actions.register(**(given | facts))


def accepted(**facts: Any) -> Done:
    """A case accepted as a broken street lamp."""
    case = registered(**facts)
    return actions.accept(case.number, version=case.version, by=centre, category="010303")


def city_order(**facts: Any) -> Done:
    """An accepted order of the city hotline, whose deadline the city set."""
    city = {"channel": "hotline", "external_number": f"WH{uuid.uuid4().hex[:12]}"}
    return accepted(**(city | {"city_due_at": MONDAY + timedelta(days=5)} | facts))


def dispatched(**facts: Any) -> Done:
    """A case sent to the urban management office, with the water office beside it."""
    case = accepted(**facts)
    return actions.dispatch(
        case.number, version=case.version, by=centre, lead=code(URBAN), co=[code(WATER)]
    )


def in_progress(**facts: Any) -> Done:
    """A case that its handler has signed for."""
    case = dispatched(**facts)
    return actions.sign(case.number, version=case.version, by=handler)


def with_a_community(**facts: Any) -> Done:
    """A case that a community has in hand."""
    case = accepted(**facts)
    case = actions.dispatch(case.number, version=case.version, by=centre, lead=code(COMMUNITY))
    return actions.sign(case.number, version=case.version, by=centre)


def replied(**facts: Any) -> Done:
    """A case that its handler says is solved."""
    case = in_progress(**facts)
    return actions.reply(
        case.number, version=case.version, by=handler, result="已更换灯泡。", solved=True
    )


def awaiting_callback(**facts: Any) -> Done:
    """A case whose reply passed the review."""
    case = replied(**facts)
    return actions.review(case.number, version=case.version, by=centre, passed=True)


def evaluated(grade: int = 5, solved: bool = True, **facts: Any) -> Done:
    """A case that its citizen has rated."""
    case = awaiting_callback(**facts)
    return actions.evaluate(
        case.number, version=case.version, by=caller, solved=solved, grade=grade
    )


def asked(kind: str = "extension", **facts: Any) -> Done:
    """A case in progress whose handler has asked for something."""
    case = in_progress(**facts)
    verb = getattr(actions, f"request_{kind}")
    done: Done = verb(case.number, version=case.version, by=handler, **ASKING[kind])
    return done


def archived(**facts: Any) -> Done:
    """A case that went well and is closed."""
    case = evaluated(**facts)
    return actions.archive(case.number, version=case.version, by=centre)


def suspended(**facts: Any) -> Done:
    """A case that stands suspended until 20 March."""
    case = asked("suspension", **facts)
    return actions.rule(
        case.number, version=case.version, by=centre, approved=True, reason="计划可行"
    )


ORDER: dict[str, Any] = {"level": 2, "reason": "临近汛期", "supervisor": "李处长"}


def supervised(**facts: Any) -> Done:
    """A case under an order of the second level."""
    case = in_progress(**facts)
    return actions.supervise(case.number, version=case.version, by=centre, **ORDER)


def answered(**facts: Any) -> Done:
    """The same, answered by its handler."""
    case = supervised(**facts)
    return actions.answer_supervision(
        case.number, version=case.version, by=handler, answer="今晚修好"
    )


FIRST = "20260302-001-P0001"  # the number of the first case that a test registers


def doubled(**facts: Any) -> Done:
    """A case that tells what an older one in progress tells."""
    in_progress()
    return accepted(**facts)


def merged(**facts: Any) -> Done:
    """The same, merged into the older one."""
    case = doubled(**facts)
    master = Case.objects.filter(state="in_progress").latest("pk").number
    return actions.merge(
        case.number, version=case.version, by=centre, into=master, reason="同一盏路灯"
    )


def handed_over(**facts: Any) -> Done:
    """A case that went to petitions."""
    case = registered(**facts)
    return actions.hand_over(
        case.number, version=case.version, by=centre, track="to_petition", reason="已在信访"
    )


def proposed(**facts: Any) -> Done:
    """A case that somebody else wants to publish."""
    case = in_progress(**facts)
    return actions.publish(
        case.number, version=case.version, by=HAND, title="路灯不亮", body="路灯坏了"
    )
