"""Requests and rulings: who asks what until when, and what a ruling does to clock and case."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from huying.cases import actions, queries
from huying.cases.actions import Done
from huying.cases.models import Case, CaseClock, CaseRequest
from huying.cases.tests import people
from huying.kernel.clock import DISTRICT_ZONE, frozen
from huying.kernel.errors import Forbidden, Invalid, NotNow

pytestmark = pytest.mark.usefixtures("district")


def at(hours: float) -> datetime:
    return people.MONDAY + timedelta(hours=hours)


def ask(kind: str, case: Done, **args: Any) -> Done:
    verb = getattr(actions, f"request_{kind}")
    given = people.ASKING[kind] | args
    done: Done = verb(case.number, version=case.version, by=people.handler, **given)
    return done


def ruled(case: Done, approved: bool = True) -> Done:
    return actions.rule(
        case.number, version=case.version, by=people.centre, approved=approved, reason="已核"
    )


def test_an_order_may_be_returned_within_four_working_hours_only() -> None:
    case = people.dispatched()

    def verbs() -> list[str]:
        return queries.case_page(people.handler, case.number).verbs

    with frozen(datetime(2026, 3, 2, 14, 30, tzinfo=DISTRICT_ZONE)):  # 3 + 0.5 hours
        assert "request_return" in verbs()
    with frozen(datetime(2026, 3, 2, 15, 1, tzinfo=DISTRICT_ZONE)):
        assert "request_return" not in verbs()
        with pytest.raises(NotNow, match="超过"):
            ask("return", case)


def test_a_return_that_is_approved_goes_back_to_the_dispatcher() -> None:
    done = ruled(ask("return", people.in_progress()))
    assert done.state == "accepted"
    row = Case.objects.get(number=done.number)
    assert row.lead is None and row.return_until is None
    assert CaseClock.objects.filter(outcome="", kind="handle").exists()  # never stands still


@pytest.mark.parametrize("approved", [True, False])
def test_after_a_ruling_the_same_unit_never_returns_the_order_again(approved: bool) -> None:
    case = ruled(ask("return", people.in_progress()), approved)
    if approved:
        case = actions.dispatch(
            case.number, version=case.version, by=people.centre, lead=people.code(people.URBAN)
        )
    assert "request_return" not in queries.case_page(people.handler, case.number).verbs
    with pytest.raises(NotNow, match="不能再次"):
        ask("return", case)


def test_another_unit_may_still_return_it() -> None:
    case = ruled(ask("return", people.in_progress()))
    case = actions.dispatch(
        case.number, version=case.version, by=people.centre, lead=people.code(people.WATER)
    )
    page = queries.case_page(people.other_handler, case.number)
    assert "request_return" in page.verbs


def test_an_extension_that_is_approved_moves_the_deadline() -> None:
    case = people.in_progress()
    assert case.due_at == datetime(2026, 3, 9, 17, 30, tzinfo=DISTRICT_ZONE)
    done = ruled(ask("extension", case))
    assert done.due_at == datetime(2026, 3, 12, 17, 30, tzinfo=DISTRICT_ZONE)
    with pytest.raises(NotNow, match="一次"):
        ask("extension", done)


def test_an_extension_that_is_rejected_changes_nothing_but_the_record() -> None:
    case = people.in_progress()
    done = ruled(ask("extension", case), approved=False)
    assert (done.due_at, done.state) == (case.due_at, "in_progress")
    assert CaseRequest.objects.get().state == "rejected"


@pytest.mark.parametrize("amount", ["5.01", "0", "-1", "NaN", "x", "1.001"])
def test_an_extension_is_at_most_as_long_again(amount: str) -> None:
    with pytest.raises(Invalid):
        ask("extension", people.in_progress(), amount=amount)


def test_an_extension_is_asked_before_the_case_is_due() -> None:
    case = people.in_progress()
    assert case.due_at
    with frozen(case.due_at + timedelta(seconds=1)), pytest.raises(NotNow, match="超过"):
        ask("extension", case)
    with frozen(case.due_at):
        assert ask("extension", case).version == case.version + 1


def test_a_new_class_keeps_the_extension_as_far_as_it_may_reach() -> None:
    case = ruled(ask("extension", people.in_progress()))
    done = actions.recategorise(
        case.number, version=case.version, by=people.centre, category="010302", reason="是井盖"
    )
    rule = CaseClock.objects.get(kind="handle", outcome="").rule
    same = rule["measure"] == "working_days"
    assert rule["extension"] == ("3" if same else "0"), done


def test_a_suspended_case_loses_no_time() -> None:
    with frozen(at(0)):
        case = people.suspended()
    assert case.state == "suspended" and Case.objects.get().paused
    assert not Case.objects.filter(queries.overdue()).exists()
    with frozen(at(24 * 14)):  # two weeks later
        assert not Case.objects.filter(queries.overdue()).exists()
        done = actions.resume(
            case.number, version=case.version, by=people.centre, reason="条件具备"
        )
    assert done.state == "in_progress" and not Case.objects.get().paused
    # Five working days from 3 March on, of which none had run: 16 March at 9 is where it goes on.
    assert done.due_at == datetime(2026, 3, 23, 9, 0, tzinfo=DISTRICT_ZONE)


def test_a_suspension_is_looked_at_again_and_ends_after_180_days() -> None:
    case, day, seen = people.suspended(), date(2026, 3, 20), 0
    while day < date(2026, 8, 1):
        noon = datetime(day.year, day.month, day.day, 9, tzinfo=DISTRICT_ZONE)
        with frozen(noon):
            day += timedelta(days=30)
            case = actions.resume(
                case.number,
                version=case.version,
                by=people.centre,
                reason="仍待工期",
                review_on=day,
            )
        seen += 1
    last = datetime(day.year, day.month, day.day, 9, tzinfo=DISTRICT_ZONE)
    with frozen(last - timedelta(days=10)), pytest.raises(Invalid, match="累计"):
        args: dict[str, Any] = {"reason": "仍待工期", "review_on": day + timedelta(days=19)}
        actions.resume(case.number, version=case.version, by=people.centre, **args)
    assert case.state == "suspended" and seen > 4


def test_a_suspension_without_a_plan_or_for_no_listed_reason_is_refused() -> None:
    case = people.in_progress()
    for wrong in ({"cause": "busy"}, {"plan": " "}, {"review_on": date(2026, 5, 2)}):
        with pytest.raises(Invalid):
            ask("suspension", case, **wrong)


def test_a_closure_is_answered_reviewed_and_called_back_like_any_other() -> None:
    done = ruled(ask("closure", people.suspended()))
    assert done.state == "replied"
    row = Case.objects.get()
    assert row.result == people.ASKING["closure"]["result"] and row.solved_claim is False
    done = actions.review(done.number, version=done.version, by=people.centre, passed=True)
    assert done.state == "awaiting_callback"


def test_one_request_at_a_time() -> None:
    case = people.asked()
    for kind in people.ASKING:
        assert f"request_{kind}" not in queries.case_page(people.handler, case.number).verbs
        with pytest.raises(NotNow, match="一次只能"):
            ask(kind, case)


def test_a_request_taken_back_may_be_made_again() -> None:
    case = people.asked()
    done = actions.withdraw_request(case.number, version=case.version, by=people.handler)
    assert ask("extension", done).version == done.version + 1


def test_a_reply_makes_an_open_request_void() -> None:
    case = people.asked()
    actions.reply(case.number, version=case.version, by=people.handler, result="已修", solved=True)
    assert CaseRequest.objects.get().state == "void"
    assert not CaseClock.objects.filter(kind="ruling", outcome="").exists()


def test_nobody_rules_on_what_they_asked_for_themselves() -> None:
    both = people.person("district_centre", people.DISTRICT)
    case = people.in_progress()
    row = ask("extension", case)
    CaseRequest.objects.update(by_id=both.id)
    assert "rule" not in queries.case_page(both, case.number).verbs
    with pytest.raises(Forbidden):
        actions.rule(row.number, version=row.version, by=both, approved=True, reason="同意")


def test_a_ruling_has_a_reason_and_a_clock() -> None:
    case = people.asked()
    assert CaseClock.objects.get(kind="ruling").due_at == datetime(
        2026, 3, 3, 17, 30, tzinfo=DISTRICT_ZONE
    )
    with pytest.raises(Invalid):
        actions.rule(case.number, version=case.version, by=people.centre, approved=True, reason=" ")


def test_what_is_written_in_a_request_is_kept_masked() -> None:
    told = f"已电话告知{people.NAME} {people.PHONE}"
    ask("extension", people.in_progress(), notice=told, reason=told)
    row = CaseRequest.objects.get()
    for text in (row.reason, row.data["notice"]):
        assert people.PHONE not in text and people.NAME not in text
