"""查进度: prove a telephone, see one's own appeals; say more, withdraw, rate, appeal again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.kernel.errors import Invalid, NotFound
from huying.portal.actions.codes import prove
from huying.portal.actions.filing import say
from huying.portal.actions.limits import spend
from huying.portal.adapters.network import address_of
from huying.portal.askers import Citizen
from huying.portal.forms.citizen import ProveForm, RateForm, SayForm
from huying.portal.models import FollowedCase
from huying.portal.queries import following
from huying.portal.queries.telephones import phone_key
from huying.portal.rules import limits, words
from huying.portal.views.proving import KEPT, proved, remember
from huying.web import answers

FORMS: dict[str, type[SayForm | RateForm]] = {
    "comment": SayForm,
    "withdraw": SayForm,
    "evaluate": RateForm,
    "reappeal": SayForm,
}
LISTED = 50


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """One's own appeals; before that, the telephone."""
    key = proved(request)
    if request.method == "POST":
        form = ProveForm(request.POST, by=Citizen(key))
        if not form.is_valid():
            return render(
                request, "portal/prove.html", {"form": form, "page_name": "prove"}, status=422
            )
        given = form.cleaned_data
        try:
            if not key or key != phone_key(given["phone"]):
                remember(request, prove(given["phone"], given["code"], address=address_of(request)))
        except Invalid as refusal:
            form.take(refusal)
            return render(
                request, "portal/prove.html", {"form": form, "page_name": "prove"}, status=422
            )
        if number := given["number"].strip().upper():
            return answers.go(request, reverse("portal_case", args=[number]))
        return answers.go(request, reverse("portal_follow"))
    if not key:
        number = request.GET.get("number", "")[:32]
        form = ProveForm(by=Citizen(), initial={"number": number})
        return _proving(request, form)
    rows = [(row, words.standing(row.state)) for row in following.cases_of(key)[:LISTED]]
    return render(request, "portal/own.html", {"rows": rows})


def _proving(request: HttpRequest, form: ProveForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "page_name": "prove"}
    return render(request, "portal/prove.html", context, status=status)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Forget the telephone in this browser, for one that others use too."""
    request.session.pop(KEPT, None)
    return answers.go(request, reverse("portal"))


@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Where one appeal stands, in plain words, and what may be done now."""
    key = proved(request)
    if not key:
        return answers.go(request, f"{reverse('portal_follow')}?number={number}")
    return _shown(request, following.case_of(key, number))


@require_POST
def do(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Say more, withdraw, rate, or appeal again: a message that the case side answers."""
    key = proved(request)
    if not key:
        return answers.go(request, f"{reverse('portal_follow')}?number={number}")
    if verb not in FORMS:
        raise NotFound(_("没有这项操作。"))
    row = following.case_of(key, number)
    form = FORMS[verb](request.POST, by=Citizen(key))
    if not form.is_valid():
        return _shown(request, row, forms={verb: form}, status=422)
    spend(limits.SAY_BY_PHONE, key)
    given = form.cleaned_data
    try:
        say(
            row,
            verb,
            by=Citizen(key),
            key=str(given["submission"] or ""),
            text=given["text"],
            solved=given["solved"] == "yes" if verb == "evaluate" else None,
            grade=given["grade"] if verb == "evaluate" else None,
            cause=given.get("cause", ""),
        )
    except Invalid as refusal:
        form.take(refusal)
        return _shown(request, row, forms={verb: form}, status=422)
    answers.done(request, _("已收到，马上转给工作人员。"))
    return answers.go(request, reverse("portal_case", args=[number]))


def _shown(
    request: HttpRequest, row: FollowedCase, forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    citizen = Citizen(proved(request))
    made = forms or {}
    context = {
        "row": row,
        "standing": words.standing(row.state),
        "stages": [(stage, label) for stage, label in enumerate(words.STAGES, 1)],
        "lines": [(line, words.told(line.step, line.unit)) for line in row.lines.all()],
        "forms": {
            verb: made.get(verb) or kind(by=citizen, prefix="", auto_id=f"{verb}_%s")
            for verb, kind in FORMS.items()
            if verb in following.open_verbs(row)
        },
        "open": next(iter(made), ""),
        "waiting": following.waiting_for(row.number),
    }
    return render(request, "portal/case.html", context, status=status)
