"""Narrows the visible cases by what lists are filtered by."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from huying.cases.models import Case
from huying.cases.queries.scope import visible, with_names, within_category
from huying.cases.queries.search import found
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.org.models import Unit

RUNNING = ("accepted", "dispatched", "in_progress")


def narrowed(
    asker: Asker,
    *,
    state: Collection[str] = (),
    channel: str = "",
    category: str = "",
    place: str = "",
    lead: str = "",
    urgent: bool | None = None,
    overdue: bool | None = None,
    imported: bool | None = None,
    merged: bool | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    text: str = "",
) -> QuerySet[Case]:
    """The visible cases for which every given condition holds, with what a line shows joined."""
    rows = found(asker, text) if text.strip() else visible(asker)
    if state:
        rows = rows.filter(state__in=list(state))
    if channel:
        rows = rows.filter(channel=channel)
    if category:
        rows = within_category(rows, category)
    if place:
        path = Unit.objects.filter(code=place).values_list("path", flat=True).first()
        rows = rows.filter(scope__contains=[path]) if path else rows.none()
    if lead:
        unit = Unit.objects.filter(code=lead).values_list("pk", flat=True).first()
        rows = rows.filter(lead_id=unit) if unit else rows.none()
    if urgent is not None:
        rows = rows.filter(urgent=urgent)
    if imported is not None:
        rows = rows.filter(imported=imported)
    if merged is not None:
        rows = rows.filter(merged_count__gt=0) if merged else rows.filter(merged_count=0)
    if since:
        rows = rows.filter(registered_at__gte=since)
    if until:
        rows = rows.filter(registered_at__lt=until)
    if overdue is not None:
        late = Q(state__in=RUNNING, due_at__lt=now(), imported=False)
        rows = rows.filter(late) if overdue else rows.exclude(late)
    return with_names(rows)
