"""Secrets of this install: made on first use under HUYING_HOME/secrets, never committed.

Personal fields are sealed with AES-256-GCM. Every sealed value names its key, so that keys can be
rotated: the newest encrypts, all of them open. Lookups use a keyed digest, never the value itself.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

if TYPE_CHECKING:
    from django.db.models import Model

from huying.kernel.registry import Registry

FORMAT = b"\x01"
HEADER = 5  # the format and four bytes of key number
NONCE = 12
FIELD_KEY = "field."


class Unreadable(ValueError):
    """A sealed value whose key is not here, or which somebody altered."""


@dataclass(frozen=True)
class EncryptedField:
    """A binary column that holds sealed text: `Appellant`, `phone`."""

    model: type[Model]
    field: str

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.field}"


ENCRYPTED_FIELDS: Registry[EncryptedField] = Registry("encrypted fields")


def register_encrypted(model: type[Model], *fields: str) -> None:
    """Tell `huying rotate-keys` which columns of a room are sealed; call it in `apps.py`."""
    for name in fields:
        field = EncryptedField(model, name)
        ENCRYPTED_FIELDS.register(str(field), field)


def material(home: Path, name: str, size: int = 32) -> bytes:
    """The named secret, made of `size` random bytes on first use: 0600 in a 0700 folder."""
    path = folder(home) / name
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return _make(path, secrets.token_bytes(size))


def text(home: Path, name: str) -> str:
    """The named secret as hexadecimal text."""
    return material(home, name).hex()


def folder(home: Path) -> Path:
    """Where the secrets of `home` lie, made when missing."""
    path = home / "secrets"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def seal_text(value: str) -> bytes:
    """Encrypt a personal field with the newest key."""
    keys = _keys()
    number = max(keys)
    header = FORMAT + number.to_bytes(HEADER - 1, "big")
    nonce = secrets.token_bytes(NONCE)
    return header + nonce + keys[number].encrypt(nonce, value.encode(), header)


def open_text(sealed: bytes | memoryview) -> str:
    """Decrypt what `seal_text` made; raises Unreadable for a lost key or an altered value."""
    sealed = bytes(sealed)
    header, nonce, body = sealed[:HEADER], sealed[HEADER : HEADER + NONCE], sealed[HEADER + NONCE :]
    if header[:1] != FORMAT:
        raise Unreadable("not a sealed value")
    number = int.from_bytes(header[1:], "big")
    key = _keys().get(number)
    if key is None:  # made by another process within one tick of the file system's clock
        _ring.cache_clear()
        key = _keys().get(number)
    if key is None:
        raise Unreadable(f"the field key {number} is not in HUYING_HOME/secrets")
    try:
        return key.decrypt(nonce, body, header).decode()
    except InvalidTag:
        raise Unreadable("the value was altered, or sealed by another install's key") from None


def keyed_digest(value: str) -> str:
    """A stable digest for finding a value that is stored sealed; useless without our key."""
    key = material(settings.HOME, "digest.key")
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


def newest_header() -> bytes:
    """The first bytes of everything the newest key seals."""
    return FORMAT + max(_keys()).to_bytes(HEADER - 1, "big")


def add_field_key() -> int:
    """Make a new field key, which encrypts from now on in every process; returns its number."""
    number = max(_keys()) + 1
    _make(folder(settings.HOME) / f"{FIELD_KEY}{number}", secrets.token_bytes(32))
    return number


def age_of_newest_key() -> timedelta:
    """How long ago the key that encrypts now was made."""
    path = folder(settings.HOME) / f"{FIELD_KEY}{max(_keys())}"
    return timedelta(seconds=time.time() - path.stat().st_mtime)


def retire_field_keys() -> list[int]:
    """Delete all field keys but the newest; only after nothing sealed by them is left."""
    retired = sorted(_keys())[:-1]
    for number in retired:
        (folder(settings.HOME) / f"{FIELD_KEY}{number}").unlink()
    return retired


def _keys() -> dict[int, AESGCM]:
    """The key ring; the folder's time tells when another process has rotated it."""
    place = folder(settings.HOME)
    return _ring(place, place.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _ring(place: Path, changed: int) -> dict[int, AESGCM]:
    found = sorted(place.glob(f"{FIELD_KEY}[0-9]*"))
    if not found:
        _make(place / f"{FIELD_KEY}1", secrets.token_bytes(32))
        found = sorted(place.glob(f"{FIELD_KEY}[0-9]*"))
    return {int(path.name.removeprefix(FIELD_KEY)): AESGCM(path.read_bytes()) for path in found}


def _make(path: Path, fresh: bytes) -> bytes:
    """Write a secret whole or not at all; of two processes that race, both use the winner's."""
    spare = path.parent / f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}"
    descriptor = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(fresh)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(spare, path)
    except FileExistsError:
        fresh = path.read_bytes()
    finally:
        spare.unlink()
    return fresh
