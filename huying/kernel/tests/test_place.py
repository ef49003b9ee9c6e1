"""Coordinates convert there and back, and a point has one area."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from huying.kernel.place import (
    PolygonIndex,
    bd09_to_wgs84,
    distance,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

in_china = {"east": st.floats(74, 134), "north": st.floats(18, 53)}


@given(**in_china)
def test_there_and_back_is_under_half_a_metre(east: float, north: float) -> None:
    assert distance((east, north), gcj02_to_wgs84(*wgs84_to_gcj02(east, north))) < 0.5
    assert distance((east, north), bd09_to_wgs84(*wgs84_to_bd09(east, north))) < 0.5


@given(**in_china)
def test_the_shift_is_some_hundred_metres(east: float, north: float) -> None:
    assert 10 < distance((east, north), wgs84_to_gcj02(east, north)) < 1500


def test_known_points_agree_with_the_published_tables() -> None:
    """天安门 as quoted by coordtransform and eviltransform."""
    assert wgs84_to_gcj02(116.404, 39.915) == pytest.approx((116.41024449, 39.91640429), abs=1e-7)
    assert gcj02_to_bd09(116.404, 39.915) == pytest.approx((116.41036949, 39.92133699), abs=1e-7)


def test_outside_china_nothing_is_shifted() -> None:
    assert wgs84_to_gcj02(-0.1, 51.5) == (-0.1, 51.5)


def test_a_degree_of_latitude_is_some_111_kilometres() -> None:
    assert distance((114.3, 30.0), (114.3, 31.0)) == pytest.approx(111_195, abs=1)


def test_a_point_is_found_in_its_area_and_on_a_border_in_the_first() -> None:
    areas = [("west", box(0, 0, 1, 1)), ("east", box(1, 0, 2, 1))]
    index = PolygonIndex(areas)
    assert (index.find(0.5, 0.5), index.find(1.5, 0.5), index.find(3, 3)) == ("west", "east", None)
    assert index.find(1, 0.5) == "west"
    assert PolygonIndex(areas[::-1]).find(1, 0.5) == "east"


def test_a_point_just_outside_is_given_to_the_nearest_within_reach() -> None:
    index = PolygonIndex([("here", box(114, 30, 114.1, 30.1))])
    assert index.nearest(114.1005, 30.05, within=100) == "here"
    assert index.nearest(114.1050, 30.05, within=100) is None


def test_many_areas_agree_with_a_plain_search() -> None:
    shapes = [(n, box(n % 30, n // 30, n % 30 + 1, n // 30 + 1)) for n in range(900)]
    index = PolygonIndex(shapes)
    chance = random.Random(3)
    for _turn in range(300):
        east, north = chance.uniform(0, 30), chance.uniform(0, 30)
        assert index.find(east, north) == int(north) * 30 + int(east)
    assert PolygonIndex[int]([]).find(1, 1) is None
