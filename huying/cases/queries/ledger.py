"""A case as the rules see it, read from the database; and the district's data the rules need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import cast

from django.db.models import Q
from django.utils.translation import gettext as _

from huying.cases.models import (
    Callback,
    Case,
    CaseClock,
    CaseRequest,
    CaseUnit,
    Category,
    ClockRule,
    SupervisionOrder,
)
from huying.cases.queries.called import calls_of, meetings_of
from huying.cases.queries.ground import GROUND
from huying.cases.queries.tied import tie
from huying.cases.rules.clocks import DEFAULTS, ClockSpec, Due, Measure, Pause
from huying.cases.rules.facts import (
    CallbackFact,
    CaseFacts,
    CategoryFact,
    ClockFact,
    HandlerFact,
    Ledger,
    OrderFact,
    RequestFact,
    UnitFact,
)
from huying.kernel import working_time
from huying.kernel.errors import Fault, Invalid, NotFound
from huying.kernel.queries import working_calendar
from huying.org.models import Unit

COLUMNS = tuple(field.name for field in fields(CaseFacts))
CATEGORY_JOIN = ("category", "category__parent", "category__parent__parent")


@dataclass(frozen=True)
class Loaded:
    """A case read for a verb: its row's id and its facts."""

    id: int
    ledger: Ledger


def load(number: str, *, lock: bool = False) -> Loaded:
    """Read a case with its units and clocks: three statements, and one where
    something was ever requested; `lock` holds its row to the end."""
    rows = Case.objects.defer("search", "original").select_related("place", "about", *CATEGORY_JOIN)
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(number=number).first()
    if row is None:
        raise no_such_case(number)
    return Loaded(row.pk, ledger_of(row))


def ledger_of(row: Case) -> Ledger:
    """The facts of a row read with its place, class and target joined. Two statements or three."""
    known = Ledger(
        CaseFacts(**{name: getattr(row, name) for name in COLUMNS}),
        unit_fact(row.place),
        category_fact(row.category),
        unit_fact(row.about),
        handlers_of(row),
        clocks_of(row),
        requests=requests_of(row) if row.requests_made else [],
        callbacks=callbacks_of(row) if row.callbacks_made else [],
        orders=orders_of(row) if row.orders_made else [],
        calls=calls_of(row) if row.calls_made else [],
        meetings=meetings_of(row) if row.meetings_made else [],
    )
    return tie(row, known)


def no_such_case(number: str) -> NotFound:
    """What is said of a case that does not exist, and of one that lies outside the asker's area."""
    return NotFound(
        _("没有编号为 %(number)s 的诉求。") % {"number": number},
        remedy=_("请核对编号；如属其他单位，请联系区呼应中心。"),
    )


def handlers_of(case: Case) -> list[HandlerFact]:
    """The units that handle the case now."""
    rows = CaseUnit.objects.filter(case=case, until__isnull=True).select_related("unit")
    return [handler_fact(row) for row in rows.order_by("id")]


def handler_fact(row: CaseUnit) -> HandlerFact:
    """A handler as the rules see it; its unit is joined."""
    return HandlerFact(some_unit(row.unit), row.part, row.since, row.until, row.pk)


def clocks_of(case: Case) -> list[ClockFact]:
    """All clocks of the case, running and stopped."""
    return [
        ClockFact(
            row.kind,
            row.rule,
            row.started_at,
            row.due_at,
            row.provisional,
            [_pause(pair) for pair in row.pauses],
            row.stopped_at,
            row.outcome,
            row.pk,
        )
        for row in CaseClock.objects.filter(case=case).order_by("id")
    ]


def requests_of(case: Case) -> list[RequestFact]:
    """What was ever requested, the oldest first."""
    return [
        RequestFact(
            row.kind,
            row.round,
            row.at,
            row.by_id,
            row.by_label,
            some_unit(row.unit),
            row.reason,
            row.data,
            row.state,
            row.ruled_at,
            row.ruled_by,
            row.ruling,
            row.pk,
        )
        for row in CaseRequest.objects.filter(case=case).select_related("unit").order_by("id")
    ]


def callbacks_of(case: Case) -> list[CallbackFact]:
    """The attempts to call back in this round, the oldest first."""
    rows = Callback.objects.filter(case=case, round=case.round).order_by("id")
    return [
        CallbackFact(
            row.round,
            row.at,
            row.outcome,
            row.by_proxy,
            row.prompted,
            row.note,
            row.by,
            row.appellant_id,
            row.pk,
        )
        for row in rows
    ]


def orders_of(case: Case) -> list[OrderFact]:
    """The orders of supervision, the oldest first."""
    return [order_fact(row) for row in SupervisionOrder.objects.filter(case=case).order_by("id")]


def order_fact(row: SupervisionOrder) -> OrderFact:
    """An order as the rules see it."""
    return OrderFact(**{field.name: getattr(row, field.name) for field in fields(OrderFact)})


def some_unit(unit: Unit) -> UnitFact:
    """A unit as the rules see it."""
    return UnitFact(unit.pk, unit.code, unit.name, unit.path, unit.kind)


def unit_fact(unit: Unit | None) -> UnitFact | None:
    """The same for a unit that may be missing."""
    return some_unit(unit) if unit is not None else None


def category_fact(category: Category | None) -> CategoryFact | None:
    """A class with the handling clock that it, or its nearest ancestor, names."""
    if category is None:
        return None
    node: Category | None = category
    clock = ""
    while node is not None and not (clock := node.clock):
        node = node.parent
    return CategoryFact(category.pk, category.code, category.name, category.path, clock)


def category_by_code(code: str) -> CategoryFact:
    """An active class; Invalid when there is none of this code. One statement."""
    found = Category.objects.select_related("parent", "parent__parent").filter(
        code=code, active=True
    )
    fact = category_fact(found.first())
    if fact is None:
        what = _("没有代码为 %(code)s 的分类。") % {"code": code}
        raise Invalid(what, faults=[Fault("category", what, _("请从分类表中选择。"))])
    return fact


def categories_by_code() -> dict[str, CategoryFact]:
    """All active classes. One statement."""
    rows = Category.objects.select_related("parent", "parent__parent").filter(active=True)
    return {row.code: fact for row in rows if (fact := category_fact(row))}


class Units:
    """The district and some units by code (or every unit), in one statement."""

    def __init__(self, codes: Iterable[str | None] = (), *, every: bool = False) -> None:
        rows = Unit.objects.filter(active=True)
        if not every:
            rows = rows.filter(Q(code__in=[c for c in codes if c]) | Q(kind=Unit.Kind.DISTRICT))
        columns = rows.order_by("path").values_list("id", "code", "name", "path", "kind")
        found = [UnitFact(*row) for row in columns]
        self._by_code = {unit.code: unit for unit in found}
        self._districts = [unit for unit in found if unit.kind == Unit.Kind.DISTRICT]

    @property
    def district(self) -> UnitFact:
        """The district this install serves: the first in the tree."""
        if not self._districts:
            what = _("组织树中还没有区。")
            raise Invalid(what, remedy=_("请先由系统管理员导入组织。"))
        return self._districts[0]

    def ground(self, code: str) -> UnitFact:
        """A street, community or grid by code: what a case can lie on."""
        unit = self.code(code, "place")
        if unit.kind not in GROUND:
            what = _("“%(unit)s”不是街道、社区或网格。") % {"unit": unit.name}
            raise Invalid(what, faults=[Fault("place", what, _("请选择具体的地点。"))])
        return unit

    def code(self, code: str, where: str) -> UnitFact:
        """A unit by code; Invalid, naming the field `where`, when there is no active one."""
        if code not in self._by_code:
            what = _("没有代码为 %(code)s 的在用单位。") % {"code": code}
            raise Invalid(what, faults=[Fault(where, what, _("请从单位列表中选择。"))])
        return self._by_code[code]


def clock_rules() -> dict[str, ClockSpec]:
    """The deadlines now in force, by name; defaults not yet written count as they stand.

    One statement.
    """
    found = {
        name: ClockSpec(name, str(label), cast(Measure, measure), amount, basis, article)
        for name, label, measure, amount, basis, article in DEFAULTS
    }
    return found | {rule.name: clock_spec(rule) for rule in ClockRule.objects.all()}


def clock_spec(rule: ClockRule) -> ClockSpec:
    """A deadline as the rules see it."""
    return ClockSpec(
        rule.name,
        rule.label,
        cast(Measure, rule.measure),
        format(rule.amount.normalize(), "f"),
        rule.basis,
        rule.article,
        rule.confirmed_at is not None,
    )


def due_by_calendar() -> Due:
    """When a clock is due, by the working calendar now published."""
    calendar = working_calendar()

    def before(spec: ClockSpec, start: datetime) -> tuple[datetime, bool]:
        """So long before the governing instant; that instant itself where this is past at once."""
        governing = datetime.fromisoformat(spec.until)
        at = working_time.start_for(_rule(spec.measure, spec.amount), governing, calendar)
        days = (start.astimezone(calendar.zone).date(), governing.astimezone(calendar.zone).date())
        guessed = spec.measure != "natural_hours" and calendar.is_provisional(*days)
        return (at, guessed) if at > start else (governing, False)

    def due(spec: ClockSpec, start: datetime, pauses: Sequence[Pause]) -> tuple[datetime, bool]:
        if spec.until:
            return before(spec, start)
        spans = [working_time.Pause(*pause) for pause in pauses]
        found = working_time.deadline(
            _rule(spec.measure, spec.amount), start, calendar, spans, Decimal(spec.extension)
        )
        if found.at is None:
            raise ValueError("a clock that is paused now has no due date")
        return found.at, found.provisional

    return due


@lru_cache(maxsize=256)
def _rule(measure: Measure, amount: str) -> working_time.DeadlineRule:
    return working_time.DeadlineRule("", measure, Decimal(amount))


def _pause(pair: Sequence[str | None]) -> Pause:
    start, end = pair
    return (
        datetime.fromisoformat(str(start)),
        datetime.fromisoformat(end) if end else None,
    )
