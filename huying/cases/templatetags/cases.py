"""Template filters of appeals: deadlines in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from huying.cases import looks
from huying.cases.models import Call, Case, SupervisionOrder, SupervisionTrigger
from huying.cases.rules.papers import KINDS
from huying.cases.tables_calls import call_due as due_of_call
from huying.cases.tables_papers import standing_tag

register = template.Library()


@register.filter
def spoken(clock: Any) -> str:
    """How long a deadline is: `5 个工作日`."""
    return looks.spoken(clock.measure, clock.amount)


@register.filter
def basis(clock: Any) -> str:
    """What a deadline rests on: a statute, a practice, our own default."""
    return looks.basis(clock.basis)


@register.filter
def left(clock: Any) -> SafeString:
    """The time left of a running clock."""
    return looks.deadline(clock.due_at, clock.provisional)


@register.filter
def due(case: Case) -> SafeString:
    """The handling deadline of a case."""
    return looks.due(case)


@register.filter
def state_tag(state: str) -> SafeString:
    """A state in words, in its colour."""
    return looks.state_tag(state)


@register.filter
def case_state(case: Case) -> SafeString:
    """The state of a case, saying when it goes round again."""
    return looks.state_of(case)


@register.filter
def marks(case: Case) -> SafeString:
    """What makes a case special."""
    return looks.marks(case)


@register.filter
def order_standing(order: SupervisionOrder) -> SafeString:
    """The time left to answer an order, else where it stands."""
    return looks.order_standing(order)


@register.filter
def call_due(call: Call) -> SafeString:
    """The deadline that a call stands under."""
    return SafeString(due_of_call(call))


@register.filter
def lasted(minutes: int) -> str:
    """So many minutes in words."""
    return looks.lasted(minutes)


@register.filter
def condition(row: SupervisionTrigger) -> str:
    """A condition of supervision in words: `30 天内同一地点反复出现，达到 5 次`."""
    return looks.condition(row)


@register.filter
def level_words(row: SupervisionTrigger) -> str:
    """The level of the orders that a condition opens."""
    return looks.level_words(row.level)


@register.filter
def paper_tag(standing: str) -> SafeString:
    """Where a paper stands, in its colour."""
    return standing_tag(standing)


@register.filter
def paper_kind(code: str) -> str:
    """A kind of paper in words."""
    return str(KINDS[code].label)


@register.filter
def braced(name: str, part: str = "") -> str:
    """A placeholder as a template writes it."""
    return "{{" + (f"{name}.{part}" if part else name) + "}}"
