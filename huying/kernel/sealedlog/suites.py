"""Suites of digest and signature, and the keys that sign: files, or a 密码机 as `Signer`."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import gmssl_pyx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

DEFAULT_SUITE = "sm2-sm3"


@dataclass(frozen=True)
class PublicKey:
    """What proves a signature; `key_id` is a fingerprint, so a key cannot be passed off."""

    suite: str
    value: bytes

    @property
    def key_id(self) -> str:
        return SUITES[self.suite].digest(self.suite.encode() + self.value)[:32]

    def proves(self, message: bytes, signature: bytes) -> bool:
        return SUITES[self.suite].verify(self.value, message, signature)


class Signer(Protocol):
    """Signs heads of a chain; a hardware module (密码机) implements it and keeps its key."""

    @property
    def public(self) -> PublicKey:
        """The key that proves what `sign` makes."""

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`."""


@dataclass(frozen=True)
class Suite:
    """One way to digest, to make keys and to sign."""

    digest: Callable[[bytes], str]
    make: Callable[[], tuple[bytes, bytes]]
    sign: Callable[[bytes, bytes, bytes], bytes]
    verify: Callable[[bytes, bytes, bytes], bool]


def _sm3(data: bytes) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def _sm2_sign(private: bytes, public: bytes, message: bytes) -> bytes:
    return bytes(gmssl_pyx.sm2_sign(private, public, message))


def _sm2_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        return bool(gmssl_pyx.sm2_verify(public, message, signature))
    except gmssl_pyx.GmsslInnerError:
        return False


def _ed25519_make() -> tuple[bytes, bytes]:
    key = Ed25519PrivateKey.generate()
    return key.public_key().public_bytes_raw(), key.private_bytes_raw()


def _ed25519_sign(private: bytes, public: bytes, message: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).sign(message)


def _ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


SUITES = {
    "sm2-sm3": Suite(_sm3, gmssl_pyx.sm2_key_generate, _sm2_sign, _sm2_verify),
    "ed25519-sha256": Suite(
        lambda data: hashlib.sha256(data).hexdigest(), _ed25519_make, _ed25519_sign, _ed25519_verify
    ),
}


@dataclass(frozen=True)
class FileSigner:
    """A key kept in a file of this install, readable by its account alone."""

    public: PublicKey
    private: bytes

    def sign(self, message: bytes) -> bytes:
        return SUITES[self.public.suite].sign(self.private, self.public.value, message)


def file_signer(folder: Path, log: str, suite: str = DEFAULT_SUITE) -> FileSigner:
    """The key of a log, made on first use under `folder` (0700) as a file of mode 0600."""
    if suite not in SUITES:
        raise ValueError(f"no suite {suite}; there are {', '.join(SUITES)}")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{log}.{suite}.json"
    if not path.exists():
        public, private = SUITES[suite].make()
        spare = folder / f".{path.name}.{os.getpid()}"
        descriptor = os.open(spare, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({"suite": suite, "public": public.hex(), "private": private.hex()}, file)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(spare, path)
        except FileExistsError:
            pass
        finally:
            spare.unlink()
    kept = json.loads(path.read_text())
    key = PublicKey(suite, bytes.fromhex(kept["public"]))
    return FileSigner(key, bytes.fromhex(kept["private"]))
