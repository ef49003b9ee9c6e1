"""Tells an appeal in the words of somebody who lives in the district: texts of ours, many ways.

`data/situations-*.txt` holds the hand-written situations; places, times, sums, tone and side
remarks vary with the seed, so that two appeals of one situation do not read alike.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from demo import words
from demo.wording import retold

DATA = Path(__file__).parent / "data"
SLOT = re.compile(r"\{(\w+)\}")
WEEKDAYS = "一二三四五六日"
TITLES = (
    *("{where}{title}", "{where}：{title}", "{where}反映：{title}", "{title}（{where}）"),
    *("关于{where}：{title}", "{where}，{title}"),
)


@dataclass(frozen=True)
class Situation:
    """One thing that happens in a district, with the answer it gets."""

    category: str
    titles: tuple[str, ...]
    body: str
    reply: str
    urgent: bool = False
    sensitive: bool = False


@dataclass(frozen=True)
class Spot:
    """Where an appeal is about: names for its text, and the point."""

    grid: str
    community: str
    street: str
    estate: str
    road: str
    building: str
    longitude: float
    latitude: float

    @property
    def address(self) -> str:
        """The address as a citizen would give it."""
        return f"武昌区{self.street}{self.road}{self.estate}{self.building}"


@dataclass(frozen=True)
class Story:
    """The words of one appeal and of its answer; `{rdate}` in the answer waits for its day."""

    situation: Situation
    title: str
    body: str
    reply: str
    public: str  # as it may be told to everybody


@lru_cache
def situations() -> tuple[Situation, ...]:
    """All hand-written situations, in the order of their files."""
    found = []
    for path in sorted(DATA.glob("situations-*.txt")):
        for head, titles, body, reply in _fours(path):
            category, _, marks = head.partition(" ")
            found.append(
                Situation(
                    category, tuple(titles.split("／")), body, reply, "u" in marks, "s" in marks
                )
            )
    return tuple(found)


@lru_cache
def named(file: str) -> Mapping[str, tuple[Situation, ...]]:
    """The situations of another file by the names in their heads; each body told by itself."""
    found: dict[str, tuple[Situation, ...]] = {}
    for head, titles, bodies, reply in _fours(DATA / f"{file}.txt"):
        name, category, *marks = head.split()
        told = tuple(
            Situation(category, tuple(titles.split("／")), body, reply, "u" in marks)
            for body in bodies.split("／")
        )
        found[name] = found.get(name, ()) + told
    return found


def _fours(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """The lines of a file by fours, the head without its mark."""
    text = path.read_text(encoding="utf-8").splitlines()
    lines = [line for line in text if line and not line.startswith("#")]
    for head, titles, body, reply in zip(*[iter(lines)] * 4, strict=True):
        yield head.removeprefix("@"), titles, body, reply


def spot_in(
    grid: str, community: str, street: str, point: tuple[float, float], generator: random.Random
) -> Spot:
    """A dwelling in a grid; the same community always has the same few estates and roads."""
    estates, roads = names_in(community, street)
    building = f"{generator.randint(1, 24)}栋"
    if generator.random() < 0.6:
        building += f"{generator.randint(1, 4)}单元"
    return Spot(
        grid,
        community,
        street,
        generator.choice(estates),
        generator.choice(roads),
        building,
        round(point[0], 6),
        round(point[1], 6),
    )


def names_in(community: str, street: str) -> tuple[list[str], tuple[str, ...]]:
    """The estates and roads of a community: always the same few."""
    own = random.Random(community)  # noqa: S311 - a stable choice of names, no secrets
    return own.sample(words.ESTATES, 4), words.ROADS.get(street) or words.ROADS[""]


def tell(
    situation: Situation,
    spot: Spot,
    at: datetime,
    generator: random.Random,
    channel: str = "web",
) -> Story:
    """The situation as told at `at` about `spot`, by this channel."""
    slots = _slots(spot, at, generator)
    title = _fill(generator.choice(situation.titles), slots)
    if generator.random() < 0.8 and spot.estate not in title and spot.road not in title:
        where = generator.choice(
            (spot.estate, spot.estate + spot.building, spot.road, spot.community)
        )
        title = generator.choice(TITLES).format(where=where, title=title)
    where = f"{spot.road}{spot.estate}{spot.building}"
    body = retold(_fill(situation.body, slots), situation.category, channel, where, generator)
    reply = _fill(situation.reply, slots)
    public = _fill(situation.body, {**slots, "building": "小区内"})
    return Story(situation, title[:60], body, reply, public)


def answer(story: Story, unit: str, at: datetime, solved: bool, generator: random.Random) -> str:
    """The official answer: what was done, or honestly what could not be done yet."""
    done = on_day(story.reply, at - timedelta(days=generator.randint(0, 1)))
    if not solved:
        done = generator.choice(words.NOT_YET[_kind_of(story.situation.category)])
    opening = generator.choice(words.ANSWER_OPENINGS).format(unit=unit)
    closing = generator.choice(words.ANSWER_CLOSINGS).format(unit=unit)
    return f"{opening}{done}{closing}"


def on_day(reply: str, at: datetime) -> str:
    """An answer with the day on which it was done."""
    return reply.replace("{rdate}", _day(at))


def _kind_of(category: str) -> str:
    """Whether a matter is one of rules, of a quarrel or of works."""
    if category.startswith(words.RULED):
        return "rules"
    return "quarrels" if category.startswith(words.QUARRELLED) else "works"


def _slots(spot: Spot, at: datetime, generator: random.Random) -> dict[str, str]:
    return {
        "road": spot.road,
        "estate": spot.estate,
        "building": spot.building,
        "community": spot.community,
        "street": spot.street,
        "date": _recently(at, generator),
        "days": str(generator.choice((3, 4, 5, 6, 7, 8, 10, 12, 15, 20))),
        "person": generator.choice(words.PERSONS),
        "num": str(generator.randint(3, 28)),
        "rank": str(generator.randint(12, 180)),
        "small": str(generator.choice((18, 25, 36, 48, 60, 80, 120, 150, 200, 260, 300))),
        "big": generator.choice(words.SUMS),
        "rdate": "{rdate}",
    }


def _recently(at: datetime, generator: random.Random) -> str:
    """A day shortly before `at`, as people say it."""
    back = generator.choice((0, 1, 1, 2, 3, 5))
    day = at - timedelta(days=back)
    said = {0: "今天", 1: "昨天", 2: "前天"}.get(back, f"上周{WEEKDAYS[day.weekday()]}")
    return said if generator.random() < 0.6 else _day(day)


def _day(at: datetime) -> str:
    return f"{at.month}月{at.day}日"


def _fill(text: str, slots: Mapping[str, str]) -> str:
    return SLOT.sub(lambda found: slots[found[1]], text)
