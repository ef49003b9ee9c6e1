"""Appeals of the demonstration that belong together: told by several, or of several matters."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from demo import words
from demo.matters import Matter, Present
from demo.stories import Story, answer
from huying.cases.actions import CasePlan, PartPlan, Planned

if TYPE_CHECKING:
    from demo.lives import Life

MOST = 25  # so many are merged into one; whoever tells of it later begins anew
WHY_MERGED = (
    "与主件反映同一地点同一问题。",
    "同一事件，多人反映，合并办理。",
    "同一小区同一诉求。",
)
WHY_SPLIT = ("诉求含两件事，分属两个单位。", "两个事项责任单位不同，分别办理。")


def join(life: Life, until: datetime) -> None:
    """Merge those who told of the same after this one was accepted, as long as it is open."""
    if life.answered:
        return
    for matter in life.joining[len(life.merged) :]:
        at = matter.at + life.minutes(8, 45)
        if at <= life.accepted + timedelta(minutes=1) or at >= until - timedelta(minutes=1):
            return
        if len(life.merged) >= MOST:
            return
        life.merged.append(_merged(life, matter, at))


def _merged(life: Life, matter: Matter, at: datetime) -> CasePlan:
    by = life.generator.choice(life.cast.centre)
    verbs = [Planned("register", matter.at, matter.by, matter.facts)]
    if life.chance(0.4):
        taken = at - life.minutes(1, 5)
        category = {"category": matter.story.situation.category}
        verbs.append(Planned("accept", taken, by, category))
    reason = life.generator.choice(WHY_MERGED)
    return CasePlan([*verbs, Planned("merge", at, by, {"reason": reason})])


def split(life: Life, since: datetime) -> datetime:
    """Split what tells of two matters; when both are settled. The whole waits for its parts."""
    if life.matter.second is None or life.parts or life.joining:
        return since
    story, lead = life.matter.second
    if lead == life.lead:
        return since
    by = life.generator.choice(life.cast.centre)
    reason = life.generator.choice(WHY_SPLIT)
    at = life.then("split", since + life.minutes(20, 90), by, reason=reason)
    life.plain = False
    made = [_part(life, life.matter.story, life.lead, at), _part(life, story, lead, at)]
    life.parts.extend(part for part, _end in made)
    ends = [end for _part_, end in made]
    if any(end is None for end in ends):
        raise Present  # the whole cannot be answered before its parts are
    return max(end for end in ends if end) + life.minutes(10, 60)


def _part(life: Life, story: Story, lead: str, since: datetime) -> tuple[PartPlan, datetime | None]:
    """One part, lived to its review; and when that was, if it was."""
    handler, reviewer = life.staff(lead), life.generator.choice(life.cast.centre)
    signed = life.working(since, 0.1, 1.5)
    called = signed + life.minutes(20, 200)
    replied = life.working(called, 2, 12)
    reviewed = life.working(replied, 0.3, 3)
    solved = life.chance(0.92)
    result = answer(story, life.cast.names.get(lead, ""), replied, solved, life.generator)
    note = life.generator.choice(words.CONTACTS)
    verbs = [
        Planned("sign", signed, handler),
        Planned("contact", called, handler, {"reached": True, "note": note}),
        Planned("reply", replied, handler, {"result": result, "solved": solved}),
        Planned("review", reviewed, reviewer, {"passed": True}),
    ]
    lived = [one for one in verbs if one.at <= life.times.now]
    part = PartPlan(story.title, lead, lived, story.body, story.situation.category)
    return part, reviewed if len(lived) == len(verbs) else None
