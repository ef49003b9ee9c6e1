"""Pages of joint meetings, and of the time that cases lost between units."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from huying.cases import looks
from huying.cases.forms.calls import MEETING_FORMS
from huying.cases.queries import bouncing
from huying.cases.queries.meetings import meeting_page
from huying.cases.rules import meetings
from huying.cases.tables_calls import BounceTable, MeetingTable, meeting_state
from huying.cases.views.asking import asker_for
from huying.cases.views.deeds import Deed, taken
from huying.kernel.clock import now
from huying.web.listing import table_page

PICTURES = {"minute": "notes", "rule_meeting": "gavel", "cancel_meeting": "ban"}
MAIN = ("rule_meeting",)


@require_http_methods(["GET", "HEAD", "POST"])
def meetings_list(request: HttpRequest) -> HttpResponseBase:
    """All visible meetings."""
    asker_for(request, "cases.view")
    return table_page(request, MeetingTable, "cases/meeting_list.html", {})


@require_http_methods(["GET", "HEAD"])
def meeting(request: HttpRequest, number: str) -> HttpResponse:
    """One meeting: the question, who takes part, the minutes and the ruling."""
    asker = asker_for(request, "cases.view")
    page = meeting_page(asker, number)
    context = {
        "page": page,
        "meeting": page.meeting,
        "state_tag": meeting_state(page.meeting),
        "buttons": [
            {
                "verb": verb,
                "label": meetings.LABELS[verb],
                "picture": PICTURES[verb],
                "css": "btn-primary" if verb in MAIN else "",
            }
            for verb in sorted(page.verbs, key=lambda verb: verb not in MAIN)
        ],
    }
    return render(request, "cases/meeting.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def meeting_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Ask for what a verb on a meeting needs, then do it."""
    asker = asker_for(request, "cases.view")

    def fresh() -> Deed:
        page = meeting_page(asker, number)
        return Deed(
            verb,
            number,
            meetings.LABELS.get(verb, ""),
            page.meeting.version,
            str(page.state_label),
            page.possible,
            page.verbs,
            MEETING_FORMS.get(verb),
            {},
            reverse("case_meeting", args=[number]),
            reverse("case_meeting_verb", args=[number, verb]),
            verb == "cancel_meeting",
        )

    return taken(request, asker, fresh)


@require_http_methods(["GET", "HEAD", "POST"])
def bounces(request: HttpRequest) -> HttpResponseBase:
    """How long cases lay with units that sent them on undone, by unit and one by one."""
    asker = asker_for(request, "cases.view")
    whole = request.headers.get("HX-Request") != "true" and request.method != "POST"
    since = now() - timedelta(days=bouncing.DAYS)
    units = bouncing.bouncers(asker, since) if whole else []
    context = {
        "units": [(one, looks.lasted(one.minutes), looks.lasted(one.mean)) for one in units],
        "chosen": request.GET.get("unit", ""),
    }
    return table_page(request, BounceTable, "cases/bounce_list.html", context)
