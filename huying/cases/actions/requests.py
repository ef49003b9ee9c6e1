"""Verbs of requests: a lead unit asks, the district centre rules, a suspended case goes on."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from huying.cases.actions.writing import Done, take
from huying.cases.queries.rights import ruling_on_oneself
from huying.kernel.asker import Asker
from huying.kernel.errors import Forbidden


def request_return(
    number: str, *, version: int, by: Asker, reason: str, suggested: str | None = None
) -> Done:
    """申请退件: within the time for it; `suggested` is the code of the unit whose duty it is."""
    with take("request_return", number, version=version, by=by, units=(suggested,)) as case:
        named = case.units.code(suggested, "suggested") if suggested else None
        case.step("request_return", reason=reason, suggested=named)
    return case.done


def request_extension(
    number: str, *, version: int, by: Asker, amount: str, reason: str, notice: str
) -> Done:
    """申请延期: `amount` in the measure of the deadline, `notice` is what the citizen is told."""
    with take("request_extension", number, version=version, by=by) as case:
        case.step("request_extension", amount=amount, reason=reason, notice=notice)
    return case.done


def request_suspension(
    number: str, *, version: int, by: Asker, cause: str, plan: str, review_on: date | str
) -> Done:
    """申请挂账: why, with what plan, and when to look again."""
    with take("request_suspension", number, version=version, by=by) as case:
        case.step("request_suspension", cause=cause, plan=plan, review_on=review_on)
    return case.done


def request_closure(number: str, *, version: int, by: Asker, result: str, reason: str) -> Done:
    """申请结案: what was done, and why no more can be done."""
    with take("request_closure", number, version=version, by=by) as case:
        case.step("request_closure", result=result, reason=reason)
    return case.done


def withdraw_request(number: str, *, version: int, by: Asker, reason: str = "") -> Done:
    """撤回申请: before it is ruled on."""
    with take("withdraw_request", number, version=version, by=by) as case:
        case.step("withdraw_request", reason=reason)
    return case.done


def rule(number: str, *, version: int, by: Asker, approved: bool, reason: str) -> Done:
    """裁定申请: never by who asked."""
    with take("rule", number, version=version, by=by) as case:
        if ruling_on_oneself(by, case.ledger):
            raise Forbidden(_("不能裁定自己提出的申请。"), remedy=_("请由区呼应中心的同事裁定。"))
        case.step("rule", approved=approved, reason=reason)
    return case.done


def resume(
    number: str, *, version: int, by: Asker, reason: str, review_on: date | str | None = None
) -> Done:
    """挂账复核: back to handling, or with `review_on` suspended on until that day."""
    with take("resume", number, version=version, by=by) as case:
        case.step("resume", reason=reason, review_on=review_on)
    return case.done
