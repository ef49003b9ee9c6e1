"""Blobs: files streamed to HUYING_HOME/blobs by content, checksummed, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import IO

from django.conf import settings
from django.db import connection, transaction
from django.db.models import SET_NULL, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Invalid, NotFound, Refusal
from huying.kernel.media import accept, clean_picture, typed_by_content
from huying.kernel.models import Blob
from huying.kernel.registry import Registry

__all__ = [
    "OWNERS",
    "Blob",
    "Writer",
    "accept",
    "clean_picture",
    "readable",
    "save",
    "typed_by_content",
]

PIECE = 256 * 1024
ORPHAN_AGE = timedelta(days=2)
LARGEST = 2 * 1024**3

OWNERS: Registry[Callable[[Asker, uuid.UUID], bool]] = Registry("owners of blobs")
"""Rooms say here whether an asker may read a blob of theirs; one yes is enough."""


class RangeNotSatisfiable(Refusal):
    """The bytes asked for lie beyond the file."""

    status = 416
    code = "range_not_satisfiable"


def folder() -> Path:
    """Where blobs lie."""
    return Path(settings.HOME) / "blobs"


def place_of(sha256: str) -> Path:
    """The file of a content."""
    return folder() / sha256[:2] / sha256[2:]


class Writer:
    """Takes bytes as they come; `keep` makes them a blob, leaving without it leaves nothing."""

    def __init__(self, *, limit: int = LARGEST) -> None:
        self.limit = limit
        self.size = 0
        self._digest = hashlib.sha256()
        self._spare = folder() / "new" / uuid.uuid4().hex
        self._file: IO[bytes] | None = None
        self.blob: Blob | None = None

    def __enter__(self) -> Writer:
        self._spare.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = self._spare.open("xb")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
        self._spare.unlink(missing_ok=True)

    def write(self, data: bytes) -> int:
        """Add bytes; refuses what grows beyond the limit."""
        if self._file is None:
            raise ValueError("the writer is not open")
        self.size += len(data)
        if self.size > self.limit:
            raise Invalid(
                _("文件超过 %(limit)s 的上限。") % {"limit": spoken_size(self.limit)},
                remedy=_("请压缩或拆分后重新上传。"),
            )
        self._digest.update(data)
        return self._file.write(data)

    def keep(self, *, name: str, media_type: str, keep_until: datetime | None = None) -> Blob:
        """Sync, put in place, and record in the caller's transaction."""
        if self._file is None:
            raise ValueError("the writer is not open")
        self._file.flush()
        os.fsync(self._file.fileno())
        sha256 = self._digest.hexdigest()
        with transaction.atomic():
            _hold(sha256)  # a purge of the same content waits until this is committed
            _settle(self._spare, place_of(sha256))
            self.blob = Blob.objects.create(
                id=uuid.uuid4(),
                sha256=sha256,
                size=self.size,
                media_type=media_type,
                name=safe_name(name),
                created_at=now(),
                keep_until=keep_until,
            )
        return self.blob


def _hold(sha256: str) -> None:
    number = int.from_bytes(bytes.fromhex(sha256[:16]), "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [number])


def _settle(spare: Path, place: Path) -> None:
    if place.exists():
        os.utime(place)
        return
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    spare.rename(place)
    for changed in (place.parent, folder()):
        descriptor = os.open(changed, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def save(
    source: bytes | IO[bytes] | Iterable[bytes],
    *,
    name: str,
    media_type: str,
    limit: int = LARGEST,
    keep_until: datetime | None = None,
) -> Blob:
    """Keep bytes, an open file, or pieces as a blob, in the caller's transaction."""
    pieces: Iterable[bytes]
    if isinstance(source, bytes):
        pieces = (source,)
    elif hasattr(source, "read"):
        file = source
        pieces = iter(lambda: file.read(PIECE), b"")
    else:
        pieces = source
    with Writer(limit=limit) as writer:
        for piece in pieces:
            writer.write(piece)
        return writer.keep(name=name, media_type=media_type, keep_until=keep_until)


def read(blob: Blob, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """Bytes `start` up to and without `end`, in pieces."""
    left = (blob.size if end is None else min(end, blob.size)) - start
    with open_file(blob) as file:
        file.seek(start)
        while left > 0 and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece


def open_file(blob: Blob) -> IO[bytes]:
    """The blob as an open file."""
    try:
        return place_of(blob.sha256).open("rb")
    except FileNotFoundError:
        raise NotFound(
            _("文件“%(name)s”的内容已不在本机。") % {"name": blob.name},
            remedy=_("请联系系统管理员从备份恢复。"),
        ) from None


def is_whole(blob: Blob) -> bool:
    """Whether the bytes on disk are still those that were written."""
    digest = hashlib.sha256()
    for piece in read(blob):
        digest.update(piece)
    return digest.hexdigest() == blob.sha256


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """What an HTTP `Range` header asks of `size` bytes, as start and end (not included).

    None when there is none, or one we need not honour (several ranges, another unit).
    """
    found = re.fullmatch(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", header, re.ASCII)
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if first == "":
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= size or start >= end:
        raise RangeNotSatisfiable(_("请求的字节范围超出了文件。"))
    return start, end


def readable(asker: Asker, blob_id: uuid.UUID) -> Blob:
    """The blob if some owner lets the asker read it; else NotFound, as if there were none."""
    if any(allows(asker, blob_id) for allows in OWNERS):
        blob = Blob.objects.filter(pk=blob_id).first()
        if blob is not None:
            return blob
    raise NotFound(_("没有这个文件，或您无权查看。"))


def safe_name(name: str) -> str:
    """A file name without path, control or direction-changing characters, at most 120 long."""
    bare = re.split(r"[\\/]", name)[-1]
    bare = re.sub(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:\"|?*]", "", bare)
    bare = bare.strip(". ") or "file"
    stem, dot, ending = bare.rpartition(".")
    if len(bare) > 120:
        bare = stem[: 119 - len(ending)] + "." + ending if dot and len(ending) < 12 else bare[:120]
    return bare


def spoken_size(size: int) -> str:
    """A size for people, such as `20 MB`."""
    amount, units = float(size), ["B", "KB", "MB", "GB"]
    while amount >= 1024 and len(units) > 1:
        amount, units = amount / 1024, units[1:]
    return f"{round(amount, 1):g} {units[0]}"


def purge() -> int:
    """Remove blobs past their time, or left without an owner, and their bytes; count them."""
    lapsed = Q(keep_until__lt=now()) | Q(keep_until=None, created_at__lt=now() - ORPHAN_AGE)
    loose = Blob.objects.filter(lapsed)
    for relation in Blob._meta.get_fields(include_hidden=True):
        on_delete = getattr(relation, "on_delete", None)
        if relation.auto_created and on_delete not in (None, SET_NULL):
            owner = relation.field  # type: ignore[union-attr]
            owners = owner.model._base_manager.filter(**{owner.name: OuterRef("pk")})
            loose = loose.exclude(Exists(owners))
    removed = 0
    for blob in loose.iterator():
        with transaction.atomic():
            _hold(blob.sha256)
            blob.delete()
            removed += 1
        _drop(blob.sha256)
    _sweep()
    return removed


def _drop(sha256: str) -> None:
    """Remove bytes unless some blob names them; whoever is just writing them waits."""
    with transaction.atomic():
        _hold(sha256)
        if not Blob.objects.filter(sha256=sha256).exists():
            place_of(sha256).unlink(missing_ok=True)


def _sweep() -> None:
    """Remove bytes that no blob names: of removed blobs, and of writers that were killed."""
    before = (now() - ORPHAN_AGE).timestamp()
    for part in sorted(folder().glob("*")) if folder().is_dir() else []:
        files = {path: path.stat().st_mtime for path in part.iterdir()}
        old = {path for path, modified in files.items() if modified < before}
        if part.name == "new":
            for path in old:
                path.unlink(missing_ok=True)
            continue
        digests = {part.name + path.name for path in old}
        named = set(Blob.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
        for digest in digests - named:
            _drop(digest)
