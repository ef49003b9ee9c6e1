"""Log lines without personal data: numbers of people and values of rows are struck out."""

from __future__ import annotations

import logging
import re

PERSONAL = (
    (re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"), "〈证件号〉"),
    (re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"), "〈手机号〉"),
    # PostgreSQL names the offending row's values here.
    (re.compile(r"^(DETAIL|CONTEXT|LINE \d+|QUERY|STATEMENT):.*$", re.MULTILINE), r"\1: 〈略〉"),
)


def discreet(text: str) -> str:
    """Text with the personal struck out."""
    for pattern, instead in PERSONAL:
        text = pattern.sub(instead, text)
    return text


class Discreet(logging.Formatter):
    """`time level logger message`, with the personal struck out, also in a traceback."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(record))
