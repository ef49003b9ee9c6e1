"""Checks a sealed log from its rows, seals and anchors, and says exactly where it was touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from huying.kernel.sealedlog.anchors import Anchor, AnchorFile
from huying.kernel.sealedlog.chain import GENESIS, Row, Seal, row_digest, seal_digest
from huying.kernel.sealedlog.suites import SUITES, PublicKey


@dataclass(frozen=True)
class Finding:
    """One thing wrong: `what` is a stable code, `where` names seal, row or line."""

    what: str
    where: str
    detail: str


@dataclass
class Report:
    """The result of a check; an unsealed tail is no fault, only a fact."""

    seals: int = 0
    rows: int = 0
    unsealed: int = 0
    head: str = GENESIS
    head_number: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not self.findings

    def fault(self, what: str, where: str, detail: str) -> None:
        self.findings.append(Finding(what, where, detail))


class Seen:
    """A set of row numbers in one bit each, so that millions of rows are checked in little room."""

    def __init__(self) -> None:
        self._chunks: dict[int, bytearray] = {}

    def add(self, number: int) -> bool:
        """Remember `number`; False when it was there already."""
        chunk = self._chunks.setdefault(number >> 16, bytearray(8192))
        place, bit = (number & 0xFFFF) >> 3, 1 << (number & 7)
        if chunk[place] & bit:
            return False
        chunk[place] |= bit
        return True

    def __contains__(self, number: int) -> bool:
        chunk = self._chunks.get(number >> 16)
        return bool(chunk and chunk[(number & 0xFFFF) >> 3] & (1 << (number & 7)))


class Checker:
    """Walks the links in order. Feed every seal with the rows found for it, then call `finish`."""

    def __init__(self, log: str, keys: Iterable[PublicKey], *, first: int = 1) -> None:
        self.log = log
        self.keys = {key.key_id: key for key in keys}
        self.report = Report()
        self.seen = Seen()
        self.digests: dict[int, str] = {}
        self._next = first
        self._previous: str | None = GENESIS if first == 1 else None

    def keep_digests_of(self, anchors: Iterable[Anchor]) -> None:
        """Name the links whose digest `finish` will compare, so that no other is kept."""
        for anchor in anchors:
            self.digests.setdefault(anchor.number, "")

    def link(self, seal: Seal, rows: Sequence[Row]) -> None:
        """Check one seal and the rows found for it, in the order they were found."""
        self._check_place(seal)
        self._check_proof(seal)
        self._check_rows(seal, rows)
        self.report.seals += 1
        self.report.head, self.report.head_number = seal.digest, seal.number
        if seal.number in self.digests:
            self.digests[seal.number] = seal.digest

    def _check_place(self, seal: Seal) -> None:
        where = f"seal {seal.number}"
        fault = self.report.fault
        if seal.log != self.log:
            fault("foreign", where, f"封印属于日志 {seal.log},不是 {self.log}")
        if seal.number > self._next:
            fault(
                "missing_seals",
                f"seals {self._next}-{seal.number - 1}",
                "封印缺失:被删除,或从备份恢复后丢失",
            )
        elif seal.number < self._next:
            fault("order", where, f"封印次序颠倒或重复,此处应为 {self._next} 号")
        elif self._previous is not None and seal.previous != self._previous:
            fault("broken_link", where, "与上一封印的摘要不相接:上一封印或本封印被改动")
        self._next = max(self._next, seal.number + 1)
        self._previous = seal.digest

    def _check_proof(self, seal: Seal) -> None:
        where = f"seal {seal.number}"
        if seal.suite not in SUITES:
            self.report.fault("unknown_suite", where, f"不认识的算法套件 {seal.suite}")
            return
        expected = seal_digest(self.log, seal.number, seal.at, seal.rows, seal.previous, seal.suite)
        if expected != seal.digest:
            self.report.fault("edited_seal", where, "封印内容与其摘要不符:封印被改动")
        key = self.keys.get(seal.key_id)
        if key is None or key.suite != seal.suite:
            self.report.fault("unknown_key", where, f"没有编号为 {seal.key_id} 的公钥")
            return
        try:
            proved = key.proves(seal.digest.encode(), bytes.fromhex(seal.signature))
        except ValueError:
            proved = False
        if not proved:
            self.report.fault("bad_signature", where, "签名不成立")

    def _check_rows(self, seal: Seal, rows: Sequence[Row]) -> None:
        fault = self.report.fault
        expected = dict(seal.rows)
        found = [self._identity(row) for row in rows]
        for number, row in zip(found, rows, strict=True):
            where = f"seal {seal.number} row {number}"
            if number not in expected:
                fault("inserted_row", where, "这一行不属于该封印:后来插入")
            elif seal.suite in SUITES and row_digest(self.log, seal.suite, row) != expected[number]:
                fault("edited_row", where, "行内容与封印时不同:被改动")
            if number is not None and not self.seen.add(number):
                fault("repeated_row", where, "同一行出现两次")
        for number in expected.keys() - set(found):
            fault("deleted_row", f"seal {seal.number} row {number}", "封印过的行不见了:被删除")
            self.seen.add(number)
        if len(expected) != len(seal.rows):
            fault("repeated_row", f"seal {seal.number}", "封印里同一行列了两次")
        kept = [number for number in found if number in expected]
        if kept != [number for number, _ in seal.rows if number in set(kept)]:
            fault("order", f"seal {seal.number}", "行的次序与封印时不同")
        self.report.rows += len(rows)

    @staticmethod
    def _identity(row: Row) -> int | None:
        number = row.get("id")
        return number if isinstance(number, int) and not isinstance(number, bool) else None

    def loose(self, row_id: int, *, queued: bool) -> None:
        """Tell of a row that no seal covers: waiting for the sealer, or slipped in."""
        if row_id in self.seen:
            return
        if queued:
            self.report.unsealed += 1
        else:
            self.report.fault("inserted_row", f"row {row_id}", "不在任何封印中,也不在待封队列中")

    def finish(self, files: Sequence[tuple[Path, list[Anchor], list[int]]] = ()) -> Report:
        """Compare with what was written down outside, and end."""
        for path, anchors, unreadable in files:
            for line in unreadable:
                self.report.fault("unreadable_anchor", f"{path} line {line}", "这一行无法读出")
            self._check_anchors(path, anchors)
        return self.report

    def _check_anchors(self, path: Path, anchors: list[Anchor]) -> None:
        lost = [a.number for a in anchors if a.number > self.report.head_number]
        if lost:
            self.report.fault(
                "truncated",
                f"seals {self.report.head_number + 1}-{max(lost)}",
                f"锚文件 {path} 记有这些封印,而日志到 {self.report.head_number} 号为止:尾部被截断",
            )
        for anchor in anchors:
            where = f"{path} line {anchor.line}"
            found = self.digests.get(anchor.number, "")
            if found and found != anchor.digest:
                self.report.fault(
                    "rewritten", f"seal {anchor.number}", f"与锚文件不同:整条链被重写 ({where})"
                )
            key = self.keys.get(anchor.key_id)
            if key and not key.proves(anchor.digest.encode(), _unhex(anchor.signature)):
                self.report.fault("forged_anchor", where, "锚的签名不成立:锚文件被改动")


def _unhex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def anchored_keys(paths: Sequence[Path]) -> Iterator[PublicKey]:
    """Public keys that anchor files name."""
    for path in paths:
        yield from AnchorFile(path).keys()
