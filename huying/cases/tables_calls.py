"""What the lists of calls, meetings and bouncing cases show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huying.cases import looks
from huying.cases.models import Call, CaseEvent, Meeting
from huying.cases.queries import bouncing, call_marks, meetings
from huying.cases.queries import calls as called
from huying.cases.rules import calls
from huying.cases.rules.edges import LABELS
from huying.cases.rules.meetings import STATES as MEETING_STATES
from huying.kernel.asker import Asker, may
from huying.kernel.clock import now
from huying.web.tables import (
    ChoiceFilter,
    Column,
    DateRangeFilter,
    Filter,
    LookupFilter,
    Table,
    TextFilter,
    TreeFilter,
)
from huying.web.templatetags.web import moment, tag

CALL_TONES = {"open": "warn", "answered": "info", "done": "ok", "misused": "bad"}
MEETING_TONES = {"convened": "warn", "minuted": "info", "ruled": "ok"}
WHOSE: Mapping[str, tuple[Any, Callable[[Asker], Q]]] = {
    "answer": (_("待我单位办理"), called.to_answer),
    "rate": (_("待我单位评价"), called.to_rate),
    "made": (_("我单位发起"), called.made_by),
    "late": (_("已超时"), lambda asker: called.late()),
}


def _by_words(rows: QuerySet[Any], value: str, asker: Asker) -> QuerySet[Any]:
    return rows & called.found_calls(asker, value)


def _by_whose(rows: QuerySet[Any], value: list[str], asker: Asker) -> QuerySet[Any]:
    wanted = Q(pk__in=[])
    for code in value:
        wanted |= WHOSE[code][1](asker)
    return rows.filter(wanted)


def _by_mark(rows: QuerySet[Any], value: list[str], asker: Asker) -> QuerySet[Any]:
    for mark in value:
        rows = rows.filter(call_marks.marked(mark))
    return rows


def call_due(call: Call) -> Any:
    """The deadline that a call stands under; nothing once it has ended."""
    due = calls.due_of(call.state, call.answer_due, call.due_at)
    return looks.deadline(due, call.provisional) if due else "—"


def call_state(call: Call) -> Any:
    """The state of a call in its colour."""
    return tag(call.get_state_display(), CALL_TONES.get(call.state, "idle"))


def meeting_state(meeting: Meeting) -> Any:
    """The state of a meeting in its colour."""
    return tag(meeting.get_state_display(), MEETING_TONES.get(meeting.state, "idle"))


class CallTable(Table):
    """The list of calls."""

    name: ClassVar[str] = "case_calls"
    title = _("呼叫")
    verbs: ClassVar[Sequence[str]] = ("cases.view",)
    default_sort: ClassVar[str] = "-opened"
    empty_icon: ClassVar[str] = "speakerphone"
    empty_heading = _("没有呼叫")
    empty_hint = _("本级解决不了的问题，在诉求页点“呼叫上级”；与诉求无关的，从这里发起。")
    filters: ClassVar[Sequence[Filter]] = (
        TextFilter("q", _("搜索"), apply=_by_words, placeholder=_("编号、后四位或事由")),
        ChoiceFilter(
            "whose",
            _("与我单位"),
            choices=[(code, label) for code, (label, _condition) in WHOSE.items()],
            apply=_by_whose,
        ),
        ChoiceFilter("state", _("状态"), choices=calls.STATES),
        TreeFilter("caller", _("呼叫单位"), lookup="case_unit", field="caller_id"),
        TreeFilter("lead", _("应答单位"), lookup="case_unit", field="lead_id"),
        DateRangeFilter("opened", _("呼叫日期"), field="opened_at"),
        ChoiceFilter(
            "mark",
            _("考核"),
            choices=[(code, label) for code, (label, _condition) in call_marks.MARKS.items()],
            apply=_by_mark,
        ),
    )
    columns: ClassVar[Sequence[Column]] = (
        Column("number", _("编号"), nowrap=True, phone="line"),
        Column("subject", _("事由"), phone="title", width="26%"),
        Column("caller", _("呼叫单位"), value="caller.name"),
        Column("lead", _("应答单位"), value="lead.name"),
        Column(
            "state",
            _("状态"),
            value=lambda call: str(call.get_state_display()),
            cell=call_state,
            nowrap=True,
            phone="tag",
        ),
        Column(
            "due",
            _("时限"),
            value=lambda call: calls.due_of(call.state, call.answer_due, call.due_at),
            cell=call_due,
            nowrap=True,
        ),
        Column(
            "opened",
            _("呼叫时间"),
            value="opened_at",
            cell=lambda call: moment(call.opened_at, "short"),
            sort="opened_at",
            nowrap=True,
        ),
        Column(
            "caller_grade",
            _("呼叫方评价"),
            value=lambda call: call.get_caller_grade_display(),
            shown=False,
        ),
        Column(
            "called_grade",
            _("应答方评价"),
            value=lambda call: call.get_called_grade_display(),
            shown=False,
        ),
        Column("misuse", _("属自身职责"), shown=False, phone="hidden"),
        Column("ended", _("办结时间"), value="ended_at", shown=False, phone="hidden"),
    )

    def rows(self, asker: Asker) -> QuerySet[Call]:
        """The visible calls."""
        return called.visible_calls(asker)

    def link(self, row: Call) -> str:
        """The page of the call."""
        return reverse("case_call", args=[row.number])

    def tone(self, row: Call) -> str:
        """A red edge when late."""
        due = calls.due_of(row.state, row.answer_due, row.due_at)
        return "bad" if due and due < now() else ""

    def empty_action(self, asker: Asker) -> tuple[str, str] | None:
        """Calling fills the list, for who may."""
        if may(asker, "cases.call_up"):
            return str(_("发起呼叫")), reverse("case_call_new")
        return None


def _by_question(rows: QuerySet[Any], value: str, asker: Asker) -> QuerySet[Any]:
    return rows & meetings.found_meetings(asker, value)


class MeetingTable(Table):
    """The list of joint meetings."""

    name: ClassVar[str] = "case_meetings"
    title = _("会商")
    verbs: ClassVar[Sequence[str]] = ("cases.view",)
    default_sort: ClassVar[str] = "-held"
    empty_icon: ClassVar[str] = "users-group"
    empty_heading = _("没有会商")
    empty_hint = _("职责不清的诉求，在诉求页点“召集会商”。")
    filters: ClassVar[Sequence[Filter]] = (
        TextFilter("q", _("搜索"), apply=_by_question, placeholder=_("编号、后四位或问题")),
        ChoiceFilter("state", _("状态"), choices=MEETING_STATES),
        LookupFilter("unit", _("参加单位"), lookup="case_unit", field="participants__code"),
        TreeFilter("duty", _("承办单位"), lookup="case_unit", field="duty_id"),
        DateRangeFilter("held", _("会商日期"), field="held_at"),
    )
    columns: ClassVar[Sequence[Column]] = (
        Column("number", _("编号"), nowrap=True, phone="line"),
        Column("question", _("问题"), phone="title", width="28%"),
        Column("case", _("诉求"), value="case.number", nowrap=True),
        Column(
            "participants",
            _("参加单位"),
            value=lambda one: "、".join(unit.name for unit in one.participants.all()),
        ),
        Column(
            "state",
            _("状态"),
            value=lambda one: str(one.get_state_display()),
            cell=meeting_state,
            nowrap=True,
            phone="tag",
        ),
        Column("duty", _("承办单位"), value="duty.name"),
        Column(
            "held",
            _("会商时间"),
            value="held_at",
            cell=lambda one: moment(one.held_at, "short"),
            sort="held_at",
            nowrap=True,
        ),
    )

    def rows(self, asker: Asker) -> QuerySet[Meeting]:
        """The visible meetings."""
        return meetings.visible_meetings(asker)

    def link(self, row: Meeting) -> str:
        """The page of the meeting."""
        return reverse("case_meeting", args=[row.number])


def _by_unit(rows: QuerySet[Any], value: str, asker: Asker) -> QuerySet[Any]:
    return rows.filter(unit_code=value)


class BounceTable(Table):
    """Each time a case went on undone."""

    name: ClassVar[str] = "case_bounces"
    title = _("退转拉锯")
    verbs: ClassVar[Sequence[str]] = ("cases.view",)
    default_sort: ClassVar[str] = "-at"
    empty_icon: ClassVar[str] = "transfer"
    empty_heading = _("没有退转")
    empty_hint = _("改派和同意退件时，诉求在原单位停留的时间记在这里。")
    filters: ClassVar[Sequence[Filter]] = (
        LookupFilter("unit", _("单位"), lookup="case_unit", apply=_by_unit),
        DateRangeFilter("at", _("退转日期"), field="at"),
    )
    columns: ClassVar[Sequence[Column]] = (
        Column("number", _("诉求"), value="case.number", nowrap=True, phone="line"),
        Column("title", _("标题"), value="case.title", phone="title", width="30%"),
        Column("unit", _("从何单位退转"), value="unit_name"),
        Column("verb", _("方式"), value=lambda row: _how(row), nowrap=True, phone="tag"),
        Column(
            "lost",
            _("停留"),
            value="lost",
            cell=lambda row: looks.lasted(row.lost),
            sort="lost",
            nowrap=True,
            align="end",
        ),
        Column("reason", _("理由"), shown=False),
        Column(
            "at",
            _("退转时间"),
            value="at",
            cell=lambda row: moment(row.at, "short"),
            sort="at",
            nowrap=True,
        ),
    )

    def rows(self, asker: Asker) -> QuerySet[CaseEvent]:
        """Of the visible cases, in the last year."""
        return bouncing.bounces(asker, now() - timedelta(days=bouncing.DAYS))

    def link(self, row: CaseEvent) -> str:
        """The page of the case."""
        return reverse("case", args=[row.case.number])


def _how(row: CaseEvent) -> str:
    return str(LABELS["reassign"] if row.verb == "reassign" else _("退件"))
