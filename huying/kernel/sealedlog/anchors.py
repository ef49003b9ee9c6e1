"""Heads of the chain kept outside the database, since a cut tail is invisible inside it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from huying.kernel.sealedlog.chain import Seal
from huying.kernel.sealedlog.suites import SUITES, PublicKey


@dataclass(frozen=True)
class Anchor:
    """One head as it was written down; `line` is where in its file."""

    log: str
    number: int
    digest: str
    suite: str
    key_id: str
    signature: str
    line: int = 0


@dataclass(frozen=True)
class AnchorFile:
    """An append-only file of heads and public keys, one JSON object a line, always synced."""

    path: Path

    def append(self, heads: Iterable[Seal], key: PublicKey) -> None:
        """Write heads down, each with the key that proves it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            {
                "log": head.log,
                "number": head.number,
                "digest": head.digest,
                "at": head.at,
                "suite": head.suite,
                "key_id": head.key_id,
                "public": key.value.hex(),
                "signature": head.signature,
            }
            for head in heads
        ]
        text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._cut_torn_line(descriptor)
            os.write(descriptor, text.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    @staticmethod
    def _cut_torn_line(descriptor: int) -> None:
        """A power cut may leave the last line half written: it was never acknowledged."""
        size = os.fstat(descriptor).st_size
        start = max(0, size - 65536)
        tail = os.pread(descriptor, size - start, start)
        if tail and not tail.endswith(b"\n"):
            os.ftruncate(descriptor, start + tail.rfind(b"\n") + 1)

    def _lines(self) -> Iterator[tuple[int, dict[str, object] | None]]:
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    return
                try:
                    found = json.loads(line)
                except ValueError:
                    found = None
                yield number, found if isinstance(found, dict) else None

    def keys(self) -> list[PublicKey]:
        """Public keys the file names."""
        found = {}
        for _number, line in self._lines():
            if line and str(line.get("suite")) in SUITES:
                with suppress(ValueError):
                    value = bytes.fromhex(str(line.get("public")))
                    found[value] = PublicKey(str(line["suite"]), value)
        return list(found.values())

    def anchors(self, log: str) -> tuple[list[Anchor], list[int]]:
        """The heads of `log`, and the numbers of lines nobody can read."""
        anchors, unreadable = [], []
        for number, line in self._lines():
            if line is None:
                unreadable.append(number)
            elif line.get("log") == log:
                try:
                    anchors.append(_anchor(line, number))
                except (KeyError, ValueError):
                    unreadable.append(number)
        return anchors, unreadable

    def last(self, log: str) -> Anchor | None:
        """The highest head written down; reads only the end of a long file."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - 65536))
            for raw in reversed(file.read().splitlines()):
                try:
                    line = json.loads(raw)
                    if line.get("log") == log:
                        return _anchor(line, 0)
                except (ValueError, KeyError, AttributeError):
                    continue
        return None


def _anchor(line: dict[str, object], at: int) -> Anchor:
    digest, suite, key, signature = (
        str(line[name]) for name in ("digest", "suite", "key_id", "signature")
    )
    return Anchor(str(line["log"]), int(str(line["number"])), digest, suite, key, signature, at)


def read_all(paths: Sequence[Path], log: str) -> list[tuple[Path, list[Anchor], list[int]]]:
    """Every anchor file with its heads and unreadable lines."""
    return [(path, *AnchorFile(path).anchors(log)) for path in paths]
