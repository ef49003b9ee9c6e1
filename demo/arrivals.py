"""What comes in half a year: everyday matters, bursts of a season, and some that come again.

Light records only, all from one seed: a load that was broken off makes the same ones again.
"""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from demo import intake, seasons
from demo.outward import track_of
from demo.stories import Situation, named
from huying.kernel.working_time import WorkingCalendar

FIRST = 2_000  # telephones from here on, beyond those of the first start
CITIZENS = 80_000  # behind each stands one name
REGULARS = 2_500  # of them come now and again
INSISTENT = 0.0016  # people who come again and again within a month, to all appeals
SORE = 0.0006  # places from which the same comes again and again
MONTH = timedelta(days=30)


@dataclass
class Arrival:
    """One appeal to be: when, what, where, who. `burst` names what many tell of in one place."""

    at: datetime
    situation: Situation
    grid: str
    citizen: int
    track: str = ""
    burst: str = ""
    watched: str = ""
    number: int = 0  # its place among all, from which its own chances are drawn
    settled: bool = field(default=False, repr=False)  # part of something already


def arrivals(
    count: int,
    since: datetime,
    until: datetime,
    ground: intake.Ground,
    calendar: WorkingCalendar,
    seed: int,
) -> list[Arrival]:
    """`count` appeals between `since` and `until`, oldest first."""
    generator = random.Random(seed)  # noqa: S311 - invented appeals, no secrets
    found: list[Arrival] = []
    for burst, first in seasons.within(since, until):
        found += _burst(burst, first, count, ground, generator)
    moments = seasons.usual(count - len(found), since, until, calendar, generator)
    usual = [_usual(at, ground, generator) for at in moments]
    _come_again(usual, round(count * INSISTENT), generator, people=True)
    _come_again(usual, round(count * SORE), generator, people=False)
    found = sorted([*found, *usual], key=lambda one: one.at)
    for number, one in enumerate(found):
        one.number = number
    _watch(found)
    return found


def groups(found: Iterable[Arrival]) -> list[list[Arrival]]:
    """Each by itself, but those of one burst in one place together; by the first of each."""
    together: dict[str, list[Arrival]] = defaultdict(list)
    for one in found:
        together[one.burst or str(one.number)].append(one)
    return list(together.values())


def _usual(at: datetime, ground: intake.Ground, generator: random.Random) -> Arrival:
    track = track_of(generator)
    situation = intake.matter_of_day(generator)
    if track:
        situation = generator.choice(named("handed")[track])
    grid = generator.choices(ground.codes, cum_weights=ground.weights)[0]
    return Arrival(at, situation, grid, _citizen(generator), track)


def _citizen(generator: random.Random) -> int:
    return FIRST + generator.randrange(REGULARS if generator.random() < 0.12 else CITIZENS)


def _burst(
    burst: seasons.Burst,
    first: date,
    count: int,
    ground: intake.Ground,
    generator: random.Random,
) -> list[Arrival]:
    """What many tell of: in few places, the main thing most, each in other words."""
    told = [text for text in burst.texts for _ in range(3 if text == burst.texts[0] else 1)]
    places = [
        (generator.choices(ground.codes, cum_weights=ground.weights)[0], generator.choice(told))
        for _ in range(burst.places)
    ]
    weights = [generator.uniform(0.4, 2) for _ in places]
    found = []
    for at in seasons.during(burst, first, round(count * burst.share), generator):
        place = generator.choices(range(len(places)), weights)[0]
        grid, text = places[place]
        situation = generator.choice(named("bursts")[text])
        key = f"{burst.name} {first} {place}"
        found.append(Arrival(at, situation, grid, _citizen(generator), burst=key))
    return found


def _come_again(
    usual: Sequence[Arrival], many: int, generator: random.Random, *, people: bool
) -> None:
    """Let appeals of the same month come from one person, or of one thing in one place."""
    for _ in range(many):
        first = generator.randrange(len(usual))
        one = usual[first]
        last = first
        while last + 1 < len(usual) and usual[last + 1].at - one.at < MONTH * 0.85:
            last += 1
        wanted = generator.randint(2, 4) if people else generator.randint(5, 8)
        if one.track or last - first < wanted * 3:
            continue
        for place in generator.sample(range(first + 1, last + 1), wanted):
            other = usual[place]
            if other.track or other.settled:
                continue
            other.situation, other.grid, other.settled = one.situation, one.grid, True
            if people:
                other.citizen = one.citizen


def _watch(found: Sequence[Arrival]) -> None:
    """Mark those that a condition of supervision will find, as its queries count."""
    people: dict[int, deque[datetime]] = defaultdict(deque)
    places: dict[tuple[str, str], deque[datetime]] = defaultdict(deque)
    for one in found:
        if one.burst or one.track:  # many of them are merged, and do not count
            continue
        recent = people[one.citizen]
        if _counted(recent, one.at) >= 3:
            one.watched = "citizen"
        if _counted(places[one.grid, one.situation.category], one.at) >= 5:
            one.watched = "place"


def _counted(times: deque[datetime], at: datetime) -> int:
    times.append(at)
    while times[0] < at - MONTH:
        times.popleft()
    return len(times)


def by_stage(
    found: Sequence[Arrival], since: datetime, until: datetime, stages: int
) -> list[list[list[Arrival]]]:
    """The groups by the stage into which the first of each falls."""
    made: list[list[list[Arrival]]] = [[] for _ in range(stages)]
    for group in groups(found):
        share = (group[0].at - since) / (until - since)
        made[min(stages - 1, int(share * stages))].append(group)
    return made


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """`total` divided by weight, whole numbers that add up to it."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    ends = [total * sum(weights[: place + 1]) // whole for place in range(len(weights))]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]
