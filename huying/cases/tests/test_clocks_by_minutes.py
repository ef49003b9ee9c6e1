"""The handling clock against a plain counter of minutes: random calendars, pauses, extensions."""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from huying.cases import actions
from huying.cases.actions import Done
from huying.cases.models import Case, CaseClock
from huying.cases.tests import minutes, people
from huying.kernel.clock import frozen, now
from huying.kernel.errors import Refusal
from huying.kernel.models import CalendarDay
from huying.kernel.queries import forget_calendar

FIRST, SPAN = date(2026, 3, 2), 90
CLASSES = ("010303", "010302")
EXAMPLES = int(os.environ.get("HUYING_WALKS", "25"))


def extended(case: Done) -> Done:
    """延期, asked for and granted."""
    case = actions.request_extension(
        case.number, version=case.version, by=people.handler, **people.ASKING["extension"]
    )
    return ruled(case)


def suspended(case: Done) -> Done:
    """挂账, asked for and granted: the clock stands still."""
    review_on = (now() + timedelta(days=10)).date()
    asking = people.ASKING["suspension"] | {"review_on": review_on}
    case = actions.request_suspension(
        case.number, version=case.version, by=people.handler, **asking
    )
    return ruled(case)


def ruled(case: Done) -> Done:
    return actions.rule(
        case.number, version=case.version, by=people.centre, approved=True, reason="可行"
    )


def resumed(case: Done) -> Done:
    return actions.resume(case.number, version=case.version, by=people.centre, reason="具备条件")


def replied(case: Done) -> Done:
    """办结回复: while it is reviewed no time counts against the unit."""
    return actions.reply(
        case.number, version=case.version, by=people.handler, result="已修", solved=True
    )


def sent_back(case: Done) -> Done:
    return actions.review(
        case.number, version=case.version, by=people.centre, passed=False, reason="缺照片"
    )


DEEDS = (extended, suspended, resumed, replied, sent_back)


class Counted(TestCase):
    """One case after another, each under a calendar of its own."""

    @classmethod
    def setUpTestData(cls) -> None:
        with frozen(people.MONDAY):
            people.build()

    def tearDown(self) -> None:
        forget_calendar()
        super().tearDown()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(st.booleans(), min_size=SPAN, max_size=SPAN),
        st.sampled_from(CLASSES),
        st.booleans(),
        st.integers(0, 24 * 60),
        st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(1, 5 * 24 * 60)), max_size=8),
    )
    def test_the_deadline_is_the_last_minute_counted(
        self,
        worked: list[bool],
        category: str,
        urgent: bool,
        start: int,
        deeds: list[tuple[Any, int]],
    ) -> None:
        publish(worked)
        at = people.MONDAY + timedelta(minutes=start)
        with frozen(at):
            case = people.registered()
            case = actions.accept(
                case.number, version=1, by=people.centre, category=category, urgent=urgent
            )
            case = actions.dispatch(
                case.number, version=2, by=people.centre, lead=people.code(people.URBAN)
            )
            case = actions.sign(case.number, version=3, by=people.handler)
        for deed, gap in deeds:
            at += timedelta(minutes=gap)
            with frozen(at):
                try:
                    case = deed(case)
                except Refusal:  # not now: the next one may do
                    case = standing(case)
            self.check(case)

    def check(self, case: Done) -> None:
        """What the formula says is what the minutes say, whenever the clock does not stand."""
        row = Case.objects.get(number=case.number)
        clock = CaseClock.objects.filter(case=row, kind="handle").latest("id")
        if row.paused or row.state == "replied":
            return
        assert clock.due_at == minutes.due_by_minutes(row, clock)
        assert row.due_at == clock.due_at


def publish(worked: list[bool]) -> None:
    """Publish these days, whatever the real calendar says of them; what follows is guessed."""
    CalendarDay.objects.bulk_create(
        [CalendarDay(date=FIRST + timedelta(days=n), workday=w) for n, w in enumerate(worked)],
        update_conflicts=True,
        unique_fields=["date"],
        update_fields=["workday"],
    )
    forget_calendar()


def standing(case: Done) -> Done:
    """The case as it is now, where a deed was half taken."""
    row = Case.objects.get(number=case.number)
    return Done(row.number, row.version, row.state)
