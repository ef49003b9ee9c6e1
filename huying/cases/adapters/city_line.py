"""The line to the city hotline: signed JSON over HTTP, in a plain dialect of our own.

No public standard of a 12345 interface exists; `docs/hotline.md` describes the dialect, and names
of fields follow the city's own by `HUYING_CITY_NAMES`. Both sides sign with one shared secret.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from huying.cases.rules.city import Standing, spelled
from huying.kernel import secrets
from huying.kernel.clock import now

TIME, SIGNATURE = "Huying-Time", "Huying-Signature"
SKEW = timedelta(minutes=5)
PATIENCE = 5.0  # seconds for one answer
REST = 3.0  # seconds in which a line just found dead is not tried again
SECRET = "city_line.key"  # noqa: S105 - the name of a file under HUYING_HOME/secrets
LARGEST = 1 << 20


class LineDown(Exception):
    """Nobody answers, or not sensibly: try again later."""


class LineRefused(Exception):
    """The other side read the message and will never take it as it is."""


class Line(Protocol):
    """What the district asks of the city's side."""

    def deliver(self, message: Mapping[str, Any]) -> None:
        """Hand over one message; raises LineDown or LineRefused."""

    def orders(self, since: datetime) -> list[Standing]:
        """The city's book: every order of this district that is open or was sent since then."""

    def order(self, number: str) -> Standing | None:
        """One order of that book; None when the city has none of this number."""

    def messages(self, number: str, after: int) -> list[dict[str, Any]]:
        """What the city said about an order, beyond the first `after` messages."""


def sign(method: str, target: str, at: str, body: bytes) -> str:
    """HMAC-SHA256, in hexadecimal, over method, target, time and the digest of the body."""
    said = "\n".join((method, target, at, hashlib.sha256(body).hexdigest()))
    key = secrets.material(settings.HOME, SECRET)
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def genuine(method: str, target: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a request was signed with the shared secret, within minutes of now."""
    at = headers.get(TIME, "")
    try:
        said_at = datetime.fromisoformat(at)
    except ValueError:
        return False
    if said_at.tzinfo is None or abs(now() - said_at) > SKEW:
        return False
    return hmac.compare_digest(sign(method, target, at, body), headers.get(SIGNATURE, ""))


def to_wire(value: Any) -> Any:
    """Our names of fields → the city's."""
    return _renamed(value, settings.CITY_NAMES)


def from_wire(value: Any) -> Any:
    """The city's names of fields → ours."""
    return _renamed(value, {theirs: ours for ours, theirs in settings.CITY_NAMES.items()})


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {names.get(key, key): _renamed(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    return value


@dataclass(frozen=True)
class HttpLine:
    """The line at an address such as `https://12345.example.cn/district/420106`."""

    address: str

    def deliver(self, message: Mapping[str, Any]) -> None:
        status, said = self._ask("POST", "/messages", message)
        if status >= 400:
            raise LineRefused(str(said.get("error", status))[:500])

    def orders(self, since: datetime) -> list[Standing]:
        found = self._read("/orders?" + urlencode({"since": since.isoformat()}))
        return [_standing(one) for one in _listed(found, "orders")]

    def order(self, number: str) -> Standing | None:
        found = self._read(f"/orders/{quote(number, safe='')}")
        return _standing(found) if found is not None else None

    def messages(self, number: str, after: int) -> list[dict[str, Any]]:
        found = self._read(f"/orders/{quote(number, safe='')}/messages?after={after}")
        return [one for one in _listed(found, "messages") if isinstance(one, dict)]

    def _read(self, path: str) -> dict[str, Any] | None:
        status, said = self._ask("GET", path)
        if status == 404:
            return None
        if status >= 400:
            raise LineDown(_("市热线回答 %(status)s") % {"status": status})
        return said

    def _ask(
        self, method: str, path: str, message: Mapping[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Status and body of an answer; whatever else happens on the way is LineDown."""
        _BREAKER.check(self.address)
        parts = urlsplit(self.address)
        target = parts.path.rstrip("/") + path
        body = b"" if message is None else json.dumps(to_wire(message)).encode()
        at = now().isoformat()
        headers = {
            "Content-Type": "application/json",
            TIME: at,
            SIGNATURE: sign(method, target, at, body),
        }
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=PATIENCE)
        try:
            connection.request(method, target, body or None, headers)
            answer = connection.getresponse()
            text = answer.read(LARGEST + 1)
            found = from_wire(json.loads(text)) if text else {}
        except (OSError, http.client.HTTPException, ValueError) as failed:
            _BREAKER.trip(self.address)
            raise LineDown(f"{type(failed).__name__}: {failed}") from failed
        finally:
            connection.close()
        if answer.status >= 500 or answer.status in (401, 403, 408, 429):
            raise LineDown(_("市热线回答 %(status)s") % {"status": answer.status})
        return answer.status, found if isinstance(found, dict) else {}


class _Breaker:
    """Remembers for a moment that a line is dead, so that a queue behind it does not wait for it
    message by message."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def check(self, address: str) -> None:
        with self._lock:
            if time.monotonic() < self._until.get(address, 0.0):
                raise LineDown(_("刚才没有接通，稍后再试"))

    def trip(self, address: str) -> None:
        with self._lock:
            self._until[address] = time.monotonic() + REST


_BREAKER = _Breaker()


def city_line() -> Line | None:
    """The configured line; None where the district has none (then workbooks serve)."""
    return HttpLine(settings.CITY_LINE) if settings.CITY_LINE else None


def _listed(found: dict[str, Any] | None, name: str) -> Sequence[Any]:
    listed = (found or {}).get(name)
    return listed if isinstance(listed, list) else []


def _standing(found: Any) -> Standing:
    try:
        return Standing(
            order=str(found["order"]),
            state=str(found["state"]),
            round=int(found["round"]),
            asked=str(found["asked"] or ""),
            due=_instant(found["due"]),
            reply=str(found["reply"] or ""),
            said=int(found["said"]),
            told=int(found["told"]),
        )
    except (KeyError, TypeError, ValueError) as failed:
        raise LineDown(_("市热线的回答不合约定：%(why)s") % {"why": failed}) from failed


def _instant(text: Any) -> str:
    """One spelling for one instant, so that texts can be compared."""
    return spelled(datetime.fromisoformat(text)) if text else ""


def digest_of(text: str) -> str:
    """By which two sides compare an answer without sending it about; empty for none."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""
