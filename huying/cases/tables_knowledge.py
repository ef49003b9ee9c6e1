"""What the lists of the knowledge base and of the reply templates show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huying.cases.models import Article, ReplyTemplate
from huying.cases.queries import knowledge, templates
from huying.cases.rules.edges import LABELS
from huying.cases.rules.knowledge import STANDING_LABELS, STANDINGS
from huying.cases.rules.reply_templates import FIELDS, SCOPES
from huying.kernel.asker import Asker, may
from huying.web.tables import (
    BooleanFilter,
    ChoiceFilter,
    Column,
    Filter,
    Table,
    TextFilter,
    TreeFilter,
)
from huying.web.templatetags.web import moment, tag

TONES = {
    "published": "ok",
    "expired": "bad",
    "pending": "info",
    "draft": "warn",
    "withdrawn": "idle",
}


def standing_tag(row: Article) -> Any:
    """Where an article stands today."""
    found = knowledge.standing_of(row)
    return tag(STANDING_LABELS[found], TONES[found])


def _by_words(rows: QuerySet[Any], value: str, asker: Asker) -> QuerySet[Any]:
    found = knowledge.found_articles(asker, value)
    return rows.filter(pk__in=found.order_by().values("pk"))


def _standing(rows: QuerySet[Any], value: list[str], asker: Asker) -> QuerySet[Any]:
    return rows.filter(knowledge.standing_so(value))


class ArticleTable(Table):
    """The knowledge base."""

    name: ClassVar[str] = "articles"
    title = _("知识库")
    verbs: ClassVar[Sequence[str]] = ("cases.view", "cases.write_article")
    default_sort: ClassVar[str] = "-written"
    empty_icon: ClassVar[str] = "book"
    empty_heading = _("还没有知识")
    empty_hint = _("由承办单位写成草稿，区呼应中心审核发布；发布后所有办理人员可以查阅和引用。")
    filters: ClassVar[Sequence[Filter]] = (
        TextFilter("q", _("搜索"), apply=_by_words, placeholder=_("两个字以上，如 停车、低保")),
        TreeFilter("category", _("分类"), lookup="category", field="category_id"),
        TreeFilter("unit", _("维护单位"), lookup="case_unit", field="unit_id"),
        ChoiceFilter("standing", _("状态"), choices=STANDINGS, apply=_standing),
    )
    columns: ClassVar[Sequence[Column]] = (
        Column("title", _("标题"), phone="title", width="34%"),
        Column("category", _("分类"), value="category.name"),
        Column("unit", _("维护单位"), value="unit.name"),
        Column(
            "standing",
            _("状态"),
            value=lambda row: str(STANDING_LABELS[knowledge.standing_of(row)]),
            cell=standing_tag,
            nowrap=True,
            phone="tag",
        ),
        Column(
            "valid_until",
            _("有效期至"),
            sort="valid_until",
            sort_nullable=True,
            nowrap=True,
        ),
        Column("used", _("被引用"), sort="used", align="end"),
        Column(
            "written",
            _("更新时间"),
            value="written_at",
            cell=lambda row: moment(row.written_at, "short"),
            sort="written_at",
            nowrap=True,
        ),
        Column("code", _("编号"), shown=False, nowrap=True),
        Column("basis", _("依据"), shown=False, phone="hidden"),
        Column("reviewed_by", _("审核人"), shown=False, phone="hidden"),
    )

    def rows(self, asker: Asker) -> QuerySet[Article]:
        return knowledge.articles(asker)

    def link(self, row: Article) -> str:
        return reverse("case_article", args=[row.code])

    def tone(self, row: Article) -> str:
        return "bad" if knowledge.standing_of(row) == "expired" else ""

    def empty_action(self, asker: Asker) -> tuple[str, str] | None:
        if not may(asker, "cases.write_article"):
            return None
        return str(_("写一篇")), reverse("case_article_new")


SCOPE_LABELS = dict(SCOPES)


def _by_name(rows: QuerySet[Any], value: str, asker: Asker) -> QuerySet[Any]:
    return rows.filter(Q(name__icontains=value) | Q(text__icontains=value))


def _template_state(row: ReplyTemplate) -> Any:
    if not row.active:
        return tag(_("已停用"), "idle")
    if row.code and row.confirmed_at is None:
        return tag(_("未经本区确认"), "warn")
    return tag(_("在用"), "ok")


class TemplateTable(Table):
    """The reply templates that the asker may use."""

    name: ClassVar[str] = "reply_templates"
    title = _("回复模板")
    verbs: ClassVar[Sequence[str]] = ("cases.view",)
    default_sort: ClassVar[str] = "-written"
    exportable: ClassVar[bool] = False
    empty_icon: ClassVar[str] = "message-2"
    empty_heading = _("还没有回复模板")
    empty_hint = _("把常用的答复存成模板，办理时按分类和环节自动列出。")
    filters: ClassVar[Sequence[Filter]] = (
        TextFilter("q", _("搜索"), apply=_by_name, placeholder=_("名称或内容")),
        ChoiceFilter("verb", _("用在"), choices=[(verb, LABELS[verb]) for verb in FIELDS]),
        ChoiceFilter("scope", _("谁能用"), choices=SCOPES),
        TreeFilter("category", _("分类"), lookup="category", field="category_id"),
        BooleanFilter("active", _("状态"), yes=_("在用"), no=_("已停用")),
    )
    columns: ClassVar[Sequence[Column]] = (
        Column("name", _("名称"), phone="title", nowrap=True),
        Column("verb", _("用在"), value=lambda row: str(LABELS[row.verb]), nowrap=True),
        Column("category", _("分类"), value="category.name"),
        Column(
            "scope",
            _("谁能用"),
            value=lambda row: row.unit.name if row.unit else str(SCOPE_LABELS[row.scope]),
        ),
        Column("text", _("内容"), width="36%"),
        Column("state", _("状态"), value="active", cell=_template_state, nowrap=True, phone="tag"),
        Column(
            "written",
            _("更新时间"),
            value="written_at",
            cell=lambda row: moment(row.written_at, "short"),
            sort="written_at",
            nowrap=True,
        ),
    )

    def rows(self, asker: Asker) -> QuerySet[ReplyTemplate]:
        return templates.templates(asker)

    def link(self, row: ReplyTemplate) -> str:
        return reverse("case_template", args=[row.pk])

    def empty_action(self, asker: Asker) -> tuple[str, str] | None:
        if not may(asker, "cases.write_template"):
            return None
        return str(_("新建模板")), reverse("case_template_new")
