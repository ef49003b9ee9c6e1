"""Which calls an asker sees, what waits for them, and what they may do with one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from huying.cases.models import Call, CallEvent
from huying.cases.queries.called import call_fact, joined, no_such_call
from huying.cases.queries.identity import complained_about
from huying.cases.queries.rights import acts_for
from huying.cases.queries.scope import visible
from huying.cases.rules import calls
from huying.cases.rules.called import CallFact
from huying.cases.rules.facts import UnitFact
from huying.cases.rules.masks import without_remains
from huying.cases.rules.sentences import sentence
from huying.kernel.asker import Asker, Stranger, System, may
from huying.kernel.clock import now
from huying.kernel.errors import Unauthenticated

NUMBER = re.compile(r"\d{8}-\d{3}-C\d{4,}", re.IGNORECASE)


@dataclass(frozen=True)
class CallTold:
    """One line of a call's history, in words."""

    at: datetime
    verb: str
    actor: str
    text: str
    said: str


@dataclass(frozen=True)
class CallPage:
    """One call as one asker may see it; `case_number` only where they may see the case.

    `possible` are the verbs it admits now, `verbs` those of them that are the asker's.
    """

    call: Call
    co: list[UnitFact]
    case_number: str
    case_title: str
    state_label: str | Promise
    possible: list[str]
    verbs: list[str]
    sides: list[str]
    timeline: list[CallTold]


def visible_calls(asker: Asker) -> QuerySet[Call]:
    """The calls whose scope meets the asker's area, the newest first."""
    rows = joined(Call.objects.all()).order_by("-opened_at", "-id")
    area = asker.area("cases.view")
    if area.everywhere:
        return rows
    return rows.filter(scope__overlap=list(area.paths)) if area else rows.none()


def found_calls(asker: Asker, text: str) -> QuerySet[Call]:
    """By number, by its last four, or by what it is about."""
    text = text.strip()
    rows = visible_calls(asker)
    if NUMBER.fullmatch(text):
        return rows.filter(number=text.upper())
    if re.fullmatch(r"[0-9]{4}", text):
        return rows.filter(last_four=text)
    return rows.filter(subject__icontains=text) if len(text) > 1 else rows.none()


def own_paths(asker: Asker) -> tuple[str, ...]:
    """The units in whose name the asker acts."""
    return tuple(getattr(asker, "units", ()))


def to_answer(asker: Asker) -> Q:
    """What the asker's units must answer or settle."""
    return Q(state__in=calls.RUNNING, lead__path__in=own_paths(asker))


def made_by(asker: Asker) -> Q:
    """What the asker's units called up for."""
    return Q(caller__path__in=own_paths(asker))


def to_rate(asker: Asker) -> Q:
    """What the asker's units have not yet rated."""
    own = own_paths(asker)
    return Q(state="done") & (
        Q(caller__path__in=own, caller_grade__isnull=True)
        | Q(lead__path__in=own, called_grade__isnull=True)
    )


def late() -> Q:
    """Past the deadline that a call stands under."""
    at = now()
    return Q(state="open", answer_due__lt=at) | Q(state="answered", due_at__lt=at)


def call_of(asker: Asker, number: str) -> Call:
    """One visible call; NotFound outside the asker's area."""
    if isinstance(asker, Stranger):
        raise Unauthenticated(_("请先登录。"), remedy=_("登录后再查看。"))
    row = visible_calls(asker).select_related("case__about").filter(number=number).first()
    if row is None:
        raise no_such_call(number)
    return row


def call_page(asker: Asker, number: str) -> CallPage:
    """The page of one call: at most four statements."""
    row = call_of(asker, number)
    about = row.case.about if row.case else None
    hidden = about is not None and complained_about(asker, about.path)
    if hidden:
        for name in ("subject", "ask", "answer", "result", "ruling"):
            setattr(row, name, without_remains(getattr(row, name)))
    case = visible(asker).filter(pk=row.case_id).first() if row.case_id else None
    fact = call_fact(row)
    lines = CallEvent.objects.filter(call=row).order_by("version")
    return CallPage(
        row,
        fact.co,
        case.number if case else "",
        case.title if case else "",
        calls.STATE_LABELS[row.state],
        calls.usable(fact),
        verbs_on(asker, fact),
        sides_of(asker, fact),
        [
            CallTold(
                line.at,
                line.verb,
                line.actor_label,
                _words(line, row),
                without_remains(line.text) if hidden else line.text,
            )
            for line in lines
        ],
    )


def sides_of(asker: Asker, call: CallFact) -> list[str]:
    """For which sides the asker may still rate."""
    found = []
    for side, unit in (("caller", call.caller), ("called", call.lead)):
        if getattr(call, f"{side}_grade") is None and acts_for(asker, "rate_call", unit):
            found.append(side)
    return found if call.state == "done" else []


def entitled(asker: Asker, verb: str, call: CallFact) -> bool:
    """Whether the asker has the right to this verb on this call, whatever its state."""
    if verb in ("answer_call", "finish_call"):
        return acts_for(asker, verb, call.lead)
    if verb == "withdraw_call":
        return acts_for(asker, verb, call.caller)
    if verb == "rate_call":
        return any(acts_for(asker, verb, unit) for unit in (call.caller, call.lead))
    # Nobody rules on a call that they made or answered themselves.
    party = asker.id in (call.opened_id, call.answered_id) and not isinstance(asker, System)
    return may(asker, f"cases.{verb}", call.upper.path) and not party


def verbs_on(asker: Asker, call: CallFact) -> list[str]:
    """The verbs this asker may use on this call now: its buttons."""
    found = [verb for verb in calls.usable(call) if entitled(asker, verb, call)]
    if "rate_call" in found and not sides_of(asker, call):
        found.remove("rate_call")
    return found


def _words(line: CallEvent, row: Call) -> str:
    data = {
        **line.data,
        "call": row.number,
        "unit": {"name": row.caller.name},
        "called": {"name": row.lead.name},
    }
    return sentence(line.verb, data)
