"""文号: how the number of a paper is written, `武呼交〔2026〕12号`, as data of unit and kind."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from huying.cases.rules.moves import invalid

YEAR, COUNT = "{年}", "{号}"
LONGEST = 24  # of a series, which is the key of its counter
WORDS = r"[^0-9{}/\\\x00-\x1f]"  # a number also names files: no way out of their folder in it
SHAPE = re.compile(rf"{WORDS}+\{{年\}}{WORDS}+\{{号\}}{WORDS}*")
BEFORE = re.compile(r"^(?:武汉市|市|区)")
AFTER = re.compile(
    r"(?:街道办事处|街道|社区居委会|社区|委员会|管理局|分局|总队|大队|办公室|中心|局|委|网格)$"
)


def default_pattern(district: str, unit: str, letter: str, *, is_district: bool) -> str:
    """The pattern of a unit that has none of its own: `武呼交〔{年}〕{号}号`, `武城管执法退…`."""
    first = BEFORE.sub("", district)[:1] or "区"
    return f"{first}{'呼' if is_district else _core(district, unit)}{letter}〔{YEAR}〕{COUNT}号"


def _core(district: str, unit: str) -> str:
    """What is told of a unit by its name alone."""
    bare = unit.removeprefix(district).removeprefix(district.rstrip("区县市"))
    bare = AFTER.sub("", BEFORE.sub("", bare))
    return re.sub(r"[0-9{}\s]", "", bare)[:8] or "单位"


def checked(pattern: str) -> str:
    """The pattern as it is kept; Invalid unless year and number can be told apart in it."""
    pattern = pattern.strip()
    if not SHAPE.fullmatch(pattern):
        raise invalid(
            "pattern",
            _("文号须写明 {年} 和 {号} 各一次，年在前，中间有分隔，其余不用数字。"),
            _("例如：武呼交〔{年}〕{号}号。"),
        )
    if len(series(pattern, 2026)) > LONGEST + len("paper-"):
        what = _("文号的文字最多 %(most)s 字。") % {"most": LONGEST - 4}
        raise invalid("pattern", what, _("请缩短机关代字。"))
    return pattern


def series(pattern: str, year: int) -> str:
    """The key of the counter: who write alike in a year count together, so none is used twice."""
    return "paper-" + pattern.replace(YEAR, str(year)).replace(COUNT, "")


def written(pattern: str, year: int, count: int) -> str:
    """The number itself."""
    return pattern.replace(YEAR, str(year)).replace(COUNT, str(count))
