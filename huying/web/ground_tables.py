"""Lists over the ground: long jobs, audit rows, deliveries that failed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huying.kernel import queries
from huying.kernel.asker import Asker
from huying.kernel.models import LongJob
from huying.kernel.verbs import VERBS
from huying.web import slots
from huying.web.audit_words import details, thing_label, verb_label
from huying.web.tables import (
    ChoiceFilter,
    Column,
    DateRangeFilter,
    LookupFilter,
    Table,
    TextFilter,
)
from huying.web.templatetags.web import tag

JOB_STATES = {
    LongJob.State.QUEUED: ("idle", gettext_lazy("排队中")),
    LongJob.State.RUNNING: ("info", gettext_lazy("进行中")),
    LongJob.State.DONE: ("ok", gettext_lazy("已完成")),
    LongJob.State.FAILED: ("bad", gettext_lazy("失败")),
    LongJob.State.CANCELLED: ("idle", gettext_lazy("已取消")),
}


def job_state(job: LongJob) -> Any:
    """A job's state as a tag."""
    tone, label = JOB_STATES[LongJob.State(job.state)]
    return tag(label, tone)


def percent(job: LongJob) -> int | None:
    """How far a job is; None while its size is unknown."""
    if job.state == LongJob.State.DONE:
        return 100
    return min(100, int(job.done * 100 / job.total)) if job.total else None


class JobTable(Table):
    """Long jobs of the asker, or of everybody for who may see them."""

    name = "web.jobs"
    title = gettext_lazy("后台任务")
    default_sort = "-created_at"
    exportable = False
    empty_icon = "progress"
    empty_heading = gettext_lazy("还没有后台任务")
    empty_hint = gettext_lazy("导入、大量导出等费时的工作会在这里显示进度，可以离开页面稍后再看。")
    columns: ClassVar = (
        Column("title", gettext_lazy("任务"), phone="title"),
        Column("state", gettext_lazy("状态"), cell=job_state, phone="tag"),
        Column(
            "progress",
            gettext_lazy("进度"),
            cell=lambda job: f"{percent(job)}%" if percent(job) is not None else job.done or "—",
            align="end",
        ),
        Column("owner_label", gettext_lazy("发起人")),
        Column("created_at", gettext_lazy("发起时间"), sort="created_at", nowrap=True),
        Column("ended_at", gettext_lazy("结束时间"), nowrap=True, phone="hidden"),
    )
    filters: ClassVar = (
        ChoiceFilter(
            "state",
            gettext_lazy("状态"),
            choices=[(state.value, label) for state, (_tone, label) in JOB_STATES.items()],
        ),
        DateRangeFilter("created", gettext_lazy("发起时间"), field="created_at"),
    )

    def rows(self, asker: Asker) -> QuerySet[Any]:
        return queries.jobs(asker)

    def link(self, row: Any) -> str:
        return reverse("job", args=[row.pk])


def find_verbs(asker: Asker, text: str, limit: int) -> list[slots.Option]:
    """Verbs whose name or label holds the text."""
    found = [
        slots.Option(verb.name, str(verb.label), verb.name)
        for verb in VERBS
        if text.lower() in verb.name.lower() or text.lower() in str(verb.label).lower()
    ]
    return found[:limit]


def name_verb(asker: Asker, value: str) -> slots.Option | None:
    """A verb as an option."""
    verb = VERBS.get(value)
    return slots.Option(verb.name, str(verb.label), verb.name) if verb else None


def _object(row: Any) -> Any:
    entry = queries.AuditEntry.of(row)
    if not entry.object_kind:
        return "—"
    kind = thing_label(entry.object_kind)
    return format_html("<span class='faint'>{}</span> {}", kind, entry.object_id)


def _object_words(row: Any) -> str:
    entry = queries.AuditEntry.of(row)
    return f"{thing_label(entry.object_kind)} {entry.object_id}" if entry.object_kind else ""


def _detail(row: Any) -> str:
    entry = queries.AuditEntry.of(row)
    return details(entry.object_kind, entry.detail)[:300]


class AuditTable(Table):
    """Audit rows inside the asker's area, masked."""

    name = "web.audit"
    title = gettext_lazy("审计记录")
    verbs: ClassVar = ("kernel.view_audit",)
    default_sort = "-id"
    empty_icon = "history"
    empty_heading = gettext_lazy("还没有审计记录")
    empty_hint = gettext_lazy("每个动作发生后会自动记在这里，任何人都不能修改或删除。")
    columns: ClassVar = (
        Column("id", gettext_lazy("序号"), sort="id", align="end", shown=False, phone="hidden"),
        Column("at", gettext_lazy("时间"), nowrap=True),
        Column("verb", gettext_lazy("动作"), value=lambda row: verb_label(row.verb), phone="title"),
        Column(
            "actor", gettext_lazy("何人"), value=lambda row: queries.AuditEntry.of(row).actor_label
        ),
        Column(
            "object",
            gettext_lazy("对象"),
            cell=_object,
            export=_object_words,
        ),
        Column("detail", gettext_lazy("详情"), value=_detail, phone="hidden"),
        Column("area_path", gettext_lazy("管辖路径"), shown=False, phone="hidden"),
    )
    filters: ClassVar = (
        TextFilter(
            "object",
            gettext_lazy("对象编号"),
            apply=lambda rows, value, asker: rows.filter(Q(object_id=value)),
            placeholder=gettext_lazy("对象编号，如诉求编号"),
        ),
        LookupFilter("verb", gettext_lazy("动作"), lookup="verbs"),
        TextFilter("actor", gettext_lazy("何人"), field="actor_label"),
        DateRangeFilter("at", gettext_lazy("时间")),
    )

    def rows(self, asker: Asker) -> QuerySet[Any]:
        return queries.audit_scope(asker)


def _replay(row: Any) -> Any:
    return format_html(
        '<button type="button" class="btn btn-sm" hx-get="{}" hx-target="#dialog">{}</button>',
        reverse("replay_delivery", args=[row.pk]),
        _("重新投递"),
    )


class DeliveryTable(Table):
    """Events that a recipient could not take, with what went wrong and a way to try again."""

    name = "web.deliveries"
    title = gettext_lazy("失败的投递")
    default_sort = "-id"
    exportable = False
    empty_icon = "circle-check"
    empty_heading = gettext_lazy("没有失败的投递")
    empty_hint = gettext_lazy("系统内部的消息都已送达。失败的会列在这里，可以重新投递。")
    columns: ClassVar = (
        Column("type", gettext_lazy("消息"), value="notice.type", phone="title"),
        Column("recipient", gettext_lazy("接收方")),
        Column("at", gettext_lazy("发生时间"), value="notice.at", nowrap=True),
        Column("attempts", gettext_lazy("已试次数"), align="end"),
        Column("error", gettext_lazy("原因"), value=lambda row: row.error.strip()[-300:]),
        Column("action", gettext_lazy("办理"), cell=_replay, export=lambda row: ""),
    )
    filters: ClassVar = (TextFilter("recipient", gettext_lazy("接收方")),)

    def rows(self, asker: Asker) -> QuerySet[Any]:
        return queries.failed_deliveries(asker)
