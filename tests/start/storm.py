"""A storm of verbs over HTTP: people who go on through every dropped connection, as clients do."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.mainline import FILING, MOVES, picture

LINE = (
    *("accept", "dispatch", "sign", "contact", "comment", "attach"),
    *("reply", "review", "evaluate", "archive"),
)
PATIENCE = 60.0
HANG_UP = 0.1  # of all requests lose the line themselves, right after they are sent
Answer = tuple[int, dict[str, Any]]


@dataclass
class Storm:
    """Everybody at once. `answered` has each verb that got a 2xx: (intake key, verb)."""

    port: int
    keys: dict[str, str]
    answered: list[tuple[str, str]] = field(default_factory=list)
    dropped: int = 0
    done: int = 0  # of verbs, how many were found done though no answer had come
    faults: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def people(self, count: int) -> list[threading.Thread]:
        """Start so many people; each handles one appeal after the other until it is over."""
        threads = [threading.Thread(target=self._person, daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        return threads

    def _person(self) -> None:
        try:
            while not self.over.is_set():
                self._appeal(uuid.uuid4().hex)
        except Exception as fault:  # what went wrong is told by the test, not by a thread
            self.faults.append(f"{type(fault).__name__}: {fault}")
            self.over.set()

    def _appeal(self, key: str) -> None:
        """One appeal from filing to archive, or as far as it comes before all is over."""
        filing = json.dumps(FILING | {"intake_key": key}).encode()
        case = self._until_answered(key, "register", "street_dispatcher", "/cases", filing)
        assert case, "a registration has no version to be stale by"
        for verb in LINE:
            if self.over.is_set() and random.random() < 0.5:  # some stay where they are
                return
            case = self._verb(key, case, verb)

    def _verb(self, key: str, case: dict[str, Any], verb: str) -> dict[str, Any]:
        """Do it, or find it done; what supervision did meanwhile is read, and then it is tried."""
        while True:
            role, path = MOVES[verb].role, f"/cases/{case['number']}/{verb}"
            answer = self._until_answered(key, verb, role, path, *_body(verb, case["version"]))
            if answer:
                return answer
            seen = self._show(case["number"])
            assert seen["version"] > case["version"], (verb, case, seen)
            case = seen
            if verb in {line["verb"] for line in case["timeline"]}:
                self.done += 1
                return case

    def _until_answered(
        self,
        key: str,
        verb: str,
        role: str,
        path: str,
        body: bytes,
        kind: str = "application/json",
    ) -> dict[str, Any] | None:
        """Send the very same request until it is answered; None when the case has moved on.

        A request that was dropped may have been done nevertheless.
        """
        deadline, lost = time.monotonic() + PATIENCE, False
        while time.monotonic() < deadline:
            answer = self._send("POST", role, path, body, kind)
            if answer is None:
                self.dropped += not lost
                lost = True
                time.sleep(0.05)
                continue
            status, facts = answer
            if status in (200, 201):
                self.answered.append((key, verb))
                return facts
            if status == 409 and facts["error"]["code"] == "stale":
                return None
            raise AssertionError(f"{verb} by {role}: {status} {facts}")
        raise AssertionError(f"{verb}: no answer within {PATIENCE} s")

    def _show(self, number: str) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self._send("GET", "district_centre", f"/cases/{number}")
            if answer:
                assert answer[0] == 200, answer
                return answer[1]
        raise AssertionError(f"{number} is not shown within {PATIENCE} s")

    def _send(
        self, method: str, role: str, path: str, body: bytes = b"", kind: str = ""
    ) -> Answer | None:
        """One request; None when the connection broke before its answer was whole."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Authorization": f"Bearer {self.keys[role]}", "Content-Type": kind}
        try:
            connection.request(method, f"/api/v1{path}", body or None, headers)
            if body and random.random() < HANG_UP:
                time.sleep(random.uniform(0, 0.05))
                return None
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


def _body(verb: str, version: int) -> tuple[bytes, str]:
    if verb == "attach":
        return _form(version, picture())
    sent = {"version": version, **MOVES[verb].payload}
    return json.dumps(sent).encode(), "application/json"


def _form(version: int, data: bytes) -> tuple[bytes, str]:
    """A form with a file, as a browser sends it."""
    line = uuid.uuid4().hex
    head = (
        f'--{line}\r\nContent-Disposition: form-data; name="version"\r\n\r\n{version}\r\n'
        f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
        "Content-Type: image/png\r\n\r\n"
    )
    body = head.encode() + data + f"\r\n--{line}--\r\n".encode()
    return body, f"multipart/form-data; boundary={line}"
