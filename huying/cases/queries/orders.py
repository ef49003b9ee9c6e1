"""Orders of supervision as lists show them: mine, my unit's, all that lie within one's area."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from huying.cases.models import SupervisionOrder
from huying.cases.queries.scope import on_visible
from huying.cases.rules.states import LIVE
from huying.cases.rules.triggers import SUPERVISED
from huying.kernel.asker import Asker
from huying.kernel.clock import now

HEAVY = ("case__search", "case__body", "case__original")
STANDINGS = ("waiting", "late", "answered", "closed", "raised")


def orders(asker: Asker) -> QuerySet[SupervisionOrder]:
    """The orders on visible cases, the newest first; `order_newest` gives their order."""
    rows = SupervisionOrder.objects.select_related("case__lead", "case__place").defer(*HEAVY)
    rows = rows.order_by("-at", "-id")
    return on_visible(asker, rows)


def standing(order: SupervisionOrder, at: datetime | None = None) -> str:
    """Where an order stands: one of STANDINGS."""
    if order.lapsed_at:
        return "raised"
    if order.closed_at:
        return "closed"
    if order.answered_at:
        return "answered"
    return "late" if order.due_at < (at or now()) else "waiting"


def standing_so(wanted: list[str]) -> Q:
    """The condition of standing in one of these ways; what is late still waits."""
    open_ = Q(closed_at__isnull=True)
    waiting = open_ & Q(answered_at__isnull=True)
    conditions = {
        "waiting": waiting,
        "late": waiting & Q(due_at__lt=now()),
        "answered": open_ & Q(answered_at__isnull=False),
        "closed": Q(closed_at__isnull=False, lapsed_at__isnull=True),
        "raised": Q(lapsed_at__isnull=False),
    }
    found = Q(pk__in=[])
    for name in wanted:
        found |= conditions.get(name, Q(pk__in=[]))
    return found


def followed_by(asker: Asker) -> Q:
    """Those that name this very person as supervisor."""
    return Q(supervisor_id=f"person:{getattr(asker, 'account_id', 0)}")


def led_by(asker: Asker) -> Q:
    """Those on cases that a unit leads in which the asker holds a post."""
    return Q(case__lead__path__in=list(getattr(asker, "units", ())))


def waiting_for(asker: Asker) -> QuerySet[SupervisionOrder] | None:
    """What the asker must answer, close, or look after; None for who never has to do with them."""
    wanted = wanted_of(asker)
    if wanted is None:
        return None
    # Elsewhere an unanswered order can no longer be answered: it ends with its case.
    able = Q(answered_at__isnull=False) | Q(case__state__in=SUPERVISED)
    # The few live cases, said first: the database then starts from them, not from all of a unit's.
    live = orders(asker).filter(case__state__in=LIVE, closed_at__isnull=True)
    return live.filter(able, wanted)


def wanted_of(asker: Asker) -> Q | None:
    """The condition of waiting for this asker; None for who never has to do with orders."""
    wanted = []
    if asker.area("cases.answer_supervision"):
        wanted.append(led_by(asker) & standing_so(["waiting"]))
    if asker.area("cases.close_supervision"):
        wanted.append(followed_by(asker) & standing_so(["answered", "late"]))
        wanted.append(Q(supervisor_id="") & standing_so(["answered"]))
    return reduce(or_, wanted) if wanted else None
