"""What the knowledge base and the reply templates ask for."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.cases.models import Article, ArticleVersion, ReplyTemplate
from huying.cases.rules.edges import LABELS
from huying.cases.rules.reply_templates import FIELDS, SCOPES
from huying.cases.widgets import CategoryField, UnitField
from huying.kernel.asker import Asker, may
from huying.web.forms import Form

DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class ArticleForm(Form):
    """An article, or its next version."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(label=_("标题"), max_length=120, help_text=_("写成市民会问的样子"))
    body = forms.CharField(
        label=_("正文"),
        max_length=10_000,
        widget=forms.Textarea({"rows": 14}),
        help_text=_("这段话可以一键放进答复：写清办什么、找谁、带什么、多久"),
    )
    category = CategoryField(label=_("分类"), required=False)
    keywords = forms.CharField(
        label=_("关键词"),
        required=False,
        max_length=500,
        help_text=_("诉求里出现这些词时推荐本篇；用空格或逗号隔开"),
    )
    basis = forms.CharField(
        label=_("依据"), required=False, max_length=200, help_text=_("法规条款、文件名或部门口径")
    )
    valid_until = forms.DateField(
        label=_("有效期至"), required=False, widget=DAY, help_text=_("不填则长期有效")
    )
    unit = UnitField(label=_("维护单位"), help_text=_("到期由这个单位更新"))

    @staticmethod
    def of(row: Article, latest: ArticleVersion) -> dict[str, Any]:
        """The latest version as the form shows it."""
        return {
            "version": row.version,
            "title": latest.title,
            "body": latest.body,
            "category": latest.category.code if latest.category else "",
            "keywords": " ".join(latest.keywords),
            "basis": latest.basis,
            "valid_until": latest.valid_until,
            "unit": row.unit.code,
        }

    def arguments(self) -> dict[str, Any]:
        """The arguments of the verb."""
        cleaned = self.cleaned_data
        return {
            **{name: cleaned[name] for name in ("title", "body", "basis", "valid_until")},
            "category": cleaned["category"].value if cleaned["category"] else None,
            "keywords": [word for word in re.split(r"[\s,，、;；]+", cleaned["keywords"]) if word],
            "unit": cleaned["unit"].value,
            "version": cleaned["version"] or 0,
        }


class ArticleVersionedForm(Form):
    """A verb on an article as it was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ReviewArticleForm(ArticleVersionedForm):
    """复核."""

    valid_until = forms.DateField(
        label=_("有效期至"), required=False, widget=DAY, help_text=_("不填则长期有效")
    )


class WithdrawArticleForm(ArticleVersionedForm):
    """撤下."""

    reason = forms.CharField(label=_("理由"), max_length=1000, widget=forms.Textarea({"rows": 3}))


class TemplateForm(Form):
    """A reply template."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("名称"), max_length=60)
    verb = forms.ChoiceField(label=_("用在"), choices=[(verb, LABELS[verb]) for verb in FIELDS])
    category = CategoryField(label=_("分类"), required=False, help_text=_("含下级；留空为全部"))
    scope = forms.ChoiceField(label=_("谁能用"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("内容"), max_length=2000, widget=forms.Textarea({"rows": 7, "data-marks": ""})
    )

    def __init__(self, *arguments: Any, by: Asker, **options: Any) -> None:
        super().__init__(*arguments, by=by, **options)
        wide = may(by, "cases.confirm_template")
        posts = getattr(by, "posts", ())
        names = {post.unit_code: post.unit_name for post in posts}
        # One that is a unit's already stays that unit's, whichever of their posts comes first.
        kept = self.initial.get("unit")
        self.unit = kept if kept in names else next(iter(names), "")
        scopes = [
            (code, f"{label}（{names[self.unit]}）" if code == "unit" else label)
            for code, label in SCOPES
            if (code != "district" or wide) and (code != "unit" or self.unit)
        ]
        self.fields["scope"].choices = scopes  # type: ignore[attr-defined]
        self.fields["scope"].initial = "own"

    @staticmethod
    def of(row: ReplyTemplate) -> dict[str, Any]:
        """A template as the form shows it."""
        return {
            **{name: getattr(row, name) for name in ("version", "name", "verb", "scope", "text")},
            "category": row.category.code if row.category else "",
            "unit": row.unit.code if row.unit else "",
        }

    def arguments(self) -> dict[str, Any]:
        """The arguments of the verb; a new template of a unit is that of the first post's."""
        cleaned = self.cleaned_data
        return {
            **{name: cleaned[name] for name in ("name", "verb", "scope", "text")},
            "category": cleaned["category"].value if cleaned["category"] else None,
            "unit": self.unit if cleaned["scope"] == "unit" else "",
            "version": cleaned["version"] or 0,
        }
