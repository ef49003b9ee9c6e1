"""Deadlines by default: a table with its basis, and which verb starts and stops which clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Measure = Literal["working_hours", "working_days", "natural_hours"]
MEASURES: tuple[Measure, ...] = ("natural_hours", "working_hours", "working_days")
Pause = tuple[datetime, datetime | None]


@dataclass(frozen=True)
class ClockSpec:
    """One deadline. `basis`: S a statute's text, P a practice seen elsewhere, G our own default."""

    name: str
    label: str
    measure: Measure
    amount: str
    basis: str
    article: str = ""
    confirmed: bool = False
    extension: str = "0"  # granted beyond `amount`, in the same measure (延期)
    until: str = ""  # counted back from this instant, whatever pauses (a deadline set elsewhere)

    def as_json(self) -> dict[str, Any]:
        """The copy that is kept with a clock."""
        return dict(vars(self))


Due = Callable[[ClockSpec, datetime, Sequence[Pause]], tuple[datetime, bool]]
"""When a clock that started then is due, and whether that is provisional."""

# name, label, measure, amount, basis, article
DEFAULTS: tuple[tuple[str, str | Promise, str, str, str, str], ...] = (
    ("intake", _("受理"), "natural_hours", "2", "P", ""),
    ("sign", _("签收"), "working_hours", "2", "P", ""),
    ("contact", _("首次联系"), "natural_hours", "24", "G", ""),
    ("danger", _("危及生命财产"), "natural_hours", "2", "P", ""),
    ("utility", _("水电气热"), "natural_hours", "24", "P", ""),
    ("enquiry", _("咨询"), "working_days", "1", "P", ""),
    ("ordinary", _("一般诉求"), "working_days", "5", "S", "济§24 潍§20"),
    ("hard", _("疑难诉求"), "working_days", "15", "P", ""),
    ("callback", _("回访"), "working_days", "2", "G", "京§23 济§27"),
    ("return", _("退件申请"), "working_hours", "4", "G", ""),
    ("ruling", _("申请裁定"), "working_days", "1", "G", ""),
    ("supervision", _("督办回复"), "working_days", "2", "G", "潍§26 济§28"),
    ("call_answer", _("呼叫应答"), "working_days", "1", "G", ""),
    ("call_handle", _("呼叫处置"), "working_days", "5", "G", ""),
    ("suspension", _("挂账复核"), "natural_hours", "720", "G", ""),
    ("archive", _("评价后归档"), "natural_hours", "168", "G", ""),
    ("city", _("市级时限之前"), "working_hours", "4", "G", ""),
)
HANDLING = ("danger", "utility", "enquiry", "ordinary", "hard")

LONGEST = 8760  # hours of a year, and far more than a year in any other measure

Rules = Mapping[str, ClockSpec]


def handling_rule(rules: Rules, category_clock: str, urgent: bool) -> ClockSpec:
    """The handling deadline: what endangers life or property first, then the category's own."""
    if urgent:
        return rules["danger"]
    return rules.get(category_clock) or rules["ordinary"]


def before(rule: ClockSpec, governing: datetime) -> ClockSpec:
    """The inner deadline: so long before the one that governs from outside."""
    return replace(rule, until=governing.astimezone(UTC).isoformat())


def outcome(stopped_at: datetime, due_at: datetime) -> str:
    """Whether a stopped clock was met; the due instant itself is still in time."""
    return "met" if stopped_at <= due_at else "missed"


def length(text: str) -> Decimal | None:
    """How long a deadline is, as it was filled in; None when it is no number within reach."""
    try:
        value = Decimal(text)
        return value if 0 < value <= LONGEST else None
    except InvalidOperation:  # words, or NaN
        return None
