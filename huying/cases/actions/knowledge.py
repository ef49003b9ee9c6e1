"""Verbs on the knowledge base (知识库): write, publish, review, withdraw; every version stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date

from django.contrib.postgres.search import SearchVectorField
from django.db.models import F, Func, Value
from django.utils.translation import gettext as _

from huying.cases.actions.intake import draw
from huying.cases.models import Article, ArticleVersion, Category
from huying.cases.queries.knowledge import no_such_article, today
from huying.cases.queries.ledger import Units, category_by_code
from huying.cases.rules.words import bigrams
from huying.kernel.asker import Asker, System, may
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Forbidden, Invalid, NotNow, Stale
from huying.kernel.verbs import Deed, act, require

SERIES = "knowledge"
CONTENT = ("title", "body", "category", "keywords", "basis", "valid_until")
LONGEST = {"title": 120, "body": 10_000, "basis": 200}
MOST_KEYWORDS = 20


def write_article(
    code: str = "",
    *,
    by: Asker,
    title: str,
    body: str,
    unit: str = "",
    version: int = 0,
    category: str | None = None,
    keywords: Sequence[str] = (),
    basis: str = "",
    valid_until: date | None = None,
) -> Article:
    """Write an article, or the next version of the one of this code (of which `version` was read).

    What was published stays in sight until the new version is published too. `unit` keeps it.
    """
    with act("cases.write_article", by=by) as deed:
        words = [word.strip() for word in keywords if word.strip()]
        _check(title, body, basis, words)
        kept = _locked(code, by) if code else None
        if kept is None:
            keeper = Units((unit,)).code(unit, "unit")
            require("cases.write_article", by, keeper.path)
            number = draw({SERIES: 1})[SERIES]
            kept = Article(code=f"K{number:04d}", unit_id=keeper.id, version=0)
        else:
            require("cases.write_article", by, kept.unit.path)
            _same(kept, version)
        found = category_by_code(category) if category else None
        content: dict[str, object] = {
            "title": title.strip(),
            "body": body.strip(),
            "category": Category.objects.get(pk=found.id) if found else None,
            "keywords": words,
            "basis": basis.strip(),
            "valid_until": valid_until,
        }
        at = now()
        kept.version += 1
        kept.written_at, kept.written_id, kept.written_by = at, by.id, by.label
        if kept.shown == 0:
            _show(kept, content)
        kept.save()
        ArticleVersion.objects.create(
            article=kept, number=kept.version, at=at, by_id=by.id, by=by.label, **content
        )
        _name(deed, kept)
        return kept


def publish_article(code: str, *, version: int, by: Asker) -> Article:
    """Show the latest version to everybody who handles appeals; never its own writer's deed."""
    with _taken("publish_article", code, version, by) as (article, _deed):
        if article.state == "published" and article.shown == article.version:
            raise NotNow(_("最新的一版已经发布。"))
        if article.written_id == by.id and not isinstance(by, System):
            raise Forbidden(
                _("自己写的知识由第二人审核发布。"), remedy=_("请区呼应中心的另一位同事发布。")
            )
        latest = article.versions.select_related("category").get(number=article.version)
        _show(article, {name: getattr(latest, name) for name in CONTENT})
        at = now()
        article.state, article.shown, article.withdrawal = "published", article.version, ""
        article.published_at = article.reviewed_at = at
        article.reviewed_by = by.label
        article.save()
    return article


def review_article(
    code: str, *, version: int, valid_until: date | None = None, by: Asker
) -> Article:
    """Confirm that a published article still holds (复核), until another day or without end."""
    with _taken("review_article", code, version, by) as (article, deed):
        if article.state != "published":
            raise NotNow(_("只有已发布的知识才需要复核。"))
        if valid_until is not None and valid_until < today():
            fault = Fault("valid_until", _("有效期不能早于今天。"))
            raise Invalid(_("有效期有误。"), faults=[fault])
        article.valid_until = valid_until
        article.reviewed_at, article.reviewed_by = now(), by.label
        article.save(update_fields=["valid_until", "reviewed_at", "reviewed_by"])
        deed.detail["valid_until"] = valid_until.isoformat() if valid_until else None
    return article


def withdraw_article(code: str, *, version: int, reason: str, by: Asker) -> Article:
    """Take an article out of sight, with a reason; a later version may be published again."""
    with _taken("withdraw_article", code, version, by) as (article, _deed):
        if article.state == "withdrawn":
            raise NotNow(_("这篇知识已经撤下。"))
        if not reason.strip():
            raise Invalid(_("请写明理由。"), faults=[Fault("reason", _("请写明为什么撤下。"))])
        article.state, article.withdrawal = "withdrawn", reason.strip()[:1000]
        article.save(update_fields=["state", "withdrawal"])
    return article


def cite(codes: Sequence[str]) -> list[dict[str, str]]:
    """Count these published articles as used in an answer; what a line of history keeps of them."""
    wanted = sorted({code.strip().upper() for code in codes if code.strip()})
    if not wanted:
        return []
    rows = Article.objects.filter(code__in=wanted, state="published").order_by("code")
    found = list(rows.select_for_update().values_list("code", "title"))
    if len(found) < len(wanted):
        fault = Fault("articles", _("引用的知识已撤下或不存在。"), _("请重新选择。"))
        raise Invalid(_("引用的知识有误。"), faults=[fault])
    rows.update(used=F("used") + 1)
    return [{"code": code, "title": title} for code, title in found]


@contextmanager
def _taken(verb: str, code: str, version: int, by: Asker) -> Iterator[tuple[Article, Deed]]:
    """The frame of the verbs on an existing article."""
    with act(f"cases.{verb}", by=by) as deed:
        article = _locked(code, by)
        require(f"cases.{verb}", by, article.unit.path)
        _same(article, version)
        yield article, deed
        _name(deed, article)


def _locked(code: str, by: Asker) -> Article:
    """The article, locked; drafts of others look as if there were none."""
    found = Article.objects.select_for_update(of=("self",)).select_related("unit", "category")
    article = found.defer("unit__boundary").filter(code=code.upper()).first()
    if article is None:
        raise no_such_article()
    writes = may(by, "cases.write_article", article.unit.path)
    if not (writes or (article.state == "published" and by.area("cases.view"))):
        raise no_such_article()
    return article


def _same(article: Article, version: int) -> None:
    if article.version != version:
        raise Stale(_("这篇知识已被更新。"), remedy=_("请刷新页面，看过新的一版再办理。"))


def _show(article: Article, content: dict[str, object]) -> None:
    """Let the row hold this version, and be found by its words."""
    for name, value in content.items():
        setattr(article, name, value)
    words = bigrams(article.title, article.body, " ".join(article.keywords), article.basis)
    vector = Func(Value(words), function="array_to_tsvector", output_field=SearchVectorField())
    setattr(article, "search", vector)  # noqa: B010 - an expression, not a value


def _check(title: str, body: str, basis: str, words: Sequence[str]) -> None:
    faults = []
    for name, text, needed in (("title", title, 1), ("body", body, 1), ("basis", basis, 0)):
        if needed and not text.strip():
            faults.append(Fault(name, _("必须填写。")))
        if len(text) > LONGEST[name]:
            faults.append(Fault(name, _("最多 %(most)d 字。") % {"most": LONGEST[name]}))
    if len(words) > MOST_KEYWORDS or any(len(word) > 40 for word in words):
        faults.append(Fault("keywords", _("关键词过多或过长。"), _("请删减。")))
    if faults:
        raise Invalid(_("知识填写有误。"), faults=faults)


def _name(deed: Deed, article: Article) -> None:
    deed.on(
        *("article", article.code, article.unit.path),
        state=article.state,
        version=article.version,
        title=article.title,
    )
