"""What the lists of this room show: people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huying.kernel.asker import Asker, may
from huying.kernel.clock import DISTRICT_ZONE
from huying.org import queries
from huying.org.models import Account, ShiftHandover
from huying.org.rules import HANDOVER_STATES
from huying.web.tables import (
    BooleanFilter,
    ChoiceFilter,
    Column,
    DateRangeFilter,
    Filter,
    Table,
    TextFilter,
    TreeFilter,
)
from huying.web.templatetags.web import moment, tag


def _by_words(rows: QuerySet[Any], value: str, asker: Asker) -> QuerySet[Any]:
    words = Q(name__icontains=value) | Q(username__istartswith=value) | Q(phone__startswith=value)
    return rows.filter(words)


def _state(person: Account) -> Any:
    return tag(_("在用"), "ok") if person.is_active else tag(_("已停用"), "idle")


class PeopleTable(Table):
    """The list of people."""

    name: ClassVar[str] = "people"
    title = _("人员")
    verbs: ClassVar[Sequence[str]] = ("org.view",)
    default_sort: ClassVar[str] = "name"
    empty_icon: ClassVar[str] = "users"
    empty_heading = _("还没有人员")
    empty_hint = _("由系统管理员新增，或从 Excel 导入。")
    filters: ClassVar[Sequence[Filter]] = (
        TextFilter("q", _("搜索"), apply=_by_words, placeholder=_("姓名、登录名或电话")),
        TreeFilter("unit", _("单位（含下级）"), lookup="unit", field="unit_id"),
        BooleanFilter("is_active", _("状态"), yes=_("在用"), no=_("已停用")),
    )
    columns: ClassVar[Sequence[Column]] = (
        Column("name", _("姓名"), sort="pinyin", phone="title"),
        Column("unit", _("单位"), value="unit.name"),
        Column("username", _("登录名"), sort="username", nowrap=True),
        Column("phone", _("电话"), nowrap=True),
        Column("state", _("状态"), value="is_active", cell=_state, phone="tag"),
        Column("last_login", _("最近登录"), shown=False),
    )

    def rows(self, asker: Asker) -> QuerySet[Any]:
        return queries.people(asker)

    def link(self, row: Any) -> str:
        return reverse("org:person", args=[row.pk])

    def tone(self, row: Any) -> str:
        return "" if row.is_active else "idle"

    def empty_action(self, asker: Asker) -> tuple[str, str] | None:
        if not may(asker, "org.create_person"):
            return None
        return str(_("新增人员")), reverse("org:create_person")


HANDOVER_TONES = {"waiting": "warn", "taken": "ok", "objected": "bad", "replaced": "idle"}


def handover_tag(row: ShiftHandover) -> Any:
    """Where a record stands."""
    return tag(row.get_state_display(), HANDOVER_TONES[row.state])


def shift_words(row: ShiftHandover) -> str:
    """The shift handed over, as a line of a list."""
    start = row.shift.starts_at.astimezone(DISTRICT_ZONE)
    end = row.shift.ends_at.astimezone(DISTRICT_ZONE)
    return f"{start:%m-%d %H:%M}–{end:%H:%M}"


def _by_handover_words(rows: QuerySet[Any], value: str, asker: Asker) -> QuerySet[Any]:
    words = Q(person__name__icontains=value) | Q(to_person__name__icontains=value)
    return rows.filter(words | Q(words__icontains=value) | Q(items__icontains=value))


class HandoverTable(Table):
    """The list of handover records."""

    name: ClassVar[str] = "handovers"
    title = _("交接班记录")
    verbs: ClassVar[Sequence[str]] = ("org.read_handover",)
    default_sort: ClassVar[str] = "-written"
    empty_icon: ClassVar[str] = "transfer"
    empty_heading = _("还没有交接班记录")
    empty_hint = _("当班人员下班前从首页“值班”或值班表写交接班记录，由接班人签收。")
    filters: ClassVar[Sequence[Filter]] = (
        TextFilter("q", _("搜索"), apply=_by_handover_words, placeholder=_("姓名、事项或编号")),
        TreeFilter("unit", _("单位（含下级）"), lookup="unit", field="unit_id"),
        DateRangeFilter("written", _("书写日期"), field="written_at"),
        ChoiceFilter("state", _("状态"), choices=HANDOVER_STATES),
    )
    columns: ClassVar[Sequence[Column]] = (
        Column("shift", _("班次"), value=shift_words, nowrap=True, phone="title"),
        Column("unit", _("单位"), value="unit.name"),
        Column("person", _("交班人"), value="person.name", nowrap=True),
        Column("to_person", _("接班人"), value="to_person.name", nowrap=True),
        Column("items", _("未结事项"), value=lambda row: len(row.items), align="end"),
        Column(
            "state",
            _("状态"),
            value=lambda row: str(row.get_state_display()),
            cell=handover_tag,
            nowrap=True,
            phone="tag",
        ),
        Column(
            "written",
            _("书写时间"),
            value="written_at",
            cell=lambda row: moment(row.written_at, "short"),
            sort="written_at",
            nowrap=True,
        ),
        Column("leader", _("带班领导"), value="leader.name", shown=False),
        Column("words", _("交班说明"), shown=False, phone="hidden"),
        Column("answer", _("接班意见"), shown=False, phone="hidden"),
    )

    def rows(self, asker: Asker) -> QuerySet[ShiftHandover]:
        return queries.handovers(asker)

    def link(self, row: ShiftHandover) -> str:
        return reverse("org:handover", args=[row.pk])

    def tone(self, row: ShiftHandover) -> str:
        return "bad" if row.state == "objected" else ""
