"""Calls and meetings on their way into the database."""

from __future__ import annotations

from dataclasses import fields

from huying.cases.models import Call, CallEvent, Meeting
from huying.cases.queries.called import CALL_COLUMNS, CALL_UNITS, MEETING_COLUMNS
from huying.cases.rules.called import CallFact, CallLine, MeetingFact
from huying.cases.rules.facts import Ledger, UnitFact, ancestors

LINE_COLUMNS = tuple(field.name for field in fields(CallLine))
MEETING_CHANGES = tuple(name for name in MEETING_COLUMNS if name != "number")


def write_called(case_id: int, ledger: Ledger) -> None:
    """Write what a step did to the calls and meetings of a case."""
    for call in ledger.calls:
        if call.lines:
            write_call(case_id, call)
    for meeting in ledger.meetings:
        write_meeting(case_id, meeting)


def write_call(case_id: int | None, call: CallFact) -> None:
    """Write a call and the lines of its history that are not kept yet. Two statements."""
    row = call_row(case_id, call)
    row.save(force_insert=call.id is None, force_update=call.id is not None)
    call.id = row.pk
    CallEvent.objects.bulk_create([line_row(row.pk, line) for line in call.lines])


def write_meeting(case_id: int, meeting: MeetingFact) -> None:
    """Write a meeting; its participants stay as they were invited."""
    row = meeting_row(case_id, meeting)
    if meeting.id is None:
        row.save(force_insert=True)
        invited = Meeting.participants.through
        invited.objects.bulk_create(
            invited(meeting_id=row.pk, unit_id=unit.id) for unit in meeting.participants
        )
        meeting.id = row.pk
    else:
        row.save(update_fields=[*MEETING_CHANGES, "duty_id"])


def call_row(case_id: int | None, call: CallFact) -> Call:
    """A call as the database keeps it."""
    return Call(
        pk=call.id,
        case_id=case_id,
        last_four=call.number[-4:],
        co=[vars(unit) for unit in call.co],
        scope=_scope(call.units),
        **{f"{name}_id": getattr(call, name).id for name in CALL_UNITS},
        **{name: getattr(call, name) for name in CALL_COLUMNS},
    )


def line_row(call_id: int, line: CallLine) -> CallEvent:
    """A line of a call's history as the database keeps it."""
    return CallEvent(call_id=call_id, **{name: getattr(line, name) for name in LINE_COLUMNS})


def meeting_row(case_id: int, meeting: MeetingFact) -> Meeting:
    """A meeting as the database keeps it."""
    return Meeting(
        pk=meeting.id,
        case_id=case_id,
        last_four=meeting.number[-4:],
        scope=_scope(meeting.participants),
        duty_id=meeting.duty.id if meeting.duty else None,
        **{name: getattr(meeting, name) for name in MEETING_COLUMNS},
    )


def _scope(units: list[UnitFact]) -> list[str]:
    return sorted({path for unit in units for path in ancestors(unit.path)})
