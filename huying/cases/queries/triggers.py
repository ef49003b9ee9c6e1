"""Which cases a condition of supervision finds now, and the conditions as the district set them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from huying.cases.models import (
    Case,
    CaseClock,
    CaseEvent,
    CaseRequest,
    Category,
    ClockRule,
    ReplyTemplate,
    SupervisionOrder,
    SupervisionTrigger,
)
from huying.cases.queries.scope import visible
from huying.cases.rules.clocks import DEFAULTS as DEADLINES
from huying.cases.rules.clocks import Measure
from huying.cases.rules.orders import Supervisor
from huying.cases.rules.reply_templates import DEFAULTS as TEMPLATES
from huying.cases.rules.triggers import DEFAULTS, HIGHEST, RAISED, SUPERVISED, TriggerSpec
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.org import queries as org

# Cases of the last days that were the so-many-th of their group within so many days before them;
# one pass over an index instead of a count for each case. Parts of a case are not counted again.
SAME_PLACE = """
    SELECT id FROM (
        SELECT id, registered_at, count(*) OVER (
            PARTITION BY place_id, category_id ORDER BY registered_at
            RANGE BETWEEN make_interval(days => %s) PRECEDING AND CURRENT ROW
        ) AS said
        FROM cases_case
        WHERE registered_at > %s AND NOT imported AND parent_id IS NULL AND place_id IS NOT NULL
            AND category_id IS NOT NULL AND state NOT IN ('merged', 'withdrawn', 'not_accepted')
    ) counted WHERE said >= %s AND registered_at > %s
"""
SAME_CITIZEN = """
    SELECT case_id FROM (
        SELECT a.case_id, c.registered_at, count(*) OVER (
            PARTITION BY a.phone_key ORDER BY c.registered_at
            RANGE BETWEEN make_interval(days => %s) PRECEDING AND CURRENT ROW
        ) AS said
        FROM cases_case c JOIN cases_appellant a ON a.case_id = c.id AND a.phone_key <> ''
        WHERE c.registered_at > %s AND NOT c.imported AND c.parent_id IS NULL
    ) counted WHERE said >= %s AND registered_at > %s
"""


def triggers() -> QuerySet[SupervisionTrigger]:
    """The conditions in the order of the defaults."""
    return SupervisionTrigger.objects.select_related("person").order_by("pk")


def lacks_defaults() -> bool:
    """Whether a default class, deadline, condition or template is missing. Four statements."""
    return (
        SupervisionTrigger.objects.count() < len(DEFAULTS)
        or ReplyTemplate.objects.exclude(code="").count() < len(TEMPLATES)
        or ClockRule.objects.filter(name__in=[row[0] for row in DEADLINES]).count() < len(DEADLINES)
        or not Category.objects.exists()
    )


def spec_of(row: SupervisionTrigger) -> TriggerSpec:
    """A condition as the rules see it."""
    return TriggerSpec(
        row.code,
        row.threshold,
        row.days,
        row.level,
        cast(Measure, row.measure),
        format(row.amount.normalize(), "f"),
        row.watcher,
        row.person_id,
    )


def would_fire(asker: Asker, spec: TriggerSpec) -> QuerySet[Case]:
    """The dry run: the visible cases that this condition would put under supervision now."""
    return visible(asker).filter(condition(spec, now())).select_related("lead", "place")


def condition(spec: TriggerSpec, at: datetime) -> Q:
    """What holds of a case on which this condition opens an order; nothing holds of it twice.

    One order for the same reason in a round, and none below a level that is open already.
    """
    live = Q(state__in=SUPERVISED, imported=False)
    if spec.code == RAISED:
        return live & Q(supervision__lt=HIGHEST, pk__in=_unanswered(at).values("case"))
    made = SupervisionOrder.objects.filter(trigger=spec.code, round=F("case__round"))
    fresh = Q(supervision__lt=spec.level) & ~Q(pk__in=made.values("case"))
    return live & fresh & _reason(spec, at)


def _unanswered(at: datetime) -> QuerySet[SupervisionOrder]:
    """Highest orders whose deadline passed without an answer; `order_waiting` finds them."""
    late = SupervisionOrder.objects.filter(
        answered_at__isnull=True, closed_at__isnull=True, due_at__lt=at
    )
    return late.filter(level=F("case__supervision"))


def _late(kind: str, at: datetime) -> Q:
    """A running clock of this kind has passed; `clock_running_due` finds it."""
    clocks = CaseClock.objects.filter(stopped_at__isnull=True, due_at__lt=at, kind=kind)
    return Q(pk__in=clocks.values("case"))


def _reason(spec: TriggerSpec, at: datetime) -> Q:
    counted = _times(spec, at)
    if counted is not None:
        return counted
    return {
        "unsigned": lambda: _late("sign", at),
        "overdue": lambda: _late("handle", at) & Q(paused=False),
        "sensitive": lambda: Q(sensitive=True),
    }[spec.code]()


def _times(spec: TriggerSpec, at: datetime) -> Q | None:
    """What happened so many times, for the conditions that count."""
    least = spec.threshold
    if spec.code == "returned":
        asked = CaseRequest.objects.filter(kind="return", state="approved")
        return Q(pk__in=_often(asked, least))
    if spec.code == "transferred":
        taken = CaseEvent.objects.filter(
            from_state__in=["dispatched", "in_progress"], to_state="accepted"
        )
        return Q(pk__in=_often(taken, least))
    if spec.code == "redone":
        back = CaseEvent.objects.filter(from_state="replied", to_state="in_progress")
        count = back.filter(case=OuterRef("pk")).order_by().values("case").annotate(n=Count("pk"))
        redone = Case.objects.annotate(
            redone=F("round") - 1 + Coalesce(Subquery(count.values("n")), 0)
        )
        some = Q(round__gt=1) | Q(pk__in=back.values("case"))
        return Q(pk__in=redone.filter(some, redone__gte=least).values("pk"))
    if spec.code in ("citizen", "place"):
        sql = SAME_CITIZEN if spec.code == "citizen" else SAME_PLACE
        return Q(pk__in=RawSQL(sql, _window(spec, at)))  # noqa: S611 a constant of this file
    return None


def said_again(at: datetime) -> Q:
    """Whose citizen came as often as the district counts as repeating. One statement."""
    found = triggers().filter(code="citizen").first()
    condition = _times(spec_of(found), at) if found else None
    return condition if condition is not None else Q(pk__in=[])


def _often(rows: QuerySet[CaseRequest] | QuerySet[CaseEvent], least: int) -> QuerySet[CaseRequest]:
    counted = rows.order_by().values("case").annotate(n=Count("pk")).filter(n__gte=least)
    return counted.values("case")  # type: ignore[return-value]


def _window(spec: TriggerSpec, at: datetime) -> tuple[object, ...]:
    """What stands in SAME_PLACE and SAME_CITIZEN, in their order."""
    recent = at - timedelta(days=spec.days)
    since = recent - timedelta(days=spec.days)
    return spec.days, since, spec.threshold, recent


def watchers(spec: TriggerSpec, district: str) -> list[Supervisor]:
    """Who may be named on its orders now: one person, the leader on duty, else the people of the
    centre in turn. At most two statements; empty when there is nobody."""
    found: list[tuple[str, str]] = []
    if spec.watcher == "person" and spec.person_id:
        found = org.named(spec.person_id)
    elif spec.watcher == "duty":
        found = org.leaders_on_duty(district)
    return _named(found) or at_centre(district)


def at_centre(district: str) -> list[Supervisor]:
    """The people of the centre who may close an order. One statement."""
    return _named(org.holders_with("cases.close_supervision", district))


def _named(found: list[tuple[str, str]]) -> list[Supervisor]:
    return [Supervisor(name, identity) for identity, name in found]
