"""The knowledge base and reply templates: the district's own words, kept apart from any appeal."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from huying.cases.models.case import APPEND_ONLY, Category
from huying.cases.rules.knowledge import ARTICLE_STATES
from huying.cases.rules.reply_templates import SCOPES
from huying.org.models import Unit


class Article(models.Model):
    """知识条目: what everybody who handles appeals may read once it is published.

    Its columns hold the version that is `shown` (before the first publication: the latest); what
    was written since waits as `version`. Every version stays in ArticleVersion.
    """

    code = models.CharField(max_length=12, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ARTICLE_STATES, default="draft")
    version = models.PositiveIntegerField(default=1)
    shown = models.PositiveIntegerField(default=0, help_text="The published version, 0 never")
    title = models.CharField(max_length=120)
    body = models.TextField()
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+")
    keywords = ArrayField(models.CharField(max_length=40), default=list)
    basis = models.CharField(max_length=200, blank=True, help_text="条例 article or source")
    valid_until = models.DateField(null=True)
    written_at = models.DateTimeField()
    written_id = models.CharField(max_length=64)
    written_by = models.CharField(max_length=128)
    published_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=128, blank=True)
    withdrawal = models.TextField(blank=True)
    used = models.PositiveIntegerField(default=0, help_text="How many answers cite it")
    search = SearchVectorField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["-written_at", "-id"], name="article_newest"),
            GinIndex(fields=["search"], name="article_search"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class ArticleVersion(models.Model):
    """One version of an article, as it was written."""

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    body = models.TextField()
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+")
    keywords = ArrayField(models.CharField(max_length=40), default=list)
    basis = models.CharField(max_length=200, blank=True)
    valid_until = models.DateField(null=True)
    at = models.DateTimeField()
    by_id = models.CharField(max_length=64)
    by = models.CharField(max_length=128)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "number"], name="article_version_once")
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.article_id} {self.number}"


class ReplyTemplate(models.Model):
    """回复模板 for one verb: somebody's own, a unit's, or the district's."""

    code = models.CharField(max_length=32, blank=True, help_text="Of a default of the product")
    name = models.CharField(max_length=60)
    verb = models.CharField(max_length=20, help_text="One of FIELDS")
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="+")
    scope = models.CharField(max_length=8, choices=SCOPES)
    owner = models.CharField(max_length=64, blank=True, help_text="The asker, of an own one")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=128)
    confirmed_by = models.CharField(max_length=128, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"], name="template_default_once", condition=~models.Q(code="")
            ),
            models.CheckConstraint(
                condition=models.Q(scope="own", unit__isnull=True) & ~models.Q(owner="")
                | models.Q(scope="unit", unit__isnull=False, owner="")
                | models.Q(scope="district", unit__isnull=True, owner=""),
                name="template_scope",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-written_at", "-id"], name="template_newest"),
        ]

    def __str__(self) -> str:
        return self.name
