"""Supervision in the lives of the demonstration: what conditions open by themselves, and answers.

As the worker would have done it, within a minute of the moment at which a condition holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from huying.kernel.asker import System

if TYPE_CHECKING:
    from demo.lives import Life
    from huying.kernel.asker import Asker

HAND = System("supervision", "自动督办")
# Working days to answer, by default.
DAYS = {
    **{"unsigned": "1", "overdue": "2", "lapsed": "1", "sensitive": "1"},
    **{"citizen": "2", "place": "2", "again": "2", "hand": "2"},
}
HIGHEST = 3
ANSWERS = (
    "已安排专人今天到场，办理进展每天报告。",
    "已查明原因系派单时段无人值守，已调整值班，当日签收。",
    "已与诉求人说明，三天内完成，期间安排巡查。",
    "现场已处理完毕，照片已上传，正在回复诉求人。",
    "涉及单位已到场会商，整改方案和时间已确定。",
    "属多次反映的同一问题，已列入集中整治，由分管领导包案。",
)
CLOSINGS = ("已核实到位，销号。", "回复属实，同意销号。", "抽查现场，情况与回复一致，销号。")
REASONS = (
    "涉及面广，群众反映集中，请单位负责人到现场办理。",
    "临近时限仍无实质进展，请书面说明并限期完成。",
    "媒体关注，请当日报告处置情况。",
)


@dataclass
class Order:
    """An open order of supervision."""

    level: int
    trigger: str
    at: datetime
    answered: bool = False


def highest(life: Life) -> int:
    """The highest open level; 0 without any."""
    return max((order.level for order in life.orders), default=0)


def opened(life: Life, at: datetime, trigger: str, level: int = 1) -> bool:
    """An order that a condition opens, where none is open that is as high."""
    if highest(life) >= level or at > life.times.now:
        return False
    at = life.then("supervise", at, HAND, trigger=trigger)
    life.orders.append(Order(level, trigger, at))
    return True


def by_hand(life: Life, at: datetime) -> None:
    """An order of the centre, one level above what is open."""
    level = max(2, highest(life) + 1)
    if level <= HIGHEST:
        person = life.generator.choice(life.cast.centre)
        reason = life.generator.choice(REASONS)
        name = person.label.split(" ")[0]
        at = life.then("supervise", at, person, level=level, reason=reason, supervisor=name)
        life.orders.append(Order(level, "hand", at))


def again(life: Life) -> None:
    """What a new round opens by itself."""
    if highest(life) < HIGHEST:
        life.orders.append(Order(highest(life) + 1, "again", life.verbs[-1].at))


def unsigned(life: Life, sent: datetime, signed: datetime) -> None:
    """未按时签收: an order as soon as the time to sign is over, or one more level."""
    due, _guessed = life.times.due(life.times.rules["sign"], sent, ())
    at = due + life.minutes(0.2, 1)
    if at < signed:
        opened(life, at, "unsigned")
        _lapses(life, signed)


def overdue(life: Life, due: datetime | None, replied: datetime) -> None:
    """办理逾期: an order of the second level, above one of the first."""
    if due is None or not life.verbs[-1].at <= due < replied - timedelta(minutes=2):
        return
    if opened(life, due + life.minutes(0.2, 1), "overdue", level=2):
        _lapses(life, replied)


def _lapses(life: Life, until: datetime) -> None:
    """The highest order, where nobody answers it, is raised until somebody does something."""
    if not life.orders:
        return
    order = max(life.orders, key=lambda one: one.level)
    while order.level < HIGHEST and not order.answered:
        days = DAYS[order.trigger]
        rule = replace(life.times.rules["supervision"], measure="working_days", amount=days)
        at = life.times.due(rule, order.at, ())[0] + life.minutes(0.2, 1)
        if at >= min(until, life.times.now):
            return
        order.at = life.then("supervise", at, HAND, trigger="lapsed")
        order.level, order.trigger = order.level + 1, "lapsed"


def answered(life: Life, handler: Asker, replied: datetime) -> None:
    """The unit answers what is open, before it answers the citizen."""
    for order in sorted(life.orders, key=lambda one: -one.level):
        if not order.answered:
            at = life.working(life.verbs[-1].at, 0.2, 2.5)
            if at >= replied:
                at = life.verbs[-1].at + life.minutes(1, 5)
            life.then("answer_supervision", at, handler, answer=life.generator.choice(ANSWERS))
            order.answered = True


def closed(life: Life, at: datetime, by: Asker) -> None:
    """销号, mostly soon after the answer or before the review; else it ends with the case."""
    for order in sorted(life.orders, key=lambda one: -one.level):
        if not order.answered or not life.chance(0.8):
            return
        life.then("close_supervision", at, by, reason=life.generator.choice(CLOSINGS))
        life.orders.remove(order)
