"""Pages of calls: the list, one call with its forms, a new one, and which levels may call."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huying.cases import actions, looks
from huying.cases.forms.calls import CALL_FORMS, CallAloneForm
from huying.cases.queries.called import levels, may_call, units_at, upper_of
from huying.cases.queries.calls import CallPage, call_page, own_paths, to_answer, visible_calls
from huying.cases.rules import calls
from huying.cases.rules.facts import UnitFact
from huying.cases.tables_calls import WHOSE, CallTable, call_due, call_state
from huying.cases.views.asking import asker_for
from huying.cases.views.deeds import Deed, taken
from huying.kernel.asker import Asker, may
from huying.kernel.errors import Invalid
from huying.web import answers
from huying.web.listing import table_page

PICTURES = {
    "call_up": "speakerphone",
    "answer_call": "message-report",
    "finish_call": "square-check",
    "withdraw_call": "corner-up-left",
    "rate_call": "star",
    "rule_call": "gavel",
    "void": "ban",
}
TONES = {"answer_call": "info", "finish_call": "ok", "rule_call": "warn", "call_up": "warn"}
MAIN = ("answer_call", "finish_call")
DANGEROUS = ("withdraw_call",)


@require_http_methods(["GET", "HEAD", "POST"])
def calls_list(request: HttpRequest) -> HttpResponseBase:
    """All visible calls, or those that wait for the asker's own unit."""
    asker = asker_for(request, "cases.view")
    whole = request.headers.get("HX-Request") != "true" and request.method != "POST"
    context = {
        "tabs": [(code, label) for code, (label, _condition) in WHOSE.items()] if whole else [],
        "waiting": visible_calls(asker).filter(to_answer(asker)).count() if whole else 0,
        "chosen": request.GET.get("whose", ""),
        "may_call": may(asker, "cases.call_up"),
        "may_set": may(asker, "cases.set_call_level"),
    }
    return table_page(request, CallTable, "cases/call_list.html", context)


@require_http_methods(["GET", "HEAD"])
def call(request: HttpRequest, number: str) -> HttpResponse:
    """One call: what was asked, by when, what came of it, and what the asker may do."""
    asker = asker_for(request, "cases.view")
    page = call_page(asker, number)
    row = page.call
    clocks = [
        (calls_label, row.rules[name], due, met)
        for calls_label, name, due, met in (
            (_("应答"), "answer", row.answer_due, row.answered_at),
            (_("处置"), "handle", row.due_at, row.ended_at if row.state == "done" else None),
        )
    ]
    context = {
        "page": page,
        "call": row,
        "state_tag": call_state(row),
        "due": call_due(row),
        "clocks": [
            {
                "label": label,
                "rule": rule,
                "length": looks.spoken(rule["measure"], rule["amount"]),
                "basis": looks.basis(rule["basis"]),
                "due": due,
                "met": met,
                "late": met is not None and met > due,
                "left": looks.deadline(due, row.provisional),
                "open": row.state in calls.RUNNING and met is None,
            }
            for label, rule, due, met in clocks
        ],
        "buttons": [
            {
                "verb": verb,
                "label": calls.LABELS[verb],
                "picture": PICTURES[verb],
                "css": "btn-primary" if verb in MAIN else "",
            }
            for verb in sorted(page.verbs, key=lambda verb: verb not in MAIN)
        ],
        "timeline": [
            (line, PICTURES.get(line.verb, "checklist"), TONES.get(line.verb, "idle"))
            for line in page.timeline
        ],
    }
    return render(request, "cases/call.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def call_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Ask for what a verb on a call needs, then do it."""
    asker = asker_for(request, "cases.view")

    def fresh() -> Deed:
        page = call_page(asker, number)
        return Deed(
            verb,
            number,
            calls.LABELS.get(verb, ""),
            page.call.version,
            str(page.state_label),
            page.possible,
            page.verbs,
            CALL_FORMS.get(verb),
            _options(page, verb),
            reverse("case_call", args=[number]),
            reverse("case_call_verb", args=[number, verb]),
            verb in DANGEROUS,
        )

    return taken(request, asker, fresh)


def _options(page: CallPage, verb: str) -> dict[str, Any]:
    return {"sides": page.sides} if verb == "rate_call" else {}


@require_http_methods(["GET", "HEAD", "POST"])
def call_new(request: HttpRequest) -> HttpResponse:
    """A call for what is no case, in the name of one's own unit."""
    asker = asker_for(request, "cases.call_up")
    units = _own_units(asker)
    start: dict[str, Any] = {}
    if len(units) == 1 and (upper := upper_of(units[0])):
        start["lead_unit"] = upper.code
    form = CallAloneForm(
        request.POST or None,
        by=asker,
        units=[(unit.code, unit.name) for unit in units],
        initial=start,
    )
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.call_alone(by=asker, **form.arguments())
            answers.done(request, _("已呼叫，编号 %(number)s。") % {"number": done.number})
            return answers.go(request, reverse("case_call", args=[done.number]))
        except Invalid as refusal:
            form.take(refusal)
    context = {"form": form, "none": not units}
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/call_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def call_levels(request: HttpRequest) -> HttpResponse:
    """Which levels may call up: the outer ones only where the district says so."""
    asker = asker_for(request, "cases.view")
    if request.method == "POST":
        kind, active = request.POST.get("kind", ""), request.POST.get("active") == "1"
        actions.set_call_level(kind, by=asker, active=active)
        answers.done(request, _("呼叫层级已保存。"))
        return answers.go(request, reverse("case_call_levels"))
    context = {"levels": levels(), "may_edit": may(asker, "cases.set_call_level")}
    return render(request, "cases/call_levels.html", context)


def _own_units(asker: Asker) -> list[UnitFact]:
    """The asker's own units whose level may call up."""
    return [unit for unit in units_at(own_paths(asker)) if may_call(unit.kind)]
