"""When the handling clock is due, counted minute by minute from the history of a case alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from huying.cases.models import Call, CallEvent, Case, CaseClock, CaseEvent
from huying.kernel.clock import DISTRICT_ZONE
from huying.kernel.queries import working_calendar

RUNNING = ("accepted", "dispatched", "in_progress")
ENDING = ("finish_call", "withdraw_call", "void")
MINUTE = timedelta(minutes=1)


def stood_still(case: Case) -> list[tuple[datetime, datetime]]:
    """When the case lay in states in which its unit cannot work, and came back from them."""
    lines = list(CaseEvent.objects.filter(case=case, round=case.round).order_by("version"))
    spans, since = [], None
    for line in lines:
        if since is None and line.from_state in RUNNING and line.to_state not in RUNNING:
            since = line.at
        elif since is not None and line.to_state in RUNNING:
            spans.append((since, line.at))
            since = None
    return spans


def waits(calls: list[Call], minute: datetime) -> bool:
    """Whether some call is open at this minute and in time, from the lines of its history."""
    return any(_open_and_in_time(call, list(call.events.all()), minute) for call in calls)


def _open_and_in_time(call: Call, lines: list[CallEvent], minute: datetime) -> bool:
    over = [one.at for one in lines if one.verb in ENDING or one.data.get("misuse")]
    answered = [one.at for one in lines if one.verb == "answer_call"]
    if minute < lines[0].at or any(at <= minute for at in over):
        return False
    return minute < (call.due_at if any(at <= minute for at in answered) else call.answer_due)


def granted(case: Case, clock: CaseClock) -> Decimal:
    """How much was granted in this round, at most as much as the period itself."""
    lines = CaseEvent.objects.filter(
        case=case, round=case.round, verb="rule", data__approved=True, data__kind="extension"
    )
    found = sum((Decimal(line.data["amount"]) for line in lines), Decimal(0))
    return min(found, Decimal(clock.rule["amount"]))


def due_by_minutes(case: Case, clock: CaseClock) -> datetime:
    """The end of the last minute of the period: a plain loop that knows no formula."""
    calendar, measure = working_calendar(), clock.rule["measure"]
    spans = stood_still(case)
    calls = list(Call.objects.filter(case=case).prefetch_related("events"))
    minute = clock.started_at.astimezone(DISTRICT_ZONE)
    total = Decimal(clock.rule["amount"]) + granted(case, clock)
    if measure == "working_days":
        left = int(total * 7 * 60)
        minute = (minute + timedelta(days=1)).replace(hour=0, minute=0)
    else:
        left = int(total * 60)
    while left:
        open_now = measure == "natural_hours" or (
            calendar.is_workday(minute.date())
            and any(low <= minute.time() < high for low, high in calendar.hours)
        )
        still = any(start <= minute < end for start, end in spans) or waits(calls, minute)
        if open_now and not still:
            left -= 1
        minute += MINUTE
    return minute
