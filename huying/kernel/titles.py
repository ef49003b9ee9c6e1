"""A title out of what was said, for every door at which nobody writes one."""

from __future__ import annotations

import re

TITLE = 40


def title_of(body: str) -> str:
    """The first sentence of what was said, at most TITLE characters."""
    first = re.split(r"[。！!？?；;\n]", body.strip(), maxsplit=1)[0].strip("，、 ")
    first = first or body.strip()
    return first if len(first) <= TITLE else first[: TITLE - 1] + "…"
