"""Verbs of joint meetings (会商): convene, minute, rule, cancel; a ruling is a precedent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from huying.cases.actions.intake import draw
from huying.cases.actions.writing import (
    Done,
    Taking,
    doing_now,
    require_signed_in,
    take,
    tell,
    write,
)
from huying.cases.models import Meeting, RoutingRule
from huying.cases.queries.called import no_such_meeting
from huying.cases.queries.identity import hider
from huying.cases.queries.ledger import Units, load
from huying.cases.queries.meetings import ruling_path
from huying.cases.rules import numbers
from huying.cases.rules.called import MeetingFact
from huying.cases.rules.facts import Ledger
from huying.cases.rules.meetings import meeting_of
from huying.kernel.asker import Asker, may
from huying.kernel.errors import Stale
from huying.kernel.verbs import act, require

MOST_WORDS = 20


@dataclass(frozen=True)
class MeetingDone:
    """Where a meeting stands after a verb."""

    number: str
    version: int
    state: str


def convene(
    number: str,
    *,
    version: int,
    by: Asker,
    participants: Sequence[str],
    held_at: datetime | str,
    room: str,
    question: str,
) -> Done:
    """召集会商: units by code, when and where, and the question whose duty it is."""
    with take("convene", number, version=version, by=by, units=tuple(participants)) as case:
        ground = case.ledger.place or case.units.district
        key = numbers.series_of(case.doing.at, ground.path, numbers.MEETING)
        case.step(
            "convene",
            number=numbers.number(key, draw({key: 1})[key]),
            participants=[case.units.code(code, "participants") for code in participants],
            held_at=held_at,
            room=room,
            question=question,
        )
    return case.done


def minute(number: str, *, version: int, by: Asker, minutes: str) -> MeetingDone:
    """记会商纪要; written again it replaces what was there, until the ruling."""
    with _take("minute", number, version=version, by=by) as meeting:
        meeting.case.step("minute", meeting=number, minutes=minutes)
    return meeting.done


def rule_meeting(
    number: str,
    *,
    version: int,
    by: Asker,
    duty: str,
    entry: str,
    reason: str,
    due_on: date | str,
    keywords: Sequence[str] = (),
) -> MeetingDone:
    """会商裁定: the duty unit by code and the entry of the 权责清单 that says so.

    It stands as the first rule of routing for the same class of appeals in the same street, where
    `keywords` are given only for those that hold one of them.
    """
    with _take("rule_meeting", number, version=version, by=by, units=(duty,)) as meeting:
        unit = meeting.case.units.code(duty, "duty")
        meeting.case.step(
            *("rule_meeting",),
            meeting=number,
            duty=unit,
            entry=entry,
            reason=reason,
            due_on=due_on,
        )
        set_precedent(meeting.case.ledger, keywords, number)
    return meeting.done


def cancel_meeting(number: str, *, version: int, by: Asker, reason: str) -> MeetingDone:
    """取消会商."""
    with _take("cancel_meeting", number, version=version, by=by) as meeting:
        meeting.case.step("cancel_meeting", meeting=number, reason=reason)
    return meeting.done


@dataclass
class _MeetingTaking:
    """A meeting taken in hand by one verb, with its case, which is locked."""

    fact: MeetingFact
    case: Taking

    @property
    def done(self) -> MeetingDone:
        """Where the meeting stands now."""
        return MeetingDone(self.fact.number, self.fact.version, self.fact.state)


@contextmanager
def _take(
    verb: str, number: str, *, version: int, by: Asker, units: tuple[str, ...] = ()
) -> Iterator[_MeetingTaking]:
    """The frame of every verb on a meeting: locks its case."""
    with act(f"cases.{verb}", by=by) as deed:
        require_signed_in(by)
        cited = Meeting.objects.filter(number=number).values_list("case__number", flat=True)
        case_number = cited.first()
        if case_number is None:
            raise no_such_meeting(number)
        loaded = load(case_number, lock=True)
        known = Units(units)
        hide = hider(loaded.id)
        case = Taking(loaded.id, loaded.ledger, doing_now(by, known, hide), known, hide)
        fact = meeting_of(loaded.ledger, number)
        _guard(verb, fact, case, by)
        if fact.version != version:
            raise Stale(_("会商已被更新。"), remedy=_("请刷新页面，看过新的内容再办理。"))
        before = dict(vars(loaded.ledger.case))
        yield _MeetingTaking(fact, case)
        write(case, before)
        tell(deed, case)
        deed.detail["meeting"] = number


def _guard(verb: str, meeting: MeetingFact, case: Taking, by: Asker) -> None:
    """404 outside the asker's area; the ruling only from above all who take part."""
    place = (case.ledger.place or case.units.district).path
    path = ruling_path(meeting) if verb == "rule_meeting" else place
    if may(by, f"cases.{verb}", path):
        return
    if not may(by, "cases.view", *(unit.path for unit in meeting.participants), place):
        raise no_such_meeting(meeting.number)
    require(f"cases.{verb}", by, path)


def set_precedent(ledger: Ledger, keywords: Sequence[str], number: str = "") -> None:
    """Let the ruling of a meeting (the last of the case) stand as the first rule of routing."""
    meeting = meeting_of(ledger, number)
    words = [word.strip()[:40] for word in keywords if word.strip()][:MOST_WORDS]
    rule = _precedent(ledger, meeting, words)
    Meeting.objects.filter(number=meeting.number).update(precedent=rule)


def _precedent(ledger: Ledger, meeting: MeetingFact, words: list[str]) -> RoutingRule | None:
    """The ruling as the first rule of routing; all others move down. Nothing without a class."""
    if ledger.category is None or meeting.duty is None:
        return None
    with override("zh-hans"):  # a name that is kept is in the language of the district
        name = _("会商裁定 %(number)s：%(unit)s") % {
            "number": meeting.number,
            "unit": meeting.duty.name,
        }
    rules = list(RoutingRule.objects.select_for_update().order_by("position", "id"))
    for place, rule in enumerate(rules, start=2):
        rule.position = place * 10
    RoutingRule.objects.bulk_update(rules, ["position"])
    return RoutingRule.objects.create(
        position=10,
        name=name[:100],
        category_id=ledger.category.id,
        area_id=_street_id(ledger),
        keywords=words,
        target=RoutingRule.Target.UNIT,
        unit_id=meeting.duty.id,
    )


def _street_id(ledger: Ledger) -> int | None:
    """The street the case lies in; None for one that lies higher."""
    codes = ledger.place.path.strip("/").split("/") if ledger.place else []
    return Units((codes[2],)).code(codes[2], "place").id if len(codes) > 2 else None
