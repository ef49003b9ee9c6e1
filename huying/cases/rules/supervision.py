"""What 督办 changes: an order with a level, a named supervisor and a deadline, until 销号."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from huying.cases.rules.facts import Doing, Ledger, OrderFact
from huying.cases.rules.moves import find, invalid, leave, led, refuse_barred, required
from huying.cases.rules.orders import Supervisor, highest, open_order, open_orders
from huying.cases.rules.states import SUPERVISIONS
from huying.cases.rules.triggers import RAISED, TriggerSpec


def supervise(
    ledger: Ledger,
    doing: Doing,
    *,
    level: int,
    reason: str,
    supervisor: str,
    supervisor_id: str = "",
) -> None:
    """督办: 1 a reminder, 2 written and on the board, 3 a summons (潍§26, 济§28)."""
    edge = find(ledger, "supervise")
    required("reason", reason)
    required("supervisor", supervisor)
    if level not in dict(SUPERVISIONS):
        raise invalid("level", _("督办只有三级。"), _("请从列表中选择。"))
    if level <= highest(ledger):
        what = _("已有 %(level)s 级督办未销号。") % {"level": highest(ledger)}
        raise invalid("level", what, _("请选择更高的级别，或先销号。"))
    named = Supervisor(supervisor.strip(), supervisor_id)
    open_order(ledger, doing, level, "hand", doing.hide(reason.strip()), named)
    leave(ledger, doing, edge, reason, level=level, supervisor=named.name, **led(ledger))


def supervise_by_itself(
    ledger: Ledger, doing: Doing, *, spec: TriggerSpec, supervisor: Supervisor
) -> None:
    """自动督办: what a condition opens; an order that nobody answered ends, and is raised."""
    edge = find(ledger, "supervise")
    level = spec.level
    if spec.code == RAISED:
        lapsed = _top(open_orders(ledger))
        lapsed.lapsed_at = lapsed.closed_at = doing.at
        lapsed.closed_by = doing.by_label
        level = lapsed.level + 1
    open_order(ledger, doing, level, spec.code, "", supervisor, spec.clock)
    said = {"level": level, "supervisor": supervisor.name, "trigger": spec.code}
    leave(ledger, doing, edge, **said, **led(ledger))


def answer_supervision(ledger: Ledger, doing: Doing, *, answer: str) -> None:
    """督办回复: the lead unit answers the highest open order that has no answer yet."""
    edge = find(ledger, "answer_supervision")
    refuse_barred(ledger, doing, "answer_supervision")
    required("answer", answer)
    order = _top([one for one in open_orders(ledger) if one.answered_at is None])
    order.answer, order.answered_at = doing.hide(answer.strip()), doing.at
    order.answered_by = doing.by_label
    leave(ledger, doing, edge, answer, level=order.level, **led(ledger))


def close_supervision(ledger: Ledger, doing: Doing, *, reason: str) -> None:
    """督办销号: the highest open order, once it has been answered."""
    edge = find(ledger, "close_supervision")
    refuse_barred(ledger, doing, "close_supervision")
    required("reason", reason)
    order = _top(open_orders(ledger))
    order.closed_at, order.closed_by = doing.at, doing.by_label
    order.closing = doing.hide(reason.strip())
    ledger.case.supervision = highest(ledger)
    leave(ledger, doing, edge, reason, level=order.level, **led(ledger))


def _top(orders: list[OrderFact]) -> OrderFact:
    return max(orders, key=lambda order: order.level)


STEPS: dict[str, Callable[..., None]] = {
    "supervise": supervise,
    "answer_supervision": answer_supervision,
    "close_supervision": close_supervision,
}
