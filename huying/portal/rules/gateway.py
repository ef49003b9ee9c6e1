"""How a district's SMS gateway is spoken to, as data: its fields, its signature, its answers."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlencode, urlsplit

PLACE = re.compile(r"\{(\w+)\}")
PLACES = (
    *("phone", "text", "key", "kind", "template", "code", "link", "number"),
    *("time", "stamp", "secret", "signature", "digest"),
)
BUSY = (408, 425, 429)
OURS = (401, 403, 404, 405, 407)  # a wrong secret or address: no message is to blame for it


class Misread(ValueError):
    """The description of the gateway cannot stand; its text says what is wrong."""


@dataclass(frozen=True)
class Gateway:
    """A gateway that takes one message by one signed POST.

    `fields` are what it wants, by its own names; places such as `{phone}` are filled in. `signed`
    is what the HMAC-SHA256 covers; with `{digest}` in it, the body, and the signature then travels
    in a header. `accepted` and `busy` name fields of its answer and the values that mean so.
    """

    address: str
    fields: Mapping[str, Any]
    form: str = "json"
    headers: Mapping[str, str] = field(default_factory=dict)
    signed: str = "{time}{digest}"
    accepted: Mapping[str, Sequence[str]] = field(default_factory=dict)
    busy: Mapping[str, Sequence[str]] = field(default_factory=dict)
    reason: str = ""
    reference: str = ""
    templates: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 5.0
    receipt: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What an answer means: taken, to be tried again, or never (both false)."""

    taken: bool
    again: bool
    reason: str = ""
    reference: str = ""


def read(described: Mapping[str, Any]) -> Gateway:
    """A description as the district wrote it; Misread where it cannot work."""
    known = {one.name for one in fields(Gateway)}
    if unknown := sorted(set(described) - known):
        raise Misread(f"unknown settings: {', '.join(unknown)}")
    for name in ("address", "fields"):
        if not described.get(name):
            raise Misread(f"{name} is missing")
    found = Gateway(**described)
    parts = urlsplit(found.address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Misread("address must begin with http:// or https://")
    if found.form not in ("json", "form"):
        raise Misread("form must be json or form")
    if not isinstance(found.timeout, (int, float)) or not 0 < found.timeout <= 30:
        raise Misread("timeout must be a number of seconds up to 30")
    places = set(PLACE.findall(" ".join(_texts(found.fields))))
    beside = PLACE.findall(" ".join((*found.headers.values(), found.signed)))
    if unknown := sorted({*places, *beside} - set(PLACES)):
        raise Misread(f"unknown places: {', '.join(unknown)}")
    if "phone" not in places or not places & {"text", "code", "link"}:
        raise Misread("fields must hold {phone}, and {text} or the values of a template")
    if "{digest}" in found.signed and any("{signature}" in one for one in _texts(found.fields)):
        raise Misread("a signature over {digest} can only travel in a header")
    return found


def composed(
    gateway: Gateway, values: Mapping[str, str], secret: bytes
) -> tuple[bytes, dict[str, str]]:
    """Body and headers of one message."""
    given = dict(values) | {"secret": secret.decode(errors="replace")}
    given["template"] = gateway.templates.get(given.get("kind", ""), "")
    if "{digest}" not in gateway.signed:
        given["signature"] = _signature(gateway.signed, given, secret)
    filled = _filled(gateway.fields, given)
    if gateway.form == "json":
        body, kind = json.dumps(filled, ensure_ascii=False).encode(), "application/json"
    else:
        body, kind = urlencode(filled).encode(), "application/x-www-form-urlencoded"
    given["digest"] = hashlib.sha256(body).hexdigest()
    if "{digest}" in gateway.signed:
        given["signature"] = _signature(gateway.signed, given, secret)
    headers = {"Content-Type": f"{kind}; charset=utf-8"}
    return body, headers | {name: _filled(text, given) for name, text in gateway.headers.items()}


def judged(gateway: Gateway, status: int, body: bytes) -> Verdict:
    """What the gateway said; an answer that cannot be read is no promise: try again."""
    if status >= 500 or status in BUSY or status in OURS:
        return Verdict(False, True, f"HTTP {status}")
    try:
        said = json.loads(body) if gateway.accepted or gateway.busy else {}
    except ValueError:
        return Verdict(False, True, f"HTTP {status}, unreadable")
    reason = str(_at(said, gateway.reason) or f"HTTP {status}")[:200] if gateway.reason else ""
    reference = str(_at(said, gateway.reference) or "")[:64] if gateway.reference else ""
    if any(str(_at(said, name)) in map(str, some) for name, some in gateway.busy.items()):
        return Verdict(False, True, reason or f"HTTP {status}")
    if status >= 300:
        return Verdict(False, False, reason or f"HTTP {status}")
    for name, some in gateway.accepted.items():
        if str(_at(said, name)) not in map(str, some):
            return Verdict(False, False, reason or f"{name}: {str(_at(said, name))[:80]}")
    return Verdict(True, False, "", reference)


def receipts(gateway: Gateway, sent: Any) -> list[tuple[str, bool, str]]:
    """What a delivery receipt tells: our key, whether it arrived, and the gateway's word for it."""
    told = gateway.receipt
    rows = _at(sent, str(told.get("list", ""))) if told.get("list") else sent
    found = []
    for row in rows if isinstance(rows, list) else [rows]:
        key, state = _at(row, str(told["key"])), _at(row, str(told["state"]))
        if key is not None and state is not None:
            arrived = str(state) in map(str, told.get("delivered", ()))
            found.append((str(key)[:64], arrived, str(state)[:40]))
    return found


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []


def _filled(value: Any, given: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _filled(one, given) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, given) for one in value]
    if isinstance(value, str):
        return PLACE.sub(lambda match: given.get(match[1], ""), value)
    return value


def _signature(signed: str, given: Mapping[str, str], secret: bytes) -> str:
    return hmac.new(secret, _filled(signed, given).encode(), hashlib.sha256).hexdigest()


def _at(said: Any, name: str) -> Any:
    """The value at a dotted name such as `result.code`."""
    for part in name.split(".") if name else ():
        said = said.get(part) if isinstance(said, Mapping) else None
    return said
