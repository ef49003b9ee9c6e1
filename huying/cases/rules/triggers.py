"""What opens an order of supervision by itself (督办触发条件): a table of defaults, as data."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from huying.cases.rules.clocks import ClockSpec, Measure

# Where a lead unit has something to do, and so can answer an order.
SUPERVISED = ("dispatched", "in_progress", "suspended", "replied")
HIGHEST = 3

WATCHERS = [
    ("centre", _("区呼应中心人员轮流")),
    ("duty", _("当班带班领导")),
    ("person", _("指定专人")),
]
# The conditions that count something, and those that count it over some days.
COUNTED = ("returned", "redone", "transferred", "citizen", "place")
WITHIN_DAYS = ("citizen", "place")
RAISED = "lapsed"


@dataclass(frozen=True)
class TriggerSpec:
    """One condition and the order it opens: its level, the time to answer, who follows it.

    `threshold` counts what `code` names, within `days` for citizen and place. `lapsed` opens an
    order one level above the one that nobody answered; its own `level` is not asked.
    """

    code: str
    threshold: int
    days: int
    level: int
    measure: Measure
    amount: str
    watcher: str = "centre"
    person_id: int | None = None

    @property
    def clock(self) -> ClockSpec:
        """The deadline of its orders."""
        return ClockSpec("supervision", self.code, self.measure, self.amount, "G")


# code, threshold, days, level, measure, amount, basis; the levels are those of 潍§26, 济§28
DEFAULTS: tuple[tuple[str, int, int, int, Measure, str, str], ...] = (
    ("unsigned", 0, 0, 1, "working_days", "1", "G"),
    ("overdue", 0, 0, 2, "working_days", "2", "G"),
    ("returned", 2, 0, 1, "working_days", "2", "P"),
    ("redone", 3, 0, 2, "working_days", "2", "P"),
    ("transferred", 3, 0, 2, "working_days", "2", "P"),
    ("citizen", 3, 30, 1, "working_days", "2", "G"),
    ("place", 5, 30, 1, "working_days", "2", "G"),
    ("sensitive", 0, 0, 1, "working_days", "1", "G"),
    (RAISED, 0, 0, 0, "working_days", "1", "G"),
)
