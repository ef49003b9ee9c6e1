"""The door at which the city hotline hands over messages: signed JSON, kept, then answered."""

from __future__ import annotations

import json

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from huying.cases.actions.city_in import keep, read_message
from huying.cases.adapters.city_line import LARGEST, from_wire, genuine, to_wire
from huying.kernel.errors import Invalid, NotNow, Refusal, Unauthenticated


@csrf_exempt  # no browser and no cookie here: the signature says who sends
@require_POST
def messages(request: HttpRequest) -> JsonResponse:
    """Keep one message; one that came before is answered the same."""
    body = request.read(LARGEST + 1)
    try:
        if not genuine("POST", request.get_full_path(), request.headers, body):
            raise Unauthenticated("the signature or its time is wrong")
        if len(body) > LARGEST:
            raise Invalid("larger than 1 MB")
        try:
            raw = from_wire(json.loads(body))
        except ValueError as failed:
            raise Invalid("not JSON") from failed
        said = read_message(raw)
        keep(said)
    except (Unauthenticated, Invalid, NotNow) as refusal:
        return _refused(refusal)
    return JsonResponse(to_wire({"key": said.key, "kept": True}))


def _refused(refusal: Refusal) -> JsonResponse:
    faults = refusal.faults if isinstance(refusal, Invalid) else ()
    told = [{"where": fault.where, "what": str(fault.what)} for fault in faults]
    content = {"error": str(refusal.message), "faults": told}
    return JsonResponse(content, status=refusal.status)
