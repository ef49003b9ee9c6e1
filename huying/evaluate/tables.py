"""What the lists of this room show: cases behind a number, callbacks, exclusions, appeals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from huying.cases import queries as cases
from huying.evaluate import queries
from huying.evaluate.models import AssessmentAppeal, Exclusion, Mark
from huying.evaluate.queries.numbers import NAMES, Number, number_of
from huying.evaluate.queries.waiting import waiting
from huying.evaluate.rules import CALLBACK, ORDER, REASONS
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.web.tables import ChoiceFilter, Column, Filter, Table, TreeFilter
from huying.web.templatetags.web import moment, tag, until

TONES = {"open": "warn", "approved": "ok", "upheld": "ok", "rejected": "idle"}
GRADES = {5: _("非常满意"), 4: _("满意"), 3: _("基本满意"), 2: _("不满意"), 1: _("非常不满意")}


def _said(mark: Any) -> str:
    """What the citizen said, or why nothing that was said counts."""
    if mark.grade is None:
        return mark.get_flaw_display() if mark.flaw else ""
    solved = _now("已解决") if mark.solved else _now("未解决")
    said = f"{solved} · {GRADES[mark.grade]}"
    return f"{said}（{mark.get_flaw_display()}）" if mark.flaw else said


def _answer(mark: Any) -> str:
    """How the unit answered; for an order, how it left the unit."""
    if mark.kind == ORDER:
        if not mark.returned:
            return ""
        return _now("退转，停留 %(hours)s 小时") % {"hours": round(mark.minutes / 60)}
    if mark.case.replied_at is None:
        return _now("未办结")
    return _now("时限内") if mark.on_time or mark.kind == CALLBACK else _now("超时限")


def _title(mark: Any) -> str:
    """What it was about, for whoever may still see the case."""
    return str(mark.case.title) if mark.seen else _now("（已转其他单位办理）")


@dataclass(frozen=True, kw_only=True)
class Kept(Filter):
    """What says which number is opened: it stays in the address and shows nothing."""

    def read(self, query: QueryDict) -> None:
        return None

    @property
    def template(self) -> str:
        return "evaluate/filter_kept.html"

    def control(self, query: QueryDict, asker: Asker) -> dict[str, Any]:
        return {"options": [(name, query[name]) for name in NAMES if query.get(name)]}


class CountedTable(Table):
    """The cases, callbacks or orders behind one number, as many as it says."""

    name: ClassVar[str] = "evaluate_cases"
    title = _("指标所含诉求")
    verbs: ClassVar[Sequence[str]] = ("evaluate.view", "cases.view")
    default_sort: ClassVar[str] = "-at"
    empty_icon: ClassVar[str] = "chart-bar"
    empty_heading = _("没有这样的诉求")
    empty_hint = _("这个数为零。")
    filters: ClassVar[Sequence[Filter]] = (Kept("kept", ""),)
    columns: ClassVar[Sequence[Column]] = (
        Column("number", _("编号"), value="case.number", nowrap=True, phone="line"),
        Column("title", _("标题"), value=_title, phone="title"),
        Column("category", _("分类"), value="case.category.name"),
        Column("unit", _("主办单位"), value="unit.name"),
        Column(
            "at",
            _("计入时间"),
            value="at",
            cell=lambda mark: moment(mark.at, "short"),
            sort="at",
            nowrap=True,
        ),
        Column("answer", _("办结"), value=_answer, nowrap=True),
        Column("said", _("回访"), value=_said, nowrap=True, phone="tag"),
        Column("round", _("轮次"), align="end", phone="hidden"),
    )

    def __init__(self, number: Number | None = None) -> None:
        """`number`: what the address asks for, where the page has read it already."""
        self.number = number

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """Nothing by itself: the address names the number."""
        return Mark.objects.none()

    def narrowed(self, asker: Asker, query: QueryDict) -> QuerySet[Any]:
        """The rows of the number that the address names, also for a file made later."""
        asked = {name: str(query.get(name, "")) for name in NAMES}
        rows = (self.number or number_of(asker, asked)).marks(asker)
        seen = Exists(cases.visible(asker).filter(pk=OuterRef("case_id")).order_by())
        told: QuerySet[Any] = rows.annotate(seen=seen)
        return told.select_related("case", "case__category", "unit")

    def link(self, row: Any) -> str:
        return reverse("case", args=[row.case.number]) if row.seen else ""


class CallbackTable(Table):
    """The heap of callbacks."""

    name: ClassVar[str] = "callbacks"
    title = _("回访队列")
    verbs: ClassVar[Sequence[str]] = ("cases.evaluate", "cases.view")
    default_sort: ClassVar[str] = "call_by"
    empty_icon: ClassVar[str] = "phone-call"
    empty_heading = _("没有待回访的诉求")
    empty_hint = _("审核通过的诉求会排到这里，快到期的在最前。")
    filters: ClassVar[Sequence[Filter]] = (
        TreeFilter("category", _("分类"), lookup="category", field="category_id"),
    )
    columns: ClassVar[Sequence[Column]] = (
        Column("number", _("编号"), nowrap=True, phone="line"),
        Column("title", _("标题"), phone="title"),
        Column("lead", _("主办单位"), value="lead.name"),
        Column("result", _("答复"), value=lambda case: case.result[:36]),
        Column(
            "call_by",
            _("回访时限"),
            cell=lambda case: _due(case),
            sort="call_by",
            sort_nullable=True,
            nowrap=True,
        ),
        Column("round", _("轮次"), align="end"),
        Column("tried", _("上次尝试"), value="tried_at", nowrap=True),
    )

    def rows(self, asker: Asker) -> QuerySet[Any]:
        """What waits in the asker's area."""
        return waiting(asker)

    def link(self, row: Any) -> str:
        return reverse("evaluate_callback", args=[row.number])

    def tone(self, row: Any) -> str:
        return "bad" if _late(row) else ""


def _late(case: Any) -> bool:
    return bool(case.call_by and case.call_by < now())


def _due(case: Any) -> Any:
    if not case.call_by:
        return "—"
    words = format_html("{} · {}", moment(case.call_by, "short"), until(case.call_by))
    return format_html('<span class="due tone-{}">{}</span>', "bad" if _late(case) else "ok", words)


class RuledTable(Table):
    """What one asked and another rules on."""

    page: ClassVar[str]
    exportable: ClassVar[bool] = False
    default_sort: ClassVar[str] = "-at"

    def link(self, row: Any) -> str:
        return reverse(self.page, args=[row.pk])


def _state(row: Any) -> Any:
    return tag(row.get_state_display(), TONES[row.state])


RULED_COLUMNS = (
    Column("number", _("编号"), value="case.number", nowrap=True, phone="title"),
    Column("unit", _("主办单位"), value="unit.name"),
    Column("reason", _("理由"), value=lambda row: row.get_reason_display()),
    Column("by", _("申请人"), value="by_label"),
    Column(
        "at",
        _("申请时间"),
        value="at",
        cell=lambda row: moment(row.at, "short"),
        sort="at",
        nowrap=True,
    ),
    Column("ruled_by", _("裁定人"), value="ruled_by_label"),
    Column("state", _("状态"), cell=_state, nowrap=True, phone="tag"),
)


class ExclusionTable(RuledTable):
    """Exclusions asked for."""

    name: ClassVar[str] = "exclusions"
    page: ClassVar[str] = "evaluate_exclusion"
    title = _("剔除")
    empty_icon: ClassVar[str] = "filter-off"
    empty_heading = _("没有剔除申请")
    empty_hint = _("不应计入考核的诉求，写明依据后由另一人复核。")
    filters: ClassVar[Sequence[Filter]] = (
        ChoiceFilter("state", _("状态"), choices=Exclusion.State.choices),
        ChoiceFilter("reason", _("理由"), choices=REASONS),
    )
    columns: ClassVar[Sequence[Column]] = RULED_COLUMNS

    def rows(self, asker: Asker) -> QuerySet[Exclusion]:
        return queries.exclusions(asker)


class AppealTable(RuledTable):
    """Appeals of units against the assessment."""

    name: ClassVar[str] = "assessment_appeals"
    page: ClassVar[str] = "evaluate_appeal"
    title = _("考核申诉")
    empty_icon: ClassVar[str] = "gavel"
    empty_heading = _("没有考核申诉")
    empty_hint = _("单位对某件诉求的考核有异议时，在诉求所在的指标清单中提出。")
    filters: ClassVar[Sequence[Filter]] = (
        ChoiceFilter("state", _("状态"), choices=AssessmentAppeal.State.choices),
    )
    columns: ClassVar[Sequence[Column]] = (
        *RULED_COLUMNS[:2],
        Column("mark", _("指标"), value=lambda row: row.get_mark_display()),
        *RULED_COLUMNS[2:],
    )

    def rows(self, asker: Asker) -> QuerySet[AssessmentAppeal]:
        return queries.appeals(asker)
