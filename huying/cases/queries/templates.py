"""Which reply templates an asker may use, and which they keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from huying.cases.models import Case, ReplyTemplate
from huying.cases.queries.page import CasePage
from huying.cases.rules.reply_templates import filled
from huying.kernel.asker import Asker, may
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.kernel.errors import NotFound
from huying.kernel.verbs import require


@dataclass(frozen=True)
class Offered:
    """A template, filled for one case: `text` still holds the mark for what was typed."""

    id: int
    name: str
    scope: str
    text: str
    confirmed: bool


def templates(asker: Asker) -> QuerySet[ReplyTemplate]:
    """The district's templates, those of the asker's own units, and their own."""
    require("cases.view", asker)
    mine = Q(scope="own", owner=asker.id)
    units = Q(scope="unit", unit__path__in=list(getattr(asker, "units", ())))
    rows = ReplyTemplate.objects.filter(Q(scope="district") | mine | units)
    rows = rows.select_related("unit", "category").defer("unit__boundary")
    return rows.order_by("-written_at", "-id")


def template_of(asker: Asker, identity: int) -> ReplyTemplate:
    """One template that the asker may use; NotFound otherwise."""
    row = templates(asker).filter(pk=identity).first()
    if row is None:
        raise no_such_template()
    return row


def no_such_template() -> NotFound:
    """There is none, or it is somebody else's own."""
    return NotFound(_("没有这个回复模板。"), remedy=_("请刷新模板列表。"))


def keeps(asker: Asker, row: ReplyTemplate) -> bool:
    """Whether the asker may change a template: their own, their unit's, or as the district's."""
    if row.scope == "own":
        return row.owner == asker.id
    if row.scope == "unit":
        own = row.unit is not None and row.unit.path in getattr(asker, "units", ())
        return own and may(asker, "cases.write_template", row.unit.path if row.unit else "")
    return may(asker, "cases.confirm_template")


def offered(asker: Asker, page: CasePage, verb: str, most: int = 8) -> list[Offered]:
    """The templates for a verb on a case, filled; own ones first, then the unit's. One statement.

    A template for a class is offered for that class and all below it.
    """
    case = page.case
    path = case.category.path if case.category else ""
    rows = templates(asker).filter(verb=verb, active=True)
    fitting = [row for row in rows if row.category is None or path.startswith(row.category.path)]
    order = {"own": 0, "unit": 1, "district": 2}
    fitting.sort(key=lambda row: (row.category is None, order[row.scope], row.pk))
    values = values_of(asker, page)
    return [
        Offered(
            row.pk,
            row.name,
            row.get_scope_display(),
            filled(row.text, values),
            not row.code or row.confirmed_at is not None,
        )
        for row in fitting[:most]
    ]


def values_of(asker: Asker, page: CasePage) -> dict[str, str]:
    """What stands in the places of a template for this case, masked as its page is."""
    case: Case = page.case
    posts = getattr(asker, "posts", ())
    due = case.due_at
    return {
        "编号": case.number,
        "标题": page.title,
        "分类": case.category.name if case.category else "",
        "地点": page.address or (case.place.name if case.place else ""),
        "单位": posts[0].unit_name if posts else "",
        "主办单位": case.lead.name if case.lead else "",
        "登记日期": _day(case.registered_at),
        "到期日期": _day(due) if due else "",
        "今天": _day(now()),
    }


def _day(at: datetime) -> str:
    local = at.astimezone(DISTRICT_ZONE)
    return f"{local.year}年{local.month}月{local.day}日"
