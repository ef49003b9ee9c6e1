"""The door by which the SMS gateway tells whether messages arrived."""

from __future__ import annotations

import hmac
import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from huying.kernel import secrets
from huying.kernel.errors import NotFound
from huying.portal.actions.texting import note_receipts
from huying.portal.rules import gateway

LARGEST = 1 << 20


def door() -> str:
    """The secret end of the door's address, which only the gateway is told."""
    return secrets.keyed_digest("receipts of short messages")[:32]


def address(request: HttpRequest) -> str:
    """The door's whole address; empty where the gateway is described without receipts."""
    if settings.SMS != "http" or not settings.SMS_GATEWAY.get("receipt"):
        return ""
    return request.build_absolute_uri(reverse("portal_receipts_of_texts", args=[door()]))


@csrf_exempt
@require_POST
def receive(request: HttpRequest, secret: str) -> HttpResponse:
    """Receipts, one or many; what is unknown or was told before changes nothing."""
    if not (hmac.compare_digest(secret, door()) and address(request)):
        raise NotFound(_("没有这个地址。"))
    body = request.body[:LARGEST]
    try:
        sent = json.loads(body) if body[:1] in (b"{", b"[") else request.POST.dict()
        told = gateway.receipts(gateway.read(settings.SMS_GATEWAY), sent)
    except ValueError:
        return JsonResponse({"error": "unreadable"}, status=400)
    return JsonResponse({"noted": note_receipts(told)})
