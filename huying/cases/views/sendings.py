"""One errand (派人到场) on the telephone of who was sent: accept, arrive, report, or say no."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huying.cases import actions
from huying.cases.cards_desk import errand_tag
from huying.cases.forms.sendings import FORMS, DeclineForm, ReportForm
from huying.cases.models import Sending
from huying.cases.queries import sendings
from huying.cases.queries.ledger import Units
from huying.cases.rules.sendings import LABELS, usable
from huying.cases.views.asking import asker_for
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Forbidden, Invalid, NotFound, NotNow
from huying.web import answers

MAY = ("cases.view", "cases.arrive")


@require_safe
def sending(request: HttpRequest, identity: int) -> HttpResponse:
    """The errand with what is known of its case, and large buttons."""
    asker = asker_for(request, *MAY)
    row = sendings.sending_of(asker, identity)
    return _shown(request, asker, row)


@require_http_methods(["GET", "HEAD", "POST"])
def deed(request: HttpRequest, identity: int, verb: str) -> HttpResponse:
    """Do a verb of the errand; its page holds the forms."""
    if verb not in FORMS:
        raise NotFound(_("没有这项操作。"))
    asker = asker_for(request, *MAY)
    row = sendings.sending_of(asker, identity)
    _refuse(asker, row, verb)
    if request.method != "POST":
        return _shown(request, asker, row)
    form = FORMS[verb](request.POST, request.FILES, by=asker)
    if form.is_valid():
        try:
            _do(asker, row, verb, form.cleaned_data)
        except Invalid as refusal:
            form.take(refusal)
        else:
            answers.done(request, _("“%(verb)s”已完成。") % {"verb": LABELS[verb]})
            return answers.go(request, reverse("case_sending", args=[identity]))
    return _shown(request, asker, row, {verb: form}, 422)


def _do(asker: Asker, row: Sending, verb: str, given: dict[str, Any]) -> None:
    if verb == "report_sending":
        papers = []
        for file in given["papers"]:
            try:
                papers.append(actions.judged(file.name or "", file.read()))
            except Invalid as refusal:
                what = f"{file.name}：{refusal.message}"
                raise Invalid(what, faults=[Fault("papers", what, refusal.remedy)]) from refusal
        actions.report_sending(row.pk, by=asker, text=given["text"], papers=papers)
    elif verb in ("decline_sending", "cancel_sending"):
        getattr(actions, verb)(row.pk, by=asker, reason=given["reason"])
    else:  # FORMS names the verbs that pages may call, and each has the name of its function
        getattr(actions, verb)(row.pk, by=asker)


def _refuse(asker: Asker, row: Sending, verb: str) -> None:
    verbs = sendings.verbs_on(asker, row, sendings.path_of_case(row.case, Units().district.path))
    if verb in verbs:
        return
    if verb in usable(row.state):
        raise Forbidden(_("这次派遣由被派的人自己办理。"), remedy=_("如需换人，请撤回后重新派。"))
    raise NotNow(
        _("这次派遣现在是“%(state)s”，不能进行这项操作。") % {"state": row.get_state_display()},
        allowed=[f"cases.{one}" for one in verbs],
    )


def _shown(
    request: HttpRequest,
    asker: Asker,
    row: Sending,
    forms: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    verbs = sendings.verbs_on(asker, row, sendings.path_of_case(row.case, Units().district.path))
    forms = forms or {}
    context = {
        "sending": row,
        "case": row.case,
        "tag": errand_tag(row.state),
        "late": row.ended_at is None and row.until < now(),
        "verbs": verbs,
        "report": forms.get("report_sending") or ReportForm(by=asker),
        "decline": forms.get("decline_sending") or DeclineForm(by=asker),
        "declining": "decline_sending" in forms,
        "sees_case": sendings.sees_case(asker, row),
    }
    return render(request, "cases/sending.html", context, status=status)
