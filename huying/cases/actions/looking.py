"""The verb that opens an appellant to one asker for a while."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from huying.cases.actions.writing import Done, take
from huying.cases.models import Unmasking
from huying.cases.queries.identity import complained_about
from huying.kernel.asker import Asker
from huying.kernel.errors import Forbidden

UNMASKED_FOR = timedelta(minutes=10)


def unmask(number: str, *, version: int, by: Asker, reason: str) -> Done:
    """查看诉求人信息: opens identity and original text to this asker for ten minutes, on record.

    Never to anybody of the unit complained about.
    """
    with take("unmask", number, version=version, by=by) as case:
        about = case.ledger.about
        if about and complained_about(by, about.path):
            raise Forbidden(
                _("被反映单位不能查看诉求人信息。"), remedy=_("如确需联系，请由区呼应中心转达。")
            )
        case.step("unmask", reason=reason)
        Unmasking.objects.create(
            case_id=case.case_id,
            asker_id=by.id,
            reason=case.ledger.events[-1].reason,
            at=case.doing.at,
            until=case.doing.at + UNMASKED_FOR,
        )
    return case.done
