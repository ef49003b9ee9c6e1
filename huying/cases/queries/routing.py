"""Who would be proposed as lead, for one case or, as a dry run, for a period of past cases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huying.cases.models import Case, Category, RoutingRule
from huying.cases.queries.scope import visible
from huying.cases.rules.facts import Ledger
from huying.cases.rules.routing import Matter, Proposal, RoutingFact, propose
from huying.kernel.asker import Asker
from huying.org.models import Unit


@dataclass(frozen=True)
class Proposed:
    """The unit proposed as lead and by which rule; `warning` when it is complained about."""

    code: str
    name: str
    rule: str
    warning: bool


@dataclass(frozen=True)
class Trial:
    """What a dry run says of one case: who leads it, and who would."""

    number: str
    title: str
    now: str
    would: str
    rule: str
    warning: bool


def routing_rules() -> QuerySet[RoutingRule]:
    """The rules of the district, in order."""
    rows = RoutingRule.objects.select_related("category", "area", "unit")
    return rows.order_by("position", "id")


def routing_facts() -> list[RoutingFact]:
    """The active rules as the pure function takes them. One statement."""
    return [routing_fact(rule) for rule in routing_rules().filter(active=True)]


def routing_fact(rule: RoutingRule) -> RoutingFact:
    """One rule as data."""
    return RoutingFact(
        rule.pk or 0,
        rule.position,
        rule.name,
        rule.category.path if rule.category else "",
        rule.area.path if rule.area else "",
        tuple(rule.keywords),
        rule.target,
        rule.unit.path if rule.unit else "",
    )


def proposed_for(ledger: Ledger) -> Proposed | None:
    """Who is proposed for this case: whom a meeting named, else by the rules. Two statements."""
    if named := _settled(ledger):
        return named
    case = ledger.case
    matter = Matter(
        ledger.category.path if ledger.category else "",
        ledger.place.path if ledger.place else "",
        ledger.about.path if ledger.about else "",
        f"{case.title}\n{case.body}",
    )
    proposal = propose(routing_facts(), matter)
    if proposal is None:
        return None
    unit = Unit.objects.filter(path=proposal.unit_path, active=True).first()
    if unit is None:
        return None
    return Proposed(unit.code, unit.name, proposal.rule.name, proposal.warning)


def _settled(ledger: Ledger) -> Proposed | None:
    """The unit whose duty this very case was ruled to be."""
    ruled = [one for one in ledger.meetings if one.state == "ruled"]
    if not ruled or ruled[-1].duty is None:
        return None
    last, duty = ruled[-1], ruled[-1].duty
    rule = _("会商裁定 %(number)s，%(entry)s") % {"number": last.number, "entry": last.entry}
    about = ledger.about
    return Proposed(duty.code, duty.name, rule, bool(about and duty.path.startswith(about.path)))


def dry_run_routing(
    asker: Asker,
    rules: Sequence[RoutingFact],
    since: datetime,
    until: datetime,
    *,
    most: int = 1000,
) -> list[Trial]:
    """Whom `rules` would have sent the visible cases of a period to; nothing is written."""
    period = visible(asker).filter(registered_at__gte=since, registered_at__lt=until)
    rows = period.defer(None).defer("search", "original")
    cases = list(rows.select_related("category", "place", "about", "lead")[:most])
    ordered = sorted(rules, key=lambda rule: (rule.position, rule.id))
    proposals = [(case, propose(ordered, _matter(case))) for case in cases]
    paths = {proposal.unit_path for _case, proposal in proposals if proposal}
    names = dict(Unit.objects.filter(path__in=paths).values_list("path", "name"))
    return [_trial(case, proposal, names) for case, proposal in proposals]


def _trial(case: Case, proposal: Proposal | None, names: dict[str, str]) -> Trial:
    lead = case.lead.name if case.lead else ""
    if proposal is None:
        return Trial(case.number, case.title, lead, "", "", False)
    would = names.get(proposal.unit_path, "")
    return Trial(case.number, case.title, lead, would, proposal.rule.name, proposal.warning)


def _matter(case: Case) -> Matter:
    return Matter(
        case.category.path if case.category else "",
        case.place.path if case.place else "",
        case.about.path if case.about else "",
        f"{case.title}\n{case.body}",
    )


def facts_of(rules: Iterable[RoutingRule]) -> list[RoutingFact]:
    """Rules as data, for a dry run."""
    return [routing_fact(rule) for rule in rules]


def rule_from(
    kept: RoutingRule | None,
    *,
    category: str | None,
    area: str | None,
    unit: str | None,
    **columns: Any,
) -> RoutingRule:
    """A rule as it is being written, with class and units by code, not kept: for a dry run."""
    identity = kept.pk if kept is not None else None
    return RoutingRule(
        id=identity,
        category=Category.objects.filter(code=category).first() if category else None,
        area=Unit.objects.filter(code=area).first() if area else None,
        unit=Unit.objects.filter(code=unit).first() if unit else None,
        **{**columns, "keywords": [word for word in columns["keywords"] if word]},
    )
