"""Who waits to be called back: what runs out first on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from huying.cases import queries as cases
from huying.cases.models import CaseClock, CaseEvent
from huying.kernel.asker import Asker
from huying.kernel.clock import now


@dataclass(frozen=True)
class Heap:
    """How many wait, and how many of them beyond their time."""

    all: int
    late: int


def waiting(asker: Asker) -> QuerySet[Any]:
    """The visible cases that wait for a callback, with `call_by` and the tries so far."""
    running = CaseClock.objects.filter(
        case=OuterRef("pk"), kind="callback", stopped_at__isnull=True
    )
    tries = CaseEvent.objects.filter(
        case=OuterRef("pk"), round=OuterRef("round"), verb__in=("call_back", "contact")
    )
    rows = cases.in_states(asker, ("awaiting_callback",)).filter(imported=False)
    return rows.annotate(
        call_by=Subquery(running.values("due_at")[:1]),
        tried_at=Subquery(
            tries.filter(from_state="awaiting_callback").order_by("-version").values("at")[:1]
        ),
    ).select_related("category", "place", "lead")


def heap(asker: Asker) -> Heap:
    """The size of the heap. One statement."""
    late = Count("pk", filter=Q(call_by__lt=now()))
    found = waiting(asker).order_by().aggregate(all=Count("pk"), late=late)
    return Heap(found["all"], found["late"])
