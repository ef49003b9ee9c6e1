"""What the API of the assessment takes and answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from ninja import Field, Schema

from huying.evaluate.queries import Board, Line, Ranking
from huying.evaluate.rules import Rate


class RateOut(Schema):
    """One rate: `figure` in per cent, null over nothing; `part` and `whole` open to their rows."""

    code: str
    label: str
    part: int
    whole: int
    figure: float | None

    @staticmethod
    def resolve_code(rate: Rate) -> str:
        return rate.kind.code

    @staticmethod
    def resolve_label(rate: Rate) -> str:
        return str(rate.kind.label)


class LineOut(Schema):
    """A unit, month or class: cases with exclusions left out, `raw_` with every case."""

    key: str
    name: str
    cases: int
    raw_cases: int
    excluded: int
    composite: float | None
    raw_composite: float | None
    guarded: float | None = Field(description="Lower end of the 95 % interval, the order of ranks")
    place: int | None
    among: int
    returned: int
    returned_hours: float
    rates: list[RateOut]

    @staticmethod
    def resolve_cases(line: Line) -> int:
        return line.sums.cases

    @staticmethod
    def resolve_raw_cases(line: Line) -> int:
        return line.raw.cases

    @staticmethod
    def resolve_returned(line: Line) -> int:
        return line.bounced

    @staticmethod
    def resolve_returned_hours(line: Line) -> float:
        return round(line.hours, 1)


class RankingOut(Schema):
    """Units of one class, the best first, those without a place last."""

    kind: str
    label: str
    lines: list[LineOut]

    @staticmethod
    def resolve_label(ranking: Ranking) -> str:
        return str(ranking.label)


class BoardOut(Schema):
    """Every figure of a period in the asker's area; `rules` says how they were reckoned."""

    period: str
    edition: int | None = Field(description="Of the frozen month; null while it is open")
    rules: dict[str, str | int | bool]
    rules_signed: bool
    total: LineOut
    rankings: list[RankingOut]
    months: list[LineOut]
    classes: list[LineOut]
    levels: list[LineOut]

    @staticmethod
    def resolve_period(board: Board) -> str:
        return board.period.words

    @staticmethod
    def resolve_edition(board: Board) -> int | None:
        return board.freeze.edition if board.freeze else None

    @staticmethod
    def resolve_rules(board: Board) -> dict[str, str | int | bool]:
        return board.formula.as_json()

    @staticmethod
    def resolve_rules_signed(board: Board) -> bool:
        return board.rule is not None

    @staticmethod
    def resolve_classes(board: Board) -> list[Line]:
        return board.tops


class BehindOut(Schema):
    """One row behind a number: a case, a callback of one round, or an order to a unit."""

    kind: Literal["case", "callback", "order"]
    number: str = Field(alias="case.number")
    unit: str = Field(alias="unit.code")
    round: int
    at: datetime
    excluded: bool
    solved: bool
    grade: int | None
    flaw: str
    minutes: int


class BehindPage(Schema):
    """Some of the rows, the newest first; `next` is the `after` of the page that follows."""

    count: int
    rows: list[BehindOut]
    next: int | None


class FreezeOut(Schema):
    """A month set for good."""

    month: date
    edition: int
    cases: int
    note: str
    by_label: str
    at: datetime


class Freezing(Schema):
    """Which month to set for good, as `2026-03`."""

    month: str = Field(pattern=r"^\d{4}-\d{2}$")
    note: str = Field("", max_length=200)


class RulesIn(Schema):
    """Weights, thresholds and what counts, from a month on."""

    since: str = Field(pattern=r"^\d{4}-\d{2}$")
    responded: int
    solved: int
    satisfied: int
    least: int
    good: int
    failing: int
    counting: Literal["every", "last"]
    void_proxy: bool
    void_prompted: bool
    note: str = Field("", max_length=200)


class RulesOut(Schema):
    """A version of the rules as the district signed it."""

    number: int
    since: date
    formula: dict[str, str | int | bool]
    note: str
    by_label: str
    at: datetime


class Grounds(Schema):
    """Which case, why, and with what evidence."""

    number: str = Field(max_length=32)
    reason: str = Field(max_length=16)
    evidence: str = Field(max_length=4000)


class AppealGrounds(Grounds):
    """The same, with the rate that the unit thinks wrong."""

    mark: str = Field(max_length=12)


class MarkRuling(Schema):
    """Agree or not, and why."""

    agreed: bool
    ruling: str = Field(max_length=4000)


class Asked(Schema):
    """Its id, once it was asked for."""

    id: int


class RuledOut(Schema):
    """What one person asked for and another ruled on."""

    id: int
    number: str = Field(alias="case.number")
    unit: str = Field(alias="unit.code")
    reason: str
    evidence: str
    state: str
    by_label: str
    at: datetime
    ruled_by_label: str
    ruled_at: datetime | None
    ruling: str


class AppealOut(RuledOut):
    """An appeal, with the rate that it is about."""

    mark: str
