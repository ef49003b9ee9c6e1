"""Issuing papers: the right kind, at the right time, by the right people; frozen and masked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from huying.cases import actions, queries
from huying.cases.actions import Done
from huying.cases.models import Case, IssuedPaper, NumberSeries
from huying.cases.queries import issued
from huying.cases.rules.papers import KINDS
from huying.cases.tests import papers, people
from huying.kernel import blobs
from huying.kernel.clock import frozen
from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow, Stale
from huying.kernel.models import AuditRow, Notice
from huying.org.asker import PersonAsker
from tests import invariants

pytestmark = pytest.mark.usefixtures("district")
ABOUT = people.code(people.URBAN)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_is_issued_numbered_and_kept_with_its_facts(kind: str) -> None:
    done = papers.issue(kind)
    row = papers.paper(done)
    letter = KINDS[kind].letter
    assert row.number == done.paper_number and row.number.endswith(f"{letter}〔2026〕1号")
    assert row.edition == 0 and row.facts["文号"] == row.number
    assert row.facts["诉求编号"] == done.number and row.recipient
    assert blobs.is_whole(row.blob)
    words = papers.said(row)
    assert row.number in words and "{{" not in words and done.number in words
    page = queries.case_page(people.centre, done.number)
    assert row.number in page.timeline[-1].text
    assert [one.number for one in page.issued] == [row.number]
    audit = AuditRow.objects.get(verb="cases.issue_paper")
    assert (audit.object_id, audit.detail["paper"]) == (done.number, row.number)
    told = Notice.objects.filter(type="cases.changed").latest("id").payload
    assert told["verb"] == "issue_paper"
    assert invariants.broken() == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_it_comes_as_word_and_pdf_under_a_name_without_a_person(kind: str) -> None:
    row = papers.paper(papers.issue(kind))
    for form, start in (("docx", b"PK"), ("pdf", b"%PDF")):
        data, _media, name = issued.file_of(row, form)
        assert data.startswith(start)
        assert name == f"{KINDS[kind].label} {row.number}.{form}"
    with pytest.raises(NotFound):
        issued.file_of(row, "odt")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_paper_tells_who_appealed_and_one_to_a_unit_has_no_trace_of_it(kind: str) -> None:
    neighbour = "13987654321"  # not of the appellant, so that only some digits of it are masked
    body = (
        f"联系人{people.NAME},电话{people.PHONE}，邻居电话{neighbour}，身份证{people.ID_NUMBER}。"
    )
    row = papers.paper(papers.issue(kind, body=body))
    words = papers.said(row) + str(row.facts)
    assert neighbour not in words
    assert kind == "acceptance" or neighbour[-4:] not in words
    for secret in (people.NAME, people.PHONE, people.ID_NUMBER, people.PHONE[:3] + "****"):
        assert secret not in words or (kind == "acceptance" and "*" in secret), secret
    if kind != "acceptance":
        assert "欧阳" not in words and people.PHONE[-4:] not in words


def test_on_a_case_about_a_unit_that_it_handles_the_files_of_the_citizen_are_not_named() -> None:
    case = people.registered(about=ABOUT)
    case = actions.accept(case.number, version=case.version, by=people.centre, category="010303")
    case = actions.dispatch(
        *(case.number,), version=case.version, by=people.centre, lead=ABOUT, despite_about=True
    )
    case, _file = actions.attach(
        *(case.number,),
        version=case.version,
        by=people.centre,
        name="我家门口.txt",
        data="好".encode(),
        from_citizen=True,
    )
    row = papers.paper(papers.issue("assignment", case))
    assert row.facts["附件"] == [] and "我家门口" not in papers.said(row)
    first = papers.paper(
        actions.issue_paper(
            case.number, version=case.version + 1, by=people.centre, kind="acceptance"
        )
    )
    page = queries.case_page(people.handler, case.number)
    assert [one.number for one in page.issued] == [row.number]
    with pytest.raises(NotFound):
        issued.paper_of(people.handler, first.pk)


STATES: dict[str, Any] = {
    "registered": (people.registered, set()),
    "accepted": (people.accepted, {"acceptance"}),
    "dispatched": (people.dispatched, {"acceptance", "assignment"}),
    "in_progress": (people.in_progress, {"acceptance", "assignment"}),
    "asked": (lambda: people.asked("return"), {"acceptance", "assignment", "return"}),
    "extended": (lambda: people.asked("extension"), {"acceptance", "assignment", "extension"}),
    "suspended": (people.suspended, {"acceptance", "assignment"}),
    "supervised": (people.supervised, {"acceptance", "assignment", "supervision"}),
    "met": (papers.ruled_meeting, {"acceptance", "assignment", "minutes"}),
    "replied": (people.replied, {"acceptance", "completion"}),
    "awaiting_callback": (people.awaiting_callback, {"acceptance", "completion"}),
    "evaluated": (people.evaluated, {"acceptance", "completion"}),
    "archived": (people.archived, {"acceptance", "completion"}),
    "handed_over": (people.handed_over, {"handover"}),
    "merged": (people.merged, set()),
}


@pytest.mark.parametrize("state", sorted(STATES))
def test_a_kind_is_offered_only_where_it_makes_sense(state: str) -> None:
    make, wanted = STATES[state]
    case = make()
    asker = PersonAsker(98, "全权", (*people.centre.posts, *people.handler.posts))
    page = queries.case_page(asker, case.number)
    assert {one.kind for one in page.offers} == wanted
    for kind in set(KINDS) - wanted:
        with pytest.raises(NotNow):
            actions.issue_paper(case.number, version=page.case.version, by=asker, kind=kind)
    assert not IssuedPaper.objects.exists()


def test_a_part_is_no_matter_of_a_notice_to_the_citizen_and_history_gets_no_papers() -> None:
    case = people.accepted()
    parts = [
        {"title": "路灯", "lead": people.code(people.URBAN)},
        {"title": "积水", "lead": people.code(people.WATER)},
    ]
    actions.split(
        case.number, version=case.version, by=people.centre, parts=parts, reason="两个单位"
    )
    part = Case.objects.filter(parent__isnull=False).first()
    assert part is not None
    page = queries.case_page(people.centre, part.number)
    assert {one.kind for one in page.offers} == {"assignment"}
    Case.objects.filter(pk=part.pk).update(imported=True)
    assert queries.case_page(people.centre, part.number).offers == []


@pytest.mark.parametrize(
    ("kind", "by"),
    [
        ("assignment", people.handler),
        ("assignment", people.community),
        ("return", people.centre),
        ("completion", people.dispatcher),
        ("supervision", people.dispatcher),
        ("extension", people.handler),
        ("acceptance", people.caller),
        ("acceptance", people.leader),
    ],
)
def test_only_who_may_do_what_it_documents_may_issue_it(kind: str, by: Any) -> None:
    case = papers.CALLED_FOR[kind][0]()
    with pytest.raises(Forbidden):
        papers.issue(kind, case, by)
    assert kind not in {one.kind for one in queries.case_page(by, case.number).offers}
    assert not IssuedPaper.objects.exists() and not NumberSeries.objects.filter(
        key__startswith="paper-"
    )


def test_outside_the_area_there_is_no_such_case_and_a_stale_reader_issues_nothing() -> None:
    case = people.dispatched()
    with pytest.raises(NotFound):
        papers.issue("assignment", case, people.other_dispatcher)
    actions.comment(case.number, version=case.version, by=people.centre, text="看过")
    with pytest.raises(Stale):
        papers.issue("assignment", case)


def test_who_issues_is_the_unit_that_dispatches_or_handles() -> None:
    assert papers.paper(papers.issue("assignment")).unit.name == "粮道街道"
    assert papers.paper(papers.issue("completion")).unit.name == "区城管执法局"
    done = papers.issue("acceptance", by=people.centre)
    row = papers.paper(done)
    assert row.unit.name == "武昌区" and row.facts["发文机关"] == "武昌区呼应中心"
    assert row.number == "武呼受〔2026〕1号"


def test_the_same_paper_is_issued_once_until_it_is_void() -> None:
    done = papers.issue("assignment")
    again = Done(done.number, done.version, "dispatched")
    with pytest.raises(NotNow, match="已经出具"):
        papers.issue("assignment", again)
    assert "assignment" not in {
        one.kind for one in queries.case_page(people.dispatcher, done.number).offers
    }
    with pytest.raises(Invalid):
        actions.void_paper(done.paper, by=people.dispatcher, reason=" ")
    void = actions.void_paper(done.paper, by=people.dispatcher, reason="写错协办单位")
    row = papers.paper(done)
    assert row.void_reason == "写错协办单位" and "【已作废】" in papers.said(row)
    with pytest.raises(NotNow):
        actions.void_paper(done.paper, by=people.dispatcher, reason="再来")
    second = papers.issue("assignment", Done(void.number, void.version, "dispatched"))
    assert second.paper_number.endswith("交〔2026〕2号")
    assert invariants.broken() == []


def test_why_a_paper_is_void_has_no_trace_of_anybodys_number() -> None:
    done = papers.issue("assignment")
    actions.void_paper(done.paper, by=people.dispatcher, reason="邻居13987654321说地址写错")
    reason = papers.paper(done).void_reason
    assert "地址写错" in reason and "139" not in reason and "4321" not in reason


def test_a_new_dispatch_and_a_new_order_call_for_papers_of_their_own() -> None:
    done = papers.issue("assignment")
    case = actions.reassign(done.number, version=done.version, by=people.centre, reason="职责不符")
    with frozen(people.MONDAY.replace(hour=11)):
        case = actions.dispatch(
            case.number, version=case.version, by=people.centre, lead=people.code(people.WATER)
        )
        second = papers.paper(papers.issue("assignment", case))
    assert second.recipient == "区水务和湖泊局"


def test_a_completion_report_is_signed_by_another_person_with_that_right() -> None:
    done = papers.issue("completion")
    row = papers.paper(done)
    assert "【未签发】" in papers.said(row) and "签发人（分管领导）：　　签发日期：" in papers.said(
        row
    )
    assert [one.pk for one in issued.waiting_for(people.leader)] == [row.pk]
    assert not issued.waiting_for(people.centre)
    for by in (people.handler, people.centre):
        with pytest.raises(Forbidden):
            actions.sign_paper(done.paper, by=by)
    own = people.person("leader", people.URBAN)
    other = people.person("leader", people.WATER)
    with pytest.raises(Forbidden):
        actions.sign_paper(done.paper, by=other)
    signed = actions.sign_paper(done.paper, by=own)
    row = papers.paper(done)
    assert row.signed_by == own.label and row.signed_blob and signed.version == done.version + 1
    words = papers.said(row)
    assert "未签发" not in words and f"签发人（分管领导）：{own.name}" in words
    assert "签发日期：2026年3月2日" in words and "{{" not in words
    with pytest.raises(NotNow):
        actions.sign_paper(done.paper, by=people.leader)
    assert not issued.waiting_for(people.leader)


def test_nobody_signs_what_they_issued_and_only_reports_are_signed() -> None:
    both = PersonAsker(
        97, "双职", (*people.handler.posts, *people.person("leader", people.URBAN).posts)
    )
    done = papers.issue("completion", by=both)
    with pytest.raises(Forbidden, match="自己出具"):
        actions.sign_paper(done.paper, by=both)
    other = papers.issue("acceptance")
    with pytest.raises(NotNow):
        actions.sign_paper(other.paper, by=people.leader)


def test_what_was_issued_cannot_be_changed_or_deleted_in_the_database() -> None:
    done = papers.issue("assignment")
    rows = IssuedPaper.objects.filter(pk=done.paper)
    for change in (
        lambda: rows.update(number="伪〔2026〕1号"),
        lambda: rows.update(facts={}),
        lambda: rows.delete(),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()
    assert rows.get().number == done.paper_number


def test_a_draft_carries_no_number_and_takes_none() -> None:
    case = people.dispatched()
    data, called = issued.draft(people.dispatcher, case.number, "assignment")
    assert called == "交办单" and data.startswith(b"PK")
    assert not NumberSeries.objects.filter(key__startswith="paper-").exists()
    with pytest.raises(Forbidden):
        issued.draft(people.handler, case.number, "assignment")


def test_numbers_begin_anew_each_year() -> None:
    assert papers.issue("assignment").paper_number == "武粮道交〔2026〕1号"
    with frozen(datetime(2026, 12, 31, 16, 30, tzinfo=UTC)):  # half past midnight in the district
        assert papers.issue("assignment").paper_number == "武粮道交〔2027〕1号"


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_get_eight_numbers_without_a_gap() -> None:
    cases = [people.dispatched() for _ in range(8)]

    def send(case: Any) -> str:
        try:
            with frozen(people.MONDAY):
                return papers.issue("assignment", case).paper_number
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(send, cases))
    assert sorted(numbers) == sorted(f"武粮道交〔2026〕{n}号" for n in range(1, 9))
