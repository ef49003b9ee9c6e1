"""Verbs on the tree: each inside and outside one's area, without the right, and stale."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow, Stale
from huying.kernel.models import AuditRow, Notice
from huying.org import actions, queries
from huying.org.actions import UnitRow
from huying.org.models import TreeVersion, Unit
from huying.org.tests.people import (
    CITY,
    DISTRICT,
    HOUCHANG,
    HUJIN,
    LIANGDAO,
    SYSTEM,
    ZIYANG,
    Cast,
    unit,
)


def square(west: float, south: float, size: float) -> dict[str, Any]:
    """A GeoJSON square."""
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_create_hangs_the_unit_under_its_parent(cast: Cast) -> None:
    made = actions.create_unit(
        "420106005002", "胭脂路社区", "community", LIANGDAO, by=cast.sysadmin
    )
    assert made.path == f"{CITY}/{DISTRICT}/{LIANGDAO}/420106005002/"
    assert made.pinyin.startswith("yan1 zhi1 lu4")
    row = AuditRow.objects.get(verb="org.create_unit")
    assert (row.object_id, row.area_path) == (made.code, made.path)


def test_create_says_all_faults_at_once(cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.create_unit("坏 编码", "", "grid", LIANGDAO, by=cast.sysadmin)
    assert {fault.where for fault in refusal.value.faults} == {"code", "name", "parent_code"}


def test_create_refuses_a_code_in_use(cast: Cast) -> None:
    with pytest.raises(Invalid):
        actions.create_unit(HOUCHANG, "又一个", "community", LIANGDAO, by=cast.sysadmin)


@pytest.mark.parametrize("who", ["alice", "secadmin", "auditor", "leaderless"])
def test_create_needs_the_system_administrator(cast: Cast, who: str) -> None:
    asker = cast.nobody if who == "leaderless" else getattr(cast, who)
    with pytest.raises((Forbidden, NotFound)):
        actions.create_unit("420106005009", "某社区", "community", LIANGDAO, by=asker)
    assert not Unit.objects.filter(code="420106005009").exists()


def test_administrator_of_a_street_does_not_see_another(cast: Cast) -> None:
    post = actions.create_post(LIANGDAO, "system_admin", "街道管理员", by=SYSTEM)
    actions.give_post(queries.people(SYSTEM).get(username="nobody").pk, post.pk, by=SYSTEM)
    actions.rename_unit(HOUCHANG, "候补街新社区", by=cast.nobody)
    with pytest.raises(NotFound):
        actions.rename_unit(HUJIN, "湖锦新社区", by=cast.nobody)
    with pytest.raises(NotFound):
        actions.move_unit(HOUCHANG, ZIYANG, by=cast.nobody)


def test_rename_of_a_stale_unit_is_refused(cast: Cast) -> None:
    version = unit(HOUCHANG).version
    actions.rename_unit(HOUCHANG, "甲社区", version=version, by=cast.sysadmin)
    with pytest.raises(Stale):
        actions.rename_unit(HOUCHANG, "乙社区", version=version, by=cast.sysadmin)
    assert unit(HOUCHANG).name == "甲社区"


def test_move_carries_the_whole_subtree_and_nothing_else(cast: Cast) -> None:
    beside = unit(HUJIN).path
    moved = actions.move_unit(HOUCHANG, ZIYANG, by=cast.sysadmin)
    assert moved.path == f"{CITY}/{DISTRICT}/{ZIYANG}/{HOUCHANG}/"
    assert unit(f"{HOUCHANG}G01").path == f"{moved.path}{HOUCHANG}G01/"
    assert unit(HUJIN).path == beside
    told = Notice.objects.get(type="org.unit_moved").payload
    assert told["new_path"] == moved.path


def test_rights_follow_a_moved_unit(cast: Cast) -> None:
    actions.move_unit(HOUCHANG, ZIYANG, by=cast.sysadmin)
    assert cast.bob.area("org.view").covers(unit(HOUCHANG).path)
    assert not cast.alice.area("org.view").covers(unit(HOUCHANG).path)


@pytest.mark.parametrize("target", [f"{HOUCHANG}G01", HOUCHANG, DISTRICT])
def test_move_below_itself_or_to_a_wrong_level_is_refused(cast: Cast, target: str) -> None:
    with pytest.raises(NotNow):
        actions.move_unit(HOUCHANG, target, by=cast.sysadmin)
    assert unit(HOUCHANG).parent == unit(LIANGDAO)


def test_close_waits_for_units_below_and_holders(cast: Cast) -> None:
    with pytest.raises(NotNow, match="下级"):
        actions.close_unit(LIANGDAO, by=cast.sysadmin)
    with pytest.raises(NotNow, match="在岗"):
        actions.close_unit(f"{HOUCHANG}G01", by=cast.sysadmin)
    actions.close_unit(HUJIN, by=cast.sysadmin)
    assert not unit(HUJIN).active
    with pytest.raises(NotNow):
        actions.close_unit(HUJIN, by=cast.sysadmin)


def test_point_lies_in_the_smallest_area(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    actions.set_boundary(DISTRICT, square(114.2, 30.5, 0.2), by=cast.sysadmin)
    actions.set_boundary(LIANGDAO, square(114.3, 30.5, 0.1), by=cast.sysadmin)
    actions.set_boundary(HOUCHANG, square(114.3, 30.5, 0.05), illustrative=True, by=cast.sysadmin)
    found = queries.grid_at(114.31, 30.51)
    assert found is not None and found.code == HOUCHANG
    with django_assert_num_queries(1):
        street = queries.grid_at(114.39, 30.59)
    assert street is not None and street.code == LIANGDAO
    assert queries.grid_at(116.4, 39.9) is None


def test_a_new_boundary_counts_at_once(cast: Cast) -> None:
    before = TreeVersion.objects.get().number
    actions.set_boundary(LIANGDAO, square(114.3, 30.5, 0.1), by=cast.sysadmin)
    assert queries.grid_at(114.31, 30.51) == unit(LIANGDAO)
    actions.set_boundary(LIANGDAO, None, by=cast.sysadmin)
    assert queries.grid_at(114.31, 30.51) is None
    assert TreeVersion.objects.get().number > before


@pytest.mark.parametrize(
    "boundary",
    [
        {"type": "Point", "coordinates": [114, 30]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
        square(114.3, 89.9, 1.0),
        {"nonsense": 1},
    ],
)
def test_a_boundary_that_is_no_area_is_refused(cast: Cast, boundary: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        actions.set_boundary(LIANGDAO, boundary, by=cast.sysadmin)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("武昌区粮道街道候补街社区 12 号", HOUCHANG),
        ("紫阳街道", ZIYANG),
        ("候补街 社区第一网格旁", f"{HOUCHANG}G01"),
    ],
)
def test_address_names_its_area(cast: Cast, address: str, code: str) -> None:
    found = queries.place_of_address(address)
    assert found.unit is not None and found.unit.code == code


def test_ambiguous_address_gives_candidates(cast: Cast) -> None:
    actions.install_units([UnitRow("420106008001", "候补街社区", "community", ZIYANG)], by=SYSTEM)
    found = queries.place_of_address("候补街社区门口")
    assert found.unit is None
    assert {one.code for one in found.candidates} == {HOUCHANG, "420106008001"}
    named = queries.place_of_address("紫阳街道候补街社区门口").unit
    assert named is not None and named.code == "420106008001"


def test_address_that_contradicts_itself_is_not_decided(cast: Cast) -> None:
    found = queries.place_of_address("紫阳街道候补街社区")
    assert found.unit is None
    assert {one.code for one in found.candidates} == {HOUCHANG, ZIYANG}


def test_closed_unit_is_no_place(cast: Cast) -> None:
    actions.close_unit(HUJIN, by=cast.sysadmin)
    assert queries.place_of_address("湖锦社区").unit is None


def test_the_real_district_installs_whole(db: None) -> None:
    from huying.org.divisions import wuchang

    assert actions.install_units(wuchang(), by=SYSTEM) == 161
    assert Unit.objects.filter(kind="street").count() == 15
    assert Unit.objects.filter(kind="community").count() == 144
    assert actions.install_units(wuchang(), by=SYSTEM) == 0
