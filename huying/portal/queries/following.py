"""A citizen's own cases and messages: by a proved telephone, or by the secret of a receipt."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from huying.kernel.clock import now
from huying.kernel.errors import NotFound
from huying.portal.models import FollowedCase, IntakeMessage, StatusLine


def cases_of(phone_key: str) -> QuerySet[FollowedCase]:
    """The cases of a proved telephone, newest first; none without one."""
    if not phone_key:
        return FollowedCase.objects.none()
    return FollowedCase.objects.filter(phone_keys__contains=[phone_key]).order_by("-registered_at")


def case_of(phone_key: str, number: str) -> FollowedCase:
    """One of them with its steps; a stranger's looks like none."""
    lines = Prefetch("lines", StatusLine.objects.order_by("-version"))
    row = cases_of(phone_key).filter(number=number).prefetch_related(lines).first()
    if row is None:
        raise NotFound(
            _("没有找到这件诉求。"), remedy=_("请核对手机号：须是反映时留下的那个号码。")
        )
    return row


def open_verbs(row: FollowedCase) -> tuple[str, ...]:
    """What its citizen may do now; appealing again ends by itself, without any news of the case."""
    late = row.reappeal_until is None or now() > row.reappeal_until
    return tuple(verb for verb in row.verbs if verb != "reappeal" or not late)


def by_number(number: str) -> FollowedCase | None:
    """A case whatever its telephones, for one's own receipt."""
    lines = Prefetch("lines", StatusLine.objects.order_by("-version"))
    return FollowedCase.objects.filter(number=number).prefetch_related(lines).first()


def message_of(token: str) -> IntakeMessage:
    """The message of a receipt; NotFound for a token that is nobody's."""
    row = IntakeMessage.objects.defer("payload").filter(token=token).first()
    if row is None:
        raise NotFound(_("没有这张回执。"), remedy=_("请用手机号查询进度。"))
    return row


def waiting_for(number: str) -> QuerySet[IntakeMessage]:
    """What was said about a case and has not been answered yet, or was refused; newest first."""
    return (
        IntakeMessage.objects.defer("payload")
        .filter(number=number)
        .exclude(kind=IntakeMessage.Kind.APPEAL)
        .exclude(state=IntakeMessage.State.TAKEN)
        .order_by("-id")[:5]
    )


def lines_between(start: datetime, end: datetime) -> QuerySet[StatusLine]:
    """Steps in a window of time, oldest first."""
    return (
        StatusLine.objects.filter(at__gte=start, at__lte=end)
        .select_related("followed")
        .order_by("at", "id")
    )
