"""The demonstration's own appeals: about two thousand, ending now, each a plan of real verbs."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from demo import intake
from demo.lives import Life
from demo.matters import Cast, Matter, Times
from demo.outward import track_of
from demo.seasons import HOURS, WEEKDAYS
from demo.stories import Situation, Spot, named, tell
from demo.tempers import at_first
from huying.cases.actions import CasePlan, bulk_cases
from huying.cases.models import Case
from huying.evaluate.actions import mark_missed
from huying.kernel.asker import System
from huying.kernel.clock import now

COUNT = 2_000
DAYS = 90
SEED = 20_260_106
CITIZENS = 1_500  # so that some come again
NOTE = "演示诉求"
KEPT = 60  # the latest moments, each with an appeal of its own


def install(count: int = COUNT) -> int:
    """Write the demonstration's appeals in one transaction; none when they are there already."""
    if Case.objects.filter(bulk=True, imported=False).exists():
        return 0
    made = len(bulk_cases(plans(count, now()), by=System("demo", "演示数据"), note=NOTE))
    mark_missed()
    return made


def plans(count: int, until: datetime, seed: int = SEED) -> list[CasePlan]:
    """`count` appeals, oldest first, all begun in the ninety days before `until`.

    Some of them are told again by a neighbour, and merged.
    """
    generator = random.Random(seed)  # noqa: S311 - invented appeals, no secrets
    ground, cast = intake.ground(), intake.cast_of_district()
    times, routes = intake.times(until), intake.routing()
    found: list[CasePlan] = []
    moments = arrivals(count, until, generator)
    spent = 0  # cases that were told with others, for which later moments are left out
    for place, at in enumerate(moments):
        if spent:
            spent -= 1
            continue
        more = len(moments) - place > KEPT
        situation, spot = intake.happening(ground, generator)
        track = track_of(generator)
        if track:
            situation = generator.choice(named("handed")[track])
        told = (situation, spot, routes, cast, times, generator)
        matter = matter_at(at, *told, track=track, alone=not more)
        again = []
        if more and not track and generator.random() < 0.012:
            later = min(at + timedelta(hours=generator.uniform(0.5, 6)), until)
            again = [matter_at(later, *told)]
        life = Life(cast, times, at_first, generator, matter, joining=again)
        found.append(life.plan())
        found += [Life(cast, times, at_first, generator, one).plan() for one in life.left]
        spent = sum(plan.cases for plan in found[-1 - len(life.left) :]) - 1
    return found


def matter_at(
    at: datetime,
    situation: Situation,
    spot: Spot,
    routes: dict[str, str],
    cast: Cast,
    times: Times,
    generator: random.Random,
    track: str = "",
    alone: bool = True,
) -> Matter:
    """An appeal of the small load, as it came; `alone` it tells of one matter only."""
    channel = intake.channel_of(situation, generator)
    if track and channel == "hotline":
        channel = "phone"
    story = tell(situation, spot, at, generator, channel)
    number = int(CITIZENS * generator.random() ** 1.3)
    hidden = intake.anonymous(channel, generator)
    who = {"anonymous": True} if hidden else intake.citizen(number, channel)
    facts, by = intake.written(story, spot, channel, at, cast, times, generator, who)
    lead, co = intake.leader(situation, spot, routes, generator)
    clock = "danger" if facts["urgent"] else intake.clock_of(situation.category)
    second = None
    if not alone and generator.random() < 0.008:
        other = intake.beside(situation, lead, routes, generator)
        second = (tell(other, spot, at, generator, channel), routes[other.category])
    return Matter(
        *(at, by, facts, story, spot, clock, lead, co, routes[situation.category]),
        watched="sensitive" if facts["sensitive"] else "",
        track=track,
        second=second,
    )


def arrivals(count: int, until: datetime, generator: random.Random) -> list[datetime]:
    """When appeals came: by hour and weekday, growing towards `until`."""
    first = until.replace(minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
    hours = [first + timedelta(hours=index) for index in range(DAYS * 24 + 1)]
    weights = [
        HOURS[hour.hour]
        * WEEKDAYS[hour.weekday()]
        * (0.7 + 0.6 * index / len(hours))
        * (1.5 if until - hour < timedelta(days=10) else 1)
        for index, hour in enumerate(hours)
    ]
    fresh = count // 60  # whoever opens the demonstration at night also finds work
    found = [
        hour + timedelta(seconds=generator.uniform(0, 3599))
        for hour in generator.choices(hours, weights, k=count - fresh)
    ]
    found += [until - timedelta(minutes=generator.uniform(1, 100)) for _ in range(fresh)]
    return sorted(at if at < until else until - timedelta(minutes=1) for at in found)
