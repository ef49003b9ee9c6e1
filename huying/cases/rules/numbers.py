"""Case numbers: date, area, channel, sequence: `20261122-005-W0012`, found by the last four."""

from __future__ import annotations

import re
from datetime import datetime

CHANNEL_LETTERS = {
    "web": "W",
    "phone": "P",
    "operator": "O",
    "grid": "G",
    "hotline": "H",
    "sensor": "S",
    "open311": "A",
    "import": "I",
}
CALL, MEETING = "C", "M"
UNPLACED = "000"
NUMBER = re.compile(r"\d{8}-\d{3}-[A-Z]\d{4,}")


def area_of(path: str) -> str:
    """The three digits of the street in a unit path; `000` above the streets."""
    codes = [code for code in path.split("/") if code]
    return codes[2][6:9] if len(codes) > 2 and codes[2][6:9].isdigit() else UNPLACED


def series(at: datetime, path: str, channel: str) -> str:
    """The series a number is drawn from: one per day, street and channel."""
    return series_of(at, path, CHANNEL_LETTERS[channel])


def series_of(at: datetime, path: str, letter: str) -> str:
    """The same for calls and meetings, which have letters of their own."""
    return f"{at:%Y%m%d}-{area_of(path)}-{letter}"


def slip_series(at: datetime) -> str:
    """The series of 移交单, one a year."""
    return f"slip-{at:%Y}"


def slip(series_key: str, sequence: int) -> str:
    """文号 of a 移交单: `移〔2026〕17号`."""
    return f"移〔{series_key.removeprefix('slip-')}〕{sequence}号"


def number(series_key: str, sequence: int) -> str:
    """The number itself; a series longer than 9999 simply grows a digit."""
    return f"{series_key}{sequence:04d}"
