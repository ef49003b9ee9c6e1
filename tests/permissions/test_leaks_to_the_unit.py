"""The unit complained about learns nothing of who complained: not by any page, file, hit or log.

Cases about a unit are brought into every state, every free text of every verb names the
complainant, and then the unit's people open every address that the product has.
"""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client

from huying.cases import actions
from huying.cases.actions import Done
from huying.cases.models import Attachment, Call, Case, Meeting, Sending
from huying.evaluate import actions as evaluate_actions
from huying.kernel import relay
from huying.kernel.clock import now
from huying.kernel.errors import Refusal
from huying.kernel.logs import Discreet
from huying.org import queries as org_queries
from huying.org.models import Account, Holding, Post, Role
from huying.portal.actions.projecting import catch_up, publish_sheets
from huying.portal.models import RatingLink
from huying.portal.queries.links import token_of
from huying.web import exports
from huying.web.tables import TABLES
from tests.mainline import FILING, HANDLING, HELPING, MOVES, WAY, picture
from tests.permissions.crawl import Crawl, addresses, routes
from tests.permissions.stage import HAND, Stage

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

# Another person than the stage's, of whom the unit handles appeals and sees what masks leave.
NAME, PHONE, ID_NUMBER = "司马长风", "13687654321", "420106197502034321"
WHO: dict[str, Any] = {
    "about": HANDLING,
    "name": NAME,
    "phone": PHONE,
    "id_number": ID_NUMBER,
    "title": f"{NAME}反映城管局不作为",
    "body": f"去了三次没人理。联系人{NAME}，电话{PHONE}，身份证{ID_NUMBER}。",
    "address": f"一街道一小区（{NAME}家门口，{PHONE}）",
}
DOTTED = f"{PHONE[:3]} {PHONE[3:7]} {PHONE[7:]}"
TELLING = f"（是{NAME}反映的，电话{DOTTED}，身份证{ID_NUMBER}）"
CLEAR = (NAME, PHONE, ID_NUMBER, DOTTED)
# What masks leave standing may be known to who handles a case, but not to who is complained about.
REMAINS = ("司马*", "136****", "****4321", "****21")
FREE = frozenset(
    (
        *("reason", "note", "result", "text", "notice", "plan", "ask", "answer", "question"),
        *("minutes", "comment", "receipt", "subject", "title", "body", "ruling"),
    )
)


WHOLE = ("cases/<str:number>/", "/api/v1/cases/{number}", "portal/r/<slug:token>/")


@dataclass
class Told:
    """The cases about the unit, and whoever of it looks."""

    people: dict[str, Account]
    report: str
    values: dict[str, list[Any]]
    lines: list[str] = field(default_factory=list)


def naming(payload: dict[str, Any]) -> dict[str, Any]:
    """What a verb is given, with the complainant named in every free text."""
    found = {}
    for name, value in payload.items():
        free = name in FREE and isinstance(value, str) and value not in ("emergency",)
        found[name] = value + TELLING if free else value
    return found


def lived(state: str, **facts: Any) -> Done:
    """As `brought`, by verbs that name the complainant wherever words are free."""
    if state == "registered":
        return actions.register(by=HAND, **(FILING | facts))
    if state == "doubled":
        return lived("accepted", **facts)
    if state == "sent":
        city = {"channel": "hotline", "external_number": f"WH{uuid.uuid4().hex[:12]}"}
        return lived("accepted", **(city | facts))
    before, verb = WAY[state]
    return did(verb, lived(before, **facts))


def did(verb: str, case: Done) -> Done:
    given = naming(MOVES[verb].payload)
    if verb == "dispatch":  # to the very unit that is complained about
        given["despite_about"] = True
    done: Done = getattr(actions, verb)(case.number, version=case.version, by=HAND, **given)
    return done


class Ear(logging.Handler):
    """Keeps every line of the log as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(Discreet())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(scope="module")
def told(stage: Stage) -> Iterator[Told]:
    """Cases about the department that also handles most of them, whatever may befall a case."""
    ear = Ear()
    logging.getLogger().addHandler(ear)
    report = _cases()
    _beside()
    _sent_out(stage)
    publish_sheets()
    catch_up(5000)
    while relay.deliver_due():
        pass
    people = {"handler": stage.cast.people["department_handler"], "second post": _second(stage)}
    found = Told(people, report, _values(stage), ear.lines)
    yield found
    logging.getLogger().removeHandler(ear)


def _cases() -> str:
    # A case about a unit is not published, nor merged into one that the unit handles.
    states = sorted({move.state for move in MOVES.values()} | set(WAY))
    states = [state for state in states if state not in ("merged", "proposed")]
    photo = actions.judged(f"{NAME}-{PHONE}-现场.png", picture(), brought=True)
    for state in states:
        lived(state, **WHO, papers=[photo])
    _merged()
    for verb, move in sorted(MOVES.items()):  # and each verb that is no step of the way
        if move.state in ("merged", "proposed"):
            continue
        case = lived(move.state, **WHO)
        with suppress(Refusal):  # what is not done to a case about a unit stays undone
            did(verb, case)
    report = lived("registered", **WHO)
    actions.hand_over(
        report.number,
        version=report.version,
        by=HAND,
        track="to_discipline",
        reason="违纪线索" + TELLING,
        about=HANDLING,
    )
    return report.number


def _merged() -> None:
    """Two complaints about the unit, handled by another one as a single case, and answered."""
    master = lived("accepted", **WHO)
    master = actions.dispatch(master.number, version=master.version, by=HAND, lead=HELPING)
    other = lived("accepted", **WHO)
    actions.merge(
        other.number,
        version=other.version,
        by=HAND,
        into=master.number,
        reason="同一件事" + TELLING,
    )
    version = Case.objects.get(number=master.number).version
    for verb in ("sign", "contact", "reply", "review"):
        version = did(verb, Done(master.number, version, "")).version


def _beside() -> None:
    """What hangs on cases: calls answered, a meeting with minutes, exclusions, a frozen month."""
    for call in Call.objects.filter(state="open", case__about__code=HANDLING):
        actions.answer_call(call.number, version=call.version, by=HAND, answer="就来" + TELLING)
        break
    for meeting in Meeting.objects.filter(minutes=""):
        actions.minute(
            meeting.number, version=meeting.version, by=HAND, minutes="各执一词" + TELLING
        )
    grounds = {"reason": "outside_duty", "evidence": "第 12 条" + TELLING}
    led = Case.objects.filter(about__code=HANDLING, lead__code=HANDLING, state="evaluated")
    first, second = [case.number for case in led[:2]]
    excluded = evaluate_actions.exclude(first, by=HAND, **grounds)
    judge = type(HAND)("judge")
    evaluate_actions.approve_exclusion(excluded, by=judge, approved=True, ruling="属实" + TELLING)
    evaluate_actions.appeal_assessment(second, by=HAND, mark="on_time", **grounds)


def _sent_out(stage: Stage) -> None:
    """Somebody was sent to cases about the department, and wrote down whom they met."""
    person = stage.cast.people["grid_worker"].pk
    for case in _about_unit().filter(state="in_progress").order_by("pk")[:2]:
        done = actions.send_someone(
            case.number, version=case.version, by=HAND, person=person, note=f"找{NAME}，{PHONE}"
        )
        actions.report_sending(done.sending, by=HAND, text=f"{NAME}在家，电话{PHONE}")


def _second(stage: Stage) -> Account:
    """Somebody of the department who also holds posts at the district: every role but the keeper
    of secrets."""
    department, district = stage.cast.units[HANDLING], stage.cast.units["420106"]
    person = Account.objects.create_user(
        username="second",
        password="Huying-Cast-2026!",
        name="某甲",
        unit=department,
        password_changed_at=now(),
    )
    for code, unit in (("department_handler", department), ("callback_agent", district)):
        post = Post.objects.create(
            unit=unit, role=Role.objects.get(code=code), area=unit, title=f"{code} 2"
        )
        Holding.objects.create(person=person, post=post, since=now())
    return person


def _about_unit() -> QuerySet[Case]:
    return Case.objects.filter(about__code=HANDLING, confidential=False)


def _values(stage: Stage) -> dict[str, list[Any]]:
    """What the parameters of routes may stand for."""
    numbers = list(_about_unit().values_list("number", flat=True))
    papers = Attachment.objects.filter(case__number__in=numbers)
    links = [token_of(link) for link in RatingLink.objects.filter(number__in=numbers)]
    given = {name: [value] for name, value in stage.values.items()}
    return given | {
        "number": [
            *numbers,
            *Call.objects.values_list("number", flat=True),
            *Meeting.objects.values_list("number", flat=True),
        ],
        "attachment_id": list(papers.values_list("id", flat=True)),
        "identity": [1, 2, 3, stage.values["job"]],
        "sending_id": list(Sending.objects.values_list("pk", flat=True)),
        "token": links or ["none"],
        "verb": sorted(MOVES),
        "form": ["json", "xml", "docx", "pdf", "xlsx"],
        "code": [HANDLING, "010303", "senior-allowance"],
        "provider_id": ["none"],
        "rest": ["x"],
        "secret": ["x"],
        "status": [404],
    }


@pytest.mark.parametrize("who", ["handler", "second post"])
def test_nothing_the_unit_can_open_tells_who_complained(told: Told, stage: Stage, who: str) -> None:
    """And of a report in confidence not even the number: its addresses are those of no case."""
    client = Client(raise_request_exception=False)
    client.force_login(told.people[who])
    walk = Crawl(client, (*CLEAR, *REMAINS, told.report))
    walk.walk(addresses(stage, told.values, whole=WHOLE))
    assert walk.found == []
    assert walk.broken == []
    assert len(walk.opened) > 60, "the unit's people do open pages"
    for route in routes():
        if "number" in route:
            answers = [
                client.get(address).status_code
                for number in (told.report, "20200101-001-P0001")
                for address in addresses(stage, told.values | {"number": [number]}, only=route)
            ]
            half = len(answers) // 2
            assert answers[:half] == answers[half:], route


@pytest.mark.parametrize("who", ["handler", "second post"])
def test_no_search_finds_a_case_by_who_complained(told: Told, who: str) -> None:
    client = Client()
    client.force_login(told.people[who])
    numbers = set(Case.objects.filter(about__code=HANDLING).values_list("number", flat=True))
    for asked in (NAME, NAME[:2], NAME[2:], PHONE, PHONE[-4:], DOTTED, ID_NUMBER, ID_NUMBER[-6:]):
        for address in ("/search/?q=", "/cases/?q=", "/api/v1/cases?text="):
            text = client.get(address + asked).content.decode()
            hit = sorted(number for number in numbers if number in text)
            assert not hit, f"{address}{asked} finds {hit[:3]}"


@pytest.mark.parametrize("who", ["handler", "second post"])
def test_no_list_of_the_product_gives_it_away_as_a_file(told: Told, who: str) -> None:
    asker = org_queries.asker_for(told.people[who])
    written = 0
    for kind in TABLES:
        table = kind()
        try:
            rows = table.rows(asker).iterator(chunk_size=500)
        except Refusal:
            continue
        text = "".join(exports.csv_lines(list(table.columns), rows))
        written += text.count("\n")
        found = [secret for secret in (*CLEAR, *REMAINS) if secret in text]
        assert not found, f"{found} in {table.name}"
    assert written > 50


def test_no_table_keeps_it_in_clear(told: Told) -> None:
    """Whatever is shown, sent, exported or logged later comes from some table."""
    found, looked = [], 0
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'public' and (data_type in"
            " ('text', 'character varying', 'json', 'jsonb', 'ARRAY'))"
        )
        for table, column in cursor.fetchall():
            looked += 1
            like = f'select count(*) from "{table}" where "{column}"::text like %s'
            for secret in CLEAR:
                for written in (secret, json.dumps(secret)[1:-1].replace("\\", "\\\\")):
                    cursor.execute(like, [f"%{written}%"])
                    if cursor.fetchone()[0]:
                        found.append(f"{secret} in {table}.{column}")
    assert looked > 300
    assert "\n".join(sorted(set(found))) == ""


def test_no_line_of_the_log_tells_it(told: Told) -> None:
    logging.getLogger("huying").warning("a line, so that there is one: %s", PHONE)
    assert told.lines
    text = "\n".join(told.lines)
    assert [secret for secret in (PHONE, ID_NUMBER) if secret in text] == []
