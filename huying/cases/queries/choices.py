"""Units and classes found by a few characters, and lists narrowed by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case as Choice
from django.db.models import IntegerField, OuterRef, Q, QuerySet, Value, When

from huying.cases.models import Category, ClockRule
from huying.cases.rules.categories import parent_code
from huying.kernel.asker import Asker
from huying.org import queries as org
from huying.org.models import Unit
from huying.web.slots import Branch, Option

AREAS = ("district", "street", "community", "grid")
LABELLED = ("street", "community")
HANDLERS = ("department", "street", "community", "enterprise", "district", "city_department")


def units(asker: Asker, text: str, limit: int) -> list[Option]:
    """Units that may handle a case, those whose name begins with `text` first."""
    return _units(HANDLERS, text, limit)


def areas(asker: Asker, text: str, limit: int) -> list[Option]:
    """Streets, communities and grids by name."""
    return _units(AREAS, text, limit)


def unit(asker: Asker, code: str) -> Option | None:
    """The unit behind a code, with the keys of all below it."""
    return org.unit_named(code)


def unit_tree(asker: Asker, opened: str, chosen: str) -> list[Branch]:
    """The tree of the units that may handle a case."""
    return org.unit_branches(HANDLERS, opened, org.way_to(asker, chosen))


def area_tree(asker: Asker, opened: str, chosen: str) -> list[Branch]:
    """The tree of streets, communities and grids."""
    return org.unit_branches(AREAS, opened, org.way_to(asker, chosen))


def classes(asker: Asker, text: str, limit: int) -> list[Option]:
    """Classes whose own name or an upper class's name holds `text`; the most exact first."""
    text = text.strip()
    if not text:
        return []
    rows = list(Category.objects.filter(active=True).order_by("path"))
    names = {row.code: row.name for row in rows}
    found = []
    for row in rows:
        trail = [names.get(code, "") for code in row.path.strip("/").split("/")]
        if row.code.startswith(text):
            rank = 0
        elif text in row.name:
            rank = 0 if row.name.startswith(text) else 1
        elif any(text in name for name in trail):
            rank = 2
        else:
            continue
        found.append((rank, -len(trail), row.path, Option(row.code, row.name, " / ".join(trail))))
    return [option for *_order, option in sorted(found)[:limit]]


def category(asker: Asker, code: str) -> Option | None:
    """The class behind a code, with its upper classes and the keys of all below it."""
    below = Category.objects.filter(path__startswith=OuterRef("path")).values("pk")
    rows = Category.objects.select_related("parent__parent").filter(code=code)
    row = rows.annotate(below=ArraySubquery(below)).first()
    if row is None:
        return None
    trail = [row.name]
    above = row.parent
    while above is not None:
        trail.insert(0, above.name)
        above = above.parent
    return Option(row.code, row.name, " / ".join(trail), tuple(row.below), closed=not row.active)


def class_tree(asker: Asker, opened: str, chosen: str) -> list[Branch]:
    """The tree of classes in use; the classes are few, so that it takes one statement."""
    lower: dict[str, list[Category]] = {}
    for row in Category.objects.filter(active=True).order_by("path"):
        lower.setdefault(parent_code(row.code), []).append(row)

    def lines(upper: str) -> list[Branch]:
        return [
            Branch(
                row.code,
                row.name,
                row.code if row.code in lower else "",
                lines(row.code) if chosen != row.code and chosen.startswith(row.code) else (),
            )
            for row in lower.get(upper, ())
        ]

    return lines(opened)


def ground(code: str) -> Unit | None:
    """The area behind a code."""
    return org.directory().filter(code=code, kind__in=AREAS).first()


def watchers(asker: Asker, text: str, limit: int) -> list[Option]:
    """Who may follow orders of supervision: the people of the centre who may close them."""
    return [one for one in _watchers() if text.strip() in one.label][:limit]


def watcher(asker: Asker, account: str) -> Option | None:
    """The person behind an account's id; one who left the centre still has a name."""
    known = next((one for one in _watchers() if one.value == account), None)
    if known is None and account.isdecimal():
        known = next((Option(account, name) for _id, name in org.named(int(account))), None)
    return known


def _watchers() -> list[Option]:
    district = Unit.objects.filter(kind="district", active=True).order_by("path").first()
    if district is None:
        return []
    held = org.holders_with("cases.close_supervision", district.path)
    return [Option(identity.partition(":")[2], name, district.name) for identity, name in held]


def clock_rules() -> QuerySet[ClockRule]:
    """The deadlines of the district."""
    return ClockRule.objects.order_by("pk")


def all_classes() -> Sequence[Category]:
    """Every class in use in order of the tree."""
    return list(Category.objects.filter(active=True).order_by("path"))


def _units(kinds: tuple[str, ...], text: str, limit: int) -> list[Option]:
    text = text.strip()
    seen = org.directory().select_related("parent").defer("boundary", "parent__boundary")
    rows = org.found_units(seen.filter(kind__in=kinds), text)
    rank = Choice(
        When(Q(name__startswith=text) | Q(short_name__startswith=text), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    order = Choice(
        *(When(kind=kind, then=Value(place)) for place, kind in enumerate(kinds)),
        default=Value(len(kinds)),
        output_field=IntegerField(),
    )
    return [org.unit_option(row) for row in rows.order_by(rank, order, "path")[:limit]]


def outlines(kinds: Sequence[str] = ("district", "street", "community")) -> dict[str, Any]:
    """The ground as GeoJSON for maps to pick from: lines of areas are no secret."""
    rows = Unit.objects.filter(kind__in=kinds, active=True, boundary__isnull=False)
    columns = ("code", "name", "kind", "longitude", "latitude", "boundary")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {
                    "code": code,
                    "name": name,
                    "level": kind,
                    **({"longitude": x, "latitude": y} if kind in LABELLED and x else {}),
                },
                "geometry": boundary,
            }
            for code, name, kind, x, y, boundary in rows.order_by("path").values_list(*columns)
        ],
    }
