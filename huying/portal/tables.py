"""What the officers' lists of this room show: short messages and what became of them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from huying.kernel import secrets
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.portal.actions.texting import AGAIN
from huying.portal.models import ShortMessage
from huying.portal.queries.texts import texts
from huying.web.tables import ChoiceFilter, Column, Filter, Table, TextFilter
from huying.web.templatetags.web import moment, tag

TONES = {
    **{"waiting": "info", "sent": "ok", "arrived": "ok", "dropped": "idle"},
    **{"lost": "warn", "refused": "bad", "failed": "bad"},
}


def _state(row: ShortMessage) -> Any:
    return tag(row.get_state_display(), TONES[row.state])


def _why(row: ShortMessage) -> str:
    """What went wrong, and when the next try is due."""
    if row.state == ShortMessage.State.WAITING and row.attempts:
        at = {"at": moment(row.next_try, "short"), "why": row.error}
        return _now("%(why)s；%(at)s 再试") % at
    return row.error or row.receipt


def _again(row: ShortMessage) -> Any:
    if row.state not in AGAIN or row.words is None or now() >= row.until:
        return ""
    return format_html(
        '<button type="button" class="btn btn-sm" hx-get="{}" hx-target="#dialog">{}</button>',
        reverse("portal_desk_text", args=[row.pk]),
        _now("重新发送"),
    )


def _words(row: ShortMessage) -> str:
    """In a demonstration nothing is sent, so its list is the telephone; elsewhere nobody reads."""
    return secrets.open_text(row.words) if settings.DEMO and row.words else ""


class ShortMessageTable(Table):
    """Short messages to citizens, newest first."""

    name: ClassVar[str] = "portal.texts"
    title = _("短信")
    exportable: ClassVar[bool] = False
    default_sort: ClassVar[str] = "-made"
    empty_icon: ClassVar[str] = "message-2"
    empty_heading = _("还没有发过短信")
    empty_hint = _("办理结果通过审核后，给留了手机号的诉求人发评价链接，这里能看到每一条的结果。")
    filters: ClassVar[tuple[Filter, ...]] = (
        ChoiceFilter("state", _("状态"), choices=ShortMessage.State.choices),
        TextFilter("number", _("诉求编号"), field="number"),
    )
    columns: ClassVar[tuple[Column, ...]] = (
        Column("number", _("诉求编号"), nowrap=True, phone="title"),
        Column("kind", _("短信"), value=lambda row: row.get_kind_display()),
        Column(
            "made",
            _("写于"),
            value="made_at",
            cell=lambda row: moment(row.made_at, "short"),
            sort="made_at",
            nowrap=True,
        ),
        Column("state", _("状态"), cell=_state, nowrap=True, phone="tag"),
        Column("attempts", _("已试次数"), align="end"),
        Column("error", _("说明"), value=_why),
        Column("words", _("内容（演示）"), value=_words),
        Column("action", _("办理"), cell=_again, export=lambda row: ""),
    )

    def rows(self, asker: Asker) -> QuerySet[ShortMessage]:
        return texts(asker)
