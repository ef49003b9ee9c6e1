"""The rows of the knowledge base and the reply templates.

The stage holds a published article of Wuchang's department D01 and a draft of its; what is
published is read by everybody who sees cases anywhere, a draft by its unit and its centre.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.mainline import HANDLING
from tests.permissions.table import ALL, VIEWERS, Row, Table, roles

CENTRE = roles("district_centre")
OF_D01 = CENTRE | roles("department_handler")
WRITERS = OF_D01 | roles("street_dispatcher")
HANDLERS = WRITERS | roles("community_staff callback_agent")
BLIND = ALL - VIEWERS
WITHOUT = dict.fromkeys(BLIND, 403)
NONE = dict.fromkeys(BLIND, 404)
ARTICLE = {"title": "路灯找谁修", "body": "由城管局维护"}
TEMPLATE = {"name": "已修", "verb": "reply", "text": "已修好"}
ONE, TEMPLATES = "/api/v1/articles/{code}", "/api/v1/reply_templates"


def _named(name: str, key: str = "code") -> Any:
    return lambda stage: {key: stage.values[name]}


KNOWLEDGE_API: Table = {
    ("GET", "/api/v1/articles"): Row(VIEWERS),
    ("POST", "/api/v1/articles"): Row(
        OF_D01, 201, outside=403, payload=ARTICLE | {"unit": HANDLING}
    ),
    ("GET", ONE): Row(VIEWERS, values=_named("article")),
    ("POST", f"{ONE}/write"): Row(
        OF_D01, outside=403, payload=ARTICLE | {"version": 1}, unseen=NONE, values=_named("article")
    ),
    ("POST", f"{ONE}/publish"): Row(
        CENTRE, sees=OF_D01, payload={"version": 1}, values=_named("draft")
    ),
    **{
        ("POST", f"{ONE}/{verb}"): Row(
            CENTRE,
            outside=403,
            payload={"version": 1} | payload,
            unseen=NONE,
            values=_named("article"),
        )
        for verb, payload in (("review", {}), ("withdraw", {"reason": "过时"}))
    },
    ("GET", TEMPLATES): Row(VIEWERS),
    ("POST", TEMPLATES): Row(HANDLERS, 201, payload=TEMPLATE),
    ("POST", f"{TEMPLATES}/{{template}}/edit"): Row(
        CENTRE,
        payload=TEMPLATE | {"version": 1, "scope": "district"},
        values=_named("template", "template"),
    ),
    ("POST", f"{TEMPLATES}/{{template}}/retire"): Row(
        CENTRE, values=_named("template", "template")
    ),
    ("POST", "/api/v1/default_templates/{code}/confirm"): Row(
        CENTRE, values={"code": "reply-done"}
    ),
}

PAGE = "cases/knowledge/<slug:code>/"
OF_TEMPLATE = _named("template", "identity")

KNOWLEDGE_PAGES: Table = {
    **{
        (method, f"cases/{what}/"): Row(VIEWERS, 200 if method == "GET" else 422)
        for what in ("knowledge", "reply-templates")
        for method in ("GET", "POST")
    },
    ("GET", PAGE): Row(VIEWERS, values=_named("article")),
    ("POST", "cases/new/knowledge/"): Row(VIEWERS),
    ("GET", "cases/<str:number>/knowledge/"): Row(VIEWERS, sees=VIEWERS, unseen=WITHOUT),
    **{
        (method, route): replace(row, good=200 if method == "GET" else 422)
        for route, row in {
            "cases/knowledge/new/": Row(WRITERS),
            f"{PAGE}write/": Row(OF_D01, outside=403, values=_named("article")),
            f"{PAGE}publish/": Row(CENTRE, sees=OF_D01, unseen=WITHOUT, values=_named("draft")),
            f"{PAGE}review/": Row(CENTRE, outside=403, values=_named("article")),
            f"{PAGE}withdraw/": Row(CENTRE, outside=403, values=_named("article")),
            "cases/reply-templates/new/": Row(HANDLERS),
        }.items()
        for method in ("GET", "POST")
    },
    ("GET", "cases/reply-templates/<int:identity>/"): Row(VIEWERS, values=OF_TEMPLATE),
    ("POST", "cases/reply-templates/<int:identity>/"): Row(CENTRE, 422, values=OF_TEMPLATE),
    ("POST", "cases/reply-templates/<int:identity>/retire/"): Row(CENTRE, 302, values=OF_TEMPLATE),
}
