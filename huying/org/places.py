"""Where a point or an address lies: the tree held in memory, reloaded when units change."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from huying.kernel.place import PolygonIndex
from huying.org.models import TreeVersion, Unit

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

# From small to large: the smallest area that holds a point is its place.
AREAS = ("grid", "community", "street", "district", "city")
DEPTH = {kind: depth for depth, kind in enumerate(reversed(AREAS))}
# A community's name without 社区 counts too, unless it is so short or like a road's name that it
# would match elsewhere: `中山` stands in `中山路`, `东湖路` is a road long beyond its community.
SHORTEST_BARE_NAME = 3
ROADS = "路街道巷"


@dataclass(frozen=True)
class Found:
    """What an address names: one unit, or the candidates among which somebody must choose."""

    unit: Unit | None = None
    candidates: tuple[Unit, ...] = ()
    words: str = ""


@dataclass
class Atlas:
    """All areas in use at one version of the tree, without their boundaries' coordinates."""

    version: int
    units: dict[str, Unit] = field(default_factory=dict)
    names: list[tuple[str, Unit]] = field(default_factory=list)
    index: PolygonIndex[str] = field(default_factory=lambda: PolygonIndex(()))


_lock = threading.Lock()
_atlas: dict[str, Atlas] = {}


def atlas() -> Atlas:
    """The atlas of now; one statement while nothing changed."""
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    version = TreeVersion.objects.values_list("number", flat=True).first() or 0
    held = _atlas.get(name)
    if held is None or held.version != version:
        with _lock:
            held = _atlas.get(name)
            if held is None or held.version != version:
                held = _atlas[name] = _load(version)
    return held


def unit_at(longitude: float, latitude: float) -> Unit | None:
    """The smallest area at a WGS-84 point; None outside every boundary."""
    held = atlas()
    code = held.index.find(longitude, latitude)
    return held.units[code] if code else None


def find(address: str) -> Found:
    """The area that an address text names (街道, 社区, 网格).

    A longer name beats one inside it; a community must lie in the street that is also named. What
    stays ambiguous comes back as candidates.
    """
    text = "".join(address.split())
    hits = _hits(text, atlas().names)
    if not hits:
        return Found()
    deepest = max(DEPTH[unit.kind] for _start, _end, unit in hits)
    lower = {hit[2].path: hit for hit in hits if DEPTH[hit[2].kind] == deepest}
    for depth in range(deepest - 1, -1, -1):
        uppers = [unit.path for _s, _e, unit in hits if DEPTH[unit.kind] == depth]
        inside = {p: hit for p, hit in lower.items() if any(p.startswith(u) for u in uppers)}
        lower = inside or lower
        if len(lower) == 1:
            break
    units = tuple(unit for _start, _end, unit in lower.values())
    start, end, _unit = next(iter(lower.values()))
    words = text[start:end]
    contradicted = any(
        DEPTH[unit.kind] < deepest and not any(u.path.startswith(unit.path) for u in units)
        for _s, _e, unit in hits
    )
    if len(units) == 1 and not contradicted:
        return Found(units[0], (), words)
    others = tuple(u for _s, _e, u in hits if DEPTH[u.kind] < deepest) if contradicted else ()
    return Found(None, units + others, words)


def _hits(text: str, names: list[tuple[str, Unit]]) -> list[tuple[int, int, Unit]]:
    """Every named area with its stretch of the text, without those inside a longer stretch."""
    found = []
    for name, unit in names:
        start = text.find(name)
        if start >= 0:
            found.append((start, start + len(name), unit))
    return [
        (start, end, unit)
        for start, end, unit in found
        if not any(s <= start and end <= e and e - s > end - start for s, e, _unit in found)
    ]


def _load(version: int) -> Atlas:
    from shapely.geometry import shape

    held = Atlas(version)
    shapes: list[tuple[str, BaseGeometry]] = []
    for unit in Unit.objects.filter(active=True, kind__in=AREAS).order_by("path"):
        if unit.boundary is not None:
            shapes.append((unit.code, shape(unit.boundary)))
            unit.boundary = None
        held.units[unit.code] = unit
        held.names += [(name, unit) for name in _names(unit)]
    # Of areas that hold a point the index gives the first: grids before communities, and so on.
    shapes.sort(key=lambda pair: AREAS.index(held.units[pair[0]].kind))
    held.index = PolygonIndex(shapes)
    return held


def _names(unit: Unit) -> set[str]:
    if unit.kind in ("city", "district"):
        return set()
    names = {unit.name}
    bare = unit.name.removesuffix("社区")
    if unit.kind == "community" and len(bare) >= SHORTEST_BARE_NAME and bare[-1] not in ROADS:
        names.add(bare)
    return names
