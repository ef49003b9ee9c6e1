"""Choosing a unit: the tree opened piece by piece, and finding by name, code or pinyin."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet

from huying.kernel.asker import Asker
from huying.org.models import Unit
from huying.org.rules import UNIT_KINDS
from huying.web.slots import Branch, Option

KINDS = dict(UNIT_KINDS)
# Dozens of these hang beside a few areas: in the tree they stand apart, by kind.
APART = ("city_department", "department", "enterprise")


def unit_branches(
    kinds: Collection[str], opened: str = "", towards: Collection[str] = ()
) -> list[Branch]:
    """The lines below what is `opened`: a unit's code, or `420106:department` for those apart.

    Without it the topmost lines. Those `towards` a unit (codes from the top to it) and an area that
    has no other beside it stand open already. One statement for each open line.
    """
    above, _mark, only = opened.partition(":")
    seen = Unit.objects.filter(active=True, kind__in=kinds)
    here = seen.filter(parent__code=above) if above else seen.exclude(parent__kind__in=kinds)
    if only:
        here = here.filter(kind=only)
    units = list(
        here.only("code", "name", "kind")
        .annotate(opens=Exists(seen.filter(parent=OuterRef("pk"))))
        .order_by("code")
    )
    beside = [] if only else [unit for unit in units if unit.kind in APART]
    shown = [unit for unit in units if unit not in beside]
    found = []
    for unit in shown:
        stands_open = unit.opens and (len(shown) == 1 or unit.code in towards)
        below = unit_branches(kinds, unit.code, towards) if stands_open else ()
        found.append(Branch(unit.code, unit.name, unit.code if unit.opens else "", below))
    for kind in APART:
        codes = {unit.code for unit in beside if unit.kind == kind}
        if codes:
            opens = f"{above}:{kind}"
            below = unit_branches(kinds, opens, towards) if codes & set(towards) else ()
            found.append(Branch("", str(KINDS[kind]), opens, below))
    return found


def way_to(asker: Asker, chosen: str) -> list[str]:
    """The codes from the top of the tree to the chosen unit, else to the asker's own; in order."""
    path = ""
    if chosen:
        path = Unit.objects.filter(code=chosen).values_list("path", flat=True).first() or ""
    path = path or next(iter(getattr(asker, "units", ())), "")
    return path.split("/")[:-1]


def unit_named(code: str) -> Option | None:
    """The unit of a code, closed ones too, with the keys of all below it. One statement."""
    below = Unit.objects.filter(path__startswith=OuterRef("path")).values("pk")
    row = (
        Unit.objects.filter(code=code)
        .values_list("name", "parent__name", "kind", "active", ArraySubquery(below))
        .first()
    )
    if row is None:
        return None
    name, upper, kind, active, keys = row
    return Option(code, name, upper or str(KINDS[kind]), tuple(keys), closed=not active)


def found_units(seen: QuerySet[Unit], text: str) -> QuerySet[Unit]:
    """Those whose name holds `text`, whose code begins with it, or whose pinyin it abbreviates."""
    if not text:
        return seen
    words = Q(name__icontains=text) | Q(short_name__icontains=text) | Q(code__startswith=text)
    if re.fullmatch(r"[A-Za-z ]+", text):
        words |= Q(pinyin__regex=spelt(text))
    return seen.filter(words)


def spelt(letters: str) -> str:
    """The pattern of pinyin that letters abbreviate: `ldjd`, `liangdao` and `liangd` find 粮道街道.

    After each letter the rest of its syllable and the tone may be left out.
    """
    return "(^| )" + "([a-z]*[1-5] )?".join(letters.replace(" ", "").lower())


def unit_option(unit: Unit) -> Option:
    """A unit, joined with the one above, as an answer."""
    return Option(unit.code, unit.name, unit.parent.name if unit.parent else str(KINDS[unit.kind]))
