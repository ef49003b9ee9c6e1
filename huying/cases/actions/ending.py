"""Verbs that close the loop: evaluate, archive, withdraw; and archiving by schedule."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from huying.cases.actions.writing import Done, Taking, take
from huying.cases.models import CaseClock, CaseEvent
from huying.kernel.asker import Asker, System, may
from huying.kernel.clock import now
from huying.kernel.errors import Forbidden, NotNow


def evaluate(
    number: str,
    *,
    version: int,
    by: Asker,
    solved: bool,
    grade: int,
    comment: str = "",
    cause: str = "unsaid",
    by_proxy: bool = False,
    prompted: bool = False,
    appellant: int | None = None,
) -> Done:
    """回访评价: what the citizen says, put down by the callback agent, never by who handled it."""
    with take("evaluate", number, version=version, by=by) as case:
        _refuse_handler(case, by)
        case.step(
            "evaluate",
            solved=solved,
            grade=grade,
            comment=comment,
            cause=cause,
            by_proxy=by_proxy,
            prompted=prompted,
            appellant=appellant,
        )
    return case.done


def _refuse_handler(case: Taking, by: Asker) -> None:
    """Whoever answered the case, or might for its lead unit, does not put down what it is worth."""
    if isinstance(by, System):
        return
    lead = case.ledger.lead
    answers = CaseEvent.objects.filter(
        case=case.case_id, verb__in=("sign", "reply", "answer_on_spot")
    )
    if (lead and may(by, "cases.reply", lead.path)) or answers.filter(actor_id=by.id).exists():
        raise Forbidden(_("办理过这件诉求的人员不能登记它的评价。"), remedy=_("请由回访人员办理。"))


def call_back(
    number: str,
    *,
    version: int,
    by: Asker,
    outcome: str,
    by_proxy: bool = False,
    prompted: bool = False,
    note: str = "",
    appellant: int | None = None,
) -> Done:
    """回访登记: one attempt; what the citizen then says is `evaluate`.

    `appellant` is an id, needed where several wait; see `queries.waiting_for_callback`.
    """
    with take("call_back", number, version=version, by=by) as case:
        case.step(
            "call_back",
            outcome=outcome,
            by_proxy=by_proxy,
            prompted=prompted,
            note=note,
            appellant=appellant,
        )
    return case.done


def reappeal(number: str, *, version: int, by: Asker, reason: str, verified: bool) -> Done:
    """再次诉求: the verified citizen opens an archived case again; a new round begins."""
    with take("reappeal", number, version=version, by=by) as case:
        case.step("reappeal", reason=reason, verified=verified)
    return case.done


def archive(number: str, *, version: int, by: Asker) -> Done:
    """归档: after a good rating, or when all rounds are used up."""
    with take("archive", number, version=version, by=by) as case:
        case.step("archive")
    return case.done


def withdraw(number: str, *, version: int, by: Asker, reason: str) -> Done:
    """撤诉: at the verified citizen's wish."""
    with take("withdraw", number, version=version, by=by, units=()) as case:
        case.step("withdraw", reason=reason)
    return case.done


def archive_due(at: datetime | None = None, *, most: int = 500) -> int:
    """Archive what was rated well long enough ago; each case by its own verb. Safe to repeat."""
    rows = CaseClock.objects.filter(
        kind="archive", stopped_at__isnull=True, due_at__lte=at or now()
    )
    archived = 0
    for number, version in rows.order_by("due_at").values_list("case__number", "case__version")[
        :most
    ]:
        try:
            archive(number, version=version, by=System("archive", "自动归档"))
        except NotNow:  # somebody was quicker; the next run sees what is left
            continue
        archived += 1
    return archived
