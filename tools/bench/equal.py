"""Proves that cases written in bulk equal cases made by real verbs, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from huying.cases import actions
from huying.cases.actions import CasePlan
from tests.lived import by_verbs, columns
from tools.bench.district import HAND

Rows = dict[str, Any]


def differences(plans: Sequence[CasePlan]) -> list[str]:
    """Live each plan by real verbs and write it in bulk; every column that differs, in words.

    Both happen in a transaction that is rolled back, so the ground stays as it was.
    """
    found = []
    for index, plan in enumerate(plans):
        (real,) = by_verbs(plan)
        with transaction.atomic():
            (planned,) = columns(actions.bulk_cases([plan], by=HAND))
            transaction.set_rollback(True)
        found += [f"plan {index}: {words}" for words in _compared(real, planned)]
    return found


def _compared(one: Rows, other: Rows) -> list[str]:
    """What differs; the rows of each kind are told by their place."""
    return [
        f"{name}: {one[name]!r} by verbs, {other.get(name)!r} in bulk"
        for name in one
        if one[name] != other.get(name)
    ]
