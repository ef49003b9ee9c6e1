"""The city hotline's line: how it does, what hangs, reconciling, and workbooks while it is down."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.cases import actions
from huying.cases.adapters import city_sheet
from huying.cases.forms.city import SheetForm
from huying.cases.models import CityDifference
from huying.cases.queries import city
from huying.cases.rules.city import ASKED, CITY_STATES
from huying.cases.views.asking import asker_for
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Invalid
from huying.web import answers
from huying.web.templatetags.web import moment

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VERB = "cases.city_line"


@require_safe
def line(request: HttpRequest) -> HttpResponse:
    """The line at a glance: status, differences, what hangs, workbooks."""
    asker = asker_for(request, VERB)
    return _shown(request, asker, SheetForm(by=asker))


def _shown(
    request: HttpRequest,
    asker: Asker,
    form: SheetForm,
    status: int = 200,
    refusal: Invalid | None = None,
) -> HttpResponse:
    differences = city.open_differences(asker)
    waiting = city.open_messages(asker)
    orders = {one.order for one in differences} | {one.order for one in waiting}
    numbers = city.case_numbers(orders)
    context: dict[str, Any] = {
        "line": city.line_status(asker),
        "check": city.latest_check(asker),
        "differences": [
            (one, numbers.get(one.order, ""), _side(one, one.ours), _side(one, one.theirs))
            for one in differences
        ],
        "waiting": [(one, numbers.get(one.order, "")) for one in waiting],
        "form": form,
        "refusal": refusal,
    }
    return render(request, "cases/line.html", context, status=status)


def _side(difference: CityDifference, code: str) -> str:
    """What one side has, in words."""
    if difference.kind in ("missing_here", "missing_there"):
        return _("有") if code else _("没有")
    if not code:
        return _("没有")
    if difference.kind == "due":
        return str(moment(datetime.fromisoformat(code)))
    if difference.kind == "reply":
        return _("有回传")
    state, redone, asked = code.split("/")
    words = str(dict(CITY_STATES).get(state, state))
    if redone != "0":
        words += _("，重办 %(times)s 次") % {"times": redone}
    if asked:
        words += _("，申请%(asked)s中") % {"asked": dict(ASKED).get(asked, asked)}
    return words


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Reconcile now."""
    found = actions.check_city(by=asker_for(request, VERB))
    if found.error:
        messages.warning(request, _("没有取到市里的台账：%(why)s") % {"why": found.error})
    else:
        count = found.differences.count()
        answers.done(request, _("对账完成，差异 %(count)s 处。") % {"count": count})
    return answers.go(request, reverse("case_line"))


@require_POST
def mend(request: HttpRequest, identity: int) -> HttpResponse:
    """Mend one difference."""
    row = actions.mend_city(identity, by=asker_for(request, VERB))
    answers.done(request, _("%(order)s 两边已一致。") % {"order": row.order})
    return answers.go(request, reverse("case_line"))


@require_POST
def retry(request: HttpRequest, identity: int) -> HttpResponse:
    """Try a message again."""
    actions.retry_city_message(identity, by=asker_for(request, VERB))
    answers.done(request, _("已再试一次，结果见下。"))
    return answers.go(request, reverse("case_line"))


@require_http_methods(["POST"])
def sheet(request: HttpRequest) -> HttpResponse:
    """Take the city's workbook; any wrong cell refuses all, every one told at once."""
    asker = asker_for(request, VERB)
    form = SheetForm(request.POST, request.FILES, by=asker)
    if not form.is_valid():
        return _shown(request, asker, form, 422)
    try:
        fresh, known = actions.take_city_sheet(form.cleaned_data["file"], by=asker)
    except Invalid as refusal:
        return _shown(request, asker, SheetForm(by=asker), 422, refusal)
    told = {"fresh": fresh, "known": known}
    answers.done(request, _("收到 %(fresh)s 条新消息，%(known)s 条以前收到过。") % told)
    return answers.go(request, reverse("case_line"))


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The empty workbook for the city's messages."""
    asker_for(request, VERB)
    return _file(city_sheet.template(), "city-messages.xlsx")


@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """What we have to tell, as a workbook to carry."""
    body = actions.city_sheet_to_send(by=asker_for(request, VERB))
    return _file(body, f"to-city-{now():%Y%m%d-%H%M}.xlsx")


def _file(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=MEDIA)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
