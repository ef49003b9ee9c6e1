"""How appeals reach the demonstration: what happened where, by which channel, told by whom."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from demo import words
from demo.geometry import stored_areas
from demo.matters import CITY, Cast, Times
from demo.stories import Situation, Spot, Story, situations, spot_in
from huying.cases.queries import clock_rules
from huying.cases.queries.ledger import due_by_calendar
from huying.cases.rules.categories import CATEGORIES, parent_code
from huying.cases.rules.clocks import handling_rule
from huying.kernel.asker import Asker, System
from huying.kernel.queries import working_calendar
from huying.org.asker import HeldPost, PersonAsker
from huying.org.models import Holding, Unit

HEAT = 20_260_106  # which communities are hot
SHOWN = "420106005001G01"  # the grid of the accounts to try: they find enough to do
WORKING = ("grid_worker", "community_staff", "street_dispatcher", "department_handler")
# How often each first-level class comes up, per hundred or so.
OFTEN = {
    **{"01": 20, "02": 16, "03": 7, "04": 12, "05": 10, "06": 5, "07": 4, "08": 5},
    **{"09": 5, "10": 4, "11": 3, "12": 8, "13": 4, "14": 5, "15": 4},
}
CHANNELS = {"web": 34, "phone": 30, "hotline": 16, "grid": 12, "operator": 5, "open311": 3}
# How many live in a street against the usual: rough, and ours.
PEOPLED = {
    **{"420106003": 1.4, "420106010": 1.4, "420106011": 1.25, "420106014": 1.4},
    **{"420106005": 0.8, "420106006": 0.6, "420106007": 0.7, "420106015": 0.3},
}
SENSORS = {
    "120204": (
        "{road}下穿通道水位计告警",
        "积水深度 {num} 厘米，超过 15 厘米警戒值，持续 {days} 分钟。",
    ),
    "010302": ("{road}智能井盖倾斜告警", "井盖倾角 {num} 度，设备在线，未登记施工。"),
    "010305": ("{road}管网液位告警", "污水井液位距井口不足 {num} 厘米，疑似堵塞。"),
    "120103": ("{estate}消火栓水压告警", "末端水压 0.0{days} 兆帕，低于下限，请现场核实。"),
}


@dataclass(frozen=True)
class Ground:
    """The grids with their names, outlines and how much comes from each."""

    codes: Sequence[str]
    weights: Sequence[float]  # cumulative
    names: Mapping[str, str]
    shapes: Mapping[str, BaseGeometry]


def times(until: datetime) -> Times:
    """The district's calendar and deadlines, with the instant at which every life stops."""
    return Times(until, working_calendar(), clock_rules(), due_by_calendar())


@cache
def clock_of(category: str) -> str:
    """The handling clock of a class: its own or the nearest above."""
    clocks = {code: clock for code, _name, clock in CATEGORIES}
    while category and not clocks[category]:
        category = parent_code(category)
    return clocks[category]


def routing() -> dict[str, str]:
    """Class → the department that handles it, or `street`."""
    path = Path(__file__).parent / "data" / "routing.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["category"]: row["department"] for row in csv.DictReader(file)}


def cast_of_district() -> Cast:
    """The staff of the district with their own rights, read in two statements."""
    by_unit: dict[str, list[Asker]] = {}
    roles: dict[str, list[Asker]] = {}
    rows = Holding.objects.order_by("id").values_list(
        *("person_id", "person__name", "post__title"),
        *("post__role__code", "post__role__duty", "post__role__verbs"),
        *("post__unit__code", "post__unit__name", "post__unit__path", "post__area__path"),
    )
    verbs: dict[str, frozenset[str]] = {}  # one set for each role, not for each person
    for person, name, title, role, duty, allowed, unit, unit_name, path, area in rows:
        held = verbs.setdefault(role, frozenset(allowed))
        post = HeldPost(role, duty, title, unit, unit_name, path, area, held)
        actor = PersonAsker(person, name, (post,))
        roles.setdefault(role, []).append(actor)
        if role in WORKING:
            by_unit.setdefault(unit, []).append(actor)
    names = dict(Unit.objects.values_list("code", "name"))
    return Cast(by_unit, roles["district_centre"], roles["callback_agent"], names)


def ground(shown: float = 6) -> Ground:
    """Grids by weight: some communities are hot, small grids are as full as large ones.

    `shown` is how hot the community of the accounts to try is.
    """
    areas = stored_areas()
    codes = [code for code in areas if len(code) == len("420106001001G01")]
    own = random.Random(HEAT)  # noqa: S311 - invented appeals, no secrets
    heat = {code[:12]: own.choice((0.6, 0.8, 1, 1, 1.2, 1.5)) for code in codes}
    for community in own.sample(sorted(heat), 8):
        heat[community] = own.uniform(4, 7)
    heat[SHOWN[:12]] = shown
    names = dict(Unit.objects.values_list("code", "name"))
    return Ground(
        codes,
        list(
            accumulate(
                heat[code[:12]] * PEOPLED.get(code[:9], 1) * (shown / 2 if code == SHOWN else 1)
                for code in codes
            )
        ),
        names,
        {code: shape(areas[code]) for code in codes},
    )


def happening(ground: Ground, generator: random.Random) -> tuple[Situation, Spot]:
    """What happened and where."""
    return matter_of_day(generator), somewhere(ground, generator)


def matter_of_day(generator: random.Random) -> Situation:
    """One of the hand-written situations, by how often its class comes up."""
    top = generator.choices(list(OFTEN), list(OFTEN.values()))[0]
    return generator.choice(_of_class(top))


@cache
def _of_class(top: str) -> list[Situation]:
    return [one for one in situations() if one.category.startswith(top)]


def somewhere(ground: Ground, generator: random.Random) -> Spot:
    """A dwelling in a grid, by how much comes from each."""
    return within(ground, generator.choices(ground.codes, cum_weights=ground.weights)[0], generator)


def within(ground: Ground, code: str, generator: random.Random) -> Spot:
    """A dwelling in this grid."""
    street = ground.names[code[:9]].split("(")[0].split("（")[0]
    point = _point(ground.shapes[code], generator)
    return spot_in(code, ground.names[code[:12]], street, point, generator)


def _point(area: BaseGeometry, generator: random.Random) -> tuple[float, float]:
    """A point inside an area, clear of its edge where the rounding of six digits could cross it."""
    west, south, east, north = area.bounds
    for _ in range(200):
        x, y = generator.uniform(west, east), generator.uniform(south, north)
        if shapely.contains_xy(area, round(x, 6), round(y, 6)):
            return x, y
    inside = area.representative_point()
    return inside.x, inside.y


def channel_of(situation: Situation, generator: random.Random) -> str:
    """By which channel it comes."""
    if situation.category in SENSORS and generator.random() < 0.25:
        return "sensor"
    return generator.choices(list(CHANNELS), list(CHANNELS.values()))[0]


def written(
    story: Story,
    spot: Spot,
    channel: str,
    at: datetime,
    cast: Cast,
    times: Times,
    generator: random.Random,
    appellant: Mapping[str, Any],
    unplaced: timedelta = timedelta(days=4),
) -> tuple[dict[str, Any], Asker]:
    """What was written down, and by whom; `unplaced` is how far back some have no place yet."""
    situation = story.situation
    if channel == "sensor":
        return {"channel": channel, **_sensed(situation, spot, generator)}, System(
            "sensor", "感知设备"
        )
    facts: dict[str, Any] = {
        "channel": channel,
        "title": story.title,
        "body": story.body,
        "urgent": situation.urgent or generator.random() < 0.01,
        "sensitive": situation.sensitive or generator.random() < 0.006,
        "external_number": "",
        **appellant,
    }
    if times.now - at > unplaced or generator.random() < 0.85:
        facts |= _placed(spot)
    by: Asker = generator.choice(cast.centre)
    if channel == "hotline":
        facts["external_number"] = f"12345{generator.randint(10**9, 10**10 - 1)}"
        if not facts["urgent"] and generator.random() < 0.7:
            by = CITY
            clock = clock_of(situation.category)
            if clock in ("ordinary", "hard"):
                due, _guessed = times.due(handling_rule(times.rules, clock, urgent=False), at, ())
                facts["city_due_at"] = due + timedelta(days=1)
    elif channel == "grid":
        by = generator.choice(cast.by_unit[spot.grid])
    elif channel in ("web", "open311"):
        by = System(channel)
    return facts, by


def _sensed(situation: Situation, spot: Spot, generator: random.Random) -> dict[str, Any]:
    """What a device reports."""
    title, body = (
        text.format(
            road=spot.road,
            estate=spot.estate,
            num=generator.randint(16, 45),
            days=generator.randint(3, 9),
        )
        for text in SENSORS[situation.category]
    )
    return {
        "title": title,
        "body": f"设备 {spot.grid[-6:]}-{generator.randint(100, 999)} 上报：{body}",
        "urgent": clock_of(situation.category) == "danger",
        "sensitive": False,
        "external_number": "",
        "anonymous": True,
        **_placed(spot),
    }


def _placed(spot: Spot) -> dict[str, Any]:
    return {
        "place": spot.grid,
        "address": spot.address,
        "longitude": spot.longitude,
        "latitude": spot.latitude,
    }


def anonymous(channel: str, generator: random.Random) -> bool:
    """Whether they do not say who they are."""
    return generator.random() < (0.1 if channel in ("web", "open311") else 0.03)


def citizen(number: int, channel: str) -> dict[str, Any]:
    """Somebody invented: one number always has one name."""
    own = random.Random(number)  # noqa: S311 - one number always has one name
    name = own.choice(words.SURNAMES) + own.choice(words.GIVEN)
    return {
        "name": name,
        "phone": f"199000{10_000 + number:05d}",
        "verified": channel != "open311",
    }


def leader(
    situation: Situation, spot: Spot, routes: Mapping[str, str], generator: random.Random
) -> tuple[str, list[str]]:
    """Who leads: the department of the class, or the street where the matter is near at hand."""
    department = routes[situation.category]
    street, community = spot.grid[:9], spot.grid[:12]
    near = situation.category[:2] in ("01", "02", "12", "15") and generator.random() < 0.4
    if department == "street" or near:
        if generator.random() < 0.3:
            return community, [street]
        return street, [department] if department != "street" and generator.random() < 0.2 else []
    return department, [street] if generator.random() < 0.25 else []


def beside(
    situation: Situation, lead: str, routes: Mapping[str, str], generator: random.Random
) -> Situation:
    """Another matter that is told with this one, and that another department settles."""
    own = situation.category
    return generator.choice(
        [
            one
            for one in situations()
            if one.category != own
            and routes[one.category] not in ("street", lead)
            and clock_of(one.category) == "ordinary"
        ]
    )
