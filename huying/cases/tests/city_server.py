"""A city hotline for tests: its own memory of the truth, its own signing, over plain HTTP.

It shares no code with the product. It loses, delays, reorders and doubles what it sends, drops
connections before and after it took a message, forgets what it acknowledged, and has outages.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

DISTRICT = "/city-line/messages"


@dataclass
class Order:
    """What the city knows of one order."""

    number: str
    facts: dict[str, Any]
    due: datetime
    state: str = "sent"
    round: int = 0
    asked: str = ""
    reply: str = ""
    said: list[dict[str, Any]] = field(default_factory=list)
    told: int = 0
    early: dict[int, dict[str, Any]] = field(default_factory=dict)


class CityServer:
    """The city's side; `post(path, body, headers)` reaches the district, answers a status."""

    def __init__(
        self, key: bytes, post: Callable[[str, bytes, dict[str, str]], int], seed: int
    ) -> None:
        self.key, self.post, self.dice = key, post, random.Random(seed)
        self.now = datetime.now
        self.orders: dict[str, Order] = {}
        self.mail: list[dict[str, Any]] = []  # said, and still on its way
        self.out = False  # an outage: nobody answers
        self.faults = 0.0  # how likely each kind of fault is
        self.lock = threading.RLock()
        handler = type("Handler", (_Handler,), {"city": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/line"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Hang up."""
        self.server.shutdown()
        self.server.server_close()

    # What the city does of its own.

    def order(self, number: str, **facts: Any) -> Order:
        """Send a new order (转办)."""
        due = facts.pop("due")
        made = Order(number, facts, due)
        self.orders[number] = made
        self.say(made, "order", {**facts, "due": due.isoformat()})
        return made

    def rule(self, order: Order, approved: bool, due: datetime | None = None) -> None:
        """Rule on what the district asked."""
        asked, order.asked = order.asked, ""
        if asked == "return" and approved:
            order.state = "returned"
        if due is not None:
            order.due = due
        content = {"asked": asked, "approved": approved, "reason": "按规定"}
        self.say(order, "ruling", {**content, "due": due.isoformat() if due else ""})

    def redo(self, order: Order, due: datetime) -> None:
        """The citizen was not content: do it over (重办)."""
        order.state, order.round, order.asked, order.reply = "signed", order.round + 1, "", ""
        order.due = due
        self.say(order, "redo", {"reason": "诉求人不满意", "due": due.isoformat()})

    def change(self, order: Order, due: datetime) -> None:
        """Another deadline (改期)."""
        order.due = due
        self.say(order, "deadline", {"reason": "防汛", "due": due.isoformat()})

    def withdraw(self, order: Order) -> None:
        """Take the order back (撤销)."""
        order.state, order.asked, order.reply = "withdrawn", "", ""
        self.say(order, "withdrawn", {"reason": "诉求人撤销"})

    def say(self, order: Order, kind: str, content: dict[str, Any]) -> None:
        """Put a message on its way."""
        message = {
            "key": uuid.UUID(int=self.dice.getrandbits(128)).hex,
            "order": order.number,
            "sequence": len(order.said) + 1,
            "kind": kind,
            "at": self.now().isoformat(),
            "content": content,
        }
        order.said.append(message)
        self.mail.append(message)

    def deliver(self) -> None:
        """Bring the mail: in any order, some of it twice, some later, some never."""
        mail, self.mail = self.mail, []
        if self.faults:
            self.dice.shuffle(mail)
        for message in mail:
            if self.dice.random() < self.faults:
                continue  # lost, and nobody noticed
            if self.out or self.dice.random() < self.faults:
                self.mail.append(message)  # later
                continue
            status = self.send(message)
            if self.dice.random() < self.faults:
                assert self.send(message) == status, "a doubled message is answered the same"

    def send(self, message: dict[str, Any]) -> int:
        """Hand one message to the district, signed."""
        body = json.dumps(message).encode()
        return self.post(DISTRICT, body, self.signed("POST", DISTRICT, body))

    def signed(self, method: str, target: str, body: bytes) -> dict[str, str]:
        """The headers that prove who sends."""
        at = self.now().isoformat()
        return {"Huying-Time": at, "Huying-Signature": self.signature(method, target, at, body)}

    def signature(self, method: str, target: str, at: str, body: bytes) -> str:
        """HMAC-SHA256 over four lines."""
        said = f"{method}\n{target}\n{at}\n{hashlib.sha256(body).hexdigest()}"
        return hmac.new(self.key, said.encode(), hashlib.sha256).hexdigest()

    # What the district tells.

    def take(self, message: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Take a message of the district: in its order, each once."""
        order = self.orders.get(message["order"])
        sequence = message["sequence"]
        if message["kind"] == "report":
            order = order or self._reported(message)
            if sequence > order.told:
                self._report(order, message)
            return 200, {"kept": True}
        if order is None:
            return 404, {"error": "no such order"}
        if sequence > order.told:
            order.early[sequence] = message
        while (following := order.early.pop(order.told + 1, None)) is not None:
            order.told += 1
            self._apply(order, following["kind"], following["content"])
        return 200, {"kept": True}

    def _reported(self, message: dict[str, Any]) -> Order:
        content = message["content"]
        due = datetime.fromisoformat(content["due"]) if content["due"] else self.now()
        made = Order(message["order"], dict(content), due)
        self.orders[made.number] = made
        return made

    def _report(self, order: Order, message: dict[str, Any]) -> None:
        content = message["content"]
        order.state, order.round, order.asked = (
            content["state"],
            content["round"],
            content["asked"],
        )
        order.reply, order.told = content["result"], message["sequence"]
        order.early = {k: v for k, v in order.early.items() if k > order.told}

    def _apply(self, order: Order, kind: str, content: dict[str, Any]) -> None:
        if order.state in ("returned", "withdrawn"):
            return  # it was taken back meanwhile
        if kind == "signed" and order.state == "sent":
            order.state = "signed"
        elif kind == "answered":
            order.state, order.asked, order.reply = "answered", "", content["result"]
        elif kind in ("return_asked", "extension_asked"):
            order.asked = kind.removesuffix("_asked")
        elif kind == "withdrawn":
            order.state, order.asked, order.reply = "withdrawn", "", ""

    def book(self, order: Order) -> dict[str, Any]:
        """How an order stands, as the district may read it."""
        return {
            "order": order.number,
            "state": order.state,
            "round": order.round,
            "asked": order.asked,
            "due": order.due.isoformat(),
            "reply": hashlib.sha256(order.reply.encode()).hexdigest() if order.reply else "",
            "said": len(order.said),
            "told": order.told,
        }


class _Handler(BaseHTTPRequestHandler):
    city: CityServer

    def do_POST(self) -> None:
        """Take a message, with every kind of bad luck."""
        city, body = self.city, self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with city.lock:
            if not self._genuine(body) or city.out or city.dice.random() < city.faults:
                return self._hang_up()  # lost before it was read
            if city.dice.random() < city.faults / 2:
                return self._say(200, {"kept": True})  # acknowledged, and forgotten
            status, said = city.take(json.loads(body))
            if city.dice.random() < city.faults:
                return self._hang_up()  # taken, and the answer lost
        return self._say(status, said)

    def do_GET(self) -> None:
        """Read the book."""
        city = self.city
        with city.lock:
            if not self._genuine(b"") or city.out:
                return self._hang_up()
            parts = [unquote(part) for part in urlsplit(self.path).path.split("/")[2:]]
            if parts == ["orders"]:
                return self._say(200, {"orders": [city.book(o) for o in city.orders.values()]})
            order = city.orders.get(parts[1])
            if order is None:
                return self._say(404, {"error": "no such order"})
            if len(parts) == 3:
                after = int(urlsplit(self.path).query.removeprefix("after="))
                return self._say(200, {"messages": order.said[after:]})
            return self._say(200, city.book(order))

    def _genuine(self, body: bytes) -> bool:
        at = self.headers.get("Huying-Time", "")
        good = self.city.signature(self.command, self.path, at, body)
        return hmac.compare_digest(good, self.headers.get("Huying-Signature", ""))

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(2)

    def _say(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


def later(at: datetime, days: float) -> datetime:
    """So many days after, to the second."""
    return (at + timedelta(days=days)).replace(microsecond=0)
