"""Which running clocks rest on days of the calendar that nobody has published yet."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, Max, Min
from django.db.models.fields.json import KT

from huying.cases.models import CaseClock
from huying.kernel.asker import Asker
from huying.kernel.verbs import require
from huying.web.slots import Provisional


def provisional_clocks(asker: Asker) -> Sequence[Provisional]:
    """By kind of deadline how many, and when they fall due; figures alone, no case is named.

    For whoever keeps the calendar, who sees no cases. One statement.
    """
    require("kernel.edit_calendar", asker)
    running = CaseClock.objects.filter(provisional=True, stopped_at=None)
    rows = running.values(label=KT("rule__label")).annotate(
        number=Count("pk"), first_due=Min("due_at"), last_due=Max("due_at")
    )
    return [Provisional(**row) for row in rows.order_by("first_due")]
