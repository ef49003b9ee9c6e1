"""What lives in the demonstration are made from: people, times, appeals as they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from demo.stories import Spot, Story
from huying.cases.actions.city_in import HAND
from huying.cases.rules.clocks import Due, Rules
from huying.kernel.asker import Asker
from huying.kernel.working_time import WorkingCalendar

DISTRICT = "420106"
CITY = HAND  # the city hotline, as the line does what it says


@dataclass(frozen=True)
class Cast:
    """Who works where: by unit code, and at the district centre by role."""

    by_unit: Mapping[str, Sequence[Asker]]
    centre: Sequence[Asker]
    callers: Sequence[Asker]
    names: Mapping[str, str]


@dataclass(frozen=True)
class Times:
    """The district's calendar and deadlines, and the instant at which every life stops."""

    now: datetime
    calendar: WorkingCalendar
    rules: Rules
    due: Due


@dataclass(frozen=True)
class Matter:
    """One appeal as it came: what, where, by whom, and whose it is."""

    at: datetime
    by: Asker
    facts: Mapping[str, Any]
    story: Story
    spot: Spot
    clock: str
    lead: str
    co: Sequence[str] = ()
    route: str = "street"
    watched: str = ""  # a condition of supervision that holds of it from the start
    track: str = ""  # where it is handed over to
    second: tuple[Story, str] | None = None  # another matter told with it, and whose that is


class Present(Exception):
    """The life has reached today."""
