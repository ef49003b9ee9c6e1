"""Verbs of merging and splitting: merge, unmerge, split."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from huying.cases.actions.intake import draw
from huying.cases.actions.writing import (
    Done,
    Taking,
    search_vector,
    take,
    take_many,
    tell,
    write_new,
)
from huying.cases.models import Appellant, Case
from huying.cases.queries.ledger import category_by_code
from huying.cases.queries.scope import visible
from huying.cases.queries.tied import reference
from huying.cases.rules import numbers
from huying.cases.rules.facts import Ledger
from huying.cases.rules.tied import CaseRef
from huying.cases.rules.together import Part
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Invalid
from huying.kernel.verbs import Deed, require

SEALED = (
    *("name", "phone", "id_number", "shown_name", "shown_phone", "shown_id_number"),
    *("phone_key", "anonymous", "verified"),
)


def merge(number: str, *, version: int, by: Asker, into: str, reason: str) -> Done:
    """并件: into a master, by its number, over whose place the asker holds the right as well."""
    into = into.strip().upper()
    with take("merge", number, version=version, by=by, also=(into,)) as case:
        master = _master(into, by, case.units.district.path)
        case.step("merge", master=master, reason=reason)
        Case.objects.filter(pk=master.id).update(merged_count=F("merged_count") + 1)
    return case.done


def unmerge(number: str, *, version: int, by: Asker, reason: str) -> Done:
    """解除并件: back to where it stood, while the master is not answered yet."""
    master = Case.objects.filter(merged__number=number).values_list("number", flat=True).first()
    with take("unmerge", number, version=version, by=by, also=(master or "",)) as case:
        left = case.ledger.case.merged_into_id
        case.step("unmerge", reason=reason)
        Case.objects.filter(pk__in=[left]).update(merged_count=F("merged_count") - 1)
    return case.done


def split(
    number: str, *, version: int, by: Asker, parts: Sequence[Mapping[str, Any]], reason: str
) -> Done:
    """拆分: each part has `title` and `lead`, may have `body`, `category` and `despite_about`."""
    codes = tuple(part.get("lead") for part in parts)
    with take_many("split", number, version=version, by=by, units=codes) as (case, deeds):
        told = _parts(case, parts)
        case.step("split", parts=told, reason=reason)
        _write_parts(case, told, deeds)
    return case.done


def _master(number: str, by: Asker, district_path: str) -> CaseRef:
    """The other case, seen by the asker and in an area of the same right."""
    found = visible(by).filter(number=number)
    master = reference(found)
    if master is None:
        what = _("没有编号为 %(number)s 的诉求。") % {"number": number}
        raise Invalid(what, faults=[Fault("into", what, _("请核对主件的编号。"))])
    place = found.values_list("place__path", flat=True).first()
    require("cases.merge", by, place or district_path)
    return master


def _parts(case: Taking, parts: Iterable[Mapping[str, Any]]) -> list[Part]:
    """The parts with their units, classes and numbers, drawn in one statement."""
    asked = list(parts)
    facts = case.ledger.case
    place = case.ledger.place or case.units.district
    series = numbers.series(now(), place.path, facts.channel)
    first = draw({series: len(asked)})[series] if asked else 0
    return [
        Part(
            numbers.number(series, first + at),
            part.get("title") or "",
            part.get("body") or facts.body,
            case.units.code(part.get("lead") or "", "parts"),
            category_by_code(part["category"]) if part.get("category") else None,
            bool(part.get("despite_about")),
        )
        for at, part in enumerate(asked)
    ]


def _write_parts(case: Taking, parts: Sequence[Part], deeds: list[Deed]) -> None:
    """Each part is a case of its own, with the same appellants under the same seal."""
    people = list(Appellant.objects.filter(case=case.case_id).order_by("id"))
    made = []
    for part in parts:
        ledger = Ledger()
        taking = Taking(0, ledger, case.doing, case.units, case.hide)
        taking.step("be_part", whole=case.ledger, whole_id=case.case_id, part=part)
        made.append(taking)
    rows = Case.objects.bulk_create(
        [Case(**vars(one.ledger.case), search=search_vector(one.ledger.case)) for one in made]
    )
    copies = []
    for row, taking in zip(rows, made, strict=True):
        taking.case_id = row.pk
        for person in people:
            kept = {name: getattr(person, name) for name in SEALED}
            copies.append(Appellant(case=row, since=case.doing.at, **kept))
        deed = Deed("cases.split", deeds[0].by)
        tell(deed, taking)
        deeds.append(deed)
    Appellant.objects.bulk_create(copies)
    write_new(*((taking.case_id, taking.ledger) for taking in made))
