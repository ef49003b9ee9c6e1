"""The API of the watch: who is on duty, handover records and their verbs."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from ninja import Router

from huying.org import actions, queries
from huying.org.api_shapes import HandOverIn, HandoverOut, ObjectIn, OnDutyOut, TakeOverIn
from huying.org.middleware import asker_of
from huying.org.models import DutyShift, ShiftHandover

router = Router()
MOST = 200


@router.get("/units/{code}/on-duty", response=list[OnDutyOut], summary="现在谁值班")
def on_duty(request: HttpRequest, code: str) -> list[DutyShift]:
    """Who is on duty for a unit now; for a community without a watch, who is for its street."""
    asker = asker_of(request)
    unit = queries.unit_by_code(asker, code)
    return queries.on_duty(asker, [unit])[unit.code]


@router.get("/handovers", response=list[HandoverOut], summary="交接班记录")
def list_handovers(
    request: HttpRequest, unit: str = "", since: date | None = None, until: date | None = None
) -> list[ShiftHandover]:
    """The latest 200 records within the caller's area, of a unit, written on these days."""
    rows = queries.handovers(asker_of(request))
    if unit:
        rows = rows.filter(unit__code=unit)
    if since:
        rows = rows.filter(written_at__date__gte=since)
    if until:
        rows = rows.filter(written_at__date__lte=until)
    return list(rows[:MOST])


@router.get("/handovers/{handover}", response=HandoverOut, summary="一份交接班记录")
def handover(request: HttpRequest, handover: int) -> ShiftHandover:
    """One record."""
    return queries.handover_of(asker_of(request), handover)


@router.post("/shifts/{shift}/hand-over", response=HandoverOut, summary="交班")
def hand_over_shift(request: HttpRequest, shift: int, body: HandOverIn) -> ShiftHandover:
    """Write what one's own shift leaves open; what is open is read now and frozen."""
    return actions.hand_over_shift(
        shift, words=body.words, to_shift_id=body.to_shift, by=asker_of(request)
    )


@router.post("/handovers/{handover}/take-over", response=HandoverOut, summary="接班")
def take_over_shift(request: HttpRequest, handover: int, body: TakeOverIn) -> ShiftHandover:
    """Sign for a record."""
    return actions.take_over_shift(handover, note=body.note, by=asker_of(request))


@router.post("/handovers/{handover}/object", response=HandoverOut, summary="对交接班提出异议")
def object_to_handover(request: HttpRequest, handover: int, body: ObjectIn) -> ShiftHandover:
    """Refuse to sign, and say why."""
    return actions.object_to_handover(handover, reason=body.reason, by=asker_of(request))
