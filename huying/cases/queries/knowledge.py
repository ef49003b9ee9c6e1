"""What an asker reads of the knowledge base, and which articles fit an appeal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from huying.cases.models import Article, ArticleVersion, Category
from huying.cases.queries.search import HasWords  # noqa: F401  (registers the lookup)
from huying.cases.rules.knowledge import Sketch, best, standing
from huying.cases.rules.words import bigrams
from huying.kernel.asker import Asker, may
from huying.kernel.clock import now
from huying.kernel.errors import NotFound
from huying.kernel.verbs import require
from huying.org.queries import under

PROPOSED = 4


def articles(asker: Asker) -> QuerySet[Article]:
    """The articles that the asker may read: published ones, and all of whom they may write for.

    One statement with its class and its keeper.
    """
    require("cases.view", asker)
    own = under("unit__path", asker.area("cases.write_article"))
    rows = Article.objects.filter(Q(state="published") | own)
    rows = rows.select_related("unit", "category").defer("search", "unit__boundary")
    return rows.order_by("-written_at", "-id")


def article_of(asker: Asker, code: str) -> Article:
    """One article that the asker may read; NotFound otherwise."""
    row = articles(asker).filter(code=code.upper()).first()
    if row is None:
        raise no_such_article()
    return row


def no_such_article() -> NotFound:
    """There is none of this code, or it is somebody else's draft."""
    return NotFound(_("没有这篇知识。"), remedy=_("请从知识库列表中查找。"))


def versions(asker: Asker, row: Article) -> list[ArticleVersion]:
    """All versions of an article, the latest first; for a reader only what was published."""
    found = row.versions.select_related("category").order_by("-number")
    if not may(asker, "cases.write_article", row.unit.path):
        found = found.filter(number__lte=row.shown)
    return list(found)


def today() -> date:
    """The present day in the district."""
    return now().date()


def standing_of(row: Article) -> str:
    """Where an article stands today."""
    return standing(row.state, row.shown, row.version, row.valid_until, today())


def standing_so(wanted: Sequence[str]) -> Q:
    """The condition of standing in one of these ways."""
    published = Q(state="published")
    expired = published & Q(valid_until__lt=today())
    pending = published & Q(version__gt=F("shown"))
    found = Q(pk__in=[])
    for name in wanted:
        found |= {
            "published": published,
            "expired": expired,
            "pending": pending,
            "draft": Q(state="draft"),
            "withdrawn": Q(state="withdrawn"),
        }.get(name, Q(pk__in=[]))
    return found


def found_articles(asker: Asker, text: str) -> QuerySet[Article]:
    """By code, or by two characters and more of its words."""
    text = text.strip()
    rows = articles(asker)
    words = bigrams(text)
    if not words or len(text) < 2:
        return rows.none()
    return rows.filter(Q(code=text.upper()) | Q(search__has_words=words))


def proposed(asker: Asker, text: str, category: str = "", most: int = PROPOSED) -> list[Article]:
    """The articles in force that fit a text and a class (by code), the best first.

    What is out of date is proposed to nobody. At most three statements.
    """
    path = ""
    if category:
        path = Category.objects.filter(code=category).values_list("path", flat=True).first() or ""
    in_force = articles(asker).filter(state="published").exclude(valid_until__lt=today())
    sketches = [
        Sketch(code, title, keywords, category_path or "")
        for code, title, keywords, category_path in in_force.order_by("code").values_list(
            "code", "title", "keywords", "category__path"
        )
    ]
    codes = best(sketches, text, path, most)
    rows = {row.code: row for row in in_force.filter(code__in=codes)} if codes else {}
    return [rows[code] for code in codes if code in rows]


def cited(asker: Asker, codes: Sequence[str]) -> list[Article]:
    """The published articles of these codes, for an answer that cites them; Invalid codes drop."""
    wanted = [code.strip().upper() for code in codes if code.strip()]
    if not wanted:
        return []
    return list(articles(asker).filter(state="published", code__in=wanted).order_by("code"))
