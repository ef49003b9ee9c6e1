"""Pages of deeds: callbacks, exclusions, appeals, frozen months and the rules."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huying.cases import queries as cases
from huying.evaluate import actions, queries
from huying.evaluate.forms import AppealForm, FreezeForm, GroundsForm, RulesForm, RulingForm
from huying.evaluate.models import AssessmentAppeal, Exclusion
from huying.evaluate.queries.periods import shifted, this_month
from huying.evaluate.queries.waiting import heap, waiting
from huying.evaluate.rules import COUNTINGS
from huying.evaluate.tables import AppealTable, CallbackTable, ExclusionTable
from huying.evaluate.views.asking import asker_for
from huying.kernel.asker import Asker, may
from huying.kernel.errors import NotFound
from huying.web import answers
from huying.web.listing import table_page
from huying.web.templatetags.web import moment

GET_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_POST)
def callbacks(request: HttpRequest) -> HttpResponseBase:
    """What waits to be called back."""
    asker = asker_for(request, "cases.evaluate")
    return table_page(request, CallbackTable, "evaluate/callbacks.html", {"heap": heap(asker)})


@require_http_methods(["GET", "HEAD"])
def callback(request: HttpRequest, number: str) -> HttpResponse:
    """The script of one callback, with what the caller must know, and the verbs of the case."""
    asker = asker_for(request, "cases.evaluate")
    case = waiting(asker).filter(number=number).first()
    if case is None:
        answers.done(request, _why_not_waiting(cases.case_page(asker, number)))
        return answers.go(request, reverse("case", args=[number]))
    page = cases.case_page(asker, number)
    following = waiting(asker).exclude(number=number).order_by("call_by", "id").first()
    context = {
        "case": case,
        "page": page,
        "verbs": page.verbs,
        "following": following,
        "tries": [
            line
            for line in page.timeline
            if line.verb in ("call_back", "contact")
            or (line.verb == "evaluate" and line.round == case.round)
        ],
    }
    return render(request, "evaluate/callback.html", context)


def _why_not_waiting(page: cases.CasePage) -> str:
    """Why nobody is to be called about a case: often its citizen was quicker, by the link."""
    rated = [line for line in page.timeline if line.verb == "evaluate"]
    last = max(rated, key=lambda line: line.version, default=None)
    if last is not None and last.round == page.case.round:
        told = {"who": last.actor, "at": moment(last.at)}
        return _("%(who)s已在 %(at)s 评价，不用再回访。") % told
    return _("这件诉求不在待回访队列中。")


@require_http_methods(GET_POST)
def exclusions(request: HttpRequest) -> HttpResponseBase:
    """The exclusions asked for."""
    asker = asker_for(request, "evaluate.view")
    context = {"may_ask": may(asker, "evaluate.exclude")}
    return table_page(request, ExclusionTable, "evaluate/exclusions.html", context)


@require_http_methods(GET_POST)
def exclude(request: HttpRequest) -> HttpResponse:
    """Ask that a case be left out."""
    asker = asker_for(request, "evaluate.exclude")

    def deed(data: dict[str, Any]) -> None:
        actions.exclude(
            data["number"].strip(), by=asker, reason=data["reason"], evidence=data["evidence"]
        )

    return answers.form_page(
        request,
        GroundsForm,
        deed,
        by=asker,
        title=_("申请剔除"),
        lead=_("须有依据，并由另一位考核人员复核；剔除前后的指标并列显示。"),
        button=_("提交申请"),
        back=reverse("evaluate_exclusions"),
        told=_("剔除申请已提交，等待另一人复核。"),
        initial={"number": request.GET.get("number", "")[:32]},
    )


@require_http_methods(GET_POST)
def exclusion(request: HttpRequest, identity: int) -> HttpResponse:
    """One exclusion; whoever may, and did not ask for it, rules on it here."""
    asker = asker_for(request, "evaluate.view")
    row = queries.exclusions(asker).filter(pk=identity).first()
    if row is None:
        raise NotFound(_("没有这项剔除申请。"))
    return _ruled(request, asker, row, "evaluate_exclusions", "evaluate.approve_exclusion")


@require_http_methods(GET_POST)
def appeals(request: HttpRequest) -> HttpResponseBase:
    """The appeals of units."""
    asker = asker_for(request, "evaluate.view")
    context = {"may_ask": may(asker, "evaluate.appeal_assessment")}
    return table_page(request, AppealTable, "evaluate/appeals.html", context)


@require_http_methods(GET_POST)
def appeal_new(request: HttpRequest) -> HttpResponse:
    """Appeal against how a case was assessed."""
    asker = asker_for(request, "evaluate.appeal_assessment")

    def deed(data: dict[str, Any]) -> None:
        actions.appeal_assessment(
            data["number"].strip(),
            by=asker,
            mark=data["mark"],
            reason=data["reason"],
            evidence=data["evidence"],
        )

    return answers.form_page(
        request,
        AppealForm,
        deed,
        by=asker,
        title=_("考核申诉"),
        lead=_("只能就本单位主办的诉求申诉；申诉成立的诉求不再计入考核。"),
        button=_("提交申诉"),
        back=reverse("evaluate_appeals"),
        told=_("考核申诉已提交。"),
        initial={
            "number": request.GET.get("number", "")[:32],
            "mark": request.GET.get("mark", ""),
        },
    )


@require_http_methods(GET_POST)
def appeal(request: HttpRequest, identity: int) -> HttpResponse:
    """One appeal; the evaluator rules on it here."""
    asker = asker_for(request, "evaluate.view")
    row = queries.appeals(asker).filter(pk=identity).first()
    if row is None:
        raise NotFound(_("没有这项考核申诉。"))
    return _ruled(request, asker, row, "evaluate_appeals", "evaluate.rule_appeal")


@require_http_methods(GET_POST)
def months(request: HttpRequest) -> HttpResponse:
    """The frozen months and the versions of the rules; an evaluator freezes here."""
    asker = asker_for(request, "evaluate.view")
    if request.method == "POST":
        asker_for(request, "evaluate.freeze_month")
    start = {"month": f"{shifted(this_month(), -1):%Y-%m}"}
    form = answers.form_of(request, FreezeForm, by=asker, initial=start)

    def deed(data: dict[str, Any]) -> None:
        freeze = actions.freeze_month(data["month"], by=asker, note=data["note"])
        words = _("%(month)s 已定版（第 %(edition)s 版）。")
        answers.done(request, words % {"month": f"{freeze.month:%Y-%m}", "edition": freeze.edition})

    if answer := answers.take(request, form, deed, back=reverse("evaluate_months")):
        return answer
    formula, rule = queries.formula_for(this_month())
    context = {
        "form": form,
        "freezes": list(queries.freezes()[:60]),
        "formula": formula,
        "counting": dict(COUNTINGS)[formula.counting],
        "rule": rule,
        "versions": list(queries.rule_versions()[:30]),
        "may_freeze": may(asker, "evaluate.freeze_month"),
        "may_edit": may(asker, "evaluate.edit_rules"),
    }
    return render(request, "evaluate/months.html", context, status=answers.status_of(form))


@require_http_methods(GET_POST)
def rules(request: HttpRequest) -> HttpResponse:
    """Sign a new version of the rules."""
    asker = asker_for(request, "evaluate.edit_rules")
    formula, _rule = queries.formula_for(this_month())

    def deed(data: dict[str, Any]) -> None:
        numbers = {name: data[name] for name in formula.as_json()}
        actions.edit_rules(data["since"], by=asker, note=data["note"], **numbers)

    return answers.form_page(
        request,
        RulesForm,
        deed,
        by=asker,
        title=_("修改考核规则"),
        lead=_("从所选月份起生效；已定版的月份不受影响。三项权重合计须为 100。"),
        button=_("保存"),
        back=reverse("evaluate_months"),
        told=_("考核规则已更新。"),
        initial=formula.as_json() | {"since": f"{this_month():%Y-%m}"},
    )


def _ruled(
    request: HttpRequest, asker: Asker, row: Exclusion | AssessmentAppeal, back: str, verb: str
) -> HttpResponse:
    """Show what was asked; take the ruling of whoever may give it."""
    open_ = row.state == "open" and row.by_id != asker.id and may(asker, verb, row.unit.path)
    if request.method == "POST":
        asker_for(request, verb)
    form = answers.form_of(request, RulingForm, by=asker)

    def deed(data: dict[str, Any]) -> None:
        agreed, ruling = data["agreed"] == "yes", data["ruling"]
        if isinstance(row, Exclusion):
            actions.approve_exclusion(row.pk, by=asker, approved=agreed, ruling=ruling)
        else:
            actions.rule_appeal(row.pk, by=asker, upheld=agreed, ruling=ruling)

    if answer := answers.take(request, form, deed, told=_("裁定已记录。"), back=reverse(back)):
        return answer
    context = {
        "row": row,
        "form": form if open_ else None,
        "back": reverse(back),
        "is_appeal": isinstance(row, AssessmentAppeal),
        "own": row.state == "open" and row.by_id == asker.id,
    }
    return render(request, "evaluate/ruled.html", context, status=answers.status_of(form))
