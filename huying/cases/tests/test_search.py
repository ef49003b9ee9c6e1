"""Finding cases: two characters, numbers, last four, always within the area."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.cases import queries
from huying.cases.rules.words import bigrams
from huying.cases.tests import people


@given(st.text(), st.text(), st.text(min_size=2))
def test_what_stands_in_a_text_is_found_by_it(before: str, after: str, part: str) -> None:
    assert set(bigrams(part[:2])) <= set(bigrams(before + "。" + part[:2] + "。" + after))


def test_words_do_not_cross_punctuation() -> None:
    assert bigrams("路灯，小区 A2") == ["a2", "小区", "路灯"]


@pytest.mark.usefixtures("district")
class TestSearch:
    def test_two_characters_find_a_case_and_the_newest_comes_first(self) -> None:
        first, second = people.registered(), people.registered(title="小区路灯又坏了")
        found = [hit.number for hit in queries.search(people.centre, "路灯")]
        assert found == [second.number, first.number]
        assert [h.number for h in queries.search(people.centre, "又坏")] == [second.number]

    def test_one_character_and_nothing_find_nothing(self) -> None:
        people.registered()
        for text in ("灯", " ", "", "'", "!!", "&|"):
            assert queries.search(people.centre, text) == []

    def test_the_number_its_last_four_and_the_citys_number_find_it(self) -> None:
        case = people.registered(external_number="WH20260302000123")
        for text in (case.number, case.number.lower(), case.number[-4:], "WH20260302000123"):
            assert [hit.number for hit in queries.search(people.centre, text)] == [case.number]

    def test_outside_the_area_nothing_is_found(self) -> None:
        case = people.registered()
        for text in ("路灯", case.number, case.number[-4:], people.PHONE):
            assert queries.search(people.other_dispatcher, text) == []
