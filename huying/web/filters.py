"""Filters of a declarative table: what a reader may narrow a list by, kept in its address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as declared
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker
from huying.kernel.clock import DISTRICT_ZONE
from huying.web import slots
from huying.web.slots import Words

Rows = QuerySet[Any]
Choices = Sequence[tuple[str, Words]]


@dataclass(frozen=True)
class Chip:
    """An active filter in words, and the parameters whose removal takes it away."""

    label: str
    words: str
    removes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Base of filters. `name` is the parameter; `apply(rows, value, asker)` overrides `field`."""

    kind: ClassVar[str] = ""

    name: str = declared(kw_only=False)
    label: Words = declared(kw_only=False)
    field: str = ""
    apply: Callable[[Rows, Any, Asker], Rows] | None = None

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters of the address that this filter reads."""
        return (self.name,)

    def read(self, query: QueryDict) -> Any:
        """The value asked for; None when the filter is not set or what was sent is nonsense."""
        raise NotImplementedError

    def narrow(self, rows: Rows, query: QueryDict, asker: Asker) -> Rows:
        """The rows that match what the address asks for."""
        value = self.read(query)
        if value is None:
            return rows
        if self.apply is not None:
            return self.apply(rows, value, asker)
        return rows.filter(self.condition(value))

    def condition(self, value: Any) -> Q:
        """The condition on `field` when there is no `apply`."""
        return Q(**{self.field or self.name: value})

    def words(self, value: Any, asker: Asker) -> str:
        """The value as a reader says it."""
        return str(value)

    def said(self, query: QueryDict, asker: Asker) -> str:
        """The value asked for as a reader says it."""
        return self.words(self.read(query), asker)

    def control(self, query: QueryDict, asker: Asker) -> dict[str, Any]:
        """What the template of this kind needs."""
        return {"filter": self, "value": self.read(query)}

    @property
    def template(self) -> str:
        """The template of this kind's control."""
        return f"web/filter_{self.kind}.html"


@dataclass(frozen=True, kw_only=True)
class TextFilter(Filter):
    """Free text: `apply` with the room's own indexed search, or `field` for a prefix."""

    kind: ClassVar[str] = "text"
    placeholder: Words = ""

    def read(self, query: QueryDict) -> str | None:
        return query.get(self.name, "").replace("\x00", "").strip()[:100] or None

    def condition(self, value: Any) -> Q:
        return Q(**{f"{self.field or self.name}__startswith": value})


@dataclass(frozen=True, kw_only=True)
class ChoiceFilter(Filter):
    """One or several of a short list; `choices` may be a function, called once per page."""

    kind: ClassVar[str] = "choice"
    choices: Choices | Callable[[Asker], Choices] = ()

    def options(self, asker: Asker) -> list[tuple[str, str]]:
        """The choices as the page shows them."""
        choices = self.choices(asker) if callable(self.choices) else self.choices
        return [(value, str(label)) for value, label in choices]

    def read(self, query: QueryDict) -> list[str] | None:
        values = [v for v in query.getlist(self.name) if v and "\x00" not in v]
        if not callable(self.choices):
            known = {value for value, _label in self.choices}
            values = [value for value in values if value in known]
        return values or None

    def condition(self, value: Any) -> Q:
        return Q(**{f"{self.field or self.name}__in": value})

    def words(self, value: Any, asker: Asker) -> str:
        labels = dict(self.options(asker))
        return "、".join(labels.get(one, one) for one in value)

    def control(self, query: QueryDict, asker: Asker) -> dict[str, Any]:
        chosen = set(self.read(query) or ())
        options = [(value, label, value in chosen) for value, label in self.options(asker)]
        return {"filter": self, "options": options, "count": len(chosen)}


@dataclass(frozen=True, kw_only=True)
class DateRangeFilter(Filter):
    """From one day to another, both included, in the district's zone."""

    kind: ClassVar[str] = "dates"

    @property
    def parameters(self) -> tuple[str, ...]:
        return (f"{self.name}_from", f"{self.name}_to")

    def read(self, query: QueryDict) -> tuple[date | None, date | None] | None:
        first, last = (_day(query.get(name, "")) for name in self.parameters)
        return (first, last) if first or last else None

    def condition(self, value: Any) -> Q:
        first, last = value
        condition = Q()
        name = self.field or self.name
        if first:
            condition &= Q(**{f"{name}__gte": _midnight(first)})
        if last and last < date.max:
            condition &= Q(**{f"{name}__lt": _midnight(last + timedelta(days=1))})
        return condition

    def words(self, value: Any, asker: Asker) -> str:
        first, last = value
        if first and last:
            return f"{first} — {last}"
        return _("%(day)s 起") % {"day": first} if first else _("至 %(day)s") % {"day": last}

    def control(self, query: QueryDict, asker: Asker) -> dict[str, Any]:
        first, last = self.read(query) or (None, None)
        return {"filter": self, "first": first, "last": last}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, DISTRICT_ZONE)


@dataclass(frozen=True, kw_only=True)
class BooleanFilter(Filter):
    """Yes, no, or either."""

    kind: ClassVar[str] = "boolean"
    yes: Words = ""
    no: Words = ""

    def read(self, query: QueryDict) -> bool | None:
        return {"1": True, "0": False}.get(query.get(self.name, ""))

    def words(self, value: Any, asker: Asker) -> str:
        return str(self.yes or _("是")) if value else str(self.no or _("否"))


@dataclass(frozen=True, kw_only=True)
class LookupFilter(Filter):
    """One thing out of many (a unit, a category), found by typing; `lookup` names its slot."""

    kind: ClassVar[str] = "lookup"
    lookup: str = ""

    def read(self, query: QueryDict) -> str | None:
        value = query.get(self.name, "").strip()
        return value if value and "\x00" not in value and len(value) <= 64 else None

    def named(self, value: str | None, asker: Asker) -> slots.Option | None:
        """The option behind a value; None when it is unknown or not for this asker."""
        source = slots.LOOKUPS.get(self.lookup)
        return source.name(asker, value) if source and value else None

    def words(self, value: Any, asker: Asker) -> str:
        option = self.named(value, asker)
        return option.label if option else str(value)

    def said(self, query: QueryDict, asker: Asker) -> str:
        option = self._asked(query, asker)
        return option.label if option else str(self.read(query))

    def control(self, query: QueryDict, asker: Asker) -> dict[str, Any]:
        option = self._asked(query, asker)
        return {
            "filter": self,
            "value": self.read(query) or "",
            "text": option.label if option else "",
            "tree": slots.LOOKUPS[self.lookup].tree is not None,
        }

    def _asked(self, query: QueryDict, asker: Asker) -> slots.Option | None:
        """The option that the address asks for; a page needs it thrice and asks for it once."""
        known: dict[str, slots.Option | None] = query.__dict__.setdefault("huying_options", {})
        if self.name not in known:
            known[self.name] = self.named(self.read(query), asker)
        return known[self.name]


@dataclass(frozen=True, kw_only=True)
class TreeFilter(LookupFilter):
    """A thing of a tree (a unit, a class) with all below it; `field` is a key to its table.

    Keys that are known let the planner take an index that ends in the order of the list; of a
    join it guesses far too few rows, and sorts tens of thousands of them.
    """

    def narrow(self, rows: Rows, query: QueryDict, asker: Asker) -> Rows:
        if self.read(query) is None:
            return rows
        option = self._asked(query, asker)
        return rows.filter(**{f"{self.field}__in": option.below if option else ()})


def chips(filters: Iterable[Filter], query: QueryDict, asker: Asker) -> list[Chip]:
    """The active filters in words."""
    shown = []
    for one in filters:
        if one.read(query) is not None:
            shown.append(Chip(str(one.label), one.said(query, asker), one.parameters))
    return shown
