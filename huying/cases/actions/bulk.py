"""Writes many cases at once from plans of verbs, by COPY: the same steps as the verbs, row for row.

A plan lists the verbs of one case with their times and actors. The pure steps make the rows, and
the functions that make rows for the verbs make them here too, so a planned case equals one that
went through the verbs, but for its flag `bulk`, its audit (one row for all) and its news (none).
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, models
from psycopg.types.json import Jsonb

from huying.cases.actions.calling_rows import write_called
from huying.cases.actions.city_in import HAND as CITY
from huying.cases.actions.city_out import sealed
from huying.cases.actions.intake import draw
from huying.cases.actions.living import (
    PEOPLE,
    TEXTS,
    Bench,
    CasePlan,
    Member,
    PartPlan,
    Planned,
    city_said,
)
from huying.cases.actions.meetings import set_precedent
from huying.cases.actions.telling import appellant_row, hear
from huying.cases.actions.tied_rows import write_tied
from huying.cases.actions.writing import (
    callback_row,
    clock_row,
    event_row,
    handler_row,
    order_row,
    request_row,
    search_words,
)
from huying.cases.models import (
    Appellant,
    Callback,
    Case,
    CaseClock,
    CaseEvent,
    CaseRequest,
    CaseUnit,
    CityMessage,
    Evaluation,
    SupervisionOrder,
)
from huying.cases.queries.ground import found_place
from huying.cases.rules import numbers
from huying.cases.rules.facts import Ledger
from huying.cases.rules.tied import AppellantFact
from huying.kernel.asker import Asker
from huying.kernel.planner import MANY, count_anew
from huying.kernel.verbs import act, require

__all__ = ["CasePlan", "PartPlan", "Planned", "bulk_cases"]

BATCH = 2_000


def bulk_cases(
    plans: Iterable[CasePlan],
    *,
    by: Asker,
    note: str = "",
    told: Callable[[int], object] | None = None,
) -> list[str]:
    """Write planned cases, all or nothing, and answer their numbers; `told` hears the count so far.

    A plan that breaks the transition table raises what the verb would raise.
    """
    found: list[str] = []
    with act("cases.import_history", by=by) as deed:
        require("cases.import_history", by)
        bench = _Writer()
        waiting = iter(plans)
        while batch := list(islice(waiting, BATCH)):
            found.extend(bench.write([_placed(plan) for plan in batch]))
            if told:
                told(len(found))
        if len(found) >= MANY:
            count_anew(*WRITTEN)
        deed.on("cases", "bulk", count=len(found), note=note)
    return found


class _Writer:
    """Writes batches of plans on one reading of the district's data."""

    def __init__(self) -> None:
        self.bench = Bench()

    def write(self, plans: Sequence[CasePlan]) -> list[str]:
        """Work a batch of plans and copy its rows; the numbers of the plans and of the merged."""
        flat = [one for plan in plans for one in (plan, *plan.merged)]
        waiting = iter(self._numbers(flat))
        ids = iter(_new_ids(Case, sum(plan.cases for plan in plans)))
        people = iter(_new_ids(Appellant, sum(plan.cases for plan in plans)))
        rows: dict[type[models.Model], list[models.Model]] = {model: [] for model in WRITTEN}
        found, beside = [], []
        for plan in plans:
            family = [
                _member(one, next(ids), next(people), next(waiting)) for one in (plan, *plan.merged)
            ]
            found += [member.number for member in family]
            family += [_part(part, next(ids), next(people)) for part in plan.parts]
            self.bench.live(family)
            for member in family:
                for row in _rows(member, family[0]):
                    rows[type(row)].append(row)
                if _is_beside(member.ledger):
                    beside.append(member)
            found += [member.number for member in family if member.part]
        for model in WRITTEN:
            _copy(model, rows[model])
        for member in beside:  # one case in fifty: not worth a COPY
            write_called(member.case_id, member.ledger)
            write_tied(member.case_id, member.ledger)
            for planned in member.verbs:
                if planned.verb == "rule_meeting":
                    set_precedent(member.ledger, planned.args.get("keywords", ()))
        return found

    def _numbers(self, plans: Sequence[CasePlan]) -> list[str]:
        """A number for each plan, drawn from its series in the order of the plans."""
        keys = [self._series(plan) for plan in plans]
        counts = Counter(key for key in keys if key)
        free = draw(counts) if counts else {}
        found = []
        for key, plan in zip(keys, plans, strict=True):
            if not key:
                found.append(plan.number)
                continue
            found.append(numbers.number(key, free[key]))
            free[key] += 1
        return found

    def _series(self, plan: CasePlan) -> str:
        if plan.number:
            return ""
        first = plan.verbs[0]
        code = first.args.get("place")
        units = self.bench.units
        ground = units.ground(code) if code else units.district
        return numbers.series(first.at, ground.path, first.args["channel"])


def _member(plan: CasePlan, case_id: int, person: int, number: str) -> Member:
    """A planned case before its first verb, with its one appellant."""
    args = plan.verbs[0].args
    telling = hear(**{k: v for k, v in args.items() if k in (*PEOPLE, *TEXTS)})
    ledger = Ledger(people=[AppellantFact(person, number)])
    return Member(
        case_id,
        number,
        plan.verbs,
        ledger,
        telling,
        plan.imported,
        hide=telling.who.hide,
    )


def _part(part: PartPlan, case_id: int, person: int) -> Member:
    """A part before its whole is split; its appellant is that of the whole, under one seal."""
    return Member(case_id, "", part.verbs, Ledger(people=[AppellantFact(person, "")]), part=part)


def _is_beside(ledger: Ledger) -> bool:
    return bool(ledger.calls or ledger.meetings or ledger.publications or ledger.handover)


def _placed(plan: CasePlan) -> CasePlan:
    """The plan with the place that its point or address names, as `register` would find it."""
    first = plan.verbs[0]
    where = [first.args.get(key) for key in ("longitude", "latitude", "address")]
    if first.args.get("place") or not any(where):
        return plan
    place = found_place(where[0], where[1], where[2] or "")
    opening = replace(first, args={**first.args, "place": place})
    return replace(plan, verbs=[opening, *plan.verbs[1:]])


WRITTEN: tuple[type[models.Model], ...] = (
    Case,
    Appellant,
    CaseEvent,
    CaseClock,
    CaseUnit,
    CaseRequest,
    Callback,
    SupervisionOrder,
    Evaluation,
    CityMessage,
)


def _rows(member: Member, whole: Member) -> Iterator[models.Model]:
    """All rows of one case."""
    case_id, ledger, telling = member.case_id, member.ledger, member.telling
    words = " ".join(f"'{word}'" for word in search_words(ledger.case))
    original = telling.original if telling else None
    yield Case(id=case_id, **vars(ledger.case), original=original, search=words)
    known = telling or whole.telling
    if known is None:
        raise TypeError("a whole has its telling")
    appellant = appellant_row(case_id, known.who, ledger.events[0].at)
    appellant.pk = ledger.people[0].id
    yield appellant
    for event in ledger.events:
        yield event_row(case_id, event)
    for clock in ledger.clocks:
        yield clock_row(case_id, clock)
    for handler in ledger.handlers:
        yield handler_row(case_id, handler)
    for request in ledger.requests:
        yield request_row(case_id, request)
    for order in ledger.orders:
        yield order_row(case_id, order)
    for attempt in ledger.callbacks:
        yield callback_row(case_id, attempt)
    for said in ledger.evaluations:
        yield Evaluation(case_id=case_id, **vars(said))
    told = [(report.kind, report.content, at) for report, at in member.said]
    heard = [city_said(one) for one in member.verbs if one.by.id == CITY.id]
    for way, messages in ((CityMessage.Way.OUT, told), (CityMessage.Way.IN, heard)):
        for sequence, (kind, content, at) in enumerate(messages, start=1):
            yield _settled(way, ledger.case.external_number, sequence, kind, content, at)


def _settled(
    way: str, order: str, sequence: int, kind: str, content: Mapping[str, Any], at: datetime
) -> CityMessage:
    """A message of the line that was long since taken: history, that nobody sends again."""
    return CityMessage(
        way=way,
        key=uuid.uuid4().hex,
        order=order,
        sequence=sequence,
        kind=kind,
        content=sealed(content),
        at=at,
        kept_at=at,
        state=CityMessage.State.DONE,
        done_at=at,
        attempts=1,
    )


def _new_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids for so many rows, taken from the table's own sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [identity for (identity,) in cursor.fetchall()]


def _copy(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """COPY rows into their table; ids that are not given come from the table's sequence."""
    if not rows:
        return
    own = model in (Case, Appellant)
    fields = [f for f in model._meta.concrete_fields if own or not f.primary_key]
    names = ", ".join(f'"{f.column}"' for f in fields)
    read = [(f.attname, isinstance(f, models.JSONField)) for f in fields]
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy,
    ):
        for row in rows:
            values = row.__dict__
            copy.write_row([Jsonb(values[n]) if js else values[n] for n, js in read])
