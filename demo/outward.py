"""What leads out of the house in lives of the demonstration: other tracks, the city, readers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from demo.matters import CITY
from demo.stories import on_day

if TYPE_CHECKING:
    import random

    from demo.lives import Life
    from huying.kernel.asker import Asker

WHY_HANDED = {
    "to_petition": "诉求人已就同一事项提出信访，依法由信访机构办理。",
    "to_discipline": "反映公职人员涉嫌违纪，按规定移交。",
    "to_litigation": "事项已进入或应当通过诉讼程序解决。",
    "to_police": "涉嫌违法犯罪，需公安机关立即处置。",
    "to_fire": "涉及火灾隐患，需消防救援机构处置。",
}
RECEIPTS = ("已收悉，转承办科室办理。", "已登记，编号另告。", "已受理，将直接答复反映人。")
RETURNED = ("所涉地点经核实不在本区。", "事项属市级单位职责，本区无权处置。")
LONGER = ("现场需待停水窗口施工，申请延至该日。", "涉及多方协调，申请延期。")
KEPT = "仍请区里牵头办理。"
BY_THE_CITY = "经审核，同意。"
APPROVALS = ("文字已脱敏，同意公开。", "办理过程完整，同意。", "")
NOT_PUBLISHED = ("仍能看出具体住户，请修改后再报。", "答复过于简单，不宜公开。")
TAKEN_DOWN = ("当事人要求撤下。", "公开期满。", "情况有变化，撤下更新。")


def handed_over(life: Life, by: Asker) -> None:
    """移交, and mostly the receipt for it."""
    track = life.matter.track
    at = life.matter.at + life.minutes(12, 90)
    at = life.then("hand_over", at, by, track=track, reason=WHY_HANDED[track])
    if life.chance(0.85):
        receipt = life.generator.choice(RECEIPTS)
        life.then("record_receipt", life.working(at, 3, 30), by, receipt=receipt)


def back_to_the_city(life: Life, by: Asker) -> bool:
    """An order of the city that is returned, or for which more time is asked; whether it ended."""
    facts = life.matter.facts
    if life.joining or not life.chance(0.025):
        return False
    at = life.verbs[-1].at + life.minutes(20, 90)
    reason = life.generator.choice(RETURNED)
    if life.chance(0.5) and facts.get("city_due_at"):
        until = facts["city_due_at"] + timedelta(days=life.generator.randint(2, 5))
        asked = life.generator.choice(LONGER)
        life.then("city_extend", at, by, reason=asked, until=until)
        ruled = life.working(at, 1, 8)
        if life.chance(0.8):
            args = {"ruling": "extension_approved", "due_at": until, "reason": BY_THE_CITY}
            life.then("city_rule", ruled, CITY, **args)
            life.governing, life.plain = until, True
        else:
            life.then("city_rule", ruled, CITY, ruling="extension_rejected", reason=KEPT)
        return False
    life.then("city_return", at, by, reason=reason)
    ruled = life.working(at, 1, 8)
    if life.chance(0.65):
        life.then("city_rule", ruled, CITY, ruling="return_approved", reason=BY_THE_CITY)
        return True
    life.then("city_rule", ruled, CITY, ruling="return_rejected", reason=KEPT)
    return False


def published(life: Life, since: datetime, good: bool) -> None:
    """Some of what went well is told to everybody, in a text of its own, once a second approves."""
    facts, story = life.matter.facts, life.matter.story
    if not good or facts["sensitive"] or facts.get("anonymous") or not life.chance(0.035):
        return
    first = life.generator.choice(life.cast.centre)
    second = life.other(first)
    at = life.then(
        *("publish", life.working(since, 1, 9), first),
        title=story.title,
        body=story.public,
        result=on_day(story.reply, since),
        address=life.matter.spot.address,
    )
    at = life.working(at, 0.5, 8)
    if life.chance(0.1):
        reason = life.generator.choice(NOT_PUBLISHED)
        life.then("rule_publication", at, second, approved=False, reason=reason)
        return
    reason = life.generator.choice(APPROVALS)
    at = life.then("rule_publication", at, second, approved=True, reason=reason)
    if life.chance(0.04):
        at += timedelta(days=life.generator.uniform(0.5, 4))
        life.then("unpublish", at, first, reason=life.generator.choice(TAKEN_DOWN))


def track_of(generator: random.Random) -> str:
    """Where one appeal in some hundred and fifty is handed over to; mostly nowhere."""
    if generator.random() > 0.006:
        return ""
    tracks: list[str] = list(WHY_HANDED)
    return generator.choices(tracks, (30, 14, 20, 26, 10))[0]
