"""Orders of supervision on a case: opening one, finding the open ones, ending all with the case."""

from __future__ import annotations

from dataclasses import dataclass

from huying.cases.rules.clocks import ClockSpec
from huying.cases.rules.facts import Doing, Ledger, OrderFact


@dataclass(frozen=True)
class Supervisor:
    """The person named on an order (专人); `id` is theirs as asker, empty when not known."""

    name: str = ""
    id: str = ""


NOBODY = Supervisor()


def open_orders(ledger: Ledger) -> list[OrderFact]:
    """The orders that are not closed yet."""
    return [order for order in ledger.orders if order.closed_at is None]


def highest(ledger: Ledger) -> int:
    """The highest open level, which the case shows; 0 without any."""
    return max((order.level for order in open_orders(ledger)), default=0)


def open_order(
    ledger: Ledger,
    doing: Doing,
    level: int,
    trigger: str,
    reason: str,
    supervisor: Supervisor,
    clock: ClockSpec | None = None,
) -> None:
    """Open an order, due by `clock`, else by the district's rule for all."""
    due_at, provisional = doing.due(clock or doing.rules["supervision"], doing.at, ())
    ledger.orders.append(
        OrderFact(
            level,
            trigger,
            reason,
            supervisor.name,
            doing.at,
            doing.by_label,
            due_at,
            provisional,
            ledger.case.round,
            supervisor.id,
        )
    )
    ledger.case.orders_made += 1
    ledger.case.supervision = highest(ledger)


def end_orders(ledger: Ledger, doing: Doing) -> None:
    """With the case end its orders."""
    for order in open_orders(ledger):
        order.closed_at, order.closed_by = doing.at, doing.by_label
    ledger.case.supervision = 0
