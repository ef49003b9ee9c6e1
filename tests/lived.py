"""Lives a plan of verbs by the real verbs, each at its time, to compare it with bulk writing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models, transaction

from huying.cases import actions
from huying.cases.actions import CasePlan, PartPlan, Planned, finding
from huying.cases.models import (
    Appellant,
    Call,
    Callback,
    CallEvent,
    Case,
    CaseClock,
    CaseEvent,
    CaseRequest,
    CaseUnit,
    CityMessage,
    Evaluation,
    Handover,
    Meeting,
    Publication,
    SupervisionOrder,
)
from huying.cases.queries.triggers import spec_of, triggers
from huying.kernel import secrets
from huying.kernel.clock import frozen

ON_CALLS = ("answer_call", "finish_call", "withdraw_call", "rate_call", "rule_call")
ON_MEETINGS = ("minute", "rule_meeting", "cancel_meeting")
HANGING: tuple[type[models.Model], ...] = (
    *(Appellant, CaseEvent, CaseClock, CaseUnit, CaseRequest, Callback, Evaluation),
    *(SupervisionOrder, Call, Meeting, Handover, Publication),
)
# Given by the database or drawn anew.
ASIDE = frozenset(
    (
        *("id", "case_id", "call_id", "bulk", "number", "last_four"),
        *("merged_into_id", "parent_id", "precedent_id"),
    )
)
# Turned among colleagues by the id of the case, and only among those in office at that time.
TURNED = ("supervisor", "supervisor_id")
Rows = dict[str, Any]


@dataclass
class _Family:
    plan: CasePlan
    numbers: dict[int, str] = field(default_factory=dict)  # place in the family → number
    people: list[int] = field(default_factory=list)  # who waits for the answer of the whole


def live(plan: CasePlan) -> list[str]:
    """Live a plan; the numbers of the whole, of those merged into it, of its parts."""
    family = _Family(plan)
    for place, planned in _in_order(plan):
        with frozen(planned.at):
            _do(family, place, planned)
            finding.name_supervisors()
    return [family.numbers[place] for place in sorted(family.numbers)]


def by_verbs(plan: CasePlan) -> list[Rows]:
    """What living a plan leaves, column by column; then it never happened."""
    with transaction.atomic():
        found = columns(live(plan))
        transaction.set_rollback(True)
    return found


def columns(numbers: Sequence[str]) -> list[Rows]:
    """Every column of every row of these cases that does not hang on ids and drawn numbers."""
    spoken = {number: f"<{place}>" for place, number in enumerate(numbers)}
    with connection.cursor() as cursor:
        for model in (Call, Meeting, Handover):
            table = model._meta.db_table
            cursor.execute(
                f"select t.number from {table} t join cases_case c on c.id = t.case_id"
                " where c.number = any(%s) order by t.id",
                [list(numbers)],
            )
            for place, (number,) in enumerate(cursor.fetchall()):
                spoken[number] = f"<{table} {place}>"
    return [_rows(number, spoken) for number in numbers]


def _rows(number: str, spoken: dict[str, str]) -> Rows:
    case = Case.objects.get(number=number)
    found: Rows = {"Case": _values(case, spoken)}
    for model in HANGING:
        rows = model._default_manager.filter(case=case).order_by("pk")
        found[model.__name__] = [_values(row, spoken) for row in rows]
    lines = CallEvent.objects.filter(call__case=case).order_by("call_id", "version")
    found["CallEvent"] = [_values(row, spoken) for row in lines]
    told = CityMessage.objects.filter(order=case.external_number, way="out").order_by("sequence")
    if case.external_number:
        found["told the city"] = [(row.kind, row.sequence, _opened(row.content)) for row in told]
    return found


def _values(row: models.Model, spoken: dict[str, str]) -> Rows:
    found = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    if found.get("appellant_id"):
        found["appellant_id"] = Appellant.objects.get(pk=found["appellant_id"]).since
    found = {name: value for name, value in found.items() if name not in (*ASIDE, *TURNED)}
    for name, value in found.items():
        if isinstance(value, bytes | memoryview):
            found[name] = _opened(value)
        elif name == "search":
            words = str(value).split()
            found[name] = sorted(w for w in words if not any(c.isdigit() for c in w))
        elif isinstance(value, dict):
            found[name] = _spoken(value, spoken)
        elif isinstance(value, str):
            found[name] = _spelled(value, spoken)
    return found


def _opened(sealed: bytes | memoryview) -> str:
    return secrets.open_text(bytes(sealed))


def _spelled(text: str, spoken: dict[str, str]) -> str:
    for number, name in spoken.items():
        text = text.replace(number, name)
    return text


def _spoken(value: Any, spoken: dict[str, str]) -> Any:
    """The facts of a line of history, with drawn numbers said alike on both sides."""
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if k not in TURNED}
        return {k: _spoken(v, spoken) for k, v in kept.items()}
    if isinstance(value, list):
        return [_spoken(one, spoken) for one in value]
    return _spelled(value, spoken) if isinstance(value, str) else value


def _in_order(plan: CasePlan) -> Iterator[tuple[int, Planned]]:
    lives: list[Sequence[Planned]] = [plan.verbs, *(one.verbs for one in plan.merged)]
    lives += [one.verbs for one in plan.parts]
    if len(lives) == 1:
        yield from ((0, planned) for planned in plan.verbs)
        return
    waiting = [list(verbs) for verbs in lives]
    while any(waiting):
        first = min((verbs[0].at, place) for place, verbs in enumerate(waiting) if verbs)[1]
        yield first, waiting[first].pop(0)


def _do(family: _Family, place: int, planned: Planned) -> None:
    verb, args = planned.verb, dict(planned.args)
    if verb == "register":
        done = actions.register(by=planned.by, **args)
        family.numbers[place] = done.number
        if place == 0:
            family.people.append(_appellant(done.number))
        return
    number = family.numbers[place]
    case = Case.objects.get(number=number)
    if verb in (*ON_CALLS, *ON_MEETINGS):
        model: type[models.Model] = Call if verb in ON_CALLS else Meeting
        row: Any = model._default_manager.filter(case=case).latest("pk")
        getattr(actions, verb)(row.number, version=row.version, by=planned.by, **args)
        return
    if verb == "supervise" and "trigger" in args:
        spec = next(spec_of(row) for row in triggers() if row.code == args["trigger"])
        assert finding._open(spec, [case.pk]) == 1, f"{args['trigger']} does not hold of {number}"
        return
    if verb == "merge":
        args["into"] = family.numbers[0]
    elif verb == "split":
        args["parts"] = [_asked(part) for part in family.plan.parts]
    elif "who" in args:
        args["appellant"] = family.people[args.pop("who")]
    getattr(actions, verb)(number, version=case.version, by=planned.by, **args)
    if verb == "merge":
        family.people.append(_appellant(number))
    elif verb == "split":
        first = 1 + len(family.plan.merged)
        for at, made in enumerate(Case.objects.filter(parent=case).order_by("pk"), start=first):
            family.numbers[at] = made.number


def _asked(part: PartPlan) -> Rows:
    return {"title": part.title, "lead": part.lead, "body": part.body, "category": part.category}


def _appellant(number: str) -> int:
    return Appellant.objects.get(case__number=number).pk
