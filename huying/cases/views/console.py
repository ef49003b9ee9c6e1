"""The dispatch console (指挥调度): a street on one screen that keeps itself up to date."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.cases import actions, looks
from huying.cases.cards_desk import errand_tag
from huying.cases.forms.sendings import PersonForm, SendForm
from huying.cases.models import Case
from huying.cases.queries import console as street
from huying.cases.queries import sendings
from huying.cases.queries.ledger import Units, handlers_of
from huying.cases.views.asking import asker_for
from huying.cases.views.verbs import with_version
from huying.kernel.asker import Asker
from huying.kernel.errors import Invalid, NotNow, Stale
from huying.web import answers, slots

REGIONS = ("numbers", "spots", "sent", "duty", "calls")
NEAR = 5


@require_safe
def console(request: HttpRequest) -> HttpResponse:
    """The console of one street."""
    asker = asker_for(request, "cases.console")
    among = street.grounds(asker)
    unit = street.ground_of(asker, request.GET.get("unit", ""), among)
    token = street.mark()
    page = street.console(asker, unit)
    screen = request.GET.get("screen") == "1"
    context = {
        **_regions(page),
        "among": among,
        "token": token,
        "points": street.points(page),
        "screen": screen,
        "chosen": request.GET.get("case", ""),
        # On the wall it is dark, whatever the person chose for their own desk.
        **({"theme": "dark"} if screen else {}),
    }
    return render(request, "cases/console.html", context)


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """What has changed: nothing (204) while the mark stands, which costs one small statement."""
    asker = asker_for(request, "cases.console")
    token = street.mark()
    if request.GET.get("seen") == token:
        return HttpResponse(status=204)
    unit = street.ground_of(asker, request.GET.get("unit", ""), street.grounds(asker))
    page = street.console(asker, unit)
    context = _regions(page)
    return JsonResponse(
        {
            "mark": token,
            "points": street.points(page),
            "versions": {spot.case.number: spot.case.version for spot in page.spots},
            "regions": {
                name: render_to_string(f"cases/console_{name}.html", context, request=request)
                for name in REGIONS
            },
        },
        headers={"Cache-Control": "no-store"},
    )


@require_safe
def areas(request: HttpRequest) -> JsonResponse:
    """The outlines of the street, its communities and grids."""
    asker = asker_for(request, "cases.console")
    unit = street.ground_of(asker, request.GET.get("unit", ""), street.grounds(asker))
    response = JsonResponse(street.outlines(unit))
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@require_safe
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """One case beside the map, and whom to send."""
    asker = asker_for(request, "cases.console")
    return _panel(request, asker, street.spot_of(asker, number))


@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, number: str) -> HttpResponse:
    """Send somebody by one click, from the console or from the page of the case."""
    asker = asker_for(request, "cases.send_someone")
    case = street.spot_of(asker, number)
    if not sendings.may_send(asker, case, Units().district.path):
        raise NotNow(_("这件诉求现在不能派人。"), remedy=_("已答复、保密或历史导入的诉求不派人。"))
    if request.method != "POST":
        return _panel(request, asker, case)
    form = SendForm(request.POST, by=asker)
    who = PersonForm(request.POST)
    status = 422
    if form.is_valid() and not who.is_valid():
        form.add_error(None, _("请点要派的人。"))
    elif form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("version", "minutes", "note")}
        try:
            actions.send_someone(number, by=asker, person=who.cleaned_data["person"], **given)
        except Stale as refusal:
            form = _afresh(form, asker, case)
            form.add_error(None, f"{refusal.message}{_('看过以后再点一次就派出。')}")
            status = 409
        except Invalid as refusal:
            form.take(refusal)
        else:
            if answers.is_fragment(request):
                return _panel(request, asker, street.spot_of(asker, number))
            answers.done(request, _("已派出。"))
            return answers.go(request, reverse("case", args=[number]))
    return _panel(request, asker, case, form, status)


@require_POST
def cancel(request: HttpRequest, number: str, identity: int) -> HttpResponse:
    """Call somebody off, and show whom to send instead."""
    asker = asker_for(request, "cases.cancel_sending")
    row = sendings.sending_of(asker, identity)
    actions.cancel_sending(row.pk, by=asker)
    if answers.is_fragment(request):
        return _panel(request, asker, street.spot_of(asker, number))
    answers.done(request, _("已撤回。"))
    return answers.go(request, reverse("case", args=[number]))


def _afresh(form: SendForm, asker: Asker, case: Case) -> SendForm:
    """What was typed, for the case as it stands now."""
    fresh = SendForm(with_version(form.data, case.version), by=asker)
    fresh.full_clean()
    return fresh


def _panel(
    request: HttpRequest,
    asker: Asker,
    case: Case,
    form: SendForm | None = None,
    status: int = 200,
) -> HttpResponse:
    district = Units().district.path
    there = sendings.of_case(asker, case)
    path = sendings.path_of_case(case, district)
    may_send = sendings.may_send(asker, case, district)
    hands = []
    if may_send:
        away = {one.person_id for one in there if one.ended_at is None}
        found = sendings.candidates(asker, case, [one.unit for one in handlers_of(case)])
        hands = [one for one in found if one.hand.account_id not in away]
    spot = slots.Spot(case.number, path, case.longitude, case.latitude)
    context: dict[str, Any] = {
        "case": case,
        "state_tag": looks.state_of(case),
        "marks": looks.marks(case),
        "due": looks.due(case),
        "sent": [
            (one, errand_tag(one.state), "cancel_sending" in sendings.verbs_on(asker, one, path))
            for one in there
        ],
        "may_send": may_send,
        "hands": hands[: sendings.MOST],
        "others": hands[sendings.MOST :],
        "form": form or SendForm(by=asker, initial={"version": case.version}),
        "near": [
            (source, found)
            for source in (*slots.CAMERAS_NEAR, *slots.PHONE_CALLS_OF)
            if source.shown(asker) and (found := list(source.near(asker, spot, NEAR)))
        ],
        "part": answers.is_fragment(request),
    }
    part = answers.is_fragment(request)
    template = "cases/console_panel.html" if part else "cases/console_case.html"
    return render(request, template, context, status=status)


def _regions(page: street.Console) -> dict[str, Any]:
    return {
        "page": page,
        "unit": page.unit,
        "sent": [(one, errand_tag(one.state)) for one in page.sent],
        "out": sum(1 for one in page.sent if one.ended_at is None),
    }
