"""FixMyStreet's extension `servicerequestupdates`: what happened to requests, and a word to one."""

from __future__ import annotations

import secrets as random

from django.http import HttpRequest, HttpResponse

from huying.kernel.clock import DISTRICT_ZONE, now
from huying.portal.actions.filing import say
from huying.portal.api.answers import Refused, door, shown
from huying.portal.api.requests import keyed, own_prefix, prefix_of, readable
from huying.portal.api.services import check_jurisdiction
from huying.portal.models import FollowedCase
from huying.portal.queries import following
from huying.portal.rules import georeport, words

CLOSING = ("refuse", "answered", "evaluate", "archive", "withdraw", "merge")


@door("GET", "POST")
def updates(request: HttpRequest, *, form: str) -> HttpResponse:
    """GET: steps of public requests in a span of time. POST: add a word to one's own request."""
    return _said(request, form) if request.method == "POST" else _listed(request, form)


def _listed(request: HttpRequest, form: str) -> HttpResponse:
    given = request.GET
    check_jurisdiction(given.get("jurisdiction_id", ""))
    start, end = georeport.window(given.get("start_date", ""), given.get("end_date", ""), now())
    part = georeport.page(given.get("page", ""), given.get("page_size", ""))
    allowed = readable(own_prefix(request)).values("pk")
    rows = following.lines_between(start, end).filter(followed__in=allowed)
    found = [
        {
            "update_id": f"{line.followed.number}-{line.version}",
            "service_request_id": line.followed.number,
            "status": "closed" if line.step in CLOSING else "open",
            "updated_datetime": line.at.astimezone(DISTRICT_ZONE),
            "description": words.told(line.step, line.unit),
            "media_url": None,
        }
        for line in rows[part.start : part.start + part.size]
    ]
    return shown(form, "service_requests_updates", found)


def _said(request: HttpRequest, form: str) -> HttpResponse:
    given = request.POST
    asker = keyed(request)
    check_jurisdiction(given.get("jurisdiction_id", ""))
    number = given.get("service_request_id", "").strip()
    text = given.get("description", "").strip()
    if not number:
        raise Refused(400, "service_request_id was not provided")
    if not text or len(text) > 4000:
        raise Refused(400, "description must have 1 to 4000 characters")
    row = FollowedCase.objects.filter(number=number, source=prefix_of(asker)).first()
    if row is None:
        raise Refused(404, "service_request_id provided was not found")
    key = given.get("update_id", "").strip()[:40] or random.token_hex(12)
    message = say(
        row, "comment", by=asker, key=key, text=text, channel="open311", source=prefix_of(asker)
    )
    return shown(form, "service_request_updates", [{"update_id": str(message.pk)}])
