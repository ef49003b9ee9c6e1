"""The duty roster of the demonstration, day and night, and the handovers of its last shifts.

One night of one street is left open on purpose, so that the alarm of a coming gap can be seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from demo.people import BY, refuse_outside_demo
from huying.cases.queries.watch import open_work
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.kernel.planner import count_anew
from huying.kernel.verbs import act
from huying.org.models import Account, DutyShift, ShiftHandover, Unit

DISTRICT, GAP = "420106", "420106008"
DAYS = 28
BEFORE = 7  # days of the roster that are past at the first start
MORNING, EVENING = time(8, 30), time(17, 30)
# Who of the district can be tried: they stand the watch of the first days.
TRIED = ("centre", "callback")
HANDED = 6
SAID = (
    ("夜间来电不多，两件紧急诉求都已派到单位并电话核实到场。", "已核对，接班。"),
    ("白天集中办理退件裁定，还剩几件待裁；防汛值守人员电话有变动，新表放在值班台。", ""),
    ("粮道街道路面塌陷已围挡，水务局夜间继续抢修，请每两小时问一次进度。", "收到，已联系抢修队。"),
    ("市热线线路下午中断约二十分钟，已补收，没有漏件。", "已核对收发记录。"),
    ("无特别事项，按未结清单盯办。", "接班。"),
    ("两件督办单今天到期，已催承办单位回复。", "已知悉，上午逐件核实。"),
)


def plan() -> None:
    """The roster of four weeks for the district, every street and every department."""
    refuse_outside_demo()
    today = now().astimezone(DISTRICT_ZONE).date()
    first = today - timedelta(days=BEFORE)
    if DutyShift.objects.filter(starts_at__date__gte=first).exists():
        return
    units = Unit.objects.filter(kind__in=("district", "street", "department"), active=True)
    staff: dict[int, list[Account]] = {}
    for person in Account.objects.filter(demo=True, unit__in=units).order_by("id"):
        staff.setdefault(person.unit_id or 0, []).append(person)
    shifts: list[DutyShift] = []
    for unit in units.defer("boundary").order_by("path"):
        shifts += _roster(unit, staff.get(unit.pk, []), first, today)
    with act("org.plan_shift", by=BY) as deed:
        DutyShift.objects.bulk_create(shifts)
        count_anew(DutyShift)
        deed.on("shift", "*", "", made=len(shifts))


def _roster(unit: Unit, people: Sequence[Account], first: date, today: date) -> Iterator[DutyShift]:
    """Day and night shifts of a unit, in turn, with a leader in charge."""
    leaders = [one for one in people if one.username.startswith("leader")] or people[:1]
    stems = ("centre", "callback") if unit.code == DISTRICT else ("",)
    turns = [one for one in people if one.username.startswith(stems)]
    tried = [one for name in TRIED for one in people if one.username == name]
    if not turns:
        return
    for number in range(DAYS):
        day = first + timedelta(days=number)
        start = datetime.combine(day, MORNING, DISTRICT_ZONE)
        middle = datetime.combine(day, EVENING, DISTRICT_ZONE)
        for turn, (since, until) in enumerate(
            ((start, middle), (middle, start + timedelta(days=1)))
        ):
            if unit.code == GAP and turn == 1 and day == today + timedelta(days=1):
                continue
            person = turns[(2 * number + turn) % len(turns)]
            if tried and abs((day - today).days) <= 1:
                person = tried[turn % len(tried)]
            yield DutyShift(
                unit=unit,
                starts_at=since,
                ends_at=until,
                person=person,
                leader=leaders[number % len(leaders)],
                phone=person.phone,
            )


def hand_over() -> None:
    """The records of the district's last shifts, signed, one of them after an objection."""
    refuse_outside_demo()
    at = now()
    past = DutyShift.objects.filter(unit__code=DISTRICT, ends_at__lte=at).select_related("unit")
    shifts = list(past.order_by("-ends_at")[:HANDED])
    if not shifts or ShiftHandover.objects.exists():
        return
    records: list[ShiftHandover] = []
    for (words, answer), shift in zip(SAID, shifts, strict=False):
        following = DutyShift.objects.filter(unit=shift.unit, starts_at=shift.ends_at).first()
        if following is None or following.person_id == shift.person_id:
            continue
        written = shift.ends_at - timedelta(minutes=15)
        items = _open_at(shift, written)
        record: dict[str, Any] = {
            "unit": shift.unit,
            "shift": shift,
            "to_shift": following,
            "person_id": shift.person_id,
            "to_person_id": following.person_id,
            "leader_id": shift.leader_id,
            "items": items,
        }
        if not records and len(items) > 1:
            objected = written - timedelta(minutes=20)
            records.append(
                ShiftHandover(
                    **(record | {"items": items[1:]}),
                    written_at=objected,
                    words="按清单交班。",
                    state="objected",
                    answered_at=objected + timedelta(minutes=6),
                    answer="少了一件紧急诉求，请补上再交。",
                )
            )
        records.append(
            ShiftHandover(
                **record,
                written_at=written,
                words=words,
                state="taken",
                answered_at=shift.ends_at,
                answer=answer,
            )
        )
    with act("org.hand_over_shift", by=BY) as deed:
        ShiftHandover.objects.bulk_create(records)
        deed.on("handover", "*", shifts[0].unit.path, made=len(records))


def _open_at(shift: DutyShift, at: datetime) -> list[dict[str, Any]]:
    """Some of what is open now and had come by then, as a record freezes it."""
    day = f"{at.astimezone(DISTRICT_ZONE):%Y%m%d}"
    found = [one for one in open_work(BY, shift.unit.path) if "" < one.number[:8] <= day]
    return [
        {
            "kind": str(one.kind),
            "number": one.number,
            "title": one.title,
            "url": one.url,
            "unit": one.unit_name,
            "note": str(one.note),
            "due_at": one.due_at.isoformat() if one.due_at else None,
            "late": bool(one.due_at and one.due_at < at),
        }
        for one in found[:8]
    ]
