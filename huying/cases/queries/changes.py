"""What others did on the asker's cases since the asker last looked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from huying.cases.models import Case, CaseEvent, CaseUnit, LastLook
from huying.cases.queries.identity import complained_about
from huying.cases.queries.scope import on_visible
from huying.cases.rules.masks import without_remains
from huying.cases.rules.sentences import sentence
from huying.kernel.asker import Asker
from huying.kernel.clock import now

# Whoever never looked, or was long away, is told of these days and not of all that ever happened.
AT_FIRST, AT_MOST = timedelta(days=1), timedelta(days=14)
TOLD = 60  # lines of history: so many are shown; nobody reads more of them at a time
SETTLED = timedelta(seconds=10)  # a verb that began before now may still be about to commit


@dataclass(frozen=True)
class Told:
    """One thing that somebody did, in words."""

    at: datetime
    actor: str
    text: str
    reason: str


@dataclass
class Changed:
    """A case with what others did on it, the newest first."""

    case: Case
    title: str
    lines: list[Told] = field(default_factory=list)


@dataclass(frozen=True)
class Changes:
    """What is new since `since`; whoever has read it has seen everything up to `upto`.

    With `more` there may be older news that is not among them: the list of cases marks it.
    """

    since: datetime
    upto: datetime
    cases: list[Changed]
    more: bool

    @property
    def lines(self) -> int:
        """How many things happened."""
        return sum(len(one.lines) for one in self.cases)


def last_look(asker: Asker) -> datetime:
    """When the asker last said that they had seen everything. One statement."""
    account = getattr(asker, "account_id", 0)
    looks = LastLook.objects.filter(person_id=account).values_list("seen_at", flat=True)
    at = now()
    seen = looks.first() if account else None
    return max(seen, at - AT_MOST) if seen else at - AT_FIRST


def changes(asker: Asker) -> Changes:
    """What others did on the asker's own cases since then, grouped by case. Two statements."""
    since, at = last_look(asker), now()
    rows = CaseEvent.objects.filter(_by_others(asker), mine(asker, "case_id"), at__gt=since)
    rows = on_visible(asker, rows)
    rows = rows.select_related("case__about").defer("case__search", "case__body", "case__original")
    found = list(rows.order_by("-at", "-pk")[: TOLD + 1])
    groups: dict[int, Changed] = {}
    for row in found[:TOLD]:
        about = row.case.about
        hidden = about is not None and complained_about(asker, about.path)
        scrub: Callable[[str], str] = without_remains if hidden else str
        group = groups.setdefault(row.case_id, Changed(row.case, scrub(row.case.title)))
        said = scrub(sentence(row.verb, row.data, row.from_state))
        group.lines.append(Told(row.at, row.actor_label, said, scrub(row.reason)))
    upto = max([row.at for row in found[:1]] + [at - SETTLED])
    return Changes(since, upto, list(groups.values()), len(found) > TOLD)


def mine(asker: Asker, case: str) -> Q:
    """That the case is the asker's: their unit has it in hand, or they did something on it."""
    there = OuterRef(case)
    own = list(getattr(asker, "units", ()))
    handled = CaseUnit.objects.filter(case=there, until__isnull=True, unit__path__in=own)
    touched = CaseEvent.objects.filter(case=there, actor_id=asker.id)
    return Q(Exists(handled)) | Q(Exists(touched))


def marked_unread(asker: Asker, rows: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with `unread`: whether others did something on one's own case since the last look."""
    at = now()
    look = LastLook.objects.filter(person_id=getattr(asker, "account_id", 0) or 0)
    at_first = Value(at - AT_FIRST, output_field=DateTimeField())
    since = Coalesce(Subquery(look.values("seen_at")[:1]), at_first)
    news = CaseEvent.objects.filter(_by_others(asker), case=OuterRef("pk"), at__gt=since)
    news = news.filter(mine(asker, "case_id"), at__gt=at - AT_MOST)
    return rows.annotate(unread=Exists(news))


def _by_others(asker: Asker) -> Q:
    return ~Q(actor_id=asker.id)
