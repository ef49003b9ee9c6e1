"""Choosing a unit: the tree opens piece by piece, and letters of its pinyin find a unit."""

from __future__ import annotations

import pytest
from django.test import Client

from huying.org import actions, lookups
from huying.org.branches import unit_branches, unit_named
from huying.org.forms import MoveForm
from huying.org.tests.people import (
    CITY,
    DISTRICT,
    HOUCHANG,
    HUJIN,
    LIANGDAO,
    SYSTEM,
    ZIYANG,
    Cast,
    account,
    unit,
)
from huying.web.slots import Branch

POLICE = "420100D01"
AREAS = ("district", "street", "community", "grid")


def drawn(lines: list[Branch]) -> list[object]:
    """Labels, with what stands open below them."""
    return [[line.label, drawn(list(line.below))] if line.below else line.label for line in lines]


@pytest.mark.usefixtures("cast")
class TestTree:
    def test_it_stands_open_as_far_as_there_is_no_choice_and_departments_stand_apart(self) -> None:
        lines = unit_branches([*lookups.KINDS])
        streets = ["粮道街道", "紫阳街道", "区直部门"]
        assert drawn(lines) == [["武汉市", [["武昌区", streets], "市直部门"]]]

    def test_it_opens_line_by_line_down_to_leaves(self) -> None:
        (community,) = unit_branches(AREAS, LIANGDAO)
        assert (community.label, community.opens) == ("候补街社区", HOUCHANG)
        (grid,) = unit_branches(AREAS, HOUCHANG)
        assert (grid.label, grid.opens) == ("第一网格", "")
        (department,) = unit_branches([*lookups.KINDS], f"{DISTRICT}:department")
        assert (department.label, department.opens) == ("区城管执法局", "")

    def test_only_the_kinds_asked_for_are_in_it(self) -> None:
        (district,) = unit_branches(("district", "street", "city_department"))[:1]
        assert drawn([district]) == [["武昌区", ["粮道街道", "紫阳街道"]]]
        assert [line.opens for line in district.below] == ["", ""]
        apart = unit_branches(("district", "street", "city_department"))[1]
        assert (apart.value, apart.label, apart.opens) == ("", "市直部门", ":city_department")
        assert drawn(unit_branches(("district", "city_department"), apart.opens)) == ["市公安局"]

    def test_the_way_to_the_chosen_unit_or_to_ones_own_stands_open(self, cast: Cast) -> None:
        own = drawn(list(lookups.unit_tree(cast.alice, "", "")))
        assert "粮道街道" in str(own)
        assert "候补街社区" in str(own)
        assert "湖锦社区" not in str(own)
        chosen = drawn(list(lookups.unit_tree(cast.alice, "", HUJIN)))
        assert "湖锦社区" in str(chosen)
        assert "候补街社区" not in str(chosen)
        assert "区城管执法局" in str(drawn(list(lookups.unit_tree(cast.dept, "", ""))))

    def test_what_is_unknown_has_nothing_below_it(self, cast: Cast) -> None:
        assert unit_branches(AREAS, "420199") == []
        assert unit_branches(AREAS, f"{DISTRICT}:nonsense:x") == []

    def test_a_closed_unit_leaves_the_tree_keeps_its_name_and_no_form_takes_it(
        self, cast: Cast
    ) -> None:
        assert len(unit_branches([*lookups.KINDS], f"{CITY}:city_department")) == 1
        actions.close_unit(POLICE, version=unit(POLICE).version, by=SYSTEM)
        assert unit_branches([*lookups.KINDS], f"{CITY}:city_department") == []
        named = unit_named(POLICE)
        assert named is not None
        assert (named.label, named.closed) == ("市公安局", True)
        form = MoveForm({"parent": POLICE}, by=cast.sysadmin)
        assert "parent" in form.errors

    def test_a_name_comes_with_the_keys_of_all_below(self) -> None:
        named = unit_named(LIANGDAO)
        assert named is not None
        below = (LIANGDAO, HOUCHANG, f"{HOUCHANG}G01")
        assert sorted(named.below) == sorted(unit(code).pk for code in below)

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("ldjd", [LIANGDAO]),
            ("liangdao", [LIANGDAO]),
            ("LIANGD", [LIANGDAO]),
            ("zy", [ZIYANG]),
            ("cgzf", ["420106D03"]),
            ("iang", []),
            ("粮道", [LIANGDAO]),
            (ZIYANG, [ZIYANG, HUJIN]),
        ],
    )
    def test_a_few_letters_of_its_pinyin_find_a_unit(
        self, cast: Cast, text: str, found: list[str]
    ) -> None:
        assert [option.value for option in lookups.find_units(cast.alice, text, 9)] == found


def test_the_tree_answers_whoever_has_signed_in_with_lines_and_no_more(cast: Cast) -> None:
    client = Client()
    assert client.get("/lookup/unit/tree/").status_code == 404
    client.force_login(account("bob"))
    top = client.get(f"/lookup/unit/tree/?field=unit&unit={CITY}").content.decode()
    assert f'data-value="{CITY}" data-label="武汉市" aria-current="true"' in top
    assert "第一网格" not in top
    below = client.get(f"/lookup/unit/tree/?opened={HOUCHANG}").content.decode()
    assert 'data-label="第一网格"' in below
    assert client.get("/lookup/person/tree/").status_code == 404
