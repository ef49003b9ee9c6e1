"""How units work, each in its own way: quick or slow, thorough or hollow, given to sending back.

A unit always has one temper, so that its figures of six months tell one story.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache


@dataclass(frozen=True)
class Temper:
    """Shares of a unit's work, and how long it takes against the usual."""

    pace: float = 1.0
    late: float = 0.07  # answers after the deadline
    unsigned: float = 0.06  # signs late
    uncalled: float = 0.06  # speaks to the citizen late
    skill: float = 0.88  # what its citizens call solved at first
    claims: float = 0.88  # what it calls solved itself
    stuck: float = 0.06  # lies unsigned of late
    silent: float = 0.04  # lies unanswered of late
    sent_wrong: float = 0.04  # came to another unit first
    sends_back: float = 0.01  # asks to return what is its own
    called_late: float = 0.05  # its citizens are called back late
    unreached: float = 0.04


Tempers = Callable[[str], Temper]


@cache
def at_first(lead: str) -> Temper:
    """The small load: skill differs, and enough goes wrong to be found among two thousand."""
    own = random.Random(lead)  # noqa: S311 - one unit always has one temper
    return replace(FIRST, skill=0.81 + 0.13 * own.random())


FIRST = Temper()
USUAL = Temper(
    *(0.62, 0.003, 0.012, 0.012, 0.93, 0.94),
    *(0.006, 0.002, 0.035, 0.006, 0.012, 0.035),
)
# Kinds of units: how often among twenty, and what is unlike the usual.
KINDS: Mapping[str, tuple[int, Mapping[str, float]]] = {
    "usual": (9, {}),
    "exemplary": (3, {"pace": 0.4, "late": 0.0005, "unsigned": 0.003, "skill": 0.965}),
    "thorough": (2, {"pace": 0.95, "late": 0.006, "skill": 0.955, "claims": 0.9}),
    "hollow": (2, {"pace": 0.35, "late": 0.001, "skill": 0.85, "claims": 0.995}),
    "swamped": (2, {"pace": 0.9, "late": 0.014, "unsigned": 0.05, "uncalled": 0.04, "skill": 0.9}),
    "bouncer": (2, {"pace": 0.7, "sends_back": 0.05, "sent_wrong": 0.08, "skill": 0.885}),
}


@cache
def in_the_long_run(lead: str) -> Temper:
    """Half a year: a district that works well, with units unlike each other."""
    own = random.Random(f"temper {lead}")  # noqa: S311 - one unit always has one temper
    kinds = list(KINDS)
    kind = own.choices(kinds, [KINDS[one][0] for one in kinds])[0]
    temper = replace(USUAL, **KINDS[kind][1])
    return replace(
        temper,
        pace=temper.pace * own.uniform(0.85, 1.15),
        late=temper.late * own.uniform(0.6, 1.5),
        unsigned=temper.unsigned * own.uniform(0.6, 1.5),
        uncalled=temper.uncalled * own.uniform(0.6, 1.5),
        skill=min(0.985, temper.skill + own.uniform(-0.015, 0.015)),
    )
