"""Verbs that lead out of the house: hand over to another track, publish and take back."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from huying.cases.actions.intake import draw
from huying.cases.actions.writing import Done, take
from huying.cases.models import Case
from huying.cases.queries.rights import publishing_oneself
from huying.cases.queries.tied import anonymous
from huying.cases.rules import numbers
from huying.kernel.asker import Asker
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.kernel.errors import Fault, Forbidden, Invalid


def hand_over(
    number: str,
    *,
    version: int,
    by: Asker,
    track: str,
    reason: str,
    office: str = "",
    about: str | None = None,
) -> Done:
    """移交: to petitions, discipline, litigation, police or fire, with a numbered 移交单.

    `about` is the code of the unit complained about; of a discipline report it sees nothing more.
    """
    with take("hand_over", number, version=version, by=by, units=(about,)) as case:
        key = numbers.slip_series(now())
        case.step(
            "hand_over",
            track=track,
            number=numbers.slip(key, draw({key: 1})[key]),
            reason=reason,
            office=office,
            about=case.units.code(about, "about") if about else None,
        )
    return case.done


def record_receipt(number: str, *, version: int, by: Asker, receipt: str) -> Done:
    """登记移交回执: what the other office answered."""
    with take("record_receipt", number, version=version, by=by) as case:
        case.step("record_receipt", receipt=receipt)
    return case.done


def publish(
    number: str,
    *,
    version: int,
    by: Asker,
    title: str,
    body: str,
    result: str = "",
    address: str = "",
    visible_from: datetime | None = None,
) -> Done:
    """申请公开: the redacted text, to be seen from a date on once another person approves.

    A date without a zone is the district's.
    """
    with take("publish", number, version=version, by=by) as case:
        if visible_from is not None and visible_from.tzinfo is None:
            visible_from = visible_from.replace(tzinfo=DISTRICT_ZONE)
        if why_not := anonymous(Case(pk=case.case_id)):
            raise Invalid(why_not, faults=[Fault("title", why_not, _("只向诉求人本人反馈。"))])
        case.step(
            "publish",
            title=title,
            body=body,
            result=result,
            address=address,
            visible_from=visible_from,
        )
    return case.done


def rule_publication(
    number: str, *, version: int, by: Asker, approved: bool, reason: str = ""
) -> Done:
    """审批公开: never by who asked for it."""
    with take("rule_publication", number, version=version, by=by) as case:
        if publishing_oneself(by, case.ledger):
            raise Forbidden(_("不能审批自己提出的公开申请。"), remedy=_("请由另一位同事审批。"))
        case.step("rule_publication", approved=approved, reason=reason)
    return case.done


def unpublish(number: str, *, version: int, by: Asker, reason: str) -> Done:
    """撤下公开: what stands and what is proposed."""
    with take("unpublish", number, version=version, by=by) as case:
        case.step("unpublish", reason=reason)
    return case.done
