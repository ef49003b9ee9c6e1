"""Words of made appeals: few very common, many rare, so that search meets both."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

WORDS = {
    line.split()[0]: line.split()[1:]
    for line in (Path(__file__).parent / "words.txt").read_text(encoding="utf-8").splitlines()
}

# In nearly every case; in about one of two thousand; in about one of thirty thousand.
COMMON_WORD, MIDDLE_WORD, RARE_WORD = "居民", "蝙蝠", "麒麟"


@dataclass(frozen=True)
class Words:
    """One made appeal in words."""

    title: str
    body: str
    address: str


def words(chance: random.Random) -> Words:
    """An appeal in the words above, by weights that fall with rank (Zipf)."""
    matter, road = _pick(chance, WORDS["matters"]), _pick(chance, WORDS["roads"])
    place, number = _pick(chance, WORDS["places"]), chance.randrange(1, 400)
    details = chance.sample(WORDS["details"], k=chance.randrange(2, 6))
    if chance.random() < 0.01:
        details.append(f"旁边还有{chance.choice(WORDS['seldom'])}")
    if chance.random() < 0.0002:
        details.append(f"发现{chance.choice(WORDS['rare'])}")
    address = f"{road}{number}号{place}"
    title = f"{road}{place}{matter}"
    body = f"居民反映{address}{matter}," + ",".join(details) + "。"
    return Words(title, body, address)


def _pick(chance: random.Random, words: list[str]) -> str:
    weights = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
    return chance.choices(words, cum_weights=weights)[0]
