"""The class that an appeal most likely has: what people chose for others that sound like it."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

from huying.cases.models import Category
from huying.cases.queries.scope import visible
from huying.cases.rules.words import bigrams
from huying.kernel.asker import Asker
from huying.kernel.clock import now

Scores = dict[tuple[str, str], float]

LATELY = timedelta(days=90)
LOOKED_AT = 400
HEARD = 2  # in so many titles a pair of characters must have stood to tell anything
ENOUGH = 2.0  # the least that the pairs must tell together, and
SHARE = 0.25  # what share of the title they must be
CLEARLY = 1.5  # how much better the first must be than the second


def likely_category(asker: Asker, title: str, body: str = "") -> tuple[str, str] | None:
    """Code and name of the class to propose, None where nothing stands out. Two statements.

    First by titles of the last months, then by the words of the classes' own names. A proposal is
    never taken without a look: the form shows it, and a person sends it.
    """
    words = set(bigrams(title))
    rows = (
        visible(asker)
        .filter(category__active=True, registered_at__gte=now() - LATELY, imported=False)
        .exclude(state="registered")
        .values_list("title", "category__code", "category__name")
    )
    if found := _best(_alike(list(rows[:LOOKED_AT]), words)):
        return found
    leaves = Category.objects.filter(active=True, children__isnull=True)
    named = list(leaves.values_list("code", "name"))
    return _best(_said(named, words)) or _best(_said(named, words | set(bigrams(body))))


def _alike(rows: list[tuple[str, str, str]], words: set[str]) -> Scores:
    """Classes by the pairs that stand in their titles and not in others': places say nothing."""
    heard: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for title, code, name in rows:
        for pair in words & set(bigrams(title)):
            heard[pair][code, name] += 1
    scores: Scores = defaultdict(float)
    for classes in heard.values():
        whole = classes.total()
        if whole >= HEARD:
            for key, times in classes.items():
                scores[key] += (times / whole) ** 2
    least = max(ENOUGH, SHARE * len(words))
    return {key: score for key, score in scores.items() if score >= least}


def _said(leaves: list[tuple[str, str]], words: set[str]) -> Scores:
    """Classes by how much of their name was said."""
    scores: Scores = defaultdict(float)
    for code, name in leaves:
        said = set(bigrams(name))
        if both := len(words & said):
            scores[code, name] = both / len(said)
    return scores


def _best(scores: Scores) -> tuple[str, str] | None:
    """The first, where it is clearly the first."""
    ranked = sorted(scores.items(), key=lambda one: (-one[1], one[0]))
    if not ranked or (len(ranked) > 1 and ranked[0][1] < CLEARLY * ranked[1][1]):
        return None
    return ranked[0][0]
