"""What was kept: versions of the rules, frozen months, exclusions and appeals."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from huying.evaluate.models import AssessmentAppeal, Exclusion, Freeze, RuleVersion
from huying.evaluate.rules import DEFAULT, Formula
from huying.kernel.asker import Asker


def rule_versions() -> QuerySet[RuleVersion]:
    """The rules as the district signed them, the newest first."""
    return RuleVersion.objects.order_by("-number")


def rule_for(month: date) -> RuleVersion | None:
    """The version in force for a month; None while the district has signed none. One statement."""
    return RuleVersion.objects.filter(since__lte=month).order_by("-since", "-number").first()


def formula_for(month: date) -> tuple[Formula, RuleVersion | None]:
    """The formula in force for a month, and who signed it; the default until somebody did."""
    rule = rule_for(month)
    return (Formula.kept(rule.formula), rule) if rule else (DEFAULT, None)


def frozen_month(month: date, edition: int = 0) -> Freeze | None:
    """A frozen month, in its last edition unless one is named; None while it is open."""
    rows = Freeze.objects.filter(month=month)
    if edition:
        rows = rows.filter(edition=edition)
    return rows.order_by("-edition").first()


def freezes() -> QuerySet[Freeze]:
    """The frozen months and their editions, the newest first, without the names of units."""
    return Freeze.objects.defer("units").order_by("-month", "-edition")


def exclusions(asker: Asker) -> QuerySet[Exclusion]:
    """The exclusions asked for in the asker's area, the open first."""
    rows = Exclusion.objects.filter(within(asker)).select_related("case", "unit")
    return rows.order_by("-at", "-id")


def appeals(asker: Asker) -> QuerySet[AssessmentAppeal]:
    """The appeals of the units in the asker's area."""
    rows = AssessmentAppeal.objects.filter(within(asker)).select_related("case", "unit")
    return rows.order_by("-at", "-id")


def within(asker: Asker) -> Q:
    """Rows whose unit lies in the asker's area."""
    area = asker.area("evaluate.view")
    if area.everywhere:
        return Q()
    found = Q(pk__in=[])
    for path in area.paths:
        found |= Q(unit__path__startswith=path)
    return found
