"""Orders of supervision: their list, and the conditions that open them by themselves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.cases import actions
from huying.cases.forms.triggers import TriggerForm
from huying.cases.models import SupervisionTrigger
from huying.cases.queries import triggers as conditions
from huying.cases.rules.triggers import TriggerSpec
from huying.cases.tables_orders import OrderTable
from huying.cases.views.asking import asker_for
from huying.kernel.asker import Asker, may
from huying.kernel.errors import Invalid, NotFound
from huying.web import answers
from huying.web.listing import table_page

MOST_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def orders(request: HttpRequest) -> HttpResponseBase:
    """All visible orders, those that one follows, or those that one's unit must answer."""
    asker_for(request, "cases.view")
    context = {"chosen": request.GET.get("whose", "")}
    return table_page(request, OrderTable, "cases/order_list.html", context)


@require_safe
def triggers(request: HttpRequest) -> HttpResponse:
    """The conditions, what each opens, and which of them the district has signed."""
    asker = asker_for(request, "cases.view")
    context = {
        "rows": conditions.triggers(),
        "may_edit": may(asker, "cases.edit_trigger"),
        "may_confirm": may(asker, "cases.confirm_trigger"),
    }
    return render(request, "cases/triggers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def trigger(request: HttpRequest, code: str) -> HttpResponse:
    """Change a condition; "try" shows on which cases it would open an order today."""
    asker = asker_for(request, "cases.edit_trigger")
    row = _row(code)
    sent = request.POST if request.method == "POST" else None
    form = TriggerForm(sent, by=asker, row=row, initial=TriggerForm.of(row))
    context: dict[str, Any] = {"form": form, "row": row}
    if request.method == "POST" and form.is_valid():
        try:
            arguments = form.arguments()
            if request.POST.get("try"):
                arguments.pop("active")
                context["trial"] = _tried(asker, actions.checked_trigger(code, **arguments))
                return render(request, "cases/trigger.html", context)
            actions.edit_trigger(code, by=asker, **arguments)
            answers.done(request, _("触发条件已修改，待确认。"))
            return answers.go(request, reverse("case_triggers"))
        except Invalid as refusal:
            form.take(refusal)
    elif request.method != "POST":
        context["trial"] = _tried(asker, conditions.spec_of(row))
    return render(request, "cases/trigger.html", context, status=answers.status_of(form))


@require_POST
def confirm_trigger(request: HttpRequest, code: str) -> HttpResponse:
    """Sign a condition for the district."""
    asker = asker_for(request, "cases.confirm_trigger")
    actions.confirm_trigger(code, by=asker)
    label = _row(code).get_code_display()
    answers.done(request, _("“%(trigger)s”的督办条件已确认。") % {"trigger": label})
    return answers.go(request, reverse("case_triggers"))


def _row(code: str) -> SupervisionTrigger:
    row = next((row for row in conditions.triggers() if row.code == code), None)
    if row is None:
        raise NotFound(_("没有这项触发条件。"))
    return row


def _tried(asker: Asker, spec: TriggerSpec) -> dict[str, Any]:
    """The dry run: how many cases, and the first of them."""
    found = conditions.would_fire(asker, spec)
    return {"count": found.count(), "cases": list(found[:MOST_SHOWN]), "most": MOST_SHOWN}
