"""An independent SMS gateway in one file, of the sort that vendors sell: it shares no code with us.

It checks the signature by itself, keeps what it sent by the client's number, and can be told to
fail, to be slow, to lose its answers after sending, to answer twice what it has, to reject, or not
to know the sender.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

SECRET = b"agreed-on-paper"


class Gateway:
    """The gateway's own memory, and what it is told to do wrong next."""

    def __init__(self) -> None:
        self.sent: dict[str, dict[str, str]] = {}  # by client number: people get one of each
        self.asked: list[dict[str, str]] = []
        self.trouble: list[str] = []  # taken from the front, one a request
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/v1/send"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path: str, headers: Any, body: bytes) -> tuple[int, dict[str, Any] | bytes]:
        trouble = self.trouble.pop(0) if self.trouble else ""
        if path != "/v1/send":
            return 404, {"code": "404"}
        if "json" in headers["Content-Type"]:
            given = {name: str(value) for name, value in json.loads(body).items()}
        else:
            given = dict(parse_qsl(body.decode()))
        self.asked.append(given)
        if trouble == "slow":
            time.sleep(1.0)
        if trouble == "fail":
            return 500, b"<html>oops"
        if trouble == "denied":
            return 401, {"code": "KEY", "message": "unknown account"}
        if trouble == "busy":
            return 200, {"code": "BUSY", "message": "try later"}
        if trouble == "garbage":
            return 200, b"<html>maintenance"
        if not self._genuine(given, headers, body):
            return 200, {"code": "SIGN", "message": "bad signature"}
        if trouble == "reject":
            return 200, {"code": "BLACK", "message": "number is on the black list"}
        self.sent.setdefault(given["seq"], given)
        if trouble == "lose":
            return 0, b""
        return 200, {"code": "OK", "result": {"id": f"G-{given['seq'][:8]}"}}

    def _genuine(self, given: dict[str, str], headers: Any, body: bytes) -> bool:
        if "sign" in given:
            said = given["to"] + given["at"] + given["words"]
            theirs = given["sign"]
        else:
            said = headers["X-Time"] + hashlib.sha256(body).hexdigest()
            theirs = headers["X-Sign"]
        return hmac.new(SECRET, said.encode(), hashlib.sha256).hexdigest() == theirs


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = gateway.answer(self.path, self.headers, body)
            if not status:  # it went out, but the line broke before the answer
                self.close_connection = True
                self.connection.close()
                return
            raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            try:
                self.wfile.write(raw)
            except OSError:
                return

        def log_message(self, *_arguments: Any) -> None:
            return

    return Handler
