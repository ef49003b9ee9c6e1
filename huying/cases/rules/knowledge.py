"""The knowledge base (知识库): where an article stands, and which ones fit an appeal. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huying.cases.rules.words import bigrams

ARTICLE_STATES: list[tuple[str, str | Promise]] = [
    ("draft", _("草稿")),
    ("published", _("已发布")),
    ("withdrawn", _("已撤下")),
]
STANDINGS: list[tuple[str, str | Promise]] = [
    ("published", _("已发布")),
    ("expired", _("已过有效期")),
    ("pending", _("有待发布的修改")),
    ("draft", _("草稿")),
    ("withdrawn", _("已撤下")),
]
STANDING_LABELS = dict(STANDINGS)

# What makes an article fit: a keyword that was said, the same class, words of its title.
KEYWORD, CLASS, ABOVE, TITLE = 4.0, 3.0, 1.5, 3.0
LEAST = 3.0  # below it an article is only noise beside the form


@dataclass(frozen=True)
class Sketch:
    """What of an article is weighed."""

    code: str
    title: str
    keywords: Sequence[str]
    category_path: str


def standing(state: str, shown: int, version: int, valid_until: date | None, today: date) -> str:
    """Where an article stands, one of STANDINGS: what is out of date says so before all else."""
    if state != "published":
        return state
    if valid_until is not None and valid_until < today:
        return "expired"
    return "pending" if version > shown else "published"


def fits(one: Sketch, text: str, category_path: str) -> float:
    """How well an article fits what was said and the class it was put into; 0 not at all."""
    weight = 0.0
    said = text.lower()
    weight += KEYWORD * min(3, sum(1 for word in one.keywords if word and word.lower() in said))
    if one.category_path and category_path:
        if one.category_path == category_path:
            weight += CLASS
        elif category_path.startswith(one.category_path):
            weight += ABOVE
    title = set(bigrams(one.title))
    if title:
        weight += TITLE * len(title & set(bigrams(text))) / len(title)
    return weight


def best(sketches: Iterable[Sketch], text: str, category_path: str, most: int) -> list[str]:
    """The codes of those that fit best, the best first; none that hardly fits."""
    weighed = [(fits(one, text, category_path), one.code) for one in sketches]
    found = sorted((w for w in weighed if w[0] >= LEAST), key=lambda w: (-w[0], w[1]))
    return [code for _weight, code in found[:most]]
