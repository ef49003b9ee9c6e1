"""Words for searching Chinese: every pair of neighbouring letters, digits or characters."""

from __future__ import annotations

import re
import unicodedata

RUN = re.compile(r"[^\W_]+")


def bigrams(*texts: str) -> list[str]:
    """The distinct pairs of `texts`, sorted; a lone character stands for itself."""
    found: set[str] = set()
    for text in texts:
        for run in RUN.findall(unicodedata.normalize("NFKC", text).lower()):
            if len(run) == 1:
                found.add(run)
            found.update(run[i : i + 2] for i in range(len(run) - 1))
    return sorted(found)
