"""Lives planned cases in memory: the pure steps, one after the other, on the district's data.

A plan is a family: the case itself, those merged into it and the parts it is split into. Their
verbs are done in the order of their times, so that each sees the others as they stood then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from typing import Any

from huying.cases.actions.calls import calling
from huying.cases.actions.intake import check_intake, draw
from huying.cases.actions.telling import Telling
from huying.cases.queries.identity import Hider
from huying.cases.queries.ledger import (
    Units,
    categories_by_code,
    clock_rules,
    due_by_calendar,
)
from huying.cases.queries.triggers import at_centre, spec_of, triggers, watchers
from huying.cases.rules import numbers
from huying.cases.rules.city import Report
from huying.cases.rules.facts import Doing, Ledger
from huying.cases.rules.orders import NOBODY, open_orders
from huying.cases.rules.steps import STEPS
from huying.cases.rules.supervision import supervise_by_itself
from huying.cases.rules.tied import CaseRef
from huying.cases.rules.together import Part
from huying.kernel.asker import Asker
from huying.kernel.errors import Invalid

PEOPLE = ("name", "phone", "id_number", "anonymous", "verified")
TEXTS = ("title", "body", "address")
UNITS = ("place", "about", "lead", "unit", "suggested", "duty")
MANY_UNITS = ("co", "participants")
NOT_PLANNED = ("attach", "unmask", "unmerge", "be_part")


@dataclass(frozen=True)
class Planned:
    """One verb of a plan; `args` are those of the verb in `actions`, without version and by.

    Differently from there, `evaluate` and `call_back` may name the appellant by `who`, their place
    among those of the case; `supervise` with a `trigger` is what that condition opens by itself;
    `merge` and `split` take neither `into` nor `parts`, for the plan itself holds both.
    """

    verb: str
    at: datetime
    by: Asker
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PartPlan:
    """One of the parts that a plan's `split` makes, and what follows in it."""

    title: str
    lead: str
    verbs: Sequence[Planned] = ()
    body: str = ""
    category: str = ""


@dataclass(frozen=True)
class CasePlan:
    """The life of one case; its first verb is `register`.

    `imported` history gets no live clock; a `number` that is given is kept instead of drawn.
    `merged` are plans whose last verb merges them into this one, `parts` what it is split into.
    """

    verbs: Sequence[Planned]
    imported: bool = False
    number: str = ""
    merged: Sequence[CasePlan] = ()
    parts: Sequence[PartPlan] = ()

    @property
    def cases(self) -> int:
        """How many cases it makes."""
        return 1 + len(self.merged) + len(self.parts)


@dataclass
class Member:
    """One case of a family while it is lived; a part has no telling of its own."""

    case_id: int
    number: str
    verbs: Sequence[Planned]
    ledger: Ledger
    telling: Telling | None = None
    imported: bool = False
    part: PartPlan | None = None
    hide: Hider = field(default_factory=Hider)
    said: list[tuple[Report, datetime]] = field(default_factory=list)


class Bench:
    """The district's data, read once, on which plans are worked."""

    def __init__(self) -> None:
        self.units = Units(every=True)
        self.categories = categories_by_code()
        self.rules = clock_rules()
        self.due = due_by_calendar()

    @cached_property
    def conditions(self) -> dict[str, Any]:
        """The conditions of supervision by code, each with those who may be named on its orders."""
        path = self.units.district.path
        specs = [spec_of(row) for row in triggers()]
        return {spec.code: (spec, watchers(spec, path) or [NOBODY]) for spec in specs}

    @cached_property
    def centre(self) -> list[Any]:
        """Who is named on an order that names nobody."""
        return at_centre(self.units.district.path) or [NOBODY]

    def live(self, family: Sequence[Member]) -> None:
        """Do every verb of a family: the whole first, then the merged, then the parts."""
        whole = family[0]
        for member, planned, first in _in_order(family):
            if first != (planned.verb == "register") and member.part is None:
                raise Invalid(f"{planned.verb} cannot stand here in a plan")
            if planned.verb in NOT_PLANNED:
                raise Invalid(f"{planned.verb} cannot be planned")
            if member is whole and whole.ledger.case.parts_made:
                whole.ledger.parts = [_referred(one) for one in family if one.part]
            self._do(member, planned, family)
            ledger = member.ledger
            member.said += [(report, planned.at) for report in ledger.reports]
            ledger.reports.clear()
            for order in open_orders(ledger) if ledger.orders else ():
                if not order.supervisor:  # the worker does so within a minute
                    named = self.centre[member.case_id % len(self.centre)]
                    order.supervisor, order.supervisor_id = named.name, named.id

    def _do(self, member: Member, planned: Planned, family: Sequence[Member]) -> None:
        ledger, verb = member.ledger, planned.verb
        args = self._resolved(planned.args)
        doing = self._doing(member, planned)
        if verb == "register":
            args = _told(member, args)
        elif verb == "call_up":
            args |= calling(ledger, self.units, planned.at)
        elif verb == "convene":
            key = numbers.series_of(planned.at, self._ground(member), numbers.MEETING)
            args["number"] = numbers.number(key, draw({key: 1})[key])
        elif verb == "rule_meeting":
            args.pop("keywords", None)
        elif verb == "hand_over":
            key = numbers.slip_series(planned.at)
            args["number"] = numbers.slip(key, draw({key: 1})[key])
        elif verb == "merge":
            args["master"] = _referred(family[0])
        elif "who" in args:
            args["appellant"] = ledger.people[args.pop("who")].id
        if verb == "supervise" and "trigger" in args:
            spec, names = self.conditions[args["trigger"]]
            named = names[member.case_id % len(names)]
            supervise_by_itself(ledger, doing, spec=spec, supervisor=named)
        elif verb == "split":
            self._split(member, planned, family, args)
        else:
            STEPS[verb](ledger, doing, **args)
        if verb == "merge":
            whole = family[0]
            whole.ledger.case.merged_count += 1
            whole.ledger.people.append(ledger.people[0])
            whole.hide = Hider((*whole.hide.known, *member.hide.known))

    def _split(
        self, whole: Member, planned: Planned, family: Sequence[Member], args: dict[str, Any]
    ) -> None:
        """Split the whole, and let each part begin."""
        members = [one for one in family if one.part]
        series = numbers.series(planned.at, self._ground(whole), whole.ledger.case.channel)
        first = draw({series: len(members)})[series] if members else 0
        parts = []
        for place, one in enumerate(members):
            told = one.part or PartPlan("", "")
            one.number = numbers.number(series, first + place)
            parts.append(
                Part(
                    one.number,
                    told.title,
                    told.body or whole.ledger.case.body,
                    self.units.code(told.lead, "parts"),
                    self.categories[told.category] if told.category else None,
                )
            )
        doing = self._doing(whole, planned)
        STEPS["split"](whole.ledger, doing, parts=parts, **args)
        for one, part in zip(members, parts, strict=True):
            one.hide = whole.hide
            STEPS["be_part"](
                *(one.ledger, doing),
                whole=whole.ledger,
                whole_id=whole.case_id,
                part=part,
            )

    def _doing(self, member: Member, planned: Planned) -> Doing:
        return Doing(
            planned.at,
            planned.by.id,
            planned.by.label,
            self.rules,
            self.due,
            self.units.district,
            member.hide,
        )

    def _ground(self, member: Member) -> str:
        return (member.ledger.place or self.units.district).path

    def _resolved(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """Codes of units and classes as the facts that the steps take."""
        found = dict(args)
        for key in UNITS:
            if code := found.get(key):
                ground = key == "place"
                found[key] = self.units.ground(code) if ground else self.units.code(code, key)
        for key in MANY_UNITS:
            if key in found:
                found[key] = [self.units.code(code, key) for code in found[key]]
        if found.get("category"):
            found["category"] = self.categories[found["category"]]
        return found


def _told(member: Member, args: dict[str, Any]) -> dict[str, Any]:
    """What `register` takes of what was told."""
    telling = member.telling
    if telling is None:
        raise TypeError("who registers has told something")
    check_intake(args["channel"], telling.said["title"], telling.said["body"])
    args = {k: v for k, v in args.items() if k not in (*PEOPLE, *TEXTS)}
    args |= {"number": member.number, "imported": member.imported, "bulk": True}
    return args | dict(telling.shown)


def _in_order(family: Sequence[Member]) -> Iterator[tuple[Member, Planned, bool]]:
    """The verbs of a family by time, those of each member in their own order."""
    if len(family) == 1:
        for index, planned in enumerate(family[0].verbs):
            yield family[0], planned, index == 0
        return
    found = []
    for member in family:
        at = member.verbs[0].at if member.verbs else None
        for index, planned in enumerate(member.verbs):
            at = max(at, planned.at) if at else planned.at
            found.append((at, member, planned, index == 0))
    for _at, member, planned, first in sorted(found, key=itemgetter(0)):
        yield member, planned, first


def _referred(member: Member) -> CaseRef:
    """A case of the family as another one knows it."""
    ledger = member.ledger
    lead = ledger.lead.path if ledger.lead else ""
    part = member.part is not None
    return CaseRef(member.case_id, member.number, ledger.case.state, part, lead)


def city_said(planned: Planned) -> tuple[str, dict[str, Any], datetime]:
    """What the city must have said over the line for this verb of its hand: kind and content."""
    args = planned.args
    content: dict[str, Any] = {
        name: args[name] for name in (*TEXTS, "name", "phone", "reason") if args.get(name)
    }
    if due := args.get("city_due_at") or args.get("due_at"):
        content["due"] = due.isoformat()
    kind = {"register": "order", "city_redo": "redo"}.get(planned.verb, args.get("ruling", ""))
    asked, _, ruled = kind.partition("_")
    if ruled in ("approved", "rejected"):
        kind, content["asked"], content["approved"] = "ruling", asked, ruled == "approved"
    return kind, content, planned.at
