"""The portal files for an hour with the case side away; then everything arrives once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from huying.cases.models import Case, Evaluation
from huying.kernel import relay
from huying.portal.actions.taking import take_waiting
from huying.portal.models import IntakeMessage, RatingLink
from huying.portal.queries.links import token_of
from huying.portal.tests.people import build, open311_key, taken
from huying.portal.tests.test_following import answered
from tests.faults.dying import AFTER_COMMIT, BEFORE_COMMIT, run
from tests.own_database import url

MINUTES = 60
EXPECTED = MINUTES + MINUTES // 5


@contextmanager
def case_side_away() -> Iterator[None]:
    """Every table of the cases is out of reach of everybody, as behind a closed gate."""
    _move("public", "away")
    try:
        yield
    finally:
        _move("away", "public")


def _move(source: str, target: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"create schema if not exists {target}")
        cursor.execute(
            "select tablename from pg_tables where schemaname = %s and tablename like 'cases\\_%%'",
            [source],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'alter table {source}."{table}" set schema {target}')


def portal_side(key: str, minutes: int, link: str) -> subprocess.Popen[str]:
    """The portal's own process."""
    environment = os.environ | {
        "DATABASE_URL": url(),
        "HUYING_HOME": str(settings.HOME),
        "DJANGO_SETTINGS_MODULE": "huying.project.settings",
        "HUYING_TESTING": "1",
        "HUYING_MODE": "demo",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.zones.portal_side", key, str(minutes), link],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )


def finished(process: subprocess.Popen[str]) -> list[str]:
    told, _none = process.communicate(timeout=300)
    assert process.returncode == 0, told
    return told.splitlines()


def test_after_an_hour_alone_and_deaths_on_both_sides_everything_is_there_once(db: str) -> None:
    build()
    key = open311_key()
    asked = taken().number
    answered(asked)
    link = f"/portal/r/{token_of(RatingLink.objects.get(number=asked))}/"
    with case_side_away():
        first = portal_side(key, MINUTES, link)
        assert first.stdout is not None
        for line in first.stdout:
            if line.startswith("minute 25"):
                first.kill()
                break
            assert line.startswith("minute"), line + first.stdout.read()
        first.wait()
        first.stdout.close()
        assert finished(portal_side(key, MINUTES, link))[-1] == f"minute {MINUTES - 1}"
        waiting = IntakeMessage.objects.filter(state="pending")
        assert waiting.filter(kind="appeal").count() == EXPECTED
        assert waiting.filter(kind="evaluate").count() == 1
    assert Case.objects.exclude(number=asked).count() == 0

    chance = random.Random(311)
    moments: list[int | str] = [chance.randint(1, 400) for _ in range(4)]
    for moment in (BEFORE_COMMIT, AFTER_COMMIT, *moments):
        assert run(take_waiting, die_at=moment).killed
    assert take_waiting() > 0
    while relay.deliver_due():
        pass
    assert take_waiting() == 0

    rows = list(IntakeMessage.objects.filter(kind="appeal").values_list("state", "number"))
    assert {state for state, _number in rows} == {"taken"}
    assert len({number for _state, number in rows}) == EXPECTED + 1
    assert Case.objects.count() == EXPECTED + 1
    assert [(one.grade, one.cause) for one in Evaluation.objects.all()] == [(2, "slow")]
    assert Case.objects.get(number=asked).state == "evaluated"
    with case_side_away():
        told = finished(portal_side(key, 0, link))
    assert sorted(told) == sorted(number for _state, number in rows)
