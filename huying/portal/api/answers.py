"""How Open311 answers: JSON or XML of the same records, and errors as a list of code and words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from xml.etree import ElementTree

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from huying.kernel.errors import Invalid, Refusal
from huying.portal.actions.limits import spend
from huying.portal.adapters.network import address_of
from huying.portal.rules.georeport import Wrong
from huying.portal.rules.limits import OPEN311_BY_ADDRESS

TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
ITEMS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "service_requests": "request",
    "service_requests_updates": "request_update",
    "service_request_updates": "request_update",
    "errors": "error",
}
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Refused(Exception):
    """An error of the specification: its code and its words."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


View = Callable[..., HttpResponse]


def door(*methods: str) -> Callable[[View], View]:
    """An address of Open311: these methods, counted by network address, errors as it says."""

    def made(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def opened(request: HttpRequest, form: str = "json", **values: str) -> HttpResponse:
            if form not in TYPES:
                return refused("json", 404, "the format must be json or xml")
            if request.method not in methods:
                answer = refused(form, 405, f"only {', '.join(methods)} here")
                answer["Allow"] = ", ".join(methods)
                return answer
            try:
                spend(OPEN311_BY_ADDRESS, address_of(request))
                return view(request, form=form, **values)
            except Refused as error:
                return refused(form, error.code, error.description)
            except Wrong as error:
                return refused(form, 400, str(error))
            except Refusal as refusal:
                return refused(form, STATUSES.get(refusal.status, 400), in_words(refusal))

        return opened

    return made


STATUSES = {401: 403, 403: 403, 404: 404, 429: 429, 503: 503}


def in_words(refusal: Refusal) -> str:
    """A refusal of ours in one line."""
    faults = refusal.faults if isinstance(refusal, Invalid) else ()
    parts = [refusal.message, *(f"{fault.where}: {fault.what}" for fault in faults)]
    return " ".join(str(part) for part in parts)


def shown(form: str, root: str, content: Any, status: int = 200) -> HttpResponse:
    """Records in the form asked for; `root` names the outermost element of XML."""
    if form == "xml":
        tree = _element(root, content)
        body = ElementTree.tostring(tree, encoding="utf-8", xml_declaration=True)
    else:
        body = json.dumps(content, ensure_ascii=False, default=_plain).encode()
    response = HttpResponse(body, status=status, content_type=TYPES[form])
    # Everything here is public or asked for by key, never by cookie: other sites may read it.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def refused(form: str, code: int, description: str) -> HttpResponse:
    """An error as the specification wants it."""
    return shown(form, "errors", [{"code": code, "description": description}], code)


def _element(name: str, content: Any) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(content, dict):
        element.extend(_element(key, value) for key, value in content.items())
    elif isinstance(content, list):
        element.extend(_element(ITEMS[name], one) for one in content)
    elif content is not None:
        element.text = NOT_XML.sub("", _plain(content))
    return element


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return str(value)
