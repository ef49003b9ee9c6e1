"""What one case counts for: its marks as they stand now, for whoever may see both."""

from __future__ import annotations

from dataclasses import dataclass

from huying.cases.models import Case
from huying.cases.queries import case_of
from huying.evaluate.models import Mark
from huying.evaluate.queries.kept import formula_for
from huying.evaluate.queries.marks import inside
from huying.evaluate.rules import CALLBACK, CASE, NOT_COUNTED, RATE_BY_CODE, RateKind
from huying.kernel.asker import Asker
from huying.kernel.clock import now

SHOWN = ("responded", "on_time", "solved", "satisfied")
ASKED = ("solved", "satisfied")  # what only the citizen can tell


@dataclass(frozen=True)
class CaseMark:
    """One mark: reached or not, or None with the reason why it does not count (yet)."""

    kind: RateKind
    reached: bool | None
    flaw: str = ""
    round: int = 1


@dataclass(frozen=True)
class CaseMarks:
    """The marks of a case; none where it is not assessed or its deadline is still to come."""

    case: Case
    marks: list[CaseMark]
    excluded: bool
    assessed: bool


def marks_of_case(asker: Asker, number: str) -> CaseMarks:
    """Three statements: the case, its marks, the formula in force. NotFound outside the area."""
    case = case_of(asker, number)
    there = inside(asker.area("evaluate.view").paths)
    rows = list(Mark.objects.filter(there, case=case, kind__in=(CASE, CALLBACK), at__lte=now()))
    assessed = not case.imported and case.lead is not None and case.state not in NOT_COUNTED
    formula = formula_for(now().date())[0] if rows else None
    own = next((row for row in rows if row.kind == CASE), None)
    calls = sorted((row for row in rows if row.kind == CALLBACK), key=lambda row: row.round)
    marks = []
    for code in SHOWN:
        row = (calls[-1] if calls else None) if code in ASKED else own
        if row is None:
            continue
        void = formula is not None and row.flaw in formula.void
        counts = code not in ASKED or (row.answered and not void)
        reached = bool(getattr(row, code)) if counts else None
        flaw = "" if counts else row.get_flaw_display()
        marks.append(CaseMark(RATE_BY_CODE[code], reached, flaw, row.round))
    return CaseMarks(case, marks, any(row.excluded for row in rows), assessed)
