"""Service requests: file one, list the public ones, look at one, and turn a token into its id."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.kernel.errors import NotFound, Unauthenticated
from huying.org.actions import note_key_use
from huying.org.queries import asker_for_key
from huying.portal.actions.filing import file_appeal
from huying.portal.actions.limits import spend
from huying.portal.api.answers import Refused, door, shown
from huying.portal.api.services import check_jurisdiction, service
from huying.portal.models import FollowedCase, IntakeMessage, PublicCase
from huying.portal.queries import following
from huying.portal.rules import georeport, words
from huying.portal.rules.limits import OPEN311_BY_KEY

DESCRIPTION = 4000


@door("GET", "POST")
def requests(request: HttpRequest, *, form: str) -> HttpResponse:
    """GET: the public requests of a span of time. POST: file one; answers with a token."""
    return _filed(request, form) if request.method == "POST" else _listed(request, form)


@door("GET")
def one(request: HttpRequest, *, form: str, number: str) -> HttpResponse:
    """One request, or several by comma."""
    check_jurisdiction(request.GET.get("jurisdiction_id", ""))
    found = by_numbers(georeport.listed(number), own_prefix(request))
    if not found:
        raise Refused(404, "service_request_id provided was not found")
    return shown(form, "service_requests", found)


@door("GET")
def token(request: HttpRequest, *, form: str, token: str) -> HttpResponse:
    """The id of a request that was filed; empty while it is not registered yet."""
    check_jurisdiction(request.GET.get("jurisdiction_id", ""))
    try:
        message = following.message_of(token)
    except NotFound:
        message = None
    if message is None or message.channel != "open311":
        raise Refused(404, "token provided was not found")
    if message.state == IntakeMessage.State.REFUSED:
        raise Refused(400, message.answer)
    found = [{"service_request_id": message.number or None, "token": message.token}]
    return shown(form, "service_requests", found)


def keyed(request: HttpRequest) -> Asker:
    """Who holds the key that was sent; 403 without a good one."""
    key = request.POST.get("api_key", "") or request.GET.get("api_key", "")
    try:
        asker = asker_for_key(key, purpose="open311")
    except Unauthenticated:
        raise Refused(403, "Missing or Invalid API Key") from None
    if not asker.area("cases.register"):
        raise Refused(403, "this API key may not file requests")
    spend(OPEN311_BY_KEY, asker.prefix)
    note_key_use(asker)
    return asker


def prefix_of(asker: Asker) -> str:
    """The public half of a key, by which its own requests are known."""
    return asker.id.removeprefix("key:")


def own_prefix(request: HttpRequest) -> str:
    """Whose requests besides the public ones may be seen: those filed with the key, if one came."""
    return prefix_of(keyed(request)) if request.GET.get("api_key") else ""


def readable(prefix: str) -> QuerySet[FollowedCase]:
    """What may leave by this door: the public, and what this key filed; never what is guarded."""
    shown_now = Q(public__withdrawn_at=None, public__visible_from__lte=now())
    allowed = shown_now | Q(source=prefix) if prefix else shown_now
    return FollowedCase.objects.filter(allowed, guarded=False).select_related("public")


def by_numbers(numbers: list[str], prefix: str) -> list[dict[str, Any]]:
    """Requests by id, in the order asked for."""
    rows = {row.number: row for row in readable(prefix).filter(number__in=numbers[:1000])}
    return [record(rows[number]) for number in numbers if number in rows]


def record(row: FollowedCase) -> dict[str, Any]:
    """A request as the specification wants it; texts and place only of what is public."""
    public: PublicCase | None = getattr(row, "public", None)
    if public is not None and (public.withdrawn_at or public.visible_from > now()):
        public = None
    standing = words.standing(row.state)
    return {
        "service_request_id": row.number,
        "status": "open" if words.is_open(row.state) else "closed",
        "status_notes": str(standing.words),
        "service_name": row.category_name or None,
        "service_code": row.category or None,
        "description": public.body if public else None,
        "agency_responsible": row.lead or None,
        "service_notice": public.result or None if public else None,
        "requested_datetime": row.registered_at.astimezone(DISTRICT_ZONE),
        "updated_datetime": row.updated_at.astimezone(DISTRICT_ZONE),
        "expected_datetime": row.due_at.astimezone(DISTRICT_ZONE) if row.due_at else None,
        "address": public.address or None if public else None,
        "address_id": None,
        "zipcode": None,
        "lat": public.latitude if public else None,
        "long": public.longitude if public else None,
        "media_url": None,
    }


def _listed(request: HttpRequest, form: str) -> HttpResponse:
    given = request.GET
    check_jurisdiction(given.get("jurisdiction_id", ""))
    prefix = own_prefix(request)
    if numbers := georeport.listed(given.get("service_request_id", "")):
        return shown(form, "service_requests", by_numbers(numbers, prefix))
    start, end = georeport.window(given.get("start_date", ""), given.get("end_date", ""), now())
    rows = readable(prefix).filter(registered_at__gte=start, registered_at__lte=end)
    if codes := georeport.listed(given.get("service_code", "")):
        rows = rows.filter(category__in=codes)
    wanted = georeport.statuses(given.get("status", ""))
    if len(wanted) == 1:
        closed = Q(state__in=(*words.ENDED, *words.ANSWERED))
        rows = rows.filter(closed) if wanted == {"closed"} else rows.exclude(closed)
    part = georeport.page(given.get("page", ""), given.get("page_size", ""))
    rows = rows.order_by("-registered_at", "-id")[part.start : part.start + part.size]
    return shown(form, "service_requests", [record(row) for row in rows])


def _filed(request: HttpRequest, form: str) -> HttpResponse:
    given = request.POST
    asker = keyed(request)
    check_jurisdiction(given.get("jurisdiction_id", ""))
    wanted = service(given.get("service_code", "").strip())
    at = georeport.point(given.get("lat", "").strip(), given.get("long", "").strip())
    address = given.get("address_string", "").strip()
    if at is None and not address:
        raise Refused(400, "lat and long, or address_string, must be provided")
    said = given.get("description", "").strip()
    if len(said) > DESCRIPTION:
        raise Refused(400, f"description may have {DESCRIPTION} characters")
    sent = georeport.attributes(dict(given.lists()))
    answers = georeport.answered(wanted["attributes"], sent)
    lines = [said or wanted["name"], *(f"{question}:{answer}" for question, answer in answers)]
    media = given.get("media_url", "").strip()[:500]
    if media.startswith(("https://", "http://")):
        lines.append(_("附图链接（未下载）：%(url)s") % {"url": media})
    name = f"{given.get('last_name', '').strip()}{given.get('first_name', '').strip()}"[:60]
    key = request.headers.get("Idempotency-Key", "").strip()[:64]
    message = file_appeal(
        by=asker,
        key=f"open311:{prefix_of(asker)}:{key}" if key else "",
        channel="open311",
        body="\n".join(lines),
        title="" if said else wanted["name"],
        name=name,
        phone=given.get("phone", "").strip()[:20],
        address=address,
        longitude=at[0] if at else None,
        latitude=at[1] if at else None,
        category=wanted["code"],
        source=prefix_of(asker),
    )
    notice = _("已收到。请凭 token 查询编号；办理进度按编号查询。")
    answer: dict[str, Any] = {"token": message.token}
    if message.number:
        answer = {"service_request_id": message.number}
    return shown(
        form, "service_requests", [{**answer, "service_notice": notice, "account_id": None}]
    )
