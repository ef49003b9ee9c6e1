"""What units ask of the centre in the lives of the demonstration, and how it is ruled."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from demo import meeting, watching, words
from huying.cases.rules.categories import CATEGORIES, parent_code
from huying.kernel.asker import Asker
from huying.kernel.clock import DISTRICT_ZONE

if TYPE_CHECKING:
    from demo.lives import Life

OTHERS = ("420106D01", "420106D02", "420106D03", "420106D05")
# To whom an order goes that is not theirs: mostly whose name is nearest at hand.
MISTAKEN = {
    **{"420106D01": 9, "420106D02": 6, "420106D03": 7, "420106D05": 6, "420106D04": 4},
    **{"420106D06": 4, "420106D07": 3, "420106D26": 3, "420106D19": 3, "420106D16": 2},
    **{"420106D09": 2, "420106D12": 2, "420106D11": 2, "420106D20": 2, "420106D25": 1},
}
NATURAL = ("danger", "utility")
EXTENSIONS = {"enquiry": ("1",), "ordinary": ("1", "2", "3"), "hard": ("3", "5", "8")}
WHY_LONGER = (
    ("配件需从外地调货。", "配件预计三天内到货，到货后立即安装，届时再与您联系。"),
    ("连续降雨，现场无法施工。", "天气转晴后两天内施工，给您带来不便请谅解。"),
    ("需等待产权单位出具意见。", "产权单位已受理，答复后第一时间告知您。"),
    ("涉及多户，逐户征求意见需要时间。", "正在逐户征求意见，预计本周内完成。"),
)
PLANS = (
    ("project", "已列入老旧管网改造工程，按工期本月底进场，先行临时疏通和围挡。"),
    ("funds", "维修资金已报审，拨付后十日内施工，期间每周巡查一次。"),
    ("owners", "需三分之二以上业主同意，正在组织表决，由社区逐户上门。"),
    ("appraisal", "已委托房屋安全鉴定，出具报告后按意见处置，先做支护。"),
    ("season", "树木移植须待休眠期进行，先行加固支撑并设置警示。"),
    ("policy", "新政策尚未出台实施细则，细则公布后即按规定办理。"),
)
RESUMED = ("条件已具备，恢复办理。", "工程已完工，恢复办理并回复诉求人。", "意见已统一，恢复办理。")
STILL = "复核：条件仍未具备，继续挂账，期间加强巡查。"
WHY_CLOSED = (
    "经多次协商双方仍无法达成一致，已告知依法解决的途径。",
    "所提要求超出现行政策，已当面解释并送达书面说明。",
    "设施属小区业主共有，应由业主共同决定，已指导启动程序。",
)
WHY_BACK = "现场核实，设施权属不在我单位，附移交记录。"
OWN = ("事项在职责范围之内，请继续办理。", "权责清单第 6 条载明由你单位牵头，不同意退件。")
AGREED = ("情况属实，同意。", "理由充分，同意，请告知诉求人。", "同意。")
NOT_AGREED = ("理由不充分，请按原时限办理。", "请先完成可以先办的部分。")
JOINED = ("请配合维护现场秩序。", "涉及地下管线，请协办。", "请协助核实产权。")
NOT_NEEDED = "现场部分已完成，不再需要协办。"
WHY_OTHER = ("受理时选错分类。", "经核实属另一类事项。", "补充情况后重新归类。")


def another_class(life: Life, at: datetime, by: Asker) -> None:
    """改分类, to a class near by with the same deadline."""
    own = life.matter.story.situation.category
    near = [
        code
        for code, _name, _clock in CATEGORIES
        if len(code) == len(own) and code != own and parent_code(code) == parent_code(own)
    ]
    clocks = {code: clock for code, _name, clock in CATEGORIES}
    near = [code for code in near if clocks[code] == clocks[own]]
    if near:
        reason = life.generator.choice(WHY_OTHER)
        life.then("recategorise", at, by, category=life.generator.choice(near), reason=reason)


def sent_wrong(life: Life, sent: datetime, sender: Asker) -> datetime:
    """To a unit that has nothing to do with it, and back; when it goes out again."""
    likely = {code: often for code, often in MISTAKEN.items() if code != life.lead}
    likely[life.matter.spot.grid[:9]] = 4 if life.lead != life.matter.spot.grid[:9] else 0
    wrong = life.generator.choices(list(likely), list(likely.values()))[0]
    sent = life.then("dispatch", sent, sender, lead=wrong)
    reason = life.generator.choice(words.REASSIGNS)
    if life.chance(0.5):
        back = life.working(sent, 0.4, 2.6)
        watching.unsigned(life, sent, back)
        back = life.then("reassign", back, sender, reason=reason)
        return back + life.minutes(5, 40)
    asked = life.working(sent, 0.2, 1.9)
    watching.unsigned(life, sent, asked)
    asked = life.then(
        *("request_return", asked, life.staff(wrong)),
        reason=reason,
        suggested=life.lead,
    )
    ruled = life.working(asked, 0.2, 2)
    watching.unsigned(life, sent, ruled)
    ruled = life.then("rule", ruled, sender, approved=True, reason=life.generator.choice(AGREED))
    return ruled + life.minutes(5, 40)


def asked(life: Life, at: datetime, replied: datetime, handler: Asker, rounds: int) -> datetime:
    """Whatever the unit asks for before it answers; when it can answer at the earliest."""
    clock = life.matter.clock
    if rounds == 1 and life.chance(life.temper.sends_back):
        _sends_back(life, at, handler)
    if life.chance(0.008):
        _with_another(life, at)
    if life.chance(0.004):
        watching.by_hand(life, at + life.minutes(30, 200))
    if clock in NATURAL or life.parts:
        return at
    at = max(at, life.verbs[-1].at)
    if life.governing:  # the city does not wait
        return at
    if life.chance(0.07 if clock == "hard" else 0.004):
        return _suspended(life, at, handler)
    if life.chance(0.035):
        return _longer(life, at + (replied - at) * 0.4, replied, handler)
    return at


def closed(life: Life, at: datetime, by: Asker, result: str) -> bool:
    """申请结案 instead of an answer; whether it came to that."""
    if life.parts or life.matter.clock in NATURAL or not life.chance(0.006):
        return False
    reason = life.generator.choice(WHY_CLOSED)
    at = life.then("request_closure", at, by, result=result, reason=reason)
    _ruled(life, at, approved=True)
    return True


def settled_in_a_meeting(life: Life, at: datetime) -> bool:
    """A joint meeting on whose duty it is; whether it is another's than who has it now."""
    if life.matter.clock in NATURAL or life.parts or life.joining or life.governing:
        return False
    if not life.chance(0.0025):
        return False
    other = next(code for code in OTHERS if code != life.lead)
    convener = life.generator.choice(life.cast.centre)
    at = at + life.minutes(20, 120)
    held = life.working(at, 5, 10)
    room = life.generator.choice(meeting.ROOMS)
    question = f"“{life.matter.story.title}”一事，主责在哪个单位？"
    units = [life.lead, other]
    life.then(
        *("convene", at, convener),
        participants=units,
        held_at=held,
        room=room,
        question=question,
    )
    names = {"lead": life.cast.names[life.lead], "other": life.cast.names[other]}
    life.then(
        *("minute", held + life.minutes(50, 120), convener),
        minutes=meeting.MINUTES.format(**names),
    )
    duty = other if life.chance(0.4) else life.lead
    if duty == life.lead:
        names = {"lead": names["other"], "other": names["lead"]}
    ruled = life.working(life.verbs[-1].at, 1, 6)
    day = (ruled + timedelta(days=5)).astimezone(DISTRICT_ZONE).date()
    life.then(
        *("rule_meeting", ruled, convener),
        duty=duty,
        entry=f"区级权责清单（演示）第 {life.generator.randint(3, 60)} 条",
        reason=meeting.RULING.format(**names),
        due_on=day,
    )
    if duty == life.lead:
        return False
    life.then("reassign", ruled + life.minutes(5, 30), convener, reason="按会商裁定改派。")
    life.lead, life.co = other, []
    return True


def _ruled(life: Life, at: datetime, *, approved: bool, own: bool = False) -> datetime:
    reasons = AGREED if approved else OWN if own else NOT_AGREED
    reason = life.generator.choice(reasons)
    by = life.generator.choice(life.cast.centre)
    return life.then("rule", life.working(at, 0.4, 5), by, approved=approved, reason=reason)


def _sends_back(life: Life, at: datetime, handler: Asker) -> None:
    """申请退件, refused: it is the unit's own duty."""
    sent = next(one.at for one in reversed(life.verbs) if one.verb in ("dispatch", "reappeal"))
    latest, _guessed = life.times.due(life.times.rules["return"], sent, ())
    at = max(at, life.verbs[-1].at) + life.minutes(5, 20)
    if at < latest:
        at = life.then("request_return", at, handler, reason=WHY_BACK)
        _ruled(life, at, approved=False, own=True)


def _with_another(life: Life, at: datetime) -> None:
    """增加协办, and sometimes 减少协办."""
    unit = life.generator.choice(
        [code for code in OTHERS if code != life.lead and code not in life.co]
    )
    by = life.generator.choice(life.cast.centre)
    at = life.then(
        *("add_unit", at + life.minutes(10, 90), by),
        unit=unit,
        reason=life.generator.choice(JOINED),
    )
    if life.chance(0.3):
        life.then("remove_unit", life.working(at, 1, 6), by, unit=unit, reason=NOT_NEEDED)


def _longer(life: Life, at: datetime, replied: datetime, handler: Asker) -> datetime:
    """申请延期, in time, with what is told the citizen."""
    due = life.deadline()
    at = max(at, life.verbs[-1].at + timedelta(minutes=1))
    if due is None or at > due - timedelta(hours=1):
        return at
    amount = life.generator.choice(EXTENSIONS[life.matter.clock])
    reason, notice = life.generator.choice(WHY_LONGER)
    args = {"amount": amount, "reason": reason, "notice": notice}
    at = life.then("request_extension", at, handler, **args)
    if life.chance(0.1):
        at = life.then("withdraw_request", life.working(at, 0.3, 2), handler, reason="配件已到。")
        return at + life.minutes(5, 60)
    approved = life.chance(0.82)
    at = _ruled(life, at, approved=approved)
    if not approved:
        return at + life.minutes(5, 60)
    life.plain = False
    return life.working(max(at, replied), 1, 5 * int(amount))


def _suspended(life: Life, at: datetime, handler: Asker) -> datetime:
    """申请挂账, and on the day of the review on with it, or longer."""
    cause, plan = life.generator.choice(PLANS)
    at = life.working(at, 0.5, 6)
    day = _day(at, life.generator.randint(6, 24))
    at = life.then("request_suspension", at, handler, cause=cause, plan=plan, review_on=day)
    approved = life.chance(0.85)
    at = _ruled(life, at, approved=approved)
    if not approved:
        return at + life.minutes(20, 90)
    life.plain = False
    by = life.generator.choice(life.cast.centre)
    if life.chance(0.25):
        at = life.then(
            *("resume", _morning(life, day), by),
            reason=STILL,
            review_on=(day := _day(_morning(life, day), life.generator.randint(6, 14))),
        )
    reason = life.generator.choice(RESUMED)
    at = life.then("resume", _morning(life, day), by, reason=reason)
    return life.working(at, 2, 12)


def _day(at: datetime, days: int) -> str:
    """The day so many days later, moved off a weekend, as ISO text."""
    day = (at + timedelta(days=days)).astimezone(DISTRICT_ZONE).date()
    return (day - timedelta(days=max(0, day.weekday() - 4))).isoformat()


def _morning(life: Life, day: str) -> datetime:
    start = datetime.fromisoformat(f"{day}T09:05:00").replace(tzinfo=DISTRICT_ZONE)
    return start + life.minutes(1, 150)
