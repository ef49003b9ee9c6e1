"""The knowledge base: its list, an article, writing and its verbs; what is proposed for a text."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.cases import actions
from huying.cases.forms import knowledge as forms
from huying.cases.models import Article
from huying.cases.queries import knowledge
from huying.cases.queries.page import case_page
from huying.cases.queries.templates import offered
from huying.cases.rules.reply_templates import CITING, FIELDS
from huying.cases.tables_knowledge import ArticleTable, standing_tag
from huying.cases.views.asking import asker_for
from huying.kernel.asker import Asker, may
from huying.kernel.errors import NotFound
from huying.kernel.verbs import require
from huying.web import answers
from huying.web.listing import table_page


@require_http_methods(["GET", "HEAD", "POST"])
def articles(request: HttpRequest) -> HttpResponseBase:
    """The list of the knowledge base."""
    asker = asker_for(request, "cases.view")
    context = {"may_write": may(asker, "cases.write_article")}
    return table_page(request, ArticleTable, "cases/article_list.html", context)


@require_safe
def article(request: HttpRequest, code: str) -> HttpResponse:
    """One article, with its versions."""
    asker = asker_for(request, "cases.view")
    row = knowledge.article_of(asker, code)
    path = row.unit.path
    verbs = {
        "write": may(asker, "cases.write_article", path),
        "publish": may(asker, "cases.publish_article", path)
        and not (row.state == "published" and row.shown == row.version),
        "review": may(asker, "cases.review_article", path) and row.state == "published",
        "withdraw": may(asker, "cases.withdraw_article", path) and row.state != "withdrawn",
    }
    context = {
        "row": row,
        "tag": standing_tag(row),
        "standing": knowledge.standing_of(row),
        "versions": knowledge.versions(asker, row),
        "may": verbs,
        "own": row.written_id == asker.id,
    }
    return render(request, "cases/article.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, code: str = "") -> HttpResponse:
    """Write an article, or its next version."""
    asker = asker_for(request, "cases.write_article")
    posts = getattr(asker, "posts", ())
    initial: dict[str, Any] = {"unit": posts[0].unit_code if posts else ""}
    if code:
        row = knowledge.article_of(asker, code)
        require("cases.write_article", asker, row.unit.path)
        initial = forms.ArticleForm.of(row, knowledge.versions(asker, row)[0])
    form = answers.form_of(request, forms.ArticleForm, by=asker, initial=initial)

    def deed(_data: dict[str, Any]) -> HttpResponse:
        kept = actions.write_article(code, by=asker, **form.arguments())
        answers.done(request, _("已保存第 %(n)d 版，发布后才生效。") % {"n": kept.version})
        return answers.go(request, reverse("case_article", args=[kept.code]))

    answer = answers.take(request, form, deed)
    if answer is not None:
        return answer
    back = reverse("case_article", args=[code]) if code else reverse("case_knowledge")
    context = {
        "form": form,
        "title": _("修改知识") if code else _("写知识"),
        "lead": _("保存为新的一版；原来的每一版都保留，由区呼应中心审核发布。"),
        "back": back,
        "button": _("保存草稿"),
    }
    return render(request, "web/form_page.html", context, status=answers.status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Publish the latest version."""
    row, asker = _to_rule(request, "publish_article", code)

    def deed(data: dict[str, Any]) -> None:
        actions.publish_article(code, version=data["version"], by=asker)

    return answers.form_page(
        request,
        forms.ArticleVersionedForm,
        deed,
        by=asker,
        title=_("发布“%(title)s”") % {"title": row.title},
        lead=_("第 %(n)d 版发布后，所有办理人员可以查阅和引用。") % {"n": row.version},
        back=reverse("case_article", args=[code]),
        button=_("发布"),
        told=_("已发布。"),
        initial={"version": row.version},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, code: str) -> HttpResponse:
    """Say that an article still holds."""
    row, asker = _to_rule(request, "review_article", code)

    def deed(data: dict[str, Any]) -> None:
        until = data["valid_until"]
        actions.review_article(code, version=data["version"], valid_until=until, by=asker)

    return answers.form_page(
        request,
        forms.ReviewArticleForm,
        deed,
        by=asker,
        title=_("复核“%(title)s”") % {"title": row.title},
        lead=_("确认内容仍然有效，并写明新的有效期。"),
        back=reverse("case_article", args=[code]),
        button=_("仍然有效"),
        told=_("已复核。"),
        initial={"version": row.version},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Take an article out of sight."""
    row, asker = _to_rule(request, "withdraw_article", code)

    def deed(data: dict[str, Any]) -> None:
        actions.withdraw_article(code, version=data["version"], reason=data["reason"], by=asker)

    return answers.form_page(
        request,
        forms.WithdrawArticleForm,
        deed,
        by=asker,
        title=_("撤下“%(title)s”") % {"title": row.title},
        back=reverse("case_article", args=[code]),
        button=_("撤下"),
        told=_("已撤下。"),
        initial={"version": row.version},
    )


def _to_rule(request: HttpRequest, verb: str, code: str) -> tuple[Article, Asker]:
    asker = asker_for(request, "cases.view")
    row = knowledge.article_of(asker, code)
    require(f"cases.{verb}", asker, row.unit.path)
    return row, asker


@require_POST
def near(request: HttpRequest) -> HttpResponse:
    """Articles for what is being typed into the register form."""
    asker = asker_for(request, "cases.view")
    text = f"{request.POST.get('title', '')[:200]} {request.POST.get('body', '')[:1000]}"
    found = knowledge.proposed(asker, text, request.POST.get("category", "")[:16])
    return render(request, "cases/knowledge_near.html", {"articles": found})


@require_safe
def of_case(request: HttpRequest, number: str) -> HttpResponse:
    """Articles for a case, beside its page; or, with `?verb=`, what helps to write its answer."""
    asker = asker_for(request, "cases.view")
    page = case_page(asker, number)
    case = page.case
    category = case.category.code if case.category else ""
    verb = request.GET.get("verb", "")
    if verb and verb not in FIELDS:
        raise NotFound(_("没有这项操作。"))
    found = []
    if not verb or verb in CITING:
        found = knowledge.proposed(asker, f"{page.title} {page.body}", category)
    if not verb:
        return render(request, "cases/knowledge_near.html", {"articles": found})
    context = {
        "articles": found,
        "templates": offered(asker, page, verb),
        "field": FIELDS[verb],
        "may_write": may(asker, "cases.write_template"),
    }
    return render(request, "cases/helps.html", context)
