"""Which meetings an asker sees, and what they may do with one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from huying.cases.models import Case, Meeting
from huying.cases.queries.called import meeting_fact, no_such_meeting
from huying.cases.queries.identity import complained_about
from huying.cases.queries.ledger import Units
from huying.cases.queries.scope import secret_from, visible
from huying.cases.rules import meetings
from huying.cases.rules.called import MeetingFact
from huying.cases.rules.facts import UnitFact
from huying.cases.rules.masks import without_remains
from huying.kernel.asker import Asker, Stranger, may
from huying.kernel.errors import Unauthenticated

NUMBER = re.compile(r"\d{8}-\d{3}-M\d{4,}", re.IGNORECASE)


@dataclass(frozen=True)
class MeetingPage:
    """One meeting as one asker may see it; `case` only where they may see it."""

    meeting: Meeting
    participants: list[UnitFact]
    case: Case | None
    state_label: str | Promise
    possible: list[str]
    verbs: list[str]


def visible_meetings(asker: Asker) -> QuerySet[Meeting]:
    """The meetings in which the asker's area takes part, or whose case lies there."""
    rows = Meeting.objects.select_related("case__about", "case__place", "duty", "precedent")
    rows = rows.prefetch_related("participants").order_by("-at", "-id")
    area = asker.area("cases.view")
    if area.everywhere:
        return rows
    if not area:
        return rows.none()
    paths = list(area.paths)
    rows = rows.exclude(secret_from(asker, "case"))
    return rows.filter(scope__overlap=paths) | rows.filter(case__scope__overlap=paths)


def last_room(asker: Asker) -> str:
    """Where the last meeting was: mostly it is the same room. One statement."""
    rows = visible_meetings(asker).order_by("-id").values_list("room", flat=True)
    return rows.first() or ""


def found_meetings(asker: Asker, text: str) -> QuerySet[Meeting]:
    """By number, by its last four, or by its question."""
    text = text.strip()
    rows = visible_meetings(asker)
    if NUMBER.fullmatch(text):
        return rows.filter(number=text.upper())
    if re.fullmatch(r"[0-9]{4}", text):
        return rows.filter(last_four=text)
    return rows.filter(question__icontains=text) if len(text) > 1 else rows.none()


def meeting_of(asker: Asker, number: str) -> Meeting:
    """One visible meeting; NotFound outside the asker's area."""
    if isinstance(asker, Stranger):
        raise Unauthenticated(_("请先登录。"), remedy=_("登录后再查看。"))
    row = visible_meetings(asker).filter(number=number).first()
    if row is None:
        raise no_such_meeting(number)
    return row


def meeting_page(asker: Asker, number: str) -> MeetingPage:
    """The page of one meeting: at most four statements."""
    row = meeting_of(asker, number)
    about = row.case.about
    if about is not None and complained_about(asker, about.path):
        for name in ("question", "minutes", "ruling"):
            setattr(row, name, without_remains(getattr(row, name)))
    fact = meeting_fact(row)
    return MeetingPage(
        row,
        fact.participants,
        visible(asker).filter(pk=row.case_id).first(),
        meetings.STATE_LABELS[row.state],
        meetings.usable(fact),
        verbs_on(asker, fact, row.case.place.path if row.case.place else Units().district.path),
    )


def ruling_path(meeting: MeetingFact) -> str:
    """The nearest unit above all who take part: whoever rules must stand there or higher."""
    return meetings.common_path(meeting.participants)


def verbs_on(asker: Asker, meeting: MeetingFact, place: str) -> list[str]:
    """The verbs this asker may use on this meeting now: its buttons."""
    return [
        verb
        for verb in meetings.usable(meeting)
        if may(asker, f"cases.{verb}", ruling_path(meeting) if verb == "rule_meeting" else place)
    ]
