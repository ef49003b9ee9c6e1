"""Walks everything that somebody can open: every route of the product, and every link found there.

Routes come from the resolver and the OpenAPI document, so that an address that is added later is
walked too; a parameter that nobody gave a value for is an error, not a gap.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client

from tests.permissions.stage import Stage, undone
from tests.permissions.table_api import API
from tests.permissions.table_pages import PAGES
from tests.routes import filled, operations, pages

PARAMETER = re.compile(r"[<{](?:\w+:)?(\w+)[>}]")
LINK = re.compile(r"""(?:href|src|action|data-url|hx-get)="([^"#]+)""")
# Whatever signs out, is a file of the product itself, or only turns the page over.
PASSED_BY = re.compile(r"^/(?:static/|accounts/|language/|preferences/|api/v1/(?:docs|openapi))")


def routes() -> list[str]:
    """Every address of the product that may answer GET."""
    return [*pages(), *(path for method, path in operations() if method == "GET")]


def addresses(
    stage: Stage,
    values: Mapping[str, Sequence[Any]],
    *,
    whole: Sequence[str] = (),
    most: int = 4,
    only: str = "",
) -> Iterator[str]:
    """Every route, filled in with `most` of the values in turn, those of `whole` with every one; of
    names that are not among them, with what the matrix fills in. A name without any is a KeyError.
    """
    turn = 0
    for route in [only] if only else routes():
        matrix = dict(stage.values)
        for (_method, path), row in (PAGES | API).items():
            if path == route:
                matrix |= row.values(stage) if callable(row.values) else row.values
        names = {name: values.get(name) or [matrix[name]] for name in PARAMETER.findall(route)}
        longest = max((len(some) for some in names.values()), default=1)
        for place in range(turn, turn + (longest if route in whole else min(longest, most))):
            yield filled(route, **{name: some[place % len(some)] for name, some in names.items()})
        turn += most


def readable(answer: Any) -> str:
    """Everything that an answer says: page, JSON, CSV, workbook, Word, PDF, and its headers."""
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = str(dict(answer.headers))
    kind = answer.headers.get("Content-Type", "")
    if "json" in kind and raw:
        return json.dumps(json.loads(raw), ensure_ascii=False) + headers
    if raw[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(raw)) as book:
            raw = b"\n".join(book.read(name) for name in book.namelist())
    elif raw[:5] == b"%PDF-":
        return pdf_text(raw) + headers
    return unescape(raw.decode(errors="replace")) + headers


def pdf_text(raw: bytes) -> str:
    """The content of a PDF's streams, wherever its texts are kept as codes of Unicode."""
    found = [raw.decode("latin-1")]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", raw, re.DOTALL):
        for part in (packed, _from_ascii85(packed)):
            try:
                found.append(zlib.decompress(part).decode("latin-1"))
            except zlib.error:
                continue
    text = "".join(found)
    # STSong-Light is written as UCS-2: \\xxx octal or raw bytes inside (…).
    plain = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), text)
    return (
        text
        + plain.encode("latin-1", errors="replace").decode("utf-16-be", errors="replace")
        + (plain[1:].encode("latin-1", errors="replace").decode("utf-16-be", errors="replace"))
    )


def _from_ascii85(packed: bytes) -> bytes:
    import base64

    try:
        return base64.a85decode(packed.strip().removesuffix(b"~>"))
    except ValueError:
        return packed


@dataclass
class Crawl:
    """One person's walk; `found` is what they could read of what they must not, with where."""

    client: Client
    secrets: Sequence[str]
    each: int = 2
    seen: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    followed: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def walk(self, seeds: Iterable[str]) -> None:
        """Open the seeds, then what they link to, breadth first: `each` of a kind, for a list of
        fifty rows has fifty links of the same kind."""
        waiting = deque(seeds)
        while waiting:
            address = waiting.popleft()
            if address in self.seen or PASSED_BY.match(address):
                continue
            self.seen.add(address)
            with undone(self.client):
                answer: Any = self.client.get(address)
                text = readable(answer)
            if answer.status_code >= 500:
                self.broken.append(f"{answer.status_code} {address}")
            if answer.status_code == 200:
                self.opened.add(kind_of(address))
            self.found += [f"{secret} in {address}" for secret in self.secrets if secret in text]
            if "html" in answer.headers.get("Content-Type", ""):
                waiting.extend(self._fresh(address, text))

    def _fresh(self, address: str, text: str) -> Iterator[str]:
        for link in dict.fromkeys(LINK.findall(text)):
            parts = urlsplit(urljoin(address, link))
            if parts.netloc not in ("", "testserver") or parts.scheme not in ("", "http"):
                continue
            found = parts.path + (f"?{parts.query}" if parts.query else "")
            if found not in self.seen and self.followed[kind_of(found)] < self.each:
                self.followed[kind_of(found)] += 1
                yield found


def kind_of(address: str) -> str:
    """What is the same of addresses that differ only in what they name and ask for."""
    parts = urlsplit(address)
    path = re.sub(r"[^/]*[0-9][^/]*", "N", parts.path)
    return f"{path}?{'&'.join(sorted({one.partition('=')[0] for one in parts.query.split('&')}))}"
