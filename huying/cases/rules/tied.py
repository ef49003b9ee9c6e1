"""What a case is tied to: its appellants, master and parts, another track, what is published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AppellantFact:
    """Somebody who waits for the answer of this case, and the number under which they appealed."""

    id: int
    number: str


@dataclass(frozen=True)
class CaseRef:
    """Another case as the rules need it: a master, or a part."""

    id: int
    number: str
    state: str
    part: bool = False
    lead_path: str = ""


@dataclass
class HandoverFact:
    """移交单: to which track and office, under which number, and the receipt for it."""

    number: str
    track: str
    office: str
    reason: str
    at: datetime
    by: str
    receipt: str = ""
    received_at: datetime | None = None
    received_by: str = ""
    id: int | None = None


@dataclass
class PublicationFact:
    """What is to be told to everybody: proposed, ruled on by another person, and ended."""

    title: str
    body: str
    result: str
    address: str
    longitude: float | None
    latitude: float | None
    visible_from: datetime
    at: datetime
    by_id: str
    by_label: str
    state: str = "asked"
    ruled_at: datetime | None = None
    ruled_by: str = ""
    ruling: str = ""
    ended_at: datetime | None = None
    ended_by: str = ""
    ending: str = ""
    id: int | None = None
