"""The product's own templates of papers, Word documents that lie beside the code."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from huying.cases.rules.papers import known_facts, known_lists
from huying.web.docx_fill import Known

FOLDER = Path(__file__).parent.parent / "data" / "papers"


@cache
def shipped(kind: str) -> bytes:
    """The template of a kind that came with this version of the product."""
    return (FOLDER / f"{kind}.docx").read_bytes()


@cache
def known(kind: str) -> Known:
    """The placeholders that a template of this kind may use."""
    lists = {name: frozenset(items[0]) for name, items in known_lists(kind).items()}
    return Known(frozenset(known_facts(kind)), lists)
