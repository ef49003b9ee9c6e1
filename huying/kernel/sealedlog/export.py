"""A sealed log as one JSONL file, and its check with nothing but that file (and anchors)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from huying.kernel.sealedlog.anchors import read_all
from huying.kernel.sealedlog.chain import Row, Seal, canonical
from huying.kernel.sealedlog.suites import SUITES, PublicKey, Signer
from huying.kernel.sealedlog.verify import Checker, Report, anchored_keys

FORMAT = "huying-sealed-log/1"


def write(
    file: IO[bytes],
    log: str,
    links: Iterable[tuple[Seal, Sequence[Row]]],
    loose: Iterable[Row],
    keys: Sequence[PublicKey],
    signer: Signer,
    *,
    first: int = 1,
) -> int:
    """Write header, every seal with its rows, the unsealed tail and a signed end; count rows."""
    whole = hashlib.sha256()

    def put(value: dict[str, Any]) -> None:
        line = canonical(value) + b"\n"
        whole.update(line)
        file.write(line)

    named = {key.key_id: key for key in (*keys, signer.public)}
    put(
        {
            "format": FORMAT,
            "log": log,
            "first": first,
            "keys": [{"suite": k.suite, "public": k.value.hex()} for k in named.values()],
        }
    )
    count = 0
    for seal, rows in links:
        put({"seal": seal.as_dict()})
        for row in rows:
            put({"row": row})
            count += 1
    for row in loose:
        put({"loose": row})
        count += 1
    signature = signer.sign(whole.hexdigest().encode()).hex()
    end = {"rows": count, "sha256": whole.hexdigest()}
    file.write(
        canonical({"end": end | {"key_id": signer.public.key_id, "signature": signature}}) + b"\n"
    )
    return count


class _Reader:
    """Reads an export line by line, gathers the rows of each seal and feeds the checker."""

    def __init__(self, path: Path, anchors: Sequence[Path]) -> None:
        self.path = path
        self.anchors = anchors
        self.checker = Checker("", [])
        self.whole = hashlib.sha256()
        self.seal: Seal | None = None
        self.rows: list[Row] = []
        self.ended = False

    def fault(self, what: str, line: int, detail: str) -> None:
        self.checker.report.fault(what, f"line {line}", detail)

    def read(self) -> Report:
        files: Sequence[Any] = ()
        number = 0
        with self.path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                value = self._parse(number, raw)
                if value is None:
                    continue
                if number == 1:
                    files = self._open(value)
                    if files is None:
                        return self.checker.report
                else:
                    self._take(number, value)
                if "end" not in value:
                    self.whole.update(raw)
        self._close()
        if not self.ended:
            self.fault("cut_file", number + 1, "文件没有结尾行:导出文件被截断")
        return self.checker.finish(files)

    def _parse(self, number: int, raw: bytes) -> dict[str, Any] | None:
        if self.ended:
            self.fault("inserted_line", number, "结尾行之后还有内容")
        try:
            value = json.loads(raw)
        except ValueError:
            value = None
        if not isinstance(value, dict) or canonical(value) + b"\n" != raw:
            self.fault("edited_line", number, "这一行不是导出时的写法:被改动")
            self.whole.update(raw)
        return value if isinstance(value, dict) else None

    def _open(self, header: dict[str, Any]) -> Any:
        if header.get("format") != FORMAT or not isinstance(header.get("keys"), list):
            self.fault("no_header", 1, f"第一行不是 {FORMAT} 的文件头")
            return None
        log = str(header.get("log"))
        files = read_all(self.anchors, log)
        try:
            first = int(header["first"])
            keys = [
                PublicKey(str(key["suite"]), bytes.fromhex(key["public"]))
                for key in header["keys"]
                if str(key["suite"]) in SUITES
            ]
        except (KeyError, TypeError, ValueError):
            self.fault("no_header", 1, "文件头被改动")
            return None
        trusted = {key.key_id for key in anchored_keys(self.anchors)}
        findings = self.checker.report.findings
        self.checker = Checker(log, keys, first=first)
        self.checker.report.findings.extend(findings)
        for key in keys:
            if trusted and key.key_id not in trusted:
                self.fault("foreign_key", 1, f"公钥 {key.key_id} 不在锚文件中:可能是冒充的密钥")
        for _path, anchors, _unreadable in files:
            self.checker.keep_digests_of(anchors)
        return files

    def _take(self, number: int, value: dict[str, Any]) -> None:
        if "seal" in value:
            self._close()
            try:
                self.seal = Seal.from_dict(value["seal"])
            except (ValueError, TypeError):
                self.fault("edited_seal", number, "这一行不是完整的封印")
        elif isinstance(value.get("row"), dict):
            if self.seal is None:
                self.fault("inserted_row", number, "这一行之前没有它的封印")
            else:
                self.rows.append(value["row"])
        elif isinstance(value.get("loose"), dict):
            self._close()
            identity = value["loose"].get("id")
            if isinstance(identity, int):
                self.checker.loose(identity, queued=True)
            else:
                self.fault("edited_line", number, "未封的一行没有编号")
        elif isinstance(value.get("end"), dict):
            self._close()
            self._end(number, value["end"])
        else:
            self.fault("inserted_line", number, "不认识的一行")

    def _close(self) -> None:
        if self.seal is not None:
            self.checker.link(self.seal, self.rows)
        self.seal, self.rows = None, []

    def _end(self, number: int, end: dict[str, Any]) -> None:
        self.ended = True
        key = self.checker.keys.get(str(end.get("key_id")))
        try:
            signature = bytes.fromhex(str(end.get("signature")))
        except ValueError:
            signature = b""
        digest = str(end.get("sha256"))
        if key is None or not key.proves(digest.encode(), signature):
            self.fault("bad_signature", number, "结尾行的签名不成立")
        if digest != self.whole.hexdigest():
            self.fault("edited_file", number, "文件内容与导出时不同:有行被改动、增加或删除")


def verify_file(path: Path, anchors: Sequence[Path] = ()) -> Report:
    """Check an export; with anchors also that it is the whole log and the district's own key."""
    return _Reader(path, anchors).read()


def lines(report: Report) -> Iterator[str]:
    """The report as text for a terminal."""
    for finding in report.findings:
        yield f"✗ {finding.what} @ {finding.where}: {finding.detail}"
    state = "完好" if report.sound else f"有 {len(report.findings)} 处问题"
    yield (
        f"{state}: 封印 {report.seals} 个, 行 {report.rows} 条, 未封尾部 {report.unsealed} 条, "
        f"链头 {report.head_number} 号 {report.head[:16]}…"
    )
