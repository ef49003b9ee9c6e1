"""What a watch (值班) must know of appeals: all that is open in its area, and what cannot wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from huying.cases.models import Call, Case, Category, SupervisionOrder
from huying.cases.queries.calls import visible_calls
from huying.cases.queries.ledger import Units
from huying.cases.queries.orders import orders, standing_so
from huying.cases.queries.scope import visible, with_names
from huying.cases.queries.work import RUNNING, overdue
from huying.cases.rules.calls import STATE_LABELS
from huying.kernel.asker import Asker
from huying.web.slots import OpenWork

MOST = 50  # of a kind; a longer list is read by nobody
DANGER = "danger"
# What a line tells; every first page asks for it, and a case and its units have eighty columns.
TOLD = (
    *("number", "title", "about_id", "state", "due_at"),
    *("lead__path", "lead__name", "place__path", "place__name"),
)


def urgent_cases(asker: Asker) -> QuerySet[Case]:
    """The visible cases that run by natural hours: urgent ones, and those of a danger class."""
    danger = Category.objects.filter(clock=DANGER).values("pk")
    rows = visible(asker).filter(
        Q(urgent=True) | Q(category__in=danger),
        state__in=("registered", *RUNNING),
        imported=False,
        paused=False,
    )
    return rows.order_by("due_at", "pk")


def urgent(asker: Asker) -> list[OpenWork]:
    """What cannot wait for the morning, with the unit that must act on it now. One statement."""
    rows = urgent_cases(asker).select_related("lead", "place").only(*TOLD)
    return _lines(rows[:MOST], _("紧急诉求"))


def open_work(asker: Asker, path: str) -> list[OpenWork]:
    """All that is open in the area of a unit: urgent and late cases, calls, supervision orders."""
    urgent_ones = with_names(urgent_cases(asker)).filter(scope__overlap=[path])
    late = with_names(visible(asker).filter(overdue(), scope__overlap=[path]))
    late = late.exclude(pk__in=urgent_ones.order_by().values("pk")).order_by("due_at", "pk")
    calls = visible_calls(asker).filter(state__in=("open", "answered"), lead__path__startswith=path)
    ordered = orders(asker).filter(
        standing_so(["waiting"]), case__scope__overlap=[path], case__confidential=False
    )
    return [
        *_shown(urgent_ones.filter(confidential=False), _("紧急诉求"), _lines),
        *_shown(late.filter(confidential=False), _("逾期诉求"), _lines),
        *_shown(calls.order_by("due_at", "pk"), _("呼叫"), _calls),
        *_shown(ordered.order_by("due_at", "pk"), _("督办单"), _orders),
    ]


def _shown(
    rows: QuerySet[Any], kind: str, told: Callable[[Iterable[Any], str], list[OpenWork]]
) -> Iterable[OpenWork]:
    """The first of them, and a line that tells of the others."""
    found = list(rows[: MOST + 1])
    yield from told(found[:MOST], kind)
    if len(found) > MOST:
        more = _("另有 %(n)d 项没有列出") % {"n": rows.count() - MOST}
        yield OpenWork(kind, "", more, reverse("cases"))


def _calls(calls: Iterable[Call], kind: str) -> list[OpenWork]:
    return [
        OpenWork(
            kind,
            call.number,
            call.subject if not (call.case and call.case.about_id) else call.number,
            reverse("case_call", args=[call.number]),
            call.lead.path,
            call.lead.name,
            STATE_LABELS[call.state],
            call.due_at,
        )
        for call in calls
    ]


def _orders(orders_: Iterable[SupervisionOrder], kind: str) -> list[OpenWork]:
    return [
        OpenWork(
            kind,
            order.case.number,
            _title(order.case),
            reverse("case", args=[order.case.number]),
            order.case.lead.path if order.case.lead else "",
            order.case.lead.name if order.case.lead else "",
            order.get_level_display(),
            order.due_at,
        )
        for order in orders_
    ]


def _lines(cases: Iterable[Case], kind: str) -> list[OpenWork]:
    """Cases as a watch reads them; what has no place yet waits for the district."""
    found, nowhere = list(cases), ("", "")
    if any(case.lead is None and case.place is None for case in found):
        district = Units().district
        nowhere = district.path, district.name
    lines = []
    for case in found:
        unit = case.lead or case.place
        where = (unit.path, unit.name) if unit else nowhere
        address = reverse("case", args=[case.number])
        state = str(case.get_state_display())
        line = (kind, case.number, _title(case), address, *where, state, case.due_at)
        lines.append(OpenWork(*line))
    return lines


def _title(case: Case) -> str:
    """Its title; of a case about a unit only its number, for the unit may read the record."""
    return case.title if not case.about_id else _("对单位的反映（标题从略）")
