"""Opens orders of supervision by themselves: what the conditions find, chunk by chunk.

Safe to repeat and to run in several workers: a chunk is one transaction, cases that somebody has
in hand are left to the next run, and a condition is asked again once its cases are locked.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from huying.cases.actions.writing import ORDER_CHANGES, Taking, event_row, order_row, tell
from huying.cases.models import Case, CaseEvent, SupervisionOrder
from huying.cases.queries.identity import Hider
from huying.cases.queries.ledger import Units, clock_rules, due_by_calendar
from huying.cases.queries.many import ledgers_of
from huying.cases.queries.triggers import at_centre, condition, spec_of, triggers, watchers
from huying.cases.rules.facts import Doing
from huying.cases.rules.orders import NOBODY
from huying.cases.rules.supervision import supervise_by_itself
from huying.cases.rules.triggers import TriggerSpec
from huying.kernel.asker import System
from huying.kernel.clock import now
from huying.kernel.verbs import Deed, act, act_on_many

HAND = System("supervision", "自动督办")
CHUNK = 200  # cases in one transaction: more would hold their rows longer and gain little
MOST = 5_000  # orders by one condition in one run; the next run goes on
CASE_CHANGES = ("version", "supervision", "orders_made")


def supervise_due(*, most: int = MOST) -> int:
    """Open every order that a condition asks for now; how many. The highest levels come first."""
    name_supervisors()
    active = [spec_of(row) for row in triggers() if row.active]
    return sum(fire(spec, most=most) for spec in sorted(active, key=lambda one: -one.level))


def name_supervisors() -> int:
    """Name somebody of the centre on open orders that name nobody, as after a bad rating; how many.

    No line of history: the order is the same one. One audit row for all, none when nothing was.
    """
    nameless = SupervisionOrder.objects.filter(supervisor="", closed_at__isnull=True)
    if not nameless.exists() or not (names := at_centre(Units().district.path)):
        return 0
    with act("cases.supervise", by=HAND) as deed:
        rows = list(nameless.order_by("pk").select_for_update(skip_locked=True)[:MOST])
        for row in rows:
            named = names[row.case_id % len(names)]
            row.supervisor, row.supervisor_id = named.name, named.id
        SupervisionOrder.objects.bulk_update(rows, ["supervisor", "supervisor_id"], CHUNK)
        deed.on("orders", "nameless", count=len(rows))
    return len(rows)


def fire(spec: TriggerSpec, *, most: int = MOST) -> int:
    """Open the orders of one condition; how many."""
    found = Case.objects.filter(condition(spec, now())).order_by("pk")
    ids = list(found.values_list("pk", flat=True)[:most])
    return sum(_open(spec, ids[start : start + CHUNK]) for start in range(0, len(ids), CHUNK))


def _open(spec: TriggerSpec, ids: Sequence[int]) -> int:
    """One chunk in one transaction; cases that others hold are left out."""
    with act_on_many("cases.supervise", by=HAND) as deeds:
        free = Case.objects.filter(pk__in=ids).order_by("pk").select_for_update(skip_locked=True)
        # Asked anew behind the locks: what changed of a case meanwhile is seen now.
        still = Q(pk__in=list(free.values_list("pk", flat=True))) & condition(spec, now())
        rows = Case.objects.filter(still).select_related("place").defer("search", "original")
        takings = _takings(list(rows))
        if not takings:
            return 0
        units = takings[0].units
        names = watchers(spec, units.district.path) or [NOBODY]
        for taking in takings:
            supervisor = names[taking.case_id % len(names)]
            supervise_by_itself(taking.ledger, taking.doing, spec=spec, supervisor=supervisor)
            deed = Deed("cases.supervise", HAND)
            tell(deed, taking)
            deed.detail["trigger"] = spec.code
            deeds.append(deed)
        _write(takings)
        return len(takings)


def _takings(rows: list[Case]) -> list[Taking]:
    """The locked cases, each ready for its step. Nothing personal is written, so none is hidden."""
    if not rows:
        return []
    units, ledgers, hide = Units(), ledgers_of(rows), Hider()
    doing = Doing(
        now(), HAND.id, HAND.label, clock_rules(), due_by_calendar(), units.district, hide
    )
    return [Taking(row.pk, ledgers[row.pk], doing, units, hide) for row in rows]


def _write(takings: list[Taking]) -> None:
    """Write what the steps changed, in one statement for each kind of row."""
    cases = [
        Case(pk=one.case_id, **{name: getattr(one.ledger.case, name) for name in CASE_CHANGES})
        for one in takings
    ]
    Case.objects.bulk_update(cases, CASE_CHANGES)
    orders = [(one, order) for one in takings for order in one.ledger.orders]
    lapsed = [
        order_row(one.case_id, order) for one, order in orders if order.id and order.lapsed_at
    ]
    if lapsed:
        SupervisionOrder.objects.bulk_update(lapsed, ORDER_CHANGES)
    SupervisionOrder.objects.bulk_create(
        [order_row(one.case_id, order) for one, order in orders if order.id is None]
    )
    CaseEvent.objects.bulk_create(
        [event_row(one.case_id, line) for one in takings for line in one.ledger.events]
    )
