"""The shape of API keys: `hy_<prefix>_<secret>`; only the SHA-256 of the random secret is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import string

ALPHABET = string.ascii_letters + string.digits
PREFIX_LENGTH = 12
SECRET_LENGTH = 43


def make_key() -> tuple[str, str, str]:
    """A new key: (the whole in clear, its prefix, the digest to keep)."""
    prefix = "".join(secrets.choice(ALPHABET) for _ in range(PREFIX_LENGTH))
    secret = "".join(secrets.choice(ALPHABET) for _ in range(SECRET_LENGTH))
    return f"hy_{prefix}_{secret}", prefix, digest(secret)


def split_key(token: str) -> tuple[str, str]:
    """(prefix, secret) of a key in clear; two empty strings when it has not the shape of one."""
    mark, _, rest = token.strip().partition("_")
    prefix, _, secret = rest.partition("_")
    if mark != "hy" or len(prefix) != PREFIX_LENGTH or len(secret) != SECRET_LENGTH:
        return "", ""
    return prefix, secret


def digest(secret: str) -> str:
    """What is kept of a secret; it has 256 random bits, so a plain fast hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(secret: str, kept: str) -> bool:
    """Whether a secret is the one whose digest was kept, in constant time."""
    return hmac.compare_digest(digest(secret), kept)
