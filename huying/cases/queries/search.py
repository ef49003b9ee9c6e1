"""Finds cases by number, last four, telephone, or two characters and more of their text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Q, QuerySet
from django.db.models.functions import Right
from django.db.models.lookups import Lookup

from huying.cases.models import Appellant, Case
from huying.cases.queries.identity import phone_key
from huying.cases.queries.scope import visible
from huying.cases.rules.facts import ancestors
from huying.cases.rules.numbers import NUMBER
from huying.cases.rules.words import bigrams
from huying.kernel.asker import Asker, may

PHONE = re.compile(r"(?:\+?86)?[-\s]?1[3-9](?:[-\s]?[0-9]){9}|0[0-9]{2,3}-?[0-9]{7,8}")


@dataclass(frozen=True)
class Hit:
    """A found case, as a result line shows it; its texts are kept masked."""

    number: str
    title: str
    state: str
    registered_at: datetime


@SearchVectorField.register_lookup
class HasWords(Lookup):
    """`search__has_words=[…]`: the vector holds every one of these words."""

    lookup_name = "has_words"

    def get_prep_lookup(self) -> str:
        return " & ".join("'" + word.replace("'", "''") + "'" for word in self.rhs)

    def as_sql(self, compiler, connection):  # type: ignore[no-untyped-def]
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}::tsquery", [*left_params, *right_params]


def found(asker: Asker, text: str, rows: QuerySet[Case] | None = None) -> QuerySet[Case]:
    """The visible cases that `text` finds, newest first; or those among `rows`, all visible."""
    text = text.strip()
    rows = visible(asker) if rows is None else rows
    if NUMBER.fullmatch(text.upper()):
        return rows.filter(number=text.upper())
    if PHONE.fullmatch(text):
        return _by_phone(asker, rows, text)
    if re.fullmatch(r"[0-9]{4}", text):
        return rows.filter(Q(last_four=text) | Q(pk__in=_by_city_tail(text)))
    words = bigrams(text)
    if not words or len(text) < 2:
        return rows.none()
    return rows.filter(search__has_words=words)


def _by_city_tail(text: str) -> QuerySet[Case, int]:
    """Orders of the city hotline whose city number ends so, by the index on that end."""
    tail = Right("external_number", len(text))
    rows = Case.objects.filter(channel="hotline").annotate(tail=tail).filter(tail=text)
    return rows.values_list("pk", flat=True)


def search(asker: Asker, text: str, limit: int = 50) -> list[Hit]:
    """What a search finds, newest first."""
    columns = ("number", "title", "state", "registered_at")
    return [Hit(*row) for row in found(asker, text).values_list(*columns)[:limit]]


def _by_phone(asker: Asker, rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    """By telephone only for who could unmask the case, and never in the unit complained about."""
    if not may(asker, "cases.unmask"):
        return rows.none()
    area = asker.area("cases.unmask")
    case_ids = Appellant.objects.filter(phone_key=phone_key(text)).values("case_id")
    rows = rows.filter(pk__in=case_ids)
    if not area.everywhere:
        rows = rows.filter(scope__overlap=list(area.paths))
    paths = (*getattr(asker, "units", ()), *asker.area("cases.view").paths)
    for path in paths:
        rows = rows.exclude(about__path__in=ancestors(path))
    return rows
