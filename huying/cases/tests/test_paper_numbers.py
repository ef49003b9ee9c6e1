"""文号: gapless in each series and year, given once, whatever is issued, refused and made void."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from huying.cases import actions
from huying.cases.models import Case, IssuedPaper, NumberSeries
from huying.cases.queries.ledger import load
from huying.cases.rules import paper_numbers
from huying.cases.rules.papers import KINDS, offers
from huying.cases.tests import papers, people
from huying.kernel.clock import frozen
from huying.kernel.errors import Invalid, Refusal


@pytest.mark.parametrize(
    ("unit", "wanted"),
    [
        ("区城管执法局", "武城管执法交〔{年}〕{号}号"),
        ("粮道街道", "武粮道交〔{年}〕{号}号"),
        ("花园山社区", "武花园山交〔{年}〕{号}号"),
        ("武昌区水务和湖泊局", "武水务和湖泊交〔{年}〕{号}号"),
        ("12", "武单位交〔{年}〕{号}号"),
    ],
)
def test_a_unit_numbers_by_its_name_where_it_has_no_way_of_its_own(unit: str, wanted: str) -> None:
    found = paper_numbers.default_pattern("武昌区", unit, "交", is_district=False)
    assert found == paper_numbers.checked(found) == wanted


def test_the_district_numbers_as_its_centre() -> None:
    found = paper_numbers.default_pattern("武昌区", "武昌区", "督", is_district=True)
    assert paper_numbers.written(found, 2026, 12) == "武呼督〔2026〕12号"


@pytest.mark.parametrize(
    "wrong",
    [
        *(
            "",
            "武呼",
            "武呼〔{年}〕号",
            "武呼{号}号",
            "{年}〔{号}〕号",
            "武呼{号}〔{年}〕",
            "武呼〔{年}{号}",
        ),
        *(
            "武呼2〔{年}〕{号}号",
            "../武呼〔{年}〕{号}号",
            "武呼\n〔{年}〕{号}号",
            "武呼〔{年}〕{号}号{号}",
            "武{甲}呼〔{年}〕{号}号",
            "武" * 30 + "〔{年}〕{号}号",
        ),
    ],
)
def test_a_pattern_in_which_year_and_number_cannot_be_told_apart_is_refused(wrong: str) -> None:
    with pytest.raises(Invalid):
        paper_numbers.checked(wrong)


def number(pattern: str, **whose: str) -> None:
    actions.number_papers(by=people.centre, pattern=pattern, **whose)


@pytest.mark.usefixtures("district")
def test_a_unit_and_a_kind_have_their_own_way_and_the_nearest_one_counts() -> None:
    unit = people.code(people.URBAN)
    assert papers.issue("completion").paper_number == "武城管执法结〔2026〕1号"
    number("办结〔{年}〕{号}号", kind="completion")
    assert papers.issue("completion").paper_number == "办结〔2026〕1号"
    number("武城〔{年}〕{号}号", unit=unit)
    assert papers.issue("completion").paper_number == "武城〔2026〕1号"
    number("武城结字〔{年}〕{号}号", unit=unit, kind="completion")
    assert papers.issue("completion").paper_number == "武城结字〔2026〕1号"
    number("", unit=unit, kind="completion")
    assert papers.issue("completion").paper_number == "武城〔2026〕2号"
    with pytest.raises(Invalid):
        number("武城〔{年}〕{号}号")


@pytest.mark.usefixtures("district")
def test_units_that_write_alike_count_together_so_that_no_number_is_given_twice() -> None:
    for unit in (people.STREET, people.DISTRICT):
        number("武呼办〔{年}〕{号}号", unit=people.code(unit))
    assert papers.issue("assignment").paper_number == "武呼办〔2026〕1号"
    assert papers.issue("supervision").paper_number == "武呼办〔2026〕2号"


@pytest.mark.usefixtures("district")
def test_a_refused_issue_takes_no_number(monkeypatch: pytest.MonkeyPatch) -> None:

    def fails(*_given: Any, **_more: Any) -> bytes:
        raise Invalid("满了")

    with monkeypatch.context() as broken:
        broken.setattr("huying.web.docx_fill.filled", fails)
        with pytest.raises(Invalid):
            papers.issue("assignment")
    assert papers.issue("assignment").paper_number.endswith("〕1号")


SHAPE = re.compile(r"(.+)〔(\d{4})〕(\d+)号")
CALLS = st.tuples(
    st.sampled_from(sorted(KINDS)),
    st.integers(0, 3),
    st.sampled_from([people.centre, people.dispatcher, people.handler, people.leader]),
    st.sampled_from(["issue", "issue", "issue", "stale", "void", "sign", "number"]),
    st.sampled_from([0, 1]),
)


class Numbers(TestCase):
    """Whatever happens, the numbers of a series are 1, 2, 3 … and none was given twice."""

    @classmethod
    def setUpTestData(cls) -> None:
        with frozen(people.MONDAY):
            people.build()

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(CALLS, min_size=4, max_size=14))
    def test_numbers_have_no_gap_and_no_double(self, calls: list[Any]) -> None:
        with frozen(people.MONDAY):
            cases = [people.dispatched().number, people.supervised().number]
            cases += [people.replied().number, papers.ruled_meeting().number]
        for kind, which, by, what, later in calls:
            at = people.MONDAY.replace(year=people.MONDAY.year + later)
            with frozen(at):
                try:
                    self.attempt(kind, cases[which], by, what)
                except Refusal:
                    continue
        given_out = defaultdict(list)
        for paper_number in IssuedPaper.objects.order_by("id").values_list("number", flat=True):
            found = SHAPE.fullmatch(paper_number)
            assert found is not None
            given_out[found[1], found[2]].append(int(found[3]))
        for (word, year), counts in given_out.items():
            assert counts == list(range(1, len(counts) + 1)), (word, year, counts)
            key = f"paper-{word}〔{year}〕号"
            assert NumberSeries.objects.get(key=key).last == len(counts)

    def attempt(self, kind: str, case_number: str, by: Any, what: str) -> None:
        ledger = load(case_number).ledger
        rows = IssuedPaper.objects.filter(case__number=case_number).order_by("-id")
        last = rows.values_list("pk", flat=True).first() or 0
        if what == "void":
            actions.void_paper(last, by=by, reason="重写")
        elif what == "sign":
            actions.sign_paper(last, by=by)
        elif what == "number":
            unit = people.code(people.STREET)
            number("武街〔{年}〕{号}号", unit=unit, kind=kind)
        else:
            called_for = sorted({one.kind for one in offers(ledger)})
            kind = called_for[len(kind) % len(called_for)]
            version = ledger.case.version - (what == "stale")
            actions.issue_paper(case_number, version=version, by=by, kind=kind)
        assert Case.objects.get(number=case_number).version > 0
