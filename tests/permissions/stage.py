"""The stage of the matrix: the cast, a case in every state, and who knocks at which door."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huying.cases import actions
from huying.cases.actions import Done
from huying.cases.models import Meeting, ReplyTemplate
from huying.evaluate import actions as evaluate_actions
from huying.kernel import blobs, jobs
from huying.kernel.clock import now
from huying.kernel.models import Delivery, LongJob, Notice
from huying.org import actions as org_actions
from huying.org.models import Account, Post, Role
from tests.cast import HAND, ROLES, Cast, assemble
from tests.mainline import GRID, HANDLING, MOVES, brought

STRANGER = "stranger"
NARROW = "narrow key"
GROUNDS = {"reason": "outside_duty", "evidence": "权责清单第 12 条"}
KNOCKERS = (STRANGER, *ROLES)
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


@dataclass
class Stage:
    """Everything the matrix asks for by name."""

    cast: Cast
    cases: dict[str, Done]
    values: dict[str, Any] = field(default_factory=dict)
    _clients: dict[tuple[str, bool], Client] = field(default_factory=dict)

    def client(self, who: str, *, inside: bool = True) -> Client:
        """A browser in which this role (or nobody) is signed in."""
        key = (who, inside)
        if key not in self._clients:
            client = Client(raise_request_exception=False)
            if who != STRANGER:
                people = self.cast.people if inside else self.cast.doubles
                client.force_login(people[who])
            self._clients[key] = client
        return self._clients[key]

    def case(self, verb: str) -> Done:
        """A case in the state in which `verb` may be done."""
        return self.cases[MOVES[verb].state]


def set_up() -> Stage:
    """Assemble the cast, bring a case of Wuchang into every state, and hang something on each."""
    cast = assemble()
    states = {move.state for move in MOVES.values()}
    stage = Stage(cast, {state: brought(state) for state in sorted(states)})
    worker, staff = cast.people["grid_worker"], cast.people["community_staff"]
    handled = stage.cases["in_progress"]
    done, attachment = actions.attach(
        handled.number,
        version=handled.version,
        by=HAND,
        **MOVES["attach"].payload,
    )
    stage.cases["in_progress"] = done
    post = Post.objects.create(
        unit=cast.units[GRID],
        role=Role.objects.get(code="grid_worker"),
        area=cast.units[GRID],
        title="空岗",
    )
    key, _clear = org_actions.issue_key(worker.pk, "试用", ["cases.view"], by=HAND)
    start = now() + timedelta(days=2)
    shift = org_actions.plan_shift(GRID[:12], start, start + timedelta(hours=8), staff.pk, by=HAND)
    handover, own_shift = _handed_over(cast)
    rule = actions.write_routing_rule(by=HAND, position=1, name="路灯", unit=HANDLING)
    Account.objects.filter(pk=worker.pk).update(unit=cast.units[GRID])
    stage.values |= {
        "attachment_id": attachment,
        "code": GRID,
        "person": worker.pk,
        "colleague": cast.people["street_dispatcher"].pk,
        "post": post.pk,
        "holding": worker.holdings.get().pk,
        "prefix": key.prefix,
        "shift": shift.pk,
        "handover": handover,
        "own_shift": own_shift,
        "rule_id": rule,
        "exclusions": evaluate_actions.exclude(handled.number, by=HAND, **GROUNDS),
        "appeals": evaluate_actions.appeal_assessment(
            handled.number, by=HAND, mark="on_time", **GROUNDS
        ),
        **_known(),
        **_of_the_ground(cast),
        **_called(),
        **_issued(),
        **_sent(cast),
    }
    return stage


def _handed_over(cast: Cast) -> tuple[int, int]:
    """A record of the district's watch that waits for the centre, and the centre's own shift."""
    at, hour = now(), timedelta(hours=1)
    shifts = [
        org_actions.plan_shift(
            "420106", at + start * hour, at + end * hour, cast.people[who].pk, by=HAND
        )
        for who, start, end in (
            ("callback_agent", -8, 0.5),
            ("district_centre", -0.5, 8),
            ("evaluator", 8, 16),
        )
    ]
    record = org_actions.hand_over_shift(
        shifts[0].pk, words="平安", by=cast.asker("callback_agent")
    )
    return record.pk, shifts[1].pk


def _known() -> dict[str, Any]:
    """A published article of D01 and a draft of its, and a default template."""
    written = [
        actions.write_article(by=HAND, title=title, body="由城管局维护", unit=HANDLING)
        for title in ("路灯找谁修", "井盖找谁修")
    ]
    shown = actions.publish_article(written[0].code, version=1, by=HAND)
    template = ReplyTemplate.objects.get(code="reply-done")
    return {"article": shown.code, "draft": written[1].code, "template": template.pk}


def _called() -> dict[str, Any]:
    """A call of D01 in each state, and a meeting with its minutes on a case of its own."""
    found = {}
    for name in ("open", "answered", "done"):
        call = actions.call_alone(
            by=HAND, unit=HANDLING, lead="420106", subject="移动泵", ask="请调配两台"
        )
        found[f"call_{name}"] = call.number
        if name != "open":
            actions.answer_call(call.number, version=1, by=HAND, answer="就来")
        if name == "done":
            actions.finish_call(call.number, version=2, by=HAND, result="已到")
    case = brought("in_progress")
    actions.convene(case.number, version=case.version, by=HAND, **MOVES["convene"].payload)
    meeting = Meeting.objects.get()
    actions.minute(meeting.number, version=1, by=HAND, minutes="各执一词")
    return {**found, "call": found["call_open"], "meeting": meeting.number, "kind": "grid"}


def _issued() -> dict[str, Any]:
    """A 交办单 of the district, and a 办结报告 of D01 that waits for its signature."""
    order, answered = brought("dispatched"), brought("replied")
    return {
        name: actions.issue_paper(case.number, version=case.version, by=HAND, kind=kind).paper
        for name, case, kind in (
            ("paper", order, "assignment"),
            ("report", answered, "completion"),
        )
    }


def _sent(cast: Cast) -> dict[str, Any]:
    """The grid worker on an errand to a case of its own."""
    case = brought("in_progress")
    person = cast.people["grid_worker"].pk
    done = actions.send_someone(case.number, version=case.version, by=HAND, person=person)
    return {"sending": done.sending, "sending_id": done.sending, "sent_to": case.number}


def _of_the_ground(cast: Cast) -> dict[str, Any]:
    """A long job of the centre with its result, a failed delivery, a session of the grid worker."""
    job = jobs.start(
        "web.export",
        {"table": "cases", "query": "", "form": "csv", "language": "zh-hans"},
        title="导出诉求",
        by=cast.asker("district_centre"),
    )
    with blobs.Writer() as writer:
        writer.write(b"a,b")
        blob = writer.keep(name="诉求.csv", media_type="text/csv", keep_until=None)
    made_with = {"cases.view": cast.asker("district_centre").area("cases.view").paths}
    LongJob.objects.filter(pk=job.pk).update(result=blob, checkpoint={"areas": made_with})
    notice = Notice.objects.first()
    assert notice is not None
    delivery = Delivery.objects.create(
        notice=notice, recipient="nobody", state="failed", next_try=now(), attempts=10
    )
    session = UserSession.objects.create(
        user=cast.people["grid_worker"],
        ip="127.0.0.1",
        session_key="of-the-grid-worker",
        user_agent="test",
    )
    return {"job": job.pk, "blob": blob.pk, "delivery": delivery.pk, "session": session.pk}


@contextmanager
def undone(client: Client) -> Iterator[None]:
    """Whatever `client` does inside has not happened afterwards, signing out included."""
    cookies = copy.deepcopy(client.cookies)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        client.cookies = cookies


def ask(
    client: Client, method: str, address: str, payload: dict[str, Any] | None = None, **headers: str
) -> HttpResponse:
    """One request that leaves nothing behind; API addresses are sent JSON, pages a form."""
    with undone(client):
        return _ask(client, method, address, payload, headers)


def _ask(
    client: Client,
    method: str,
    address: str,
    payload: dict[str, Any] | None,
    headers: dict[str, str],
) -> HttpResponse:
    if method == "GET":
        return client.get(address, headers=headers)
    upload = hasattr((payload or {}).get("file"), "seek")
    if method != "POST" or (address.startswith("/api/") and not upload):
        body = json.dumps(payload or {})
        return client.generic(method, address, body, "application/json", headers=headers)
    if payload and upload:
        payload["file"].seek(0)
        payload = {name: value for name, value in payload.items() if value is not None}
    return client.post(address, payload or {}, headers=headers)


def statements(client: Client, method: str, address: str, payload: Any = None) -> list[str]:
    """The SQL of one request without transaction control."""
    with CaptureQueriesContext(connection) as captured:
        ask(client, method, address, payload)
    found = [query["sql"] for query in captured.captured_queries]
    return [sql for sql in found if not sql.startswith(CONTROL)]


__all__ = ["HAND", "KNOCKERS", "NARROW", "STRANGER", "Stage", "ask", "set_up", "statements"]
