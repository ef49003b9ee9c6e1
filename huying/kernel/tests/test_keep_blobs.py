"""Blobs are whole or absent, read in ranges, readable by their owners and purged in time."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from huying.kernel import actions, blobs
from huying.kernel.clock import frozen, now
from huying.kernel.errors import Forbidden, Invalid, NotFound
from huying.kernel.models import Blob
from huying.kernel.tests.people import ADMIN, ALICE

pytestmark = pytest.mark.django_db

CONTENT = bytes(range(256)) * 4096


def keep(content: bytes = CONTENT, **options: object) -> Blob:
    return blobs.save(content, name="a.bin", media_type="application/zip", **options)  # type: ignore[arg-type]


def files(home: Path) -> list[Path]:
    return [path for path in (home / "blobs").rglob("*") if path.is_file()]


def test_what_was_written_is_read_back_by_whole_and_by_range(home: Path) -> None:
    blob = blobs.save(io.BytesIO(CONTENT), name="a.bin", media_type="application/zip")
    assert (blob.size, len(files(home))) == (len(CONTENT), 1)
    assert b"".join(blobs.read(blob)) == CONTENT
    assert b"".join(blobs.read(blob, 1000, 700_000)) == CONTENT[1000:700_000]
    assert blobs.is_whole(blob)
    blobs.place_of(blob.sha256).write_bytes(CONTENT[:-1] + b"x")
    assert not blobs.is_whole(blob)


def test_equal_contents_share_one_file(home: Path) -> None:
    assert keep().pk != keep().pk
    assert len(files(home)) == 1


def test_an_interrupted_or_too_large_writing_leaves_nothing(home: Path) -> None:
    with pytest.raises(RuntimeError), blobs.Writer() as writer:
        writer.write(b"half")
        raise RuntimeError
    with pytest.raises(Invalid, match="1 MB"):
        keep(CONTENT + b"1", limit=1024 * 1024)
    assert (files(home), Blob.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-99", (0, 100)),
        ("bytes=900-", (900, 1000)),
        ("bytes=-100", (900, 1000)),
        ("bytes=0-5000", (0, 1000)),
        ("bytes=5-1", None),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("", None),
    ],
)
def test_a_range_header_is_read_as_the_standard_says(
    header: str, expected: tuple[int, int] | None
) -> None:
    assert blobs.byte_range(header, 1000) == expected


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=-0"])
def test_a_range_beyond_the_file_is_refused(header: str) -> None:
    with pytest.raises(blobs.RangeNotSatisfiable):
        blobs.byte_range(header, 1000)


def test_a_blob_is_readable_only_if_an_owner_says_so() -> None:
    blob = keep()
    with pytest.raises(NotFound):
        blobs.readable(ALICE, blob.pk)
    blobs.OWNERS.register("kernel.test", lambda asker, _blob: asker.id == ALICE.id)
    try:
        assert blobs.readable(ALICE, blob.pk) == blob
        with pytest.raises(NotFound):
            blobs.readable(ADMIN, blob.pk)
        with pytest.raises(NotFound):
            blobs.readable(ALICE, uuid.uuid4())
    finally:
        del blobs.OWNERS._items["kernel.test"]


def test_a_purge_removes_what_lapsed_and_keeps_shared_bytes(home: Path) -> None:
    keep(keep_until=now() + timedelta(days=1))
    other = keep(keep_until=now() + timedelta(days=9))
    with frozen(now() + timedelta(days=2)):
        assert actions.purge_blobs(by=ADMIN) == 1
    assert list(Blob.objects.all()) == [other]
    assert b"".join(blobs.read(other)) == CONTENT
    with frozen(now() + timedelta(days=10)):
        assert actions.purge_blobs(by=ADMIN) == 1
    assert files(home) == []


def test_what_nobody_took_over_goes_after_two_days_with_what_a_kill_left(home: Path) -> None:
    keep()
    (home / "blobs" / "new" / "killed").write_bytes(b"half")
    with pytest.raises(RuntimeError), transaction.atomic():
        keep(b"rolled back")
        raise RuntimeError
    assert actions.purge_blobs(by=ADMIN) == 0
    assert len(files(home)) == 3
    with frozen(now() + timedelta(days=3)):
        assert actions.purge_blobs(by=ADMIN) == 1
    assert files(home) == []


def test_a_purge_needs_the_right() -> None:
    with pytest.raises(Forbidden):
        actions.purge_blobs(by=ALICE)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\照片\\路灯.jpg", "路灯.jpg"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ('a"b\r\n.txt', "ab.txt"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert blobs.safe_name(name) == safe
