"""The made areas fill their parents exactly, and the stored file is what the generator makes."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from demo import geometry

DISTRICT = "420106"


@pytest.fixture(scope="module")
def stored() -> dict[str, BaseGeometry]:
    return {code: shape(drawn) for code, drawn in geometry.stored_areas().items()}


def parent_of(code: str) -> str:
    return {9: DISTRICT, 12: code[:9], 15: code[:12]}[len(code)]


def children(stored: dict[str, BaseGeometry]) -> dict[str, list[BaseGeometry]]:
    families: dict[str, list[BaseGeometry]] = {}
    for code, drawn in stored.items():
        if code != DISTRICT:
            families.setdefault(parent_of(code), []).append(drawn)
    return families


def test_the_district_has_15_streets_144_communities_and_about_1400_grids(
    stored: dict[str, BaseGeometry],
) -> None:
    by_length = [len(code) for code in stored]
    assert (by_length.count(9), by_length.count(12)) == (15, 144)
    assert 1300 <= by_length.count(15) <= 1500


def test_every_area_is_valid_and_all_but_the_cut_off_lake_shore_are_in_one_piece(
    stored: dict[str, BaseGeometry],
) -> None:
    assert all(drawn.is_valid for drawn in stored.values())
    assert {code for code, drawn in stored.items() if drawn.geom_type != "Polygon"} == {
        DISTRICT,
        "420106015",
    }


def test_children_fill_their_parent_without_gap_or_overlap(
    stored: dict[str, BaseGeometry],
) -> None:
    for parent, inside in children(stored).items():
        assert shapely.coverage_is_valid(inside), parent
        joined = shapely.union_all(inside)
        assert joined.symmetric_difference(stored[parent]).area < 1e-12, parent
        assert sum(child.area for child in inside) == pytest.approx(stored[parent].area, abs=1e-12)


def test_the_made_outline_is_the_published_one(stored: dict[str, BaseGeometry]) -> None:
    published = shapely.make_valid(geometry.outline())
    assert stored[DISTRICT].symmetric_difference(published).area < 1e-6
    assert stored[DISTRICT].area == pytest.approx(published.area, abs=1e-7)


def test_the_stored_areas_are_what_the_generator_makes() -> None:
    known: dict[str, Any] = geometry.stored_areas()
    communities: dict[str, list[str]] = {code: [] for code in known if len(code) == 9}
    for code in known:
        if len(code) == 12:
            communities[code[:9]].append(code)
    made = geometry.split_district(geometry.outline(), communities)
    cells = [cell for street in made for cell in street.walk()]
    assert [cell.code for cell in cells] == [code for code in known if code != DISTRICT]
    for cell in cells:
        assert shapely.equals_exact(cell.shape, shape(known[cell.code]), 1e-9), cell.code
