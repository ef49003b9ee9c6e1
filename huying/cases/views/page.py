"""The page of one case: what it says, what is due, and what the asker may do now."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from huying.cases import looks
from huying.cases.cards_desk import errand_tag
from huying.cases.forms.every import FORMS
from huying.cases.models import Case
from huying.cases.queries import sendings
from huying.cases.queries.page import CasePage, case_page
from huying.cases.queries.watch import DANGER
from huying.cases.rules import CHANNELS, REFUSALS
from huying.cases.rules.edges import LABELS
from huying.cases.rules.outgoing import TRACKS
from huying.cases.views.asking import asker_for
from huying.kernel.asker import Asker, may
from huying.org import queries as org
from huying.web import slots

# What moves a case on stands out; what ends or turns it back hides in the menu.
MAIN = (
    *("rule", "accept", "dispatch", "sign", "resume", "reply", "review", "evaluate", "archive"),
)
BESIDE = ("call_back", "call_up", "contact", "comment")
DANGEROUS = ("refuse", "withdraw", "reassign", "request_return", "hand_over", "unpublish")
OWN_PLACE = ("unmask", "attach")
OF_THE_LEAD = ("sign", "reply")
AT_ONCE = ("sign", "archive")
PICTURES = {
    "register": "file-text",
    "accept": "circle-check",
    "refuse": "ban",
    "dispatch": "send",
    "sign": "checks",
    "contact": "phone-call",
    "reassign": "arrow-back-up",
    "reply": "message-2",
    "review": "clipboard-check",
    "evaluate": "star",
    "archive": "archive",
    "withdraw": "corner-up-left",
    "comment": "note",
    "attach": "paperclip",
    "recategorise": "tag",
    "set_place": "map-pin",
    "unmask": "eye",
    "request_return": "arrow-back-up",
    "request_extension": "calendar-time",
    "request_suspension": "player-pause",
    "request_closure": "file-text",
    "withdraw_request": "corner-up-left",
    "rule": "gavel",
    "resume": "player-play",
    "add_unit": "user-plus",
    "remove_unit": "users",
    "call_back": "headset",
    "reappeal": "repeat",
    "city_return": "arrow-back-up",
    "city_extend": "calendar-time",
    "city_rule": "gavel",
    "city_redo": "repeat",
    "supervise": "flag",
    "answer_supervision": "message-report",
    "close_supervision": "square-check",
    "call_up": "speakerphone",
    "answer_call": "message-report",
    "finish_call": "square-check",
    "withdraw_call": "corner-up-left",
    "rule_call": "gavel",
    "convene": "users-group",
    "minute": "notes",
    "rule_meeting": "gavel",
    "cancel_meeting": "ban",
}
PICTURES |= {
    "send_someone": "send",
    "accept_sending": "user-check",
    "arrive": "map-pin",
    "report_sending": "camera",
    "decline_sending": "hand-stop",
    "cancel_sending": "arrow-back-up",
    "answer_on_spot": "message-2",
    "merge": "stack-2",
    "unmerge": "transfer",
    "split": "sitemap",
    "hand_over": "external-link",
    "record_receipt": "file-text",
    "publish": "world",
    "rule_publication": "gavel",
    "unpublish": "eye-off",
    "issue_paper": "file-text",
    "sign_paper": "certificate",
    "void_paper": "ban",
}
TONES = {
    "register": "info",
    "accept": "ok",
    "dispatch": "info",
    "sign": "ok",
    "contact": "info",
    "reply": "ok",
    "review": "info",
    "evaluate": "ok",
    "refuse": "bad",
    "withdraw": "bad",
    "reassign": "warn",
    "unmask": "warn",
    "rule": "info",
    "resume": "info",
    "answer_on_spot": "ok",
    "hand_over": "bad",
}
# While a case stands so, somebody must be reached about it and may need to know more.
WATCHED = ("registered", "accepted", "dispatched", "in_progress", "suspended")
# One keystroke each, beside j k n p g and / ? of every page; none for what is dangerous.
LETTERS = {
    "accept": "a",
    "dispatch": "d",
    "sign": "s",
    "reply": "r",
    "review": "v",
    "contact": "t",
    "comment": "c",
    "evaluate": "e",
    "call_back": "b",
    "call_up": "u",
    "rule": "l",
    "resume": "w",
    "supervise": "o",
    "set_place": "m",
    "recategorise": "f",
    "answer_on_spot": "q",
    "archive": "x",
    "convene": "h",
}
HERE = "rgba(45, 107, 201, 0.18)"  # visible on light and dark ground
AGAIN = _("重新派单")


def picture_of(verb: str) -> str:
    """The picture of a verb; a plain one for verbs that have none of their own."""
    return PICTURES.get(verb, "checklist")


def label_of(verb: str, state: str) -> Any:
    """What the button of a verb says in this state."""
    if verb == "dispatch" and state == "evaluated":
        return AGAIN
    return LABELS[verb]


def _button(verb: str, state: str) -> dict[str, Any]:
    return {
        "verb": verb,
        "label": label_of(verb, state),
        "picture": picture_of(verb),
        "danger": verb in DANGEROUS,
        "letter": LETTERS.get(verb, ""),
        "at_once": verb in AT_ONCE,
    }


def buttons(verbs: list[str], state: str, *, leads: bool) -> dict[str, list[dict[str, Any]]]:
    """The verbs the asker may use now: the main one, those beside it, the rest in a menu.

    What is the lead unit's to do stands out for that unit only, not for who is above it.
    """
    verbs = [verb for verb in verbs if verb in FORMS]
    main = [verb for verb in MAIN if verb in verbs and (leads or verb not in OF_THE_LEAD)][:1]
    rest = [v for v in verbs if v not in (*main, *BESIDE, *OWN_PLACE)]
    rest.sort(key=lambda verb: verb in DANGEROUS)
    return {
        "main": [_button(verb, state) for verb in main],
        "beside": [_button(verb, state) for verb in BESIDE if verb in verbs],
        "rest": [_button(verb, state) for verb in rest],
    }


def _leads(case: Case, asker: Asker) -> bool:
    """Whether the asker holds a post in the very unit that leads."""
    return case.lead is not None and case.lead.path in getattr(asker, "units", ())


def map_of(case: Case) -> dict[str, Any] | None:
    """The ground and the point as GeoJSON; None when there is neither."""
    place = case.place
    areas = []
    for area in (place.parent, place) if place is not None else ():
        if area is not None and area.boundary and area.kind != "district":
            facts = {"code": area.code, "name": area.name, "level": area.kind}
            if area is place:
                facts["fill"] = HERE
            areas.append({"type": "Feature", "properties": facts, "geometry": area.boundary})
    points = []
    if case.longitude is not None and case.latitude is not None:
        spot = {"type": "Point", "coordinates": [case.longitude, case.latitude]}
        facts = {"name": case.address or case.title, "tone": "bad"}
        points.append({"type": "Feature", "properties": facts, "geometry": spot})
    if not areas and not points:
        return None
    return {
        "areas": {"type": "FeatureCollection", "features": areas},
        "points": {"type": "FeatureCollection", "features": points},
        "illustrative": bool(place is not None and place.boundary and place.illustrative),
    }


def context_of(page: CasePage, asker: Asker) -> dict[str, Any]:
    """What the templates of a case need beside the page itself."""
    case = page.case
    refusal = REFUSALS.get(case.refusal) or TRACKS.get(case.refusal)
    running = [clock for clock in page.clocks if clock.stopped_at is None]
    running.sort(key=lambda clock: clock.due_at)
    first = next((clock for clock in running if clock.kind != "archive"), None)
    return {
        "page": page,
        "case": case,
        "buttons": buttons(page.verbs, case.state, leads=_leads(case, asker)),
        "state_tag": looks.state_of(case),
        "marks": looks.marks(case),
        "channel": dict(CHANNELS)[case.channel],
        "first": first,
        "first_due": looks.deadline(first.due_at, first.provisional) if first else "",
        "clocks": [*running, *(c for c in page.clocks if c.stopped_at is not None)],
        "unconfirmed": any(not clock.confirmed for clock in page.clocks),
        "timeline": [
            (line, picture_of(line.verb), TONES.get(line.verb, "idle")) for line in page.timeline
        ],
        "refusal": refusal,
        "map": map_of(case),
        "may_unmask": "unmask" in page.verbs and page.masked,
        "may_attach": "attach" in page.verbs,
        "grade": dict(case._meta.get_field("grade").choices or ()).get(case.grade, ""),
        "knowledge": case.state in WATCHED and not page.hidden,
        "cards": [
            card
            for card in slots.CASE_CARDS
            if card.shown(asker) and card.held(case.state, case.imported)
        ],
        **_watch(case, asker),
    }


def _watch(case: Case, asker: Asker) -> dict[str, Any]:
    """Who is on duty now for the unit that must act; its place's while nobody leads the case."""
    unit = case.lead or case.place
    if unit is None or case.imported or case.state not in WATCHED or not may(asker, "org.view"):
        return {"watched": None, "on_duty": [], "pressing": False}
    danger = case.category is not None and case.category.clock == DANGER
    return {
        "watched": unit,
        "on_duty": org.on_duty(asker, [unit])[unit.code],
        "pressing": (case.urgent or danger) and not case.paused,
    }


def sent_of(page: CasePage, asker: Asker) -> dict[str, Any]:
    """Who was sent to look; asks the database only where the history tells of somebody."""
    there = any(line.verb == "send_someone" for line in page.timeline)
    rows = sendings.of_case(asker, page.case) if there else []
    return {
        "sendings": [(row, errand_tag(row.state)) for row in rows],
        "may_send": sendings.may_send(asker, page.case, page.district),
    }


@require_safe
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case."""
    asker = asker_for(request, "cases.view")
    found = case_page(asker, number)
    more = {"heap": request.GET.get("work", "")[:16], **sent_of(found, asker)}
    return render(request, "cases/case.html", {**context_of(found, asker), **more})
