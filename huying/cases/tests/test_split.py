"""Splitting: one appeal of several matters; the whole is answered once every part is."""

from __future__ import annotations

from typing import Any

import pytest

from huying.cases import actions, queries
from huying.cases.actions import Done
from huying.cases.models import Appellant, Case, CaseClock, CaseEvent
from huying.cases.rules.masks import HIDDEN
from huying.cases.tests import people
from huying.kernel.errors import Forbidden, Invalid, NotNow
from huying.kernel.models import AuditRow, Notice
from tests import invariants

pytestmark = pytest.mark.usefixtures("district")

PARTS: list[dict[str, Any]] = [
    {"title": "路灯不亮", "lead": people.code(people.URBAN)},
    {"title": "路面积水", "lead": people.code(people.WATER), "category": "010302"},
]


def split(case: Done, parts: Any = PARTS, by: Any = people.centre) -> Done:
    return actions.split(
        case.number, version=case.version, by=by, parts=parts, reason="涉及两个单位"
    )


def parts() -> list[Case]:
    return list(Case.objects.exclude(parent=None).order_by("pk"))


def settled(part: Case, by: Any) -> None:
    done = actions.sign(part.number, version=part.version, by=by)
    done = actions.reply(part.number, version=done.version, by=by, result="修好", solved=True)
    done = actions.review(part.number, version=done.version, by=people.centre, passed=True)
    assert done.state == "archived"


def test_each_part_has_its_unit_its_number_and_the_deadline_of_the_whole() -> None:
    case = split(people.accepted())
    whole = Case.objects.get(number=case.number)
    assert (whole.state, whole.parts_made) == ("accepted", 2)
    first, second = parts()
    assert [p.lead.path for p in (first, second) if p.lead] == [people.URBAN, people.WATER]
    assert {p.state for p in parts()} == {"dispatched"}
    assert len({p.number for p in (whole, first, second)}) == 3
    assert first.due_at == second.due_at == whole.due_at
    assert second.category and second.category.code == "010302"
    assert first.category_id == whole.category_id
    kinds = CaseClock.objects.filter(case=first).values_list("kind", flat=True)
    assert set(kinds) == {"handle", "sign", "contact"}
    page = queries.case_page(people.centre, case.number)
    assert [(tie.number, tie.unit) for tie in page.ties.parts] == [
        (first.number, "区城管执法局"),
        (second.number, "区水务和湖泊局"),
    ]
    assert queries.case_page(people.handler, first.number).ties.whole == case.number
    assert invariants.broken() == []


def test_each_case_that_a_split_writes_has_its_own_audit_and_its_own_notice() -> None:
    case = split(people.accepted())
    wanted = {case.number, *(part.number for part in parts())}
    assert (
        set(CaseEvent.objects.filter(verb="split").values_list("case__number", flat=True)) == wanted
    )
    assert (
        set(AuditRow.objects.filter(verb="cases.split").values_list("object_id", flat=True))
        == wanted
    )
    told = Notice.objects.filter(type="cases.changed", payload__verb="split")
    assert {notice.payload["number"] for notice in told} == wanted


def test_the_whole_is_answered_only_when_all_parts_are() -> None:
    case = split(people.in_progress())
    first, second = parts()
    for verb in ("reply", "request_closure"):
        assert verb not in queries.case_page(people.handler, case.number).verbs
    with pytest.raises(NotNow, match="还有 2 件"):
        actions.reply(
            case.number, version=case.version, by=people.handler, result="好", solved=True
        )
    settled(first, people.handler)
    with pytest.raises(NotNow, match="还有 1 件"):
        actions.reply(
            case.number, version=case.version, by=people.handler, result="好", solved=True
        )
    settled(second, people.other_handler)
    done = actions.reply(
        case.number, version=case.version, by=people.handler, result="都好", solved=True
    )
    done = actions.review(done.number, version=done.version, by=people.centre, passed=True)
    assert done.state == "awaiting_callback"  # the citizen is asked once, about the whole
    assert invariants.broken() == []


def test_a_part_returned_by_the_review_goes_back_to_its_unit() -> None:
    split(people.accepted())
    part = parts()[0]
    done = actions.sign(part.number, version=part.version, by=people.handler)
    done = actions.reply(
        part.number, version=done.version, by=people.handler, result="好", solved=True
    )
    done = actions.review(
        part.number, version=done.version, by=people.centre, passed=False, reason="未附照片"
    )
    assert done.state == "in_progress"


def test_the_complainant_of_a_part_is_as_protected_as_that_of_the_whole() -> None:
    about = people.code(people.WATER)
    case = people.accepted(about=about)
    with pytest.raises(Invalid, match="被反映单位"):
        split(case)
    assert not parts()
    split(case, [PARTS[0], PARTS[1] | {"despite_about": True}])
    theirs = queries.case_page(people.other_handler, parts()[1].number)
    assert theirs.hidden and {person.name for person in theirs.appellants} == {HIDDEN}
    assert "unmask" not in theirs.verbs
    text = repr(theirs)
    for secret in (people.NAME, people.PHONE, people.ID_NUMBER):
        assert secret not in text
    assert Appellant.objects.filter(case__parent__isnull=False).count() == 2


def test_what_is_typed_into_a_part_is_masked() -> None:
    split(people.accepted(), [PARTS[0], PARTS[1] | {"title": f"{people.NAME}门口积水"}])
    assert people.NAME not in parts()[1].title


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (PARTS[:1], "2 到 6"),
        ([PARTS[0], PARTS[0] | {"title": "积水"}], "同一单位"),
        ([PARTS[0], {"title": " ", "lead": people.code(people.WATER)}], "不能为空"),
        ([PARTS[0], {"title": "积水", "lead": "no-such"}], "没有代码"),
    ],
)
def test_a_split_that_makes_no_sense_is_refused(wrong: Any, why: str) -> None:
    case = people.accepted()
    with pytest.raises(Invalid, match=why):
        split(case, wrong)
    assert Case.objects.count() == 1


def test_parts_stay_parts() -> None:
    case = split(people.accepted())
    part = parts()[0]
    page = queries.case_page(people.centre, part.number)
    assert not {"split", "merge", "hand_over", "publish"} & set(page.verbs)
    back = actions.reassign(part.number, version=part.version, by=people.centre, reason="职责不符")
    with pytest.raises(NotNow, match="原诉求"):
        actions.merge(
            part.number, version=back.version, by=people.centre, into=case.number, reason="合"
        )
    with pytest.raises(NotNow, match="没有答复"):
        actions.withdraw(case.number, version=case.version, by=people.centre, reason="不办")


def test_only_who_dispatches_splits() -> None:
    with pytest.raises(Forbidden):
        split(people.in_progress(), by=people.handler)
