"""Sends short messages: by the district's HTTP gateway, by a class of its own, or, in a
demonstration, not at all.

Contract-tested only: no public gateway was reachable when this was written (docs/portal.md).
"""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from huying.kernel import secrets
from huying.kernel.clock import now
from huying.kernel.errors import Refusal
from huying.portal.rules import gateway

SECRET = "sms.key"  # noqa: S105 - the name of a file under HUYING_HOME/secrets
LARGEST = 1 << 16


class Unsent(Refusal):
    """The gateway did not take the message now, or there is none: try again later."""

    status = 503
    code = "sms_unsent"

    def __init__(self, message: str, *, remedy: str = "", why: str = "") -> None:
        """`why` is the gateway's own word for it, for the officers' list."""
        super().__init__(message, remedy=remedy)
        self.why = why or message


class Rejected(Unsent):
    """The gateway read the message and will never take it as it is."""

    code = "sms_rejected"


@dataclass(frozen=True)
class Text:
    """One message. The gateway may know it by `key`: sent again, it has the same one."""

    phone: str
    words: str
    key: str
    kind: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """What became of it. `shown` stands on the page: nothing, but in a demonstration."""

    shown: str = ""
    reference: str = ""


class Sender(Protocol):
    """A gateway."""

    def send(self, text: Text) -> Sent:
        """Send; raise Unsent when it should be tried again, Rejected when that is of no use."""


class DemoOutbox:
    """Sends nothing: the page itself shows the message, marked as a demonstration."""

    def send(self, text: Text) -> Sent:
        return Sent(shown=text.words)


class NoGateway:
    """An install that has no gateway yet says so."""

    def send(self, text: Text) -> Sent:
        raise Unsent(_("短信通道还没有开通。"), remedy=_("请拨打 12345，由工作人员为您登记。"))


class HttpGateway:
    """A gateway as HUYING_SMS_GATEWAY describes it; its secret lies in HUYING_HOME/secrets."""

    def __init__(self) -> None:
        self.described = gateway.read(settings.SMS_GATEWAY)

    def send(self, text: Text) -> Sent:
        at = now()
        values = {
            **{"phone": text.phone, "text": text.words, "key": text.key, "kind": text.kind},
            **{"time": at.isoformat(timespec="seconds"), "stamp": str(int(at.timestamp()))},
        }
        body, headers = gateway.composed(self.described, {**text.values, **values}, secret())
        try:
            status, answer = self._posted(body, headers)
        except (OSError, http.client.HTTPException) as failed:
            raise _later(type(failed).__name__) from failed
        verdict = gateway.judged(self.described, status, answer)
        if verdict.again:
            raise _later(verdict.reason)
        if not verdict.taken:
            raise Rejected(
                _("短信没有发出去。"), remedy=_("请核对手机号，或拨打 12345。"), why=verdict.reason
            )
        return Sent(reference=verdict.reference)

    def _posted(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        parts = urlsplit(self.described.address)
        secure = parts.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(parts.netloc, timeout=self.described.timeout)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request("POST", target or "/", body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read(LARGEST)
        finally:
            connection.close()


def _later(why: str) -> Unsent:
    return Unsent(_("短信暂时发不出去。"), remedy=_("请过几分钟再试，或拨打 12345。"), why=why)


def secret() -> bytes:
    """What the gateway and we share; made on first use, replaced by what both agreed on."""
    return secrets.material(settings.HOME, SECRET).rstrip(b"\r\n")


def sender() -> Sender:
    """The gateway in force."""
    if settings.SMS == "http":
        return HttpGateway()
    if settings.SMS:
        made: Sender = import_string(settings.SMS.replace(":", "."))()
        return made
    return DemoOutbox() if settings.DEMO else NoGateway()
