"""What the list of orders of supervision shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huying.cases import looks
from huying.cases.models import SupervisionOrder
from huying.cases.queries import orders
from huying.cases.rules.states import SUPERVISIONS, TRIGGERS
from huying.kernel.asker import Asker
from huying.web.tables import ChoiceFilter, Column, DateRangeFilter, Filter, Table, TreeFilter
from huying.web.templatetags.web import moment


def _whose(rows: QuerySet[Any], value: list[str], asker: Asker) -> QuerySet[Any]:
    wanted = Q(pk__in=[])
    if "mine" in value:
        wanted |= orders.followed_by(asker)
    if "unit" in value:
        wanted |= orders.led_by(asker)
    return rows.filter(wanted)


def _standing(rows: QuerySet[Any], value: list[str], asker: Asker) -> QuerySet[Any]:
    return rows.filter(orders.standing_so(value))


class OrderTable(Table):
    """The list of orders of supervision."""

    name: ClassVar[str] = "orders"
    title = _("督办单")
    verbs: ClassVar[Sequence[str]] = ("cases.view",)
    default_sort: ClassVar[str] = "-at"
    empty_icon: ClassVar[str] = "flag"
    empty_heading = _("没有督办单")
    empty_hint = _("人工发出的和按触发条件自动发出的督办单显示在这里。")
    filters: ClassVar[Sequence[Filter]] = (
        ChoiceFilter(
            "whose",
            _("谁的"),
            choices=[("mine", _("我督办的")), ("unit", _("本单位要回复的"))],
            apply=_whose,
        ),
        ChoiceFilter("standing", _("进展"), choices=looks.STANDINGS, apply=_standing),
        ChoiceFilter("level", _("级别"), choices=[(str(n), label) for n, label in SUPERVISIONS]),
        ChoiceFilter("trigger", _("起因"), choices=TRIGGERS),
        TreeFilter("lead", _("主办单位"), lookup="case_unit", field="case__lead_id"),
        DateRangeFilter("at", _("发出日期"), field="at"),
    )
    columns: ClassVar[Sequence[Column]] = (
        Column("number", _("编号"), value="case.number", nowrap=True, phone="line"),
        Column("title", _("标题"), value="case.title", phone="title", width="24%"),
        Column(
            "level",
            _("级别"),
            cell=looks.level_tag,
            export=lambda order: str(dict(SUPERVISIONS)[order.level]),
            nowrap=True,
        ),
        Column("trigger", _("起因"), value=lambda order: str(dict(TRIGGERS)[order.trigger])),
        Column("supervisor", _("督办人"), nowrap=True),
        Column("lead", _("主办单位"), value="case.lead.name"),
        Column(
            "standing",
            _("进展"),
            value=lambda order: str(looks.STANDING_LABELS[orders.standing(order)]),
            cell=looks.standing_tag,
            nowrap=True,
            phone="tag",
        ),
        Column(
            "due",
            _("回复时限"),
            value="due_at",
            cell=looks.order_due,
            sort="due_at",
            nowrap=True,
        ),
        Column(
            "at",
            _("发出时间"),
            cell=lambda order: moment(order.at, "short"),
            sort="at",
            nowrap=True,
        ),
        Column("by", _("发出人"), shown=False, phone="hidden"),
        Column("reason", _("理由"), shown=False, phone="hidden"),
        Column("answered_at", _("回复时间"), shown=False, phone="hidden"),
        Column("closed_at", _("销号时间"), shown=False, phone="hidden"),
    )

    def rows(self, asker: Asker) -> QuerySet[SupervisionOrder]:
        """The orders on visible cases."""
        return orders.orders(asker)

    def link(self, row: SupervisionOrder) -> str:
        """The page of its case."""
        return reverse("case", args=[row.case.number])

    def tone(self, row: SupervisionOrder) -> str:
        """A red edge when nobody answered in time."""
        return "bad" if orders.standing(row) == "late" else ""
