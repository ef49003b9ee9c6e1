"""The cases that one file of many appeals became."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from huying.cases.models import Case
from huying.cases.queries.scope import visible
from huying.kernel.asker import Asker

MOST = 5000


@dataclass(frozen=True)
class FiledRow:
    """A row of the file and its case."""

    row: int
    number: str
    title: str
    state: str


def cases_of_file(digest: str) -> QuerySet[Case]:
    """The cases that a file became; a span of keys, for which the index on them serves."""
    return Case.objects.filter(intake_key__gte=f"file:{digest}:", intake_key__lt=f"file:{digest};")


def filed(asker: Asker, digest: str) -> list[FiledRow]:
    """Those of them that the asker sees, in the order of the file. One statement."""
    rows = visible(asker).filter(pk__in=cases_of_file(digest).values("pk"))
    found = rows.values_list("intake_key", "number", "title", "state")[:MOST]
    return sorted(
        (FiledRow(int(key.rpartition(":")[2]), *rest) for key, *rest in found),
        key=lambda one: one.row,
    )
