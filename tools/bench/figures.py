"""Figures of a bench run: samples, percentiles, aims, ratios, one printed table and its JSON."""

from __future__ import annotations

import json
import math
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


def percentile(samples: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the least sample that `share` of all do not exceed."""
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass
class Figure:
    """One row: times in milliseconds; `aim` bounds `judged`, which is p95 unless told otherwise."""

    name: str
    p50: float
    p95: float
    least: float
    most: float
    count: int
    aim: float | None = None
    unit: str = "ms"
    judged: float = 0.0
    ratio_p50: float | None = None
    ratio_p95: float | None = None
    memory_mb: float | None = None
    note: str = ""
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None without one."""
        return None if self.aim is None else self.judged <= self.aim


def figure(
    name: str, samples: Sequence[float], *, aim: float | None = None, unit: str = "ms", **more: Any
) -> Figure:
    """Sum up samples (milliseconds unless `unit` says otherwise)."""
    row = Figure(
        name,
        percentile(samples, 0.5),
        percentile(samples, 0.95),
        min(samples),
        max(samples),
        len(samples),
        aim,
        unit,
        **more,
    )
    row.judged = row.judged or row.p95
    return row


def timed(what: Callable[[], object], times: int, *, warm: int = 1) -> list[float]:
    """Milliseconds of each of `times` calls, after `warm` calls that do not count."""
    for _ in range(warm):
        what()
    samples = []
    for _ in range(times):
        started = time.perf_counter()
        what()
        samples.append((time.perf_counter() - started) * 1000)
    return samples


@dataclass
class Report:
    """All figures of one run; the base is the bare `SELECT 1` round trip."""

    about: dict[str, Any]
    base: Figure
    rows: list[Figure] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, row: Figure) -> Figure:
        """Add a figure and set its ratio to the base."""
        if row.unit == "ms":
            row.ratio_p50 = round(row.p50 / self.base.p50, 1)
            row.ratio_p95 = round(row.p95 / self.base.p95, 1)
        self.rows.append(row)
        return row

    @property
    def missed(self) -> list[Figure]:
        """Figures that miss their aim."""
        return [row for row in self.rows if row.met is False]

    def write(self, folder: Path) -> Path:
        """Write `<time>.json` into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.about['started'].replace(':', '')}.json"
        document = {
            "about": self.about,
            "base": asdict(self.base),
            "figures": [asdict(row) | {"met": row.met} for row in self.rows],
            "faults": self.faults,
        }
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
        return path

    def table(self) -> str:
        """The one table: name, p50, p95, min, max, aim, ratios, memory, note."""
        head = ["figure", "n", "p50", "p95", "min", "max", "aim", "×SELECT 1", "MB", "note"]
        lines = [head, *([*_cells(row)] for row in [self.base, *self.rows])]
        widths = [max(_width(line[column]) for line in lines) for column in range(len(head))]
        rendered = ["  ".join(_padded(line, widths)).rstrip() for line in lines]
        rendered.insert(1, "-" * min(sum(widths) + 2 * len(widths), 150))
        met = sum(row.met is True for row in self.rows)
        if "load_average" in self.about:
            busy = ", ".join(f"{one:.1f}" for one in self.about["load_average"])
            rendered.append(f"load average before: {busy}; {self.about['machine']}")
        rendered.append(f"{met} aims met, {len(self.missed)} missed")
        rendered += [f"FAULT {fault}" for fault in self.faults]
        return "\n".join(rendered) + "\n"


def _cells(row: Figure) -> list[str]:
    verdict = {True: "ok ", False: "MISS ", None: ""}[row.met]
    return [
        row.name,
        str(row.count),
        _number(row.p50),
        _number(row.p95),
        _number(row.least),
        _number(row.most),
        "" if row.aim is None else f"{verdict}≤{row.aim:g} {row.unit}",
        "" if row.ratio_p50 is None else f"{row.ratio_p50:g} / {row.ratio_p95:g}",
        "" if row.memory_mb is None else f"{row.memory_mb:+.0f}",
        row.note,
    ]


def _number(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.1f}" if value < 1000 else f"{value:,.0f}"


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(line: list[str], widths: list[int]) -> list[str]:
    """First and last columns left, numbers right."""
    return [
        text + " " * (width - _width(text))
        if number in (0, len(line) - 1)
        else " " * (width - _width(text)) + text
        for number, (text, width) in enumerate(zip(line, widths, strict=True))
    ]
