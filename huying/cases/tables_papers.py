"""What the list of issued papers shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from huying.cases.models import IssuedPaper
from huying.cases.queries import issued
from huying.cases.rules.papers import KIND_CHOICES, KINDS
from huying.kernel.asker import Asker
from huying.web.tables import (
    ChoiceFilter,
    Column,
    DateRangeFilter,
    Filter,
    Table,
    TextFilter,
    TreeFilter,
)
from huying.web.templatetags.web import moment, tag

STANDINGS = (
    ("issued", _("已出具")),
    ("unsigned", _("待签发")),
    ("signed", _("已签发")),
    ("void", _("已作废")),
)
STANDING_LABELS = dict(STANDINGS)
TONES = {"issued": "ok", "unsigned": "warn", "signed": "ok", "void": "idle"}


def standing_tag(standing: str) -> SafeString:
    """Where a paper stands, in its colour."""
    return tag(STANDING_LABELS[standing], TONES[standing])


def _by_words(rows: QuerySet[Any], value: str, asker: Asker) -> QuerySet[Any]:
    text = value.strip()
    found = Q(number__icontains=text) | Q(case__number__icontains=text)
    return rows.filter(found | Q(recipient__icontains=text))


def _standing(rows: QuerySet[Any], value: list[str], asker: Asker) -> QuerySet[Any]:
    return rows.filter(issued.standing_so(value))


class PaperTable(Table):
    """The list of issued papers."""

    name: ClassVar[str] = "issued_papers"
    title = _("文书")
    verbs: ClassVar[Sequence[str]] = ("cases.view",)
    default_sort: ClassVar[str] = "-at"
    empty_icon: ClassVar[str] = "file-text"
    empty_heading = _("没有文书")
    empty_hint = _("在诉求页的“文书”里出具，出具以后显示在这里。")
    filters: ClassVar[Sequence[Filter]] = (
        TextFilter("q", _("搜索"), apply=_by_words, placeholder=_("文号、诉求编号或主送单位")),
        ChoiceFilter("kind", _("种类"), choices=KIND_CHOICES),
        ChoiceFilter("standing", _("状态"), choices=STANDINGS, apply=_standing),
        TreeFilter("unit", _("发文单位"), lookup="case_unit", field="unit_id"),
        DateRangeFilter("at", _("成文日期"), field="at"),
    )
    columns: ClassVar[Sequence[Column]] = (
        Column("number", _("文号"), nowrap=True, phone="line"),
        Column("kind", _("种类"), value=lambda row: str(KINDS[row.kind].label), nowrap=True),
        Column("title", _("诉求"), value="case.title", phone="title", width="24%"),
        Column("case", _("诉求编号"), value="case.number", nowrap=True, phone="line"),
        Column("recipient", _("主送")),
        Column("unit", _("发文单位"), value="unit.name"),
        Column(
            "standing",
            _("状态"),
            value=lambda row: str(STANDING_LABELS[issued.standing(row)]),
            cell=lambda row: standing_tag(issued.standing(row)),
            nowrap=True,
            phone="tag",
        ),
        Column(
            "at",
            _("出具时间"),
            cell=lambda row: moment(row.at, "short"),
            sort="at",
            nowrap=True,
        ),
        Column("by", _("经办人"), value="by_label", shown=False, phone="hidden"),
        Column("signed_by", _("签发人"), shown=False, phone="hidden"),
        Column("signed_at", _("签发时间"), shown=False, phone="hidden"),
        Column("void_reason", _("作废理由"), shown=False, phone="hidden"),
    )

    def rows(self, asker: Asker) -> QuerySet[IssuedPaper]:
        """The papers of visible cases."""
        return issued.issued(asker)

    def link(self, row: IssuedPaper) -> str:
        """The papers on the page of its case."""
        return reverse("case", args=[row.case.number]) + "#issued"
