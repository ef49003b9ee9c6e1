"""The API of the morning meeting: the figures of the page and what stands in its lists."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from huying.cases.queries.morning import Decided, morning
from huying.web.api_asking import asker_of

router = Router()


class MorningCase(Schema):
    """A case of a list; `verbs` are what the meeting may decide on it here."""

    number: str
    title: str
    state: str
    due_at: datetime | None
    lead: str
    verbs: list[str]


class HotPlace(Schema):
    """So many of one class at one place in the last days."""

    place: str
    category: str
    count: int


class MorningOut(Schema):
    """`numbers`: before_* since the last working day, night_* since last evening, else now."""

    at: datetime
    since: datetime
    night: datetime
    numbers: dict[str, int]
    today: list[MorningCase]
    late: list[MorningCase]
    pressing: list[MorningCase]
    orders_waiting: int
    orders_late: int
    calls_open: int
    calls_answered: int
    calls_late: int
    bounces: int
    hot: list[HotPlace]
    line_down: bool | None


@router.get("/morning", response=MorningOut, summary="晨会")
def read_morning(request: HttpRequest) -> MorningOut:
    """The morning meeting's figures as the asker may see them."""
    page = morning(asker_of(request))
    return MorningOut(
        at=page.times.at,
        since=page.times.since,
        night=page.times.night,
        numbers=page.numbers,
        today=[_case(row) for row in page.today],
        late=[_case(row) for row in page.late],
        pressing=[_case(row) for row in page.pressing],
        orders_waiting=page.orders.waiting,
        orders_late=page.orders.late,
        calls_open=page.calls.open,
        calls_answered=page.calls.answered,
        calls_late=page.calls.late,
        bounces=page.bounces,
        hot=[HotPlace(place=h.place, category=h.category, count=h.count) for h in page.hot],
        line_down=page.line.down if page.line else None,
    )


def _case(row: Decided) -> MorningCase:
    case = row.case
    return MorningCase(
        number=case.number,
        title=case.title,
        state=case.state,
        due_at=case.due_at,
        lead=case.lead.name if case.lead else "",
        verbs=row.verbs,
    )
