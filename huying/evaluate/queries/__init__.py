"""Questions about rates, ranking, exclusions and frozen months, always scoped to the asker."""

from huying.evaluate.queries.boards import (
    Board,
    Line,
    Ranking,
    board,
    classes_of,
    trend,
    unit_of,
)
from huying.evaluate.queries.kept import (
    appeals,
    exclusions,
    formula_for,
    freezes,
    frozen_month,
    rule_versions,
)
from huying.evaluate.queries.marks import marks_behind, source_for
from huying.evaluate.queries.periods import Period, month_of, months_back, one_month

__all__ = [
    "Board",
    "Line",
    "Period",
    "Ranking",
    "appeals",
    "board",
    "classes_of",
    "exclusions",
    "formula_for",
    "freezes",
    "frozen_month",
    "marks_behind",
    "month_of",
    "months_back",
    "one_month",
    "rule_versions",
    "source_for",
    "trend",
    "unit_of",
]
