"""From registration to archive, and what the history says of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huying.cases import actions
from huying.cases.models import Case, CaseClock, CaseEvent
from huying.cases.tests import people
from huying.kernel.clock import frozen

pytestmark = pytest.mark.usefixtures("district")


def test_a_case_walks_from_registration_to_archive() -> None:
    case = people.evaluated()
    with frozen(people.MONDAY + timedelta(hours=168)):
        assert actions.archive_due() == 1
        assert actions.archive_due() == 0
    row = Case.objects.get(number=case.number)
    assert (row.state, row.version) == ("archived", 8)
    assert row.ended_at == people.MONDAY + timedelta(hours=168)
    assert list(CaseEvent.objects.order_by("version").values_list("verb", "to_state")) == [
        ("register", "registered"),
        ("accept", "accepted"),
        ("dispatch", "dispatched"),
        ("sign", "in_progress"),
        ("reply", "replied"),
        ("review", "awaiting_callback"),
        ("evaluate", "evaluated"),
        ("archive", "archived"),
    ]
    assert not CaseClock.objects.filter(stopped_at__isnull=True).exclude(kind="contact").exists()


def test_nothing_is_archived_before_its_time() -> None:
    people.evaluated()
    with frozen(people.MONDAY + timedelta(hours=167, minutes=59)):
        assert actions.archive_due() == 0
