"""Which cases call for a 交办单 that nobody has issued yet, for issuing many at once."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from huying.cases.models import Case, IssuedPaper
from huying.cases.queries.scope import visible, with_names
from huying.cases.rules.papers import WITH_A_UNIT
from huying.kernel.asker import Asker

MOST = 200


def without_order(asker: Asker) -> QuerySet[Case]:
    """The cases in hand, within reach of the asker's orders, that have none for this dispatch."""
    there = IssuedPaper.objects.filter(
        case=OuterRef("pk"),
        kind="assignment",
        voided_at__isnull=True,
        at__gte=OuterRef("dispatched_at"),
    )
    rows = visible(asker).filter(state__in=WITH_A_UNIT, imported=False, lead__isnull=False)
    for verb in ("cases.issue_paper", "cases.dispatch"):
        area = asker.area(verb)
        if not area.everywhere:
            reach = Q(pk__in=[])
            for path in area.paths:
                reach |= Q(place__path__startswith=path)
                # What has no place yet belongs to the district.
                reach |= Q(place__isnull=True, scope__contains=[path]) if _district(path) else Q()
            rows = rows.filter(reach)
    return with_names(rows.filter(~Exists(there)))


def order_of(case_number: str) -> int | None:
    """The valid 交办单 of a case for its present dispatch, so that a job never issues a second."""
    rows = IssuedPaper.objects.filter(
        case__number=case_number, kind="assignment", voided_at__isnull=True
    )
    newest = rows.order_by("-id").values_list("pk", "at", "case__dispatched_at").first()
    if newest is None or newest[2] is None or newest[1] < newest[2]:
        return None
    return newest[0]


def _district(path: str) -> bool:
    return path.count("/") <= 2
