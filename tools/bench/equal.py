"""Proves that cases written in bulk equal cases made by real verbs, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models, transaction

from huying.cases import actions
from huying.cases.actions import CasePlan
from huying.cases.models import Appellant, Case, CaseClock, CaseEvent, CaseUnit, Evaluation
from huying.kernel import secrets
from huying.kernel.clock import frozen
from tools.bench.district import HAND

PARTS: tuple[type[models.Model], ...] = (Appellant, CaseEvent, CaseClock, CaseUnit, Evaluation)
ASIDE = {"id", "case_id", "bulk"}  # given by the database, or the flag itself
Rows = dict[str, Any]


def differences(plans: Sequence[CasePlan]) -> list[str]:
    """Live each plan by real verbs and write it in bulk; every column that differs, in words.

    Both happen in a transaction that is rolled back, so even the numbers drawn are the same.
    """
    real = _undone(lambda: [_lived(plan) for plan in plans])
    planned = _undone(lambda: actions.bulk_cases(plans, by=HAND))
    found = []
    for index, (one, other) in enumerate(zip(real, planned, strict=True)):
        found += [f"plan {index}: {words}" for words in _compared(one, other)]
    return found


def _undone(make: Any) -> list[Rows]:
    """The rows of the cases that `make` makes and names; then they are gone."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
        rows = [_rows(number) for number in make()]
        transaction.set_rollback(True)
    return rows


def _lived(plan: CasePlan) -> str:
    """Live a plan by real verbs, each at its time; the case's number."""
    number, version = "", 0
    for planned in plan.verbs:
        verb = getattr(actions, planned.verb)
        with frozen(planned.at):
            if number:
                done = verb(number, version=version, by=planned.by, **planned.args)
            else:
                done = verb(by=planned.by, **planned.args)
        number, version = done.number, done.version
    return number


def _rows(number: str) -> Rows:
    case = Case.objects.get(number=number)
    found: Rows = {"Case": [_columns(case)]}
    for model in PARTS:
        rows = model._default_manager.filter(case=case).order_by("pk")
        found[model.__name__] = [_columns(row) for row in rows]
    return found


def _columns(row: models.Model) -> Rows:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    for name, value in values.items():
        if isinstance(value, bytes | memoryview):  # sealed with a nonce: the text must be the same
            values[name] = secrets.open_text(value)
    return {name: value for name, value in values.items() if name not in ASIDE}


def _compared(one: Rows, other: Rows) -> list[str]:
    found = []
    for name, rows in one.items():
        others = other[name]
        if len(rows) != len(others):
            found.append(f"{len(rows)} rows of {name} by verbs, {len(others)} in bulk")
            continue
        for left, right in zip(rows, others, strict=True):
            found += [
                f"{name}.{column}: {left[column]!r} by verbs, {right[column]!r} in bulk"
                for column in left
                if left[column] != right[column]
            ]
    return found
