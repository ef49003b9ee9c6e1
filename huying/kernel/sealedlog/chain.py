"""How rows are digested and seals chained; the same bytes on every machine and in every year."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from huying.kernel.sealedlog.suites import SUITES, Signer

GENESIS = "0" * 64
Row = dict[str, Any]


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, as UTF-8."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


@dataclass(frozen=True)
class Seal:
    """A signed link over a batch; `rows` holds the id and digest of each row in sealed order."""

    log: str
    number: int
    at: str
    rows: tuple[tuple[int, str], ...]
    previous: str
    digest: str
    suite: str
    key_id: str
    signature: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Seal:
        """Read what `as_dict` wrote; raises ValueError when it is no seal."""
        try:
            rows = tuple((int(row), str(digest)) for row, digest in fields["rows"])
            texts = {
                name: fields[name]
                for name in ("log", "at", "previous", "digest", "suite", "key_id", "signature")
            }
            if not all(isinstance(text, str) for text in texts.values()):
                raise ValueError("no seal: a field is no text")
            return cls(rows=rows, number=int(fields["number"]), **texts)
        except (KeyError, TypeError) as error:
            raise ValueError(f"no seal: {error}") from error


def row_digest(log: str, suite: str, row: Row) -> str:
    """Digest of one row, its id included."""
    return SUITES[suite].digest(canonical([f"huying-row/1:{log}", row]))


def seal_digest(
    log: str, number: int, at: str, rows: Sequence[tuple[int, str]], previous: str, suite: str
) -> str:
    """H(log ‖ number ‖ time ‖ previous digest ‖ id and digest of every row, in order)."""
    body = [f"huying-seal/1:{log}", number, at, previous, [list(row) for row in rows]]
    return SUITES[suite].digest(canonical(body))


def seal_batch(
    log: str, number: int, at: str, rows: Sequence[Row], previous: str, signer: Signer
) -> Seal:
    """Seal `rows` (each with its `id`) as link `number` after the link of digest `previous`."""
    suite = signer.public.suite
    marks = tuple((int(row["id"]), row_digest(log, suite, row)) for row in rows)
    digest = seal_digest(log, number, at, marks, previous, suite)
    signature = signer.sign(digest.encode()).hex()
    return Seal(log, number, at, marks, previous, digest, suite, signer.public.key_id, signature)
