"""Parts of a split case count for their units' time, and nobody waits for a callback about them."""

from __future__ import annotations

import pytest

from huying.cases import actions
from huying.cases.models import Case
from huying.cases.tests import people
from huying.evaluate.actions.marking import mark_missed
from huying.evaluate.models import Mark

pytestmark = pytest.mark.usefixtures("district")


def test_a_part_is_marked_for_its_unit_but_not_called_back() -> None:
    whole = people.accepted()
    parts = [
        {"title": title, "lead": people.code(unit)}
        for title, unit in (("路灯", people.URBAN), ("积水", people.WATER))
    ]
    actions.split(whole.number, version=whole.version, by=people.centre, parts=parts, reason="两家")
    part = Case.objects.get(parent__isnull=False, lead__path=people.URBAN)
    done = actions.sign(part.number, version=part.version, by=people.handler)
    done = actions.reply(
        part.number, version=done.version, by=people.handler, result="修好", solved=True
    )
    done = actions.review(part.number, version=done.version, by=people.centre, passed=True)
    assert done.state == "archived"
    mark_missed()
    mark = Mark.objects.get(case_id=part.pk, kind="case")
    assert mark.on_time and mark.signed and not mark.called
    assert not Mark.objects.filter(case_id=part.pk, kind="callback").exists()
