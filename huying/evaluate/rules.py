"""The marks of a case, the sums and rates over them, and who ranks where; pure tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HUNDREDTH = Decimal("0.01")
SATISFIED = 3  # of five grades, 基本满意 and better (好差评 GB/T 39735)
Z = 1.96  # 95 % of the normal distribution, two-sided

# What never counts, by a stated rule: taken back, joined to another, never accepted.
NOT_COUNTED = ("withdrawn", "merged", "not_accepted")
# The unit has answered and does not have the case back.
ANSWERED_BY_UNIT = ("replied", "awaiting_callback", "evaluated", "archived")
CALLED = ("awaiting_callback", "evaluated", "archived")

# Units are compared only with their like (京§32).
CLASSES: tuple[tuple[str, str | Promise], ...] = (
    ("street", _("街道")),
    ("department", _("区直部门")),
    ("city_department", _("市级部门")),
    ("enterprise", _("公共服务企业")),
    ("community", _("社区")),
)

# Who led: units of a level each by what they led themselves, not by what lies below them.
LEVELS: tuple[tuple[str, str | Promise], ...] = (
    ("district", _("区")),
    ("department", _("区直部门")),
    ("city_department", _("市级部门")),
    ("enterprise", _("公共服务企业")),
    ("street", _("街道")),
    ("community", _("社区")),
    ("grid", _("网格")),
)

REASONS: tuple[tuple[str, str | Promise], ...] = (
    ("force_majeure", _("不可抗力")),
    ("outside_duty", _("超出本级职权")),
    ("policy", _("现行政策不允许")),
    ("malicious", _("恶意或虚假诉求")),
    ("duplicate", _("同一诉求重复考核")),
    ("record", _("记录有误")),
)


# What the assessment counts: a case, a callback due for one round of it, an order to a unit.
CASE, CALLBACK, ORDER = "case", "callback", "order"
KINDS: tuple[tuple[str, str | Promise], ...] = (
    (CASE, _("诉求")),
    (CALLBACK, _("回访")),
    (ORDER, _("派单")),
)

# Which answers of citizens 解决率 and 满意率 are taken over.
COUNTINGS: tuple[tuple[str, str | Promise], ...] = (
    ("every", _("每一次有效回访都计入")),
    ("last", _("每件诉求只计最后一轮")),
)

# Why a callback that was due brought no answer that counts.
FLAWS: tuple[tuple[str, str | Promise], ...] = (
    ("waiting", _("尚未回访")),
    ("unreached", _("三次未接通")),
    ("by_proxy", _("代答")),
    ("prompted", _("诱导")),
)


@dataclass(frozen=True)
class Formula:
    """How marks become a figure: weights, thresholds in per cent, and which answers count.

    The default is a practice seen elsewhere; it is nobody's own until a district signs its own.
    """

    responded: int = 30
    solved: int = 35
    satisfied: int = 35
    least: int = 20
    good: int = 85
    failing: int = 75
    counting: str = "every"
    void_proxy: bool = True
    void_prompted: bool = True

    @classmethod
    def kept(cls, numbers: Mapping[str, Any]) -> Formula:
        """A formula as it was kept; those from before answers were told apart count the last."""
        return cls(**{"counting": "last", "void_proxy": False, "void_prompted": False, **numbers})

    def as_json(self) -> dict[str, Any]:
        """The copy that is kept with a frozen month."""
        return dict(vars(self))

    @property
    def void(self) -> list[str]:
        """The flaws that make an answer count for nothing."""
        flagged = (("by_proxy", self.void_proxy), ("prompted", self.void_prompted))
        return [flaw for flaw, void in flagged if void]

    def faults(self) -> list[str]:
        """The names of the settings that cannot stand."""
        most = dict.fromkeys(("responded", "solved", "satisfied", "good", "failing"), 100)
        most["least"] = 10_000
        wrong = [name for name, top in most.items() if not 0 <= getattr(self, name) <= top]
        if self.responded + self.solved + self.satisfied != 100:
            wrong.append("satisfied")
        if self.failing > self.good:
            wrong.append("failing")
        if self.counting not in dict(COUNTINGS):
            wrong.append("counting")
        return wrong


DEFAULT = Formula()


@dataclass(frozen=True)
class Facts:
    """What the marks of a case are read from; outcomes are those of its last clock of the kind."""

    state: str
    paused: bool
    dispatched: bool
    round: int
    signing: str
    contacting: str
    handling: str
    solved: bool | None
    grade: int | None
    part: bool = False


@dataclass(frozen=True)
class Marks:
    """What a case counts for; `solved` and `satisfied` only where the citizen answered."""

    responded: bool
    signed: bool
    contacted: bool
    on_time: bool
    called: bool
    answered: bool
    solved: bool
    satisfied: bool
    redone: bool


def counts(facts: Facts) -> bool:
    """Whether a case whose deadline has passed is assessed at all."""
    return facts.state not in NOT_COUNTED and not facts.paused


def marks_of(facts: Facts) -> Marks:
    """The marks of one case. Answered on the spot, it was signed for and told there and then."""
    spot = not facts.dispatched
    signed, contacted = spot or facts.signing == "met", spot or facts.contacting == "met"
    on_time = facts.state in ANSWERED_BY_UNIT and facts.handling == "met"
    called = facts.state in CALLED and not facts.part  # of a part nobody is asked
    answered = called and facts.grade is not None
    return Marks(
        signed and contacted,
        signed,
        contacted,
        on_time,
        called,
        answered,
        answered and bool(facts.solved),
        answered and (facts.grade or 0) >= SATISFIED,
        facts.round > 1,
    )


@dataclass(frozen=True)
class Sums:
    """How many cases, callbacks and orders carry each mark; `minutes` that orders were held up."""

    cases: int = 0
    responded: int = 0
    signed: int = 0
    contacted: int = 0
    on_time: int = 0
    called: int = 0
    answered: int = 0
    solved: int = 0
    satisfied: int = 0
    redone: int = 0
    orders: int = 0
    returned: int = 0
    minutes: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, name) + getattr(other, name) for name in COLUMNS))


COLUMNS = tuple(field.name for field in fields(Sums))
MARKS = tuple(field.name for field in fields(Marks))
# Which rows a number counts; those of callbacks are of cases where only the last round counts.
ROWS = {"cases": CASE, "called": CALLBACK, "answered": CALLBACK, "orders": ORDER}


def rows_of(whole: str, formula: Formula) -> str:
    """The kind of the rows that a number of this whole counts."""
    kind = ROWS[whole]
    return CASE if kind == CALLBACK and formula.counting == "last" else kind


@dataclass(frozen=True)
class RateKind:
    """A rate: which mark is counted over which; `lower` when less of it is better."""

    code: str
    label: str | Promise
    part: str
    whole: str
    hint: str | Promise
    lower: bool = False


RATES: tuple[RateKind, ...] = (
    RateKind("responded", _("响应率"), "responded", "cases", _("按时签收且按时联系 ÷ 到期诉求")),
    RateKind("solved", _("解决率"), "solved", "answered", _("诉求人认为已解决 ÷ 有效回访")),
    RateKind("satisfied", _("满意率"), "satisfied", "answered", _("基本满意及以上 ÷ 有效回访")),
    RateKind("on_time", _("按时办结率"), "on_time", "cases", _("时限内办结 ÷ 到期诉求")),
    RateKind("signed", _("及时签收率"), "signed", "cases", _("按时签收 ÷ 到期诉求")),
    RateKind("answered", _("有效回访率"), "answered", "called", _("接通并作答 ÷ 应回访")),
    RateKind("redone", _("重办率"), "redone", "cases", _("重派过的诉求 ÷ 到期诉求"), lower=True),
    RateKind("returned", _("退件率"), "returned", "orders", _("未办即退转 ÷ 收到派单"), lower=True),
)
RATE_BY_CODE = {kind.code: kind for kind in RATES}
THREE = RATES[:3]


@dataclass(frozen=True)
class Rate:
    """A rate of somebody: the numbers behind it, and the figure in per cent."""

    kind: RateKind
    part: int
    whole: int

    @property
    def figure(self) -> Decimal | None:
        """In per cent with two decimals; None over nothing."""
        return per_cent(self.part, self.whole)


def per_cent(part: int, whole: int) -> Decimal | None:
    """`part` over `whole` in per cent, rounded half up to two decimals; None over nothing."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(HUNDREDTH, ROUND_HALF_UP)


def rate(sums: Sums, kind: RateKind) -> Rate:
    """One rate of these sums."""
    return Rate(kind, getattr(sums, kind.part), getattr(sums, kind.whole))


def composite(sums: Sums, formula: Formula) -> Decimal | None:
    """综合: the weighted sum of the three rates; None while one of them is over nothing.

    Weighted before rounding, so that a third of a case is not lost three times.
    """
    total = Decimal(0)
    for kind in THREE:
        whole = getattr(sums, kind.whole)
        if not whole:
            return None
        total += Decimal(getattr(sums, kind.part)) * getattr(formula, kind.code) / Decimal(whole)
    return total.quantize(HUNDREDTH, ROUND_HALF_UP)


def wilson(part: int, whole: int) -> float:
    """The lower end of the 95 % interval of a share (Wilson); 0 over nothing.

    Ten of ten is thereby no better than ninety-five of a hundred.
    """
    if not whole:
        return 0.0
    share, square = part / whole, Z * Z
    middle = share + square / (2 * whole)
    spread = Z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    return max(0.0, (middle - spread) / (1 + square / whole))


def guarded(sums: Sums, formula: Formula) -> Decimal | None:
    """The composite of the lower ends, by which units rank; None when one cannot be had."""
    if composite(sums, formula) is None:
        return None
    total = sum(
        getattr(formula, kind.code) * wilson(getattr(sums, kind.part), getattr(sums, kind.whole))
        for kind in THREE
    )
    return Decimal(total).quantize(HUNDREDTH, ROUND_HALF_UP)


def ranks(sums: Mapping[Any, Sums], formula: Formula) -> dict[Any, int]:
    """The place of each within one class; equals share a place, too few cases have none."""
    figures = {
        key: figure
        for key, own in sums.items()
        if own.cases >= formula.least and (figure := guarded(own, formula)) is not None
    }
    ordered = sorted(figures.values(), reverse=True)
    return {key: ordered.index(figure) + 1 for key, figure in figures.items()}


def summed(many: Iterable[Sums]) -> Sums:
    """The sum of sums."""
    total = Sums()
    for one in many:
        total += one
    return total


def tone(figure: Decimal | None, formula: Formula) -> str:
    """How a figure in per cent stands against the thresholds."""
    if figure is None:
        return "idle"
    if figure >= formula.good:
        return "good"
    return "bad" if figure < formula.failing else "warn"
