"""What this room tells the rooms above; never anything personal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from huying.kernel.events import Event


@dataclass(frozen=True)
class CaseChanged(Event):
    """A verb was done on a case: which edge it took, and where the case stands now."""

    type: ClassVar[str] = "cases.changed"

    number: str
    verb: str
    from_state: str
    to_state: str
    case_version: int
    round: int
    at: str
    place_path: str
    lead_path: str


@dataclass(frozen=True)
class CallChanged(Event):
    """A verb was done on a call between units; `case` is the number of the case it cites."""

    type: ClassVar[str] = "cases.call_changed"

    number: str
    verb: str
    state: str
    call_version: int
    at: str
    caller_path: str
    lead_path: str
    case: str


@dataclass(frozen=True)
class CityTold(Event):
    """Something waits to be sent to the city hotline."""

    type: ClassVar[str] = "cases.city_told"

    message: int


@dataclass(frozen=True)
class CitySaid(Event):
    """Something came from the city hotline and waits to be applied."""

    type: ClassVar[str] = "cases.city_said"

    message: int
