"""What the lists of this room show: cases, classes of appeals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huying.cases import looks
from huying.cases.models import Case
from huying.cases.queries import changes, scope, work
from huying.cases.queries.search import found
from huying.cases.rules import CHANNELS, STATES
from huying.kernel.asker import Asker, may
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
from huying.web.templatetags.web import moment


@dataclass(frozen=True, kw_only=True)
class WorkFilter(ChoiceFilter):
    """The heaps of the asker's own work; shown as tabs above the list, kept in the form."""

    @property
    def template(self) -> str:
        return "cases/filter_work.html"


def _by_words(rows: QuerySet[Any], value: str, asker: Asker) -> QuerySet[Any]:
    return found(asker, value, rows)


def _by_work(rows: QuerySet[Any], value: list[str], asker: Asker) -> QuerySet[Any]:
    return rows.filter(work.on_heap(asker, value))


def _by_lateness(rows: QuerySet[Any], value: bool, asker: Asker) -> QuerySet[Any]:
    return rows.filter(work.overdue()) if value else rows.exclude(work.overdue())


def _by_merging(rows: QuerySet[Any], value: bool, asker: Asker) -> QuerySet[Any]:
    return rows.filter(merged_count__gt=0) if value else rows.filter(merged_count=0)


def _work_choices() -> list[tuple[str, Any]]:
    return [
        *((kind.code, kind.label) for kind in work.KINDS),
        (work.UNPLACED, _("待落位")),
        (work.OVERDUE, _("逾期")),
    ]


class CaseTable(Table):
    """The list of appeals."""

    name: ClassVar[str] = "cases"
    title = _("诉求")
    verbs: ClassVar[Sequence[str]] = ("cases.view",)
    default_sort: ClassVar[str] = "-registered"
    empty_icon: ClassVar[str] = "inbox"
    empty_heading = _("还没有诉求")
    empty_hint = _("登记后的诉求会显示在这里；只显示您管辖范围内的诉求。")
    filters: ClassVar[Sequence[Filter]] = (
        TextFilter("q", _("搜索"), apply=_by_words, placeholder=_("编号、后四位、电话或内容")),
        WorkFilter("work", _("我的待办"), choices=_work_choices(), apply=_by_work),
        ChoiceFilter("state", _("状态"), choices=STATES),
        TreeFilter("category", _("分类"), lookup="category", field="category_id"),
        TreeFilter("lead", _("主办单位"), lookup="case_unit", field="lead_id"),
        TreeFilter("place", _("所在地"), lookup="case_area", field="place_id"),
        ChoiceFilter("channel", _("渠道"), choices=CHANNELS),
        DateRangeFilter("registered", _("登记日期"), field="registered_at"),
        BooleanFilter("urgent", _("是否紧急"), yes=_("紧急"), no=_("不紧急")),
        BooleanFilter(
            "overdue", _("是否逾期"), yes=_("已逾期"), no=_("未逾期"), apply=_by_lateness
        ),
        BooleanFilter("merged", _("并件"), yes=_("有并入的诉求"), no=_("没有"), apply=_by_merging),
        BooleanFilter("imported", _("来源"), yes=_("历史导入"), no=_("日常登记")),
    )
    columns: ClassVar[Sequence[Column]] = (
        Column("number", _("编号"), nowrap=True, phone="line"),
        Column(
            "title",
            _("标题"),
            cell=looks.titled,
            export=lambda case: case.title,
            phone="title",
            width="26%",
        ),
        Column("category", _("分类"), value="category.name"),
        Column("place", _("所在地"), value="place.name"),
        Column("lead", _("主办单位"), value="lead.name"),
        Column(
            "state",
            _("状态"),
            cell=looks.state_of,
            export=lambda case: str(looks.LABELS[case.state]),
            nowrap=True,
            phone="tag",
        ),
        Column(
            "due",
            _("时限"),
            value="due_at",
            cell=looks.due,
            sort="due_at",
            sort_nullable=True,
            nowrap=True,
        ),
        Column(
            "channel",
            _("渠道"),
            value=lambda case: str(dict(CHANNELS)[case.channel]),
            nowrap=True,
            phone="hidden",
        ),
        Column(
            "registered",
            _("登记时间"),
            value="registered_at",
            cell=lambda case: moment(case.registered_at, "short"),
            sort="registered_at",
            nowrap=True,
        ),
        Column("urgent", _("紧急"), shown=False, phone="hidden"),
        Column("sensitive", _("敏感"), shown=False, phone="hidden"),
        Column("round", _("轮次"), shown=False, phone="hidden", align="end"),
        Column("address", _("地址"), shown=False),
        Column("external_number", _("市级编号"), shown=False),
    )

    def rows(self, asker: Asker) -> QuerySet[Case]:
        """The visible cases with the names they show."""
        return scope.with_names(scope.visible(asker))

    def on_page(self, asker: Asker, rows: QuerySet[Case]) -> QuerySet[Case]:
        """With whether others did something since the asker last looked."""
        return changes.marked_unread(asker, rows)

    def link(self, row: Case) -> str:
        """The page of the case."""
        return reverse("case", args=[row.number])

    def tone(self, row: Case) -> str:
        """A red edge when late."""
        return "bad" if looks.late(row) else ""

    def empty_action(self, asker: Asker) -> tuple[str, str] | None:
        """Registering fills the list, for who may."""
        if may(asker, "cases.register"):
            return str(_("登记诉求")), reverse("case_register")
        return None
