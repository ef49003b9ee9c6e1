"""Kill -9 in rating by a link and in sending messages: once or not at all, and never lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings

from huying.cases.models import Evaluation
from huying.portal.actions import texting
from huying.portal.actions.filing import rate_by_link
from huying.portal.actions.taking import take_waiting
from huying.portal.askers import Citizen
from huying.portal.models import IntakeMessage, RatingLink, ShortMessage
from huying.portal.tests.people import build, deliver, taken
from huying.portal.tests.test_following import answered
from tests.faults.dying import AFTER_COMMIT, BEFORE_COMMIT, run
from tests.fingerprint import fingerprint


@pytest.fixture(autouse=True)
def district(db: str) -> Iterator[None]:
    """A district whose gateway takes everything."""
    with override_settings(DEMO=True):
        yield


@pytest.fixture(scope="module", autouse=True)
def built(db: str) -> None:
    build()


def asked(key: str, phone: str) -> RatingLink:
    """A citizen who is asked by a link."""
    number = taken(key=key, phone=phone).number
    answered(number)
    return RatingLink.objects.get(number=number)


def test_a_rating_killed_at_any_moment_leaves_the_link_good_or_the_rating_there() -> None:
    link = asked("web:1", "13900000001")

    def rate() -> object:
        return rate_by_link(link, by=Citizen(), solved=True, grade=4)

    before, died = fingerprint(), 0
    for moment in [*range(1, 100)]:
        assert run(rate, die_at=moment).killed
        if fingerprint() != before:
            break
        died += 1
    assert died > 5
    assert run(rate).error, "the link is used up, for the rating is there"
    row = RatingLink.objects.get(pk=link.pk)
    assert (row.used_at is None) == (not IntakeMessage.objects.filter(kind="evaluate").exists())
    deliver()
    take_waiting()
    assert [one.grade for one in Evaluation.objects.all()] == [4]


def test_a_message_killed_while_sent_goes_again_under_its_key_and_is_done_once() -> None:
    link = asked("web:2", "13900000002")
    ShortMessage.objects.filter(link=link).update(state="waiting", done_at=None)
    row = ShortMessage.objects.get(link=link)
    ShortMessage.objects.filter(pk=row.pk).update(phone=_sealed(), attempts=0)
    before = fingerprint()
    unharmed = run(lambda: None)
    assert not unharmed.error
    for moment in (1, 2, 3, 4, BEFORE_COMMIT):
        assert run(lambda: texting.send(row.pk), die_at=moment).killed
        assert fingerprint() == before
    assert run(lambda: texting.send(row.pk), die_at=AFTER_COMMIT).killed
    kept = ShortMessage.objects.get(pk=row.pk)
    assert (kept.state, kept.key, kept.attempts) == ("sent", row.key, 1)
    assert texting.send(row.pk) is False


def _sealed() -> bytes:
    from huying.kernel import secrets

    return secrets.seal_text("13900000002")
