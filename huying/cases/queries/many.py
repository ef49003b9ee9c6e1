"""Many cases at once as the rules see them, with their units and orders and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from huying.cases.models import Case, CaseUnit, SupervisionOrder
from huying.cases.queries.ledger import COLUMNS, handler_fact, order_fact, unit_fact
from huying.cases.rules.facts import CaseFacts, HandlerFact, Ledger, OrderFact


def ledgers_of(rows: Sequence[Case]) -> dict[int, Ledger]:
    """The facts of rows read with their place joined, by id; enough for orders of supervision.

    Two statements for all. Clocks, requests and callbacks are left out: a step that touches them
    needs `ledger_of`.
    """
    handlers: dict[int, list[HandlerFact]] = defaultdict(list)
    present = CaseUnit.objects.filter(case__in=rows, until__isnull=True).select_related("unit")
    for one in present.order_by("id"):
        handlers[one.case_id].append(handler_fact(one))
    orders: dict[int, list[OrderFact]] = defaultdict(list)
    for order in SupervisionOrder.objects.filter(case__in=rows).order_by("id"):
        orders[order.case_id].append(order_fact(order))
    return {
        row.pk: Ledger(
            CaseFacts(**{name: getattr(row, name) for name in COLUMNS}),
            unit_fact(row.place),
            handlers=handlers[row.pk],
            orders=orders[row.pk],
        )
        for row in rows
    }
