"""Joint meetings of the demonstration, and calls that are about no appeal: by the real verbs."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from huying.cases import actions
from huying.cases.models import Call, Case, Meeting
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.org.asker import PersonAsker
from huying.org.models import Account, Unit
from huying.org.queries import asker_for

DISTRICT = "420106"
WHO = ("centre", "street")  # the accounts to try that convene and call
# Who is asked beside the lead unit, on an appeal of which class; how far it has come.
MEETINGS: tuple[tuple[str, str, str], ...] = (
    ("01", "420106D02", "ruled"),
    ("02", "420106D01", "ruled"),
    ("12", "420106D03", "minuted"),
    ("04", "420106D01", "convened"),
    ("15", "420106D02", "convened"),
)
ROOMS = ("区行政服务中心 302 会议室", "街道党工委会议室", "现场")
MINUTES = (
    "{lead}：现场已经核实，先期处置已做，主要成因不在本单位职责之内。"
    "{other}：设施已移交，维护记录可以提供。一致意见：裁定前仍由{lead}答复诉求人。"
)
RULING = "按移交记录，日常维护由{other}负责，{lead}配合现场秩序。"
CALLS = (
    ("防汛值守需增加两台移动泵", "未来三天有强降雨，现有移动泵不足，请调配两台并派操作人员。"),
    ("社区活动场地消防验收", "新改造的党群服务中心需消防验收后启用，请安排时间。"),
)


@transaction.atomic
def install() -> int:
    """Some meetings in every state, and two calls; none when they are there already."""
    people = {one.username: asker_for(one) for one in Account.objects.filter(username__in=WHO)}
    if Call.objects.filter(case__isnull=True).exists() or set(people) != set(WHO):
        return 0
    made = sum(_met(place, *told, people["centre"]) for place, told in enumerate(MEETINGS))
    for subject, ask in CALLS:
        _called(subject, ask, people["street"])
    return made


def _met(place: int, top: str, other: str, state: str, by: PersonAsker) -> bool:
    """One meeting on an appeal of this class that is in progress, if there is one."""
    rows = Case.objects.filter(state="in_progress", category__path__startswith=top)
    rows = rows.filter(place__isnull=False, meetings_made=0, calls_open=0).exclude(lead=None)
    case = rows.exclude(lead__code=other).select_related("lead").order_by("-id").first()
    if case is None or case.lead is None:
        return False
    day = now().astimezone(DISTRICT_ZONE) + timedelta(days=1 + place // 2)
    actions.convene(
        case.number,
        version=case.version,
        by=by,
        participants=[case.lead.code, other],
        held_at=day.replace(hour=15 if place % 2 else 9, minute=30, second=0, microsecond=0),
        room=ROOMS[place % 3],
        question=f"“{case.title}”一事，主责在哪个单位？",
    )
    number = Meeting.objects.values_list("number", flat=True).filter(case=case).latest("pk")
    names = {"lead": case.lead.name, "other": Unit.objects.get(code=other).name}
    if state != "convened":
        actions.minute(number, version=1, by=by, minutes=MINUTES.format(**names))
    if state == "ruled":
        actions.rule_meeting(
            number,
            version=2,
            by=by,
            duty=other,
            entry="区级权责清单（演示）第 12 条",
            reason=RULING.format(**names),
            due_on=(day + timedelta(days=5)).date(),
        )
    return True


def _called(subject: str, ask: str, by: PersonAsker) -> None:
    """A call of the street of the accounts to try, to the district."""
    actions.call_alone(
        by=by,
        unit=by.posts[0].unit_code,
        lead=DISTRICT,
        subject=subject,
        ask=ask,
    )
