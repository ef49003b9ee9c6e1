"""Calls and meetings as the rules see them, read from the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from huying.cases.models import Call, CallLevel, Case, Meeting
from huying.cases.rules.called import CallFact, MeetingFact
from huying.cases.rules.calls import LEVELS, UPPER, level_of
from huying.cases.rules.facts import UnitFact
from huying.kernel.errors import NotFound
from huying.org.models import Unit

CALL_UNITS = ("caller", "upper", "lead")
OWN = ("co", "participants", "duty", "lines", "id")
CALL_COLUMNS = tuple(f.name for f in fields(CallFact) if f.name not in (*CALL_UNITS, *OWN))
MEETING_COLUMNS = tuple(f.name for f in fields(MeetingFact) if f.name not in OWN)


def calls_of(case: Case) -> list[CallFact]:
    """The calls made for a case, the oldest first. One statement."""
    return [call_fact(row) for row in joined(Call.objects.filter(case=case)).order_by("id")]


def meetings_of(case: Case) -> list[MeetingFact]:
    """The meetings on a case, the oldest first. Two statements."""
    rows = Meeting.objects.filter(case=case).select_related("duty").order_by("id")
    return [meeting_fact(row) for row in rows.prefetch_related("participants")]


def joined(rows: QuerySet[Call]) -> QuerySet[Call]:
    """With the units that a call names."""
    return rows.select_related("caller", "upper", "lead")


def call_fact(row: Call) -> CallFact:
    """A call as the rules see it."""
    columns: dict[str, Any] = {name: getattr(row, name) for name in CALL_COLUMNS}
    columns |= {name: _unit(getattr(row, name)) for name in CALL_UNITS}
    return CallFact(**columns, co=[UnitFact(**unit) for unit in row.co], id=row.pk)


def meeting_fact(row: Meeting) -> MeetingFact:
    """A meeting as the rules see it."""
    columns: dict[str, Any] = {name: getattr(row, name) for name in MEETING_COLUMNS}
    participants = [_unit(unit) for unit in row.participants.all()]
    duty = _unit(row.duty) if row.duty else None
    return MeetingFact(**columns, participants=participants, duty=duty, id=row.pk)


def no_such_call(number: str) -> NotFound:
    """What is said of a call that does not exist, and of one outside the asker's area."""
    return NotFound(
        _("没有编号为 %(number)s 的呼叫。") % {"number": number}, remedy=_("请核对编号。")
    )


def no_such_meeting(number: str) -> NotFound:
    """The same of a meeting."""
    return NotFound(
        _("没有编号为 %(number)s 的会商。") % {"number": number}, remedy=_("请核对编号。")
    )


def levels() -> list[tuple[str, str, CallLevel]]:
    """Each level that may call up with its label; what was not decided yet stands as it is."""
    kept = {row.kind: row for row in CallLevel.objects.all()}
    return [
        (kind, str(label), kept.get(kind) or CallLevel(kind=kind, active=active))
        for kind, label, active in LEVELS
    ]


def may_call(kind: str) -> bool:
    """Whether units of this kind call up in this district. One statement."""
    return any(row.active for code, _label, row in levels() if code == level_of(kind))


def upper_of(unit: UnitFact) -> UnitFact | None:
    """The level that a unit calls up to; None at the top. One statement."""
    kind = UPPER.get(unit.kind)
    codes = unit.path.strip("/").split("/")[:-1]
    row = Unit.objects.filter(kind=kind, code__in=codes, active=True).order_by("-path").first()
    return _unit(row) if row is not None else None


def units_at(paths: Iterable[str]) -> list[UnitFact]:
    """The units at these paths, in use. One statement."""
    rows = Unit.objects.filter(path__in=list(paths), active=True).order_by("path")
    return [_unit(row) for row in rows]


def _unit(unit: Unit) -> UnitFact:
    return UnitFact(unit.pk, unit.code, unit.name, unit.path, unit.kind)
