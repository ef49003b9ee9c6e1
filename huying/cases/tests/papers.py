"""What the tests of papers share: a case on which each kind is called for, and reading papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from huying.cases import actions
from huying.cases.actions import Done, PaperDone
from huying.cases.models import IssuedPaper, Meeting
from huying.cases.queries import issued
from huying.cases.tests import people
from huying.web import docx_parts

UNITS = (people.code(people.URBAN), people.code(people.WATER))


def ruled_meeting(**facts: Any) -> Done:
    """A case in progress on which a meeting was ruled."""
    case = people.in_progress(**facts)
    actions.convene(
        case.number,
        version=case.version,
        by=people.centre,
        participants=UNITS,
        held_at=people.MONDAY + timedelta(days=2),
        room="302 会议室",
        question=f"由谁维护？{people.NAME}来电{people.PHONE}",
    )
    number = Meeting.objects.latest("id").number
    actions.minute(
        number, version=1, by=people.centre, minutes=f"城管：不是。\n水务：{people.PHONE}"
    )
    actions.rule_meeting(
        number,
        version=2,
        by=people.centre,
        duty=UNITS[0],
        entry="权责清单第 12 条",
        reason=f"先修复，联系{people.NAME}",
        due_on="2026-03-09",
    )
    return Done(case.number, case.version + 3, "in_progress")


# kind → a case on which it is called for, and who may issue it there
CALLED_FOR: dict[str, tuple[Callable[..., Done], Any]] = {
    "acceptance": (people.accepted, people.dispatcher),
    "assignment": (people.dispatched, people.dispatcher),
    "return": (lambda **facts: people.asked("return", **facts), people.handler),
    "extension": (lambda **facts: people.asked("extension", **facts), people.centre),
    "supervision": (people.supervised, people.centre),
    "handover": (people.handed_over, people.dispatcher),
    "minutes": (ruled_meeting, people.centre),
    "completion": (people.replied, people.handler),
}


def issue(kind: str, case: Done | None = None, by: Any = None, **facts: Any) -> PaperDone:
    """A paper of this kind, issued on a case of its own unless one is given."""
    make, issuer = CALLED_FOR[kind]
    case = case or make(**facts)
    return actions.issue_paper(case.number, version=case.version, by=by or issuer, kind=kind)


def said(row: IssuedPaper) -> str:
    """Everything that a paper says as it is handed out."""
    document = docx_parts.opened(issued.document_of(row))
    return "\n".join(docx_parts.said(one) for one, _where in docx_parts.paragraphs(document))


def paper(done: PaperDone) -> IssuedPaper:
    """The row of a paper."""
    return IssuedPaper.objects.select_related("unit", "blob", "signed_blob").get(pk=done.paper)
