"""The sealer of the audit: chains and signs what verbs appended, in batches, outside their way."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from huying.kernel.models import AuditRow, AuditSeal, UnsealedRow
from huying.kernel.sealedlog import export
from huying.kernel.sealedlog.anchors import AnchorFile, read_all
from huying.kernel.sealedlog.chain import GENESIS, Row, Seal, seal_batch
from huying.kernel.sealedlog.suites import DEFAULT_SUITE, PublicKey, Signer, file_signer
from huying.kernel.sealedlog.verify import Checker, Report, anchored_keys

LOG = "audit"
BATCH = 1000
ANCHOR_SECONDS = 10.0
SANE_NUMBER = 1 << 62  # an anchor file that somebody scribbled in must not stop the sealer
LOCK = 0x6875_7969_6E67_0001  # "huying", 1: only one sealer extends the chain at a time

logger = logging.getLogger(__name__)


def signer() -> Signer:
    """The signer of the audit: `settings.SEAL_SIGNER` names a factory (密码机), else a key file."""
    factory = getattr(settings, "SEAL_SIGNER", "")
    if factory:
        made: Signer = import_string(factory)()
        return made
    suite = getattr(settings, "SEAL_SUITE", DEFAULT_SUITE)
    return file_signer(key_folder(), LOG, suite)


def key_folder() -> Path:
    """Where sealing keys are kept."""
    return Path(settings.HOME) / "secrets" / "seals"


def anchor_paths() -> list[Path]:
    """Where heads are written down: beside the database, and `HUYING_ANCHORS` (`:` between)."""
    more = os.environ.get("HUYING_ANCHORS", "").split(os.pathsep)
    return [Path(settings.HOME) / "anchors" / "audit.jsonl", *(Path(p) for p in more if p)]


def row_of(row: AuditRow) -> Row:
    """The fields of a row that its digest covers, as plain JSON."""
    return {
        "id": row.pk,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "verb": row.verb,
        "actor_id": row.actor_id,
        "actor_label": row.actor_label,
        "object_kind": row.object_kind,
        "object_id": row.object_id,
        "area_path": row.area_path,
        "detail": row.detail,
    }


def seal_of(link: AuditSeal) -> Seal:
    """A stored seal as the component knows it."""
    return Seal(
        LOG,
        link.number,
        link.at.astimezone(UTC).isoformat(timespec="microseconds"),
        tuple((row, digest) for row, digest in link.rows),
        link.previous,
        link.digest,
        link.suite,
        link.key_id,
        link.signature,
    )


def seal_once(by: Signer, *, batch: int = BATCH) -> Seal | None:
    """Seal the oldest waiting rows as one link, in one transaction; None when none waits.

    Rows are sealed in the order in which the sealer first sees them committed: a late commit with
    a low id goes into a later link, and a rollback leaves a hole that means nothing.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [LOCK])
        # A queued row that somebody deleted stays in the queue, where `verify` finds it.
        waiting = AuditRow.objects.filter(pk__in=UnsealedRow.objects.values("row_id"))
        rows = [row_of(row) for row in waiting.order_by("pk")[:batch]]
        if not rows:
            return None
        last = AuditSeal.objects.order_by("-number").first()
        number = max(last.number if last else 0, _highest_anchor()) + 1
        at = datetime.now(UTC)
        link = seal_batch(
            LOG,
            number,
            at.isoformat(timespec="microseconds"),
            rows,
            last.digest if last else GENESIS,
            by,
        )
        AuditSeal.objects.create(
            number=number,
            at=at,
            rows=[list(mark) for mark in link.rows],
            previous=link.previous,
            digest=link.digest,
            suite=link.suite,
            key_id=link.key_id,
            signature=link.signature,
        )
        UnsealedRow.objects.filter(row_id__in=[row["id"] for row in rows]).delete()
    return link


def _highest_anchor() -> int:
    """The highest link ever written down: a chain cut or restored behind it never reuses a number.

    What is missing stays visible for ever, as a gap that `verify` reports.
    """
    heads = [AnchorFile(path).last(LOG) for path in anchor_paths()]
    return max((h.number for h in heads if h and h.number < SANE_NUMBER), default=0)


def anchor(by: Signer) -> None:
    """Write the present head down in every anchor file that lacks it."""
    last = AuditSeal.objects.order_by("-number").first()
    if last is None:
        return
    for path in anchor_paths():
        file = AnchorFile(path)
        known = file.last(LOG)
        if known is None or known.number < last.number:
            file.append([seal_of(last)], by.public)


def seal_all(by: Signer | None = None) -> int:
    """Seal everything that waits and anchor the head; count the rows sealed."""
    by = by or signer()
    sealed = 0
    while link := seal_once(by):
        sealed += len(link.rows)
    anchor(by)
    return sealed


class Sealer:
    """The long-running sealer: a turn each half second keeps the unsealed tail under two."""

    pause = 0.5

    def __init__(self) -> None:
        self.signer = signer()
        self._anchored_at = 0.0
        anchor(self.signer)

    def turn(self) -> bool:
        """Seal one batch; whether there may be more at once."""
        link = seal_once(self.signer)
        if time.monotonic() - self._anchored_at >= ANCHOR_SECONDS:
            anchor(self.signer)
            self._anchored_at = time.monotonic()
        return link is not None and len(link.rows) == BATCH

    def wait(self, stop: threading.Event) -> None:
        """Sleep until the next turn."""
        stop.wait(self.pause)

    def close(self) -> None:
        """Write the last head down before leaving."""
        anchor(self.signer)


def links(first: int = 1, last: int | None = None) -> Iterator[tuple[Seal, list[Row]]]:
    """Every seal in order with the rows that still exist for it."""
    seals = AuditSeal.objects.filter(number__gte=first).order_by("number")
    if last is not None:
        seals = seals.filter(number__lte=last)
    for stored in seals.iterator(chunk_size=50):
        seal = seal_of(stored)
        place = {number: index for index, (number, _) in enumerate(seal.rows)}
        rows = AuditRow.objects.filter(pk__in=list(place))
        yield seal, sorted((row_of(row) for row in rows), key=lambda row: place[row["id"]])


def known_keys() -> list[PublicKey]:
    """Public keys that may have signed: of key files here, the signer, and the anchors."""
    keys = [signer().public, *anchored_keys(anchor_paths())]
    if key_folder().is_dir():
        for path in sorted(key_folder().glob(f"{LOG}.*.json")):
            keys.append(file_signer(key_folder(), LOG, path.name.split(".")[1]).public)
    return list({key.key_id: key for key in keys}.values())


def verify() -> Report:
    """Check the whole audit in the database, as of one instant, against its seals and anchors."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("set transaction isolation level repeatable read")
        return _verify()


def _verify() -> Report:
    files = read_all(anchor_paths(), LOG)
    checker = Checker(LOG, known_keys())
    for _path, anchors, _unreadable in files:
        checker.keep_digests_of(anchors)
    for seal, rows in links():
        checker.link(seal, rows)
    queued = set(UnsealedRow.objects.values_list("row_id", flat=True))
    for row_id in AuditRow.objects.order_by("pk").values_list("pk", flat=True).iterator():
        checker.loose(row_id, queued=row_id in queued)
        queued.discard(row_id)
    for row_id in sorted(queued):
        checker.report.fault("deleted_row", f"row {row_id}", "待封的行不见了:被删除")
    return checker.finish(files)


def write_export(file: IO[bytes], *, first: int = 1, last: int | None = None) -> int:
    """Write seals `first` to `last` with their rows (all, and the tail, by default)."""
    loose: Iterable[Row] = ()
    if last is None:
        waiting = UnsealedRow.objects.values("row_id")
        loose = (row_of(row) for row in AuditRow.objects.filter(pk__in=waiting).order_by("pk"))
    keys: Sequence[PublicKey] = known_keys()
    return export.write(file, LOG, links(first, last), loose, keys, signer(), first=first)
