"""The rows of the desk, the dispatch console, and of sending someone (派人到场).

The sending of the stage is of Wuchang's grid worker to a case in the first grid, led by D01.
"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.mainline import picture
from tests.permissions.stage import Stage
from tests.permissions.table import ALL, VIEWERS, Row, Table, roles

STREET = roles("street_dispatcher district_centre")
CONSOLE = STREET | roles("community_staff leader")
SENT = roles("grid_worker")
UNSEEN = dict.fromkeys(ALL - VIEWERS, 403)
SENDING = "/api/v1/sendings/{sending_id}"
UPTO = {"upto": "2026-01-01T08:00:00+08:00"}


def _sending(stage: Stage) -> dict[str, Any]:
    identity = stage.values["sending"]
    return {
        "sending_id": identity,
        "identity": identity,
        "number": stage.values["sent_to"],
        "verb": "decline_sending",
    }


def _send(stage: Stage) -> dict[str, Any]:
    case = stage.cases["in_progress"]
    return {"version": case.version, "person": stage.cast.people["grid_worker"].pk}


def _report(stage: Stage) -> dict[str, Any]:
    photo = SimpleUploadedFile("现场.png", picture(), "image/png")
    return {"text": "灯杆完好", "file": photo}


def _barred(may: frozenset[str]) -> dict[str, int]:
    """Whoever has the right nowhere is told so, whether such a case exists or not."""
    return dict.fromkeys(ALL - may, 403)


DESK_API: Table = {
    ("GET", "/api/v1/desk"): Row(VIEWERS),
    ("GET", "/api/v1/desk/changes"): Row(VIEWERS),
    ("POST", "/api/v1/desk/seen"): Row(VIEWERS, payload=UPTO),
    ("GET", "/api/v1/console"): Row(CONSOLE),
    ("GET", "/api/v1/sendings"): Row(VIEWERS),
    ("POST", "/api/v1/cases/{number}/send_someone"): Row(STREET, sees=VIEWERS, payload=_send),
    ("POST", f"{SENDING}/accept_sending"): Row(SENT, sees=VIEWERS, values=_sending),
    ("POST", f"{SENDING}/arrive"): Row(SENT, sees=VIEWERS, values=_sending),
    ("POST", f"{SENDING}/report_sending"): Row(
        SENT, sees=VIEWERS, payload=_report, values=_sending
    ),
    ("POST", f"{SENDING}/decline_sending"): Row(
        SENT, sees=VIEWERS, payload={"reason": "正在别处"}, values=_sending
    ),
    ("POST", f"{SENDING}/cancel_sending"): Row(
        STREET, sees=VIEWERS, payload={"reason": "不用去了"}, values=_sending
    ),
}

DESK_PAGES: Table = {
    ("GET", "cases/desk/"): Row(VIEWERS),
    ("POST", "cases/desk/seen/"): Row(VIEWERS, 302, payload=UPTO),
    **{("GET", f"cases/console/{part}"): Row(CONSOLE) for part in ("", "live/", "areas/")},
    ("GET", "cases/console/<str:number>/"): Row(CONSOLE, sees=CONSOLE, unseen=_barred(CONSOLE)),
    **{
        (method, "cases/console/<str:number>/send/"): Row(
            STREET, 200 if method == "GET" else 422, sees=STREET, unseen=_barred(STREET)
        )
        for method in ("GET", "POST")
    },
    ("POST", "cases/console/<str:number>/sendings/<int:identity>/cancel/"): Row(
        STREET, 302, sees=STREET, unseen=_barred(STREET), values=_sending
    ),
    ("GET", "cases/sendings/<int:identity>/"): Row(
        VIEWERS, sees=VIEWERS, unseen=UNSEEN, values=_sending
    ),
    **{
        (method, "cases/sendings/<int:identity>/<slug:verb>/"): Row(
            SENT,
            200 if method == "GET" else 422,
            sees=VIEWERS,
            unseen=UNSEEN,
            values=_sending,
        )
        for method in ("GET", "POST")
    },
}
