"""What was ever proposed for publication, for who approves it."""

from __future__ import annotations

from django.db.models import Case as Choice
from django.db.models import IntegerField, Q, QuerySet, Value, When

from huying.cases.models import Publication
from huying.cases.queries.scope import visible
from huying.kernel.asker import Asker


def publications(asker: Asker, text: str = "") -> QuerySet[Publication]:
    """Publications of visible cases, what waits for approval first, then the newest."""
    rows = Publication.objects.filter(case__in=visible(asker).order_by().values("pk"))
    if text:
        rows = rows.filter(Q(title__contains=text) | Q(case__number=text.upper()))
    later = Choice(
        When(state="asked", then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return rows.select_related("case").order_by(later, "-at", "-id")
