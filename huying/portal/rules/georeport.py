"""GeoReport v2: what its parameters mean, as pure functions; times are W3C date-times."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime

from huying.kernel.clock import DISTRICT_ZONE

WINDOW = timedelta(days=90)
MOST = 1000
DATATYPES = ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")
ATTRIBUTE = re.compile(r"attribute\[([\w-]+)\](?:\[\])?")


class Wrong(ValueError):
    """A parameter that the specification does not allow; its text says which and why."""


@dataclass(frozen=True)
class Slice:
    """A page of an answer."""

    start: int
    size: int


def moment(text: str, name: str) -> datetime:
    """A W3C date-time; without a zone it is the district's."""
    # A plus sign that a client did not encode arrives as a space.
    try:
        found = parse_datetime(text.strip().replace(" ", "+"))
    except ValueError:
        found = None
    if found is None:
        raise Wrong(f"{name} must be a date-time such as 2026-01-01T00:00:00Z")
    return found if found.tzinfo else found.replace(tzinfo=DISTRICT_ZONE)


def window(start: str, end: str, at: datetime) -> tuple[datetime, datetime]:
    """The span of time asked for: the last 90 days by default, never more than 90."""
    last = moment(end, "end_date") if end else None
    first = moment(start, "start_date") if start else None
    if first is None:
        last = last or at
        return last - WINDOW, last
    last = last or min(first + WINDOW, max(at, first))
    if last < first:
        raise Wrong("end_date lies before start_date")
    if last - first > WINDOW:
        raise Wrong("start_date and end_date may not span more than 90 days")
    return first, last


def page(number: str, size: str) -> Slice:
    """Which page of which size; the first 1000 by default."""
    try:
        wanted, length = int(number or 1), int(size or MOST)
    except ValueError:
        raise Wrong("page and page_size must be whole numbers") from None
    if wanted < 1 or length < 1 or wanted > 1_000_000:
        raise Wrong("page and page_size start at 1")
    length = min(length, MOST)
    return Slice((wanted - 1) * length, length)


def listed(text: str) -> list[str]:
    """`a, b` → `["a", "b"]`."""
    return [part.strip() for part in text.split(",") if part.strip()]


def statuses(text: str) -> set[str]:
    """The statuses asked for, `open` or `closed` or both; none means all."""
    found = {part.lower() for part in listed(text)}
    if found - {"open", "closed"}:
        raise Wrong("status must be open or closed")
    return found


def point(latitude: str, longitude: str) -> tuple[float, float] | None:
    """(longitude, latitude) in WGS-84; both or none."""
    if not latitude and not longitude:
        return None
    try:
        north, east = float(latitude), float(longitude)
    except ValueError:
        raise Wrong("lat and long must both be decimal degrees (WGS-84)") from None
    if not (-90 <= north <= 90 and -180 <= east <= 180):
        raise Wrong("lat must lie within ±90, long within ±180 (WGS-84)")
    return east, north


def attributes(sent: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """`attribute[code]=value` and `attribute[code][]=value` → values by code."""
    found: dict[str, list[str]] = {}
    for name, values in sent.items():
        if match := ATTRIBUTE.fullmatch(name):
            found.setdefault(match[1], []).extend(v.strip() for v in values if v.strip())
    return found


def answered(
    questions: Sequence[Mapping[str, Any]], sent: Mapping[str, Sequence[str]]
) -> list[tuple[str, str]]:
    """The answers to a service's questions as (question, answer) in words; Wrong for bad ones."""
    known = {question["code"]: question for question in questions}
    if unknown := sorted(set(sent) - set(known)):
        raise Wrong(f"the service has no attribute {', '.join(unknown)}")
    found = []
    for code, question in known.items():
        values = list(sent.get(code, ()))
        if question["required"] and not values:
            raise Wrong(f"attribute[{code}] is required")
        if values:
            found.append((question["description"], _answer(code, question, values)))
    return found


def _answer(code: str, question: Mapping[str, Any], values: list[str]) -> str:
    kind = question["datatype"]
    if kind != "multivaluelist" and len(values) > 1:
        raise Wrong(f"attribute[{code}] takes one value")
    if kind in ("singlevaluelist", "multivaluelist"):
        names = {str(key): str(name) for key, name in question["values"]}
        if unknown := [value for value in values if value not in names]:
            raise Wrong(f"attribute[{code}] has no value {', '.join(unknown)}")
        return "、".join(names[value] for value in values)
    if kind == "number" and not re.fullmatch(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?", values[0]):
        raise Wrong(f"attribute[{code}] must be a number")
    if kind == "datetime":
        return moment(values[0], f"attribute[{code}]").isoformat()
    if len(values[0]) > (4000 if kind == "text" else 255):
        raise Wrong(f"attribute[{code}] is too long")
    return values[0]
