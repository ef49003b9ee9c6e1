"""Place: WGS-84 inside, GCJ-02 (国测局) and BD-09 converted at the doors; areas held in memory."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:  # shapely costs a second at start, and few processes ask where a point lies
    from shapely.geometry.base import BaseGeometry

# GCJ-02 is computed on the Krassovsky 1940 ellipsoid.
AXIS = 6378245.0
ECCENTRICITY = 0.00669342162296594323
EARTH_RADIUS = 6371008.8
BAIDU_TURN = math.pi * 3000.0 / 180.0

Key = TypeVar("Key", bound=Hashable)


def in_china(longitude: float, latitude: float) -> bool:
    """Whether GCJ-02 shifts here; beyond this box it equals WGS-84."""
    return 72.004 <= longitude <= 137.8347 and 0.8293 <= latitude <= 55.8271


def _shift(longitude: float, latitude: float) -> tuple[float, float]:
    x, y = longitude - 105.0, latitude - 35.0
    ripple = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += ripple
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += ripple
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2 / 3.0
    slope = math.radians(latitude)
    magic = 1 - ECCENTRICITY * math.sin(slope) ** 2
    root = math.sqrt(magic)
    north = north * 180.0 / ((AXIS * (1 - ECCENTRICITY)) / (magic * root) * math.pi)
    east = east * 180.0 / (AXIS / root * math.cos(slope) * math.pi)
    return east, north


def wgs84_to_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    """From GPS to what Chinese maps (高德, 腾讯) use."""
    if not in_china(longitude, latitude):
        return longitude, latitude
    east, north = _shift(longitude, latitude)
    return longitude + east, latitude + north


def gcj02_to_wgs84(longitude: float, latitude: float) -> tuple[float, float]:
    """From Chinese maps to GPS, by fixed-point iteration; within a centimetre of the way there."""
    if not in_china(longitude, latitude):
        return longitude, latitude
    east, north = longitude, latitude
    for _round in range(6):
        shifted = wgs84_to_gcj02(east, north)
        east, north = east + longitude - shifted[0], north + latitude - shifted[1]
    return east, north


def gcj02_to_bd09(longitude: float, latitude: float) -> tuple[float, float]:
    """From GCJ-02 to Baidu's (百度)."""
    radius = math.hypot(longitude, latitude) + 0.00002 * math.sin(latitude * BAIDU_TURN)
    angle = math.atan2(latitude, longitude) + 0.000003 * math.cos(longitude * BAIDU_TURN)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def bd09_to_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    """From Baidu's to GCJ-02, by fixed-point iteration."""
    east, north = longitude - 0.0065, latitude - 0.006
    for _round in range(6):
        shifted = gcj02_to_bd09(east, north)
        east, north = east + longitude - shifted[0], north + latitude - shifted[1]
    return east, north


def wgs84_to_bd09(longitude: float, latitude: float) -> tuple[float, float]:
    """From GPS to Baidu's."""
    return gcj02_to_bd09(*wgs84_to_gcj02(longitude, latitude))


def bd09_to_wgs84(longitude: float, latitude: float) -> tuple[float, float]:
    """From Baidu's to GPS."""
    return gcj02_to_wgs84(*bd09_to_gcj02(longitude, latitude))


def distance(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Metres between two (longitude, latitude) on the sphere (haversine)."""
    (east, north), (other_east, other_north) = first, second
    low, high = math.radians(north), math.radians(other_north)
    across = math.radians(other_east - east)
    half = (
        math.sin((high - low) / 2) ** 2 + math.cos(low) * math.cos(high) * math.sin(across / 2) ** 2
    )
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(half)))


class PolygonIndex(Generic[Key]):
    """Which area a point lies in; areas of one level, held in memory, no PostGIS.

    On a border that areas share, the area given first wins, so that the answer never wavers.
    """

    def __init__(self, areas: Iterable[tuple[Key, BaseGeometry]]) -> None:
        from shapely import STRtree, prepare

        listed = list(areas)
        self.keys: Sequence[Key] = [key for key, _shape in listed]
        self._shapes = [shape for _key, shape in listed]
        for shape in self._shapes:
            prepare(shape)
        self._tree = STRtree(self._shapes)

    def find(self, longitude: float, latitude: float) -> Key | None:
        """The area of the point (its border included); None outside all."""
        from shapely.geometry import Point

        point = Point(longitude, latitude)
        near = self._tree.query(point, predicate="intersects")
        return self.keys[int(min(near))] if len(near) else None

    def nearest(self, longitude: float, latitude: float, within: float) -> Key | None:
        """The area of the point, or the nearest one at most `within` metres off."""
        inside = self.find(longitude, latitude)
        if inside is not None or not self._shapes:
            return inside
        from shapely.geometry import Point

        point = Point(longitude, latitude)
        found = int(self._tree.nearest(point))
        shape = self._shapes[found]
        on_border = shape.boundary.interpolate(shape.boundary.project(point))
        off = distance((longitude, latitude), (on_border.x, on_border.y))
        return self.keys[found] if off <= within else None

    def __len__(self) -> int:
        return len(self.keys)
