"""Calls of a period by unit: answered and settled in time, rated, and called up without need."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Count, QuerySet

from huying.cases import queries as cases
from huying.cases.models import Call
from huying.evaluate.queries.periods import Period
from huying.evaluate.rules import per_cent
from huying.kernel.asker import Asker

MARKS = ("answer_due", "answered", "handling_due", "handled", "rated", "good")


@dataclass(frozen=True)
class CallLine:
    """What one unit was called for, and what it called for itself."""

    code: str
    name: str
    received: int = 0
    answer_due: int = 0
    answered: int = 0
    handling_due: int = 0
    handled: int = 0
    rated: int = 0
    good: int = 0
    made: int = 0
    misused: int = 0

    @property
    def answered_share(self) -> Decimal | None:
        """Of those that were due for an answer, in per cent."""
        return per_cent(self.answered, self.answer_due)

    @property
    def handled_share(self) -> Decimal | None:
        """Of those that were due to be settled."""
        return per_cent(self.handled, self.handling_due)

    @property
    def good_share(self) -> Decimal | None:
        """Of those that the caller rated."""
        return per_cent(self.good, self.rated)

    @property
    def misused_share(self) -> Decimal | None:
        """Of those that the unit made."""
        return per_cent(self.misused, self.made)


def calls_of(asker: Asker, period: Period) -> QuerySet[Call]:
    """The visible calls made within a period."""
    rows = cases.visible_calls(asker).order_by()
    return rows.filter(opened_at__gte=period.since, opened_at__lt=period.until)


def call_lines(asker: Asker, period: Period) -> list[CallLine]:
    """By unit, who was called most first. Two statements."""
    rows = calls_of(asker, period)
    # Not by the marks' own names, which are columns that the conditions speak of.
    counts = {f"{mark}_count": Count("pk", filter=cases.marked(mark)) for mark in MARKS}
    received = rows.values_list("lead__code", "lead__name").annotate(Count("pk"), **counts)
    found = {row[0]: CallLine(*row) for row in received}
    misused = Count("pk", filter=cases.marked("misused"))
    for code, name, made, wrong in rows.values_list("caller__code", "caller__name").annotate(
        Count("pk"), misused=misused
    ):
        line = found.get(code) or CallLine(code, name)
        found[code] = replace(line, made=made, misused=wrong)
    return sorted(found.values(), key=lambda line: (-line.received, -line.made, line.code))
