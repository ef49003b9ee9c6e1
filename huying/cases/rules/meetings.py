"""会商: whose duty it is, settled by those whom it may concern; the ruling is a precedent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from huying.cases.rules.called import MeetingFact
from huying.cases.rules.edges import Edge
from huying.cases.rules.facts import Doing, Ledger, UnitFact
from huying.cases.rules.moves import find, invalid, leave, refuse_barred, required
from huying.kernel.errors import NotFound, NotNow
from huying.kernel.working_time import DEFAULT_ZONE

STATES = [
    ("convened", _("待会商")),
    ("minuted", _("已有纪要，待裁定")),
    ("ruled", _("已裁定")),
    ("cancelled", _("已取消")),
]
STATE_LABELS = dict(STATES)
OPEN = ("convened", "minuted")
LABELS: dict[str, str | Promise] = {
    "minute": _("记会商纪要"),
    "rule_meeting": _("会商裁定"),
    "cancel_meeting": _("取消会商"),
}
# Minutes may be written again until they are ruled on.
WAYS: Mapping[tuple[str, str], str] = {
    ("convened", "minute"): "minuted",
    ("minuted", "minute"): "minuted",
    ("minuted", "rule_meeting"): "ruled",
    ("convened", "cancel_meeting"): "cancelled",
    ("minuted", "cancel_meeting"): "cancelled",
}
TWO = 2  # nobody settles with itself


def convene(
    ledger: Ledger,
    doing: Doing,
    *,
    number: str,
    participants: Sequence[UnitFact],
    held_at: datetime | str,
    room: str,
    question: str,
) -> None:
    """召集会商: meanwhile the first receiver stays the one who answers the citizen."""
    edge = find(ledger, "convene")
    refuse_barred(ledger, doing, "convene")
    required("room", room)
    required("question", question)
    units = list(dict.fromkeys(participants))
    if len(units) < TWO:
        raise invalid("participants", _now("会商至少有两个单位。"), _now("请增加参加单位。"))
    held_at = _at(held_at)
    if held_at < doing.at:
        raise invalid("held_at", _now("会商时间已经过去。"), _now("请重新选择时间。"))
    meeting = MeetingFact(
        number,
        units,
        held_at,
        room.strip(),
        doing.hide(question.strip()),
        doing.at,
        doing.by_id,
        doing.by_label,
    )
    ledger.meetings.append(meeting)
    ledger.case.meetings_made += 1
    names = [unit.as_json() for unit in units]
    leave(
        *(ledger, doing, edge, question),
        meeting=number,
        participants=names,
        held_at=held_at.isoformat(),
    )


def minute(ledger: Ledger, doing: Doing, *, minutes: str, meeting: str = "") -> None:
    """记会商纪要: what was said; it may be written again until the ruling."""
    one = meeting_of(ledger, meeting)
    _move(one, "minute")
    required("minutes", minutes)
    one.minutes, one.minuted_at = doing.hide(minutes.strip()), doing.at
    one.minuted_by = doing.by_label
    _leave(ledger, doing, "minute", one, one.minutes)


def rule_meeting(
    ledger: Ledger,
    doing: Doing,
    *,
    duty: UnitFact,
    entry: str,
    reason: str,
    due_on: date | str,
    meeting: str = "",
) -> None:
    """会商裁定: whose duty it is by which entry of the 权责清单, to be taken over by a day."""
    one = meeting_of(ledger, meeting)
    _move(one, "rule_meeting")
    required("entry", entry)
    required("reason", reason)
    day = _day(due_on)
    if day < doing.at.astimezone(DEFAULT_ZONE).date():
        raise invalid("due_on", _now("期限已经过去。"), _now("请选择今天或以后的日期。"))
    one.duty, one.entry, one.due_on = duty, entry.strip(), day
    one.ruling, one.ended_at, one.ended_by = doing.hide(reason.strip()), doing.at, doing.by_label
    more = {"unit": duty.as_json(), "entry": one.entry, "due_on": day.isoformat()}
    _leave(ledger, doing, "rule_meeting", one, one.ruling, **more)


def cancel_meeting(ledger: Ledger, doing: Doing, *, reason: str, meeting: str = "") -> None:
    """取消会商: it is no longer needed."""
    one = meeting_of(ledger, meeting)
    _move(one, "cancel_meeting")
    required("reason", reason)
    one.ruling, one.ended_at, one.ended_by = doing.hide(reason.strip()), doing.at, doing.by_label
    _leave(ledger, doing, "cancel_meeting", one, one.ruling)


def meeting_of(ledger: Ledger, number: str = "") -> MeetingFact:
    """The meeting of this number; without one the last that was convened."""
    found = [one for one in ledger.meetings if not number or one.number == number]
    if not found:
        raise NotFound(_now("没有这次会商。"), remedy=_now("请核对编号。"))
    return found[-1]


def usable(meeting: MeetingFact) -> list[str]:
    """The verbs that a meeting admits now, in the order of the table."""
    return [verb for state, verb in WAYS if state == meeting.state]


def common_path(units: Sequence[UnitFact]) -> str:
    """The nearest unit above all of them: who rules over all may rule on whose duty it is."""
    split = [unit.path.strip("/").split("/") for unit in units]
    shared = []
    for codes in zip(*split, strict=False):
        if len(set(codes)) > 1:
            break
        shared.append(codes[0])
    return "".join(f"{code}/" for code in shared)


def _move(meeting: MeetingFact, verb: str) -> None:
    if (meeting.state, verb) not in WAYS:
        what = _now("会商现在是“%(state)s”，不能进行这项操作。")
        raise NotNow(
            what % {"state": STATE_LABELS[meeting.state]},
            allowed=usable(meeting),
            remedy=_now("请刷新页面，按当前状态办理。"),
        )
    meeting.state = WAYS[meeting.state, verb]
    meeting.version += 1


def _leave(
    ledger: Ledger, doing: Doing, verb: str, one: MeetingFact, text: str, /, **data: object
) -> None:
    edge = Edge(verb, ledger.case.state, "", "any")
    leave(ledger, doing, edge, text, meeting=one.number, **data)


def _at(value: datetime | str) -> datetime:
    """An instant, also as ISO text; without a zone it is the district's."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except ValueError:
        what = _now("时间填写有误。")
        raise invalid("held_at", what, _now("请按 2026-03-20 15:00 的样子填写。")) from None
    return found if found.tzinfo else found.replace(tzinfo=DEFAULT_ZONE)


def _day(value: date | str) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(value)
    except ValueError:
        what = _now("日期填写有误。")
        raise invalid("due_on", what, _now("请按 2026-03-20 的样子填写。")) from None


STEPS: dict[str, Callable[..., None]] = {
    "convene": convene,
    "minute": minute,
    "rule_meeting": rule_meeting,
    "cancel_meeting": cancel_meeting,
}
