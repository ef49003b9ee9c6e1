"""Pages of papers: issue one from its case, sign it, make it void, take it away, list them."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huying.cases import actions
from huying.cases.actions import PaperDone
from huying.cases.forms.papers import IssueForm, SignForm, VoidForm
from huying.cases.queries import issued, papers_many
from huying.cases.queries.issued import Issued
from huying.cases.queries.page import CasePage, case_page
from huying.cases.queries.paper_templates import printed
from huying.cases.rules.papers import KINDS
from huying.cases.tables_papers import PaperTable
from huying.cases.views.asking import asker_for
from huying.kernel.asker import Asker
from huying.kernel.errors import Forbidden, Invalid, NotNow, Stale
from huying.kernel.verbs import require
from huying.web import answers
from huying.web.forms import Form
from huying.web.listing import table_page
from huying.web.paper import PDF


@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: HttpRequest) -> HttpResponseBase:
    """All visible papers."""
    asker = asker_for(request, "cases.view")
    issues = all(asker.area(f"cases.{verb}") for verb in ("issue_paper", "dispatch"))
    return table_page(request, PaperTable, "cases/paper_list.html", {"issues": issues})


@require_http_methods(["GET", "HEAD", "POST"])
def many(request: HttpRequest) -> HttpResponse:
    """The cases that call for a 交办单, to be issued together in the background."""
    asker = asker_for(request, "cases.issue_paper")
    require("cases.dispatch", asker)
    if request.method == "POST":
        chosen = request.POST.getlist("number")
        try:
            job = actions.start_issuing(chosen, by=asker)
            return answers.go(request, reverse("job", args=[job.pk]))
        except Invalid as refusal:
            return _many(request, asker, refusal)
    return _many(request, asker)


def _many(request: HttpRequest, asker: Asker, refusal: Invalid | None = None) -> HttpResponse:
    rows = list(papers_many.without_order(asker)[: papers_many.MOST])
    context = {"rows": rows, "most": papers_many.MOST, "refusal": refusal}
    status = 422 if refusal else 200
    return render(request, "cases/paper_many.html", context, status=status)


@require_safe
def paper(request: HttpRequest, identity: int, form: str) -> HttpResponse:
    """A paper as a file; a PDF opens in the browser, from where it is printed."""
    asker = asker_for(request, "cases.view")
    data, media, name = issued.file_of(issued.paper_of(asker, identity), form)
    return as_file(data, media, name, away=form != "pdf")


@require_safe
def draft(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """What would be issued, without a number, as PDF."""
    asker = asker_for(request, "cases.issue_paper")
    made, called = issued.draft(asker, number, kind, request.GET.get("subject", "")[:48])
    mark = _("样稿，未编号")
    return as_file(printed(made, called, mark), PDF, f"{called}-{mark}.pdf", away=False)


def as_file(data: bytes, media: str, name: str, *, away: bool) -> HttpResponse:
    """Bytes to look at, or to take away; never kept by what lies between."""
    response = HttpResponse(data, content_type=media)
    response["Content-Disposition"] = content_disposition_header(away, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Ask, with a look at the draft, then issue."""
    asker = asker_for(request, "cases.issue_paper")
    page = case_page(asker, number)
    label = KINDS[kind].label if kind in KINDS else ""
    subject = (request.POST or request.GET).get("subject", "")[:48]
    start = {"version": page.case.version, "kind": kind, "subject": subject}
    back = reverse("case", args=[number])
    sent = request.POST if request.method == "POST" else None
    form = IssueForm(sent, by=asker, initial=start)
    status = 200
    if request.method != "POST":
        _refuse_unless_offered(page, kind, subject)
    elif form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("version", "kind", "subject")}
        try:
            done = actions.issue_paper(number, by=asker, **given)
        except Stale as refusal:
            form = IssueForm(by=asker, initial=start)
            told = f"{refusal.message}{_('看过以后可以直接出具。')}"
            return _asked(request, page, label, form, start, 409, told)
        answers.done(request, _("已出具 %(number)s。") % {"number": done.paper_number})
        return answers.go(request, f"{back}#issued")
    else:
        status = 422
    return _asked(request, page, label, form, start, status)


def _asked(
    request: HttpRequest,
    page: CasePage,
    label: object,
    form: IssueForm,
    start: dict[str, object],
    status: int,
    told: str = "",
) -> HttpResponse:
    number, kind = page.case.number, str(start["kind"])
    query = urlencode({"subject": str(start["subject"])})
    address = reverse("case_paper_draft", args=[number, kind])
    message = format_html(
        '{} {} <a href="{}?{}" target="_blank" rel="noopener">{}</a>',
        told,
        _("出具后取得文号并存档，不能修改，只能作废重出。"),
        address,
        query,
        _("先看样稿"),
    )
    return answers.confirm(
        request,
        title=_("出具%(kind)s") % {"kind": label},
        message=message,
        action=reverse("case_paper_issue", args=[number, kind]),
        button=_("出具"),
        form=form,
        back=reverse("case", args=[number]),
        status=status,
    )


def _refuse_unless_offered(page: CasePage, kind: str, subject: str) -> None:
    offers = [one for one in page.offers if one.kind == kind]
    if any(not subject or one.subject == subject for one in offers):
        return
    raise NotNow(
        _("这件诉求现在没有要由您出具的这种文书。"), remedy=_("请刷新页面，按当前情况出具。")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, identity: int) -> HttpResponse:
    """Ask, then sign."""
    asker = asker_for(request, "cases.sign_paper")
    return _on_a_paper(
        *(request, asker, identity, "sign", SignForm),
        deed=lambda given: actions.sign_paper(identity, by=asker),
        may=lambda one: one.may_sign,
        message=_("签发后，这份文书不再标“未签发”，写上您的姓名和今天的日期。"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def void(request: HttpRequest, identity: int) -> HttpResponse:
    """Ask why, then make it void."""
    asker = asker_for(request, "cases.void_paper")
    return _on_a_paper(
        *(request, asker, identity, "void", VoidForm),
        deed=lambda given: actions.void_paper(identity, by=asker, reason=given["reason"]),
        may=lambda one: one.may_void,
        message=_("作废的文书和文号保留，文号不再使用；可以重新出具。"),
        danger=True,
    )


def _on_a_paper(
    request: HttpRequest,
    asker: Asker,
    identity: int,
    verb: str,
    make: type[Form],
    *,
    deed: Callable[[dict[str, str]], PaperDone],
    may: Callable[[Issued], bool],
    message: str,
    danger: bool = False,
) -> HttpResponse:
    row = issued.paper_of(asker, identity)
    back = reverse("case", args=[row.case.number])
    label = {"sign": _("签发"), "void": _("作废")}[verb]
    form = make(request.POST if request.method == "POST" else None, by=asker)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                deed(form.cleaned_data)
                told = {"verb": label, "number": row.number}
                answers.done(request, _("已%(verb)s %(number)s。") % told)
                return answers.go(request, f"{back}#issued")
            except Invalid as refusal:
                form.take(refusal)
    elif not may(issued.shown(asker, row)):
        raise Forbidden(
            _("您不能对这份文书“%(verb)s”。") % {"verb": label},
            remedy=_("可能已经办过，或由他人办理。"),
        )
    return answers.confirm(
        request,
        title=f"{label} {issued.called(row)}",
        message=message,
        action=reverse(f"case_paper_{verb}", args=[identity]),
        button=label,
        form=form,
        danger=danger,
        back=back,
        status=status,
    )
