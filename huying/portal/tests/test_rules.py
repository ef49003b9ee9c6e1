"""The portal's pure tables and functions."""

from __future__ import annotations

import pytest

from huying.cases.rules.outgoing import public_address
from huying.cases.rules.states import STATES
from huying.portal.rules.texts import title_of
from huying.portal.rules.words import STANDINGS, STEPS, standing, step_of, told


def test_every_state_of_a_case_is_told_in_plain_words() -> None:
    assert {code for code, _label in STATES} <= set(STANDINGS)


def test_a_state_or_step_that_nobody_foresaw_is_told_as_being_handled() -> None:
    assert standing("brand_new").label == "办理中"
    assert step_of("brand_new", "", {}) == ("", "")
    assert step_of("rule_request", "suspended", {}) == ("suspend", "")


def test_every_step_can_be_said() -> None:
    for step in STEPS:
        assert told(step, "区水务局")


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("路灯坏了。晚上看不见", "路灯坏了"),
        ("  路灯坏了\n请修", "路灯坏了"),
        ("长" * 90, "长" * 39 + "…"),
        ("！", "！"),
    ],
)
def test_a_title_is_the_first_sentence(said: str, title: str) -> None:
    assert title_of(said) == title


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("粮道街花园山小区3栋2单元501室", "粮道街花园山小区"),
        ("中华路1号3号楼", "中华路1号"),
        ("中南路12号", "中南路12号"),
        ("友谊大道三栋一单元", "友谊大道"),
        ("徐东大街A座1203", "徐东大街"),
        ("沙湖公园北门", "沙湖公园北门"),
        ("", ""),
    ],
)
def test_a_public_address_ends_before_the_door(address: str, shown: str) -> None:
    assert public_address(address) == shown
