"""The API of the knowledge base and the reply templates."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from huying.cases import actions
from huying.cases.models import Article, ReplyTemplate
from huying.cases.queries import knowledge, templates
from huying.web.api_asking import asker_of

router = Router()
MOST = 200
ONE = "/articles/{code}"


class ArticleBody(Schema):
    """What an article says; `unit` is the code of the unit that keeps it, for a new one."""

    title: str = Field(max_length=120)
    body: str = Field(max_length=10_000)
    category: str | None = None
    keywords: list[str] = Field(default_factory=list)
    basis: str = Field("", max_length=200)
    valid_until: date | None = None


class NewArticle(ArticleBody):
    unit: str


class ArticleVersioned(Schema):
    """Every verb carries the version that its caller read."""

    version: int = Field(ge=1)


class NextVersion(ArticleBody, ArticleVersioned):
    """The next version of an article."""


class ArticleReview(ArticleVersioned):
    valid_until: date | None = None


class ArticleWithdrawal(ArticleVersioned):
    reason: str = Field(max_length=1000)


class ArticleOut(Schema):
    code: str
    title: str
    body: str
    category: str | None = Field(None, alias="category.code")
    keywords: list[str]
    basis: str
    valid_until: date | None
    unit: str = Field(alias="unit.code")
    state: str
    version: int
    shown: int
    reviewed_by: str
    reviewed_at: datetime | None
    used: int


class TemplateBody(Schema):
    """A template for a verb; `scope` is own, unit or district, `unit` the code of one's own."""

    name: str = Field(max_length=60)
    verb: str = Field(max_length=20)
    text: str = Field(max_length=2000)
    scope: str = "own"
    unit: str = ""
    category: str | None = None


class TemplateEdit(TemplateBody, ArticleVersioned):
    """A changed template."""


class TemplateOut(Schema):
    id: int
    code: str
    name: str
    verb: str
    scope: str
    unit: str | None = Field(None, alias="unit.code")
    category: str | None = Field(None, alias="category.code")
    text: str
    active: bool
    version: int
    confirmed_by: str


@router.get("/articles", response=list[ArticleOut], operation_id="list_articles")
def list_articles(request: HttpRequest, q: str = "", after: str = "") -> list[Article]:
    """知识库，按编号排列，一次至多 200 篇；`after` 是上一页最后的编号，`q` 为两字以上。"""
    asker = asker_of(request)
    rows = knowledge.found_articles(asker, q) if q else knowledge.articles(asker)
    return list(rows.filter(code__gt=after).order_by("code")[:MOST])


@router.get(ONE, response=ArticleOut, operation_id="show_article")
def show_article(request: HttpRequest, code: str) -> Article:
    """一篇知识。"""
    return knowledge.article_of(asker_of(request), code)


@router.post("/articles", response={201: ArticleOut}, operation_id="new_article")
def new_article(request: HttpRequest, body: NewArticle) -> Status[Article]:
    """写一篇知识，存为草稿。"""
    return Status(201, actions.write_article(by=asker_of(request), **body.dict()))


@router.post(f"{ONE}/write", response=ArticleOut, operation_id="write_article")
def write_article(request: HttpRequest, code: str, body: NextVersion) -> Article:
    """写下一版，发布前读者仍看到原来的一版。"""
    return actions.write_article(code, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/publish", response=ArticleOut, operation_id="publish_article")
def publish_article(request: HttpRequest, code: str, body: ArticleVersioned) -> Article:
    """审核发布最新的一版。"""
    return actions.publish_article(code, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/review", response=ArticleOut, operation_id="review_article")
def review_article(request: HttpRequest, code: str, body: ArticleReview) -> Article:
    """复核：确认仍然有效，写明新的有效期。"""
    return actions.review_article(code, by=asker_of(request), **body.dict())


@router.post(f"{ONE}/withdraw", response=ArticleOut, operation_id="withdraw_article")
def withdraw_article(request: HttpRequest, code: str, body: ArticleWithdrawal) -> Article:
    """撤下一篇知识。"""
    return actions.withdraw_article(code, by=asker_of(request), **body.dict())


@router.get("/reply_templates", response=list[TemplateOut], operation_id="list_templates")
def list_templates(request: HttpRequest, verb: str = "") -> list[ReplyTemplate]:
    """您能用的回复模板，至多 200 个。"""
    rows = templates.templates(asker_of(request)).filter(active=True)
    return list(rows.filter(verb=verb)[:MOST] if verb else rows[:MOST])


@router.post("/reply_templates", response={201: TemplateOut}, operation_id="new_template")
def new_template(request: HttpRequest, body: TemplateBody) -> Status[ReplyTemplate]:
    """新建回复模板；不认识的占位符不能保存。"""
    return Status(201, actions.write_template(by=asker_of(request), **body.dict()))


@router.post(
    "/reply_templates/{template}/edit", response=TemplateOut, operation_id="write_template"
)
def write_template(request: HttpRequest, template: int, body: TemplateEdit) -> ReplyTemplate:
    """修改回复模板；改过的默认模板须重新确认。"""
    return actions.write_template(template, by=asker_of(request), **body.dict())


@router.post(
    "/reply_templates/{template}/retire", response=TemplateOut, operation_id="retire_template"
)
def retire_template(request: HttpRequest, template: int) -> ReplyTemplate:
    """停用回复模板。"""
    return actions.retire_template(template, by=asker_of(request))


@router.post(
    "/default_templates/{code}/confirm", response=TemplateOut, operation_id="confirm_template"
)
def confirm_template(request: HttpRequest, code: str) -> ReplyTemplate:
    """确认系统默认的回复模板为本区模板。"""
    return actions.confirm_template(code, by=asker_of(request))
