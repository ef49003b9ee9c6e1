"""The rows of calls and joint meetings.

The calls of the stage were made by Wuchang's department D01, for no case, to its district; the
meeting is one of two departments on a case in Wuchang's first grid.
"""

from __future__ import annotations

from typing import Any

from tests.mainline import HANDLING, in_days
from tests.permissions.table import ALL, VIEWERS, Row, Table, roles

CENTRE = roles("district_centre")
STREET = CENTRE | roles("street_dispatcher")
DEPARTMENT = roles("department_handler")
# Whose area holds the department, or the district as a whole.
NEAR = DEPARTMENT | roles("district_centre callback_agent evaluator leader")
CALLERS = STREET | DEPARTMENT | roles("community_staff grid_worker")
UNSEEN = dict.fromkeys(ALL - VIEWERS, 403)
ASK = {"subject": "移动泵", "ask": "请调配两台"}
CALL, MEETING = "/api/v1/calls/{call}", "/api/v1/meetings/{meeting}"
REASON = {"version": 1, "reason": "自行解决"}
RULING = {
    "version": 2,
    "duty": HANDLING,
    "entry": "权责清单第 12 条",
    "due_on": in_days(5),
    "reason": "属其职责",
}


def called(name: str) -> Any:
    """The call of the stage that the address means."""
    return lambda stage: {"call": stage.values[f"call_{name}"]}


def _on(name: str, verb: str) -> Any:
    return lambda stage: {"number": stage.values[name], "verb": verb}


def _page(name: str) -> Any:
    return lambda stage: {"number": stage.values[name]}


def _call(name: str, may: frozenset[str], payload: dict[str, Any]) -> Row:
    return Row(may, sees=NEAR, payload=payload, values=called(name))


CALLS_API: Table = {
    ("GET", "/api/v1/calls"): Row(VIEWERS),
    # The caller speaks for the department alone; a double's unit lies elsewhere.
    ("POST", "/api/v1/calls"): Row(
        DEPARTMENT, 201, outside=403, payload={"unit": HANDLING, "lead": "420106", **ASK}
    ),
    ("GET", CALL): Row(NEAR, sees=NEAR, values=called("open")),
    ("POST", f"{CALL}/answer_call"): _call("open", CENTRE, {"version": 1, "answer": "就来"}),
    ("POST", f"{CALL}/withdraw_call"): _call("open", DEPARTMENT, REASON),
    ("POST", f"{CALL}/rule_call"): _call("open", CENTRE, REASON | {"misuse": True}),
    ("POST", f"{CALL}/finish_call"): _call("answered", CENTRE, {"version": 2, "result": "已到"}),
    ("POST", f"{CALL}/rate_call"): _call(
        "done", DEPARTMENT, {"version": 3, "side": "caller", "grade": 5}
    ),
    ("POST", "/api/v1/call_levels/{kind}"): Row(
        CENTRE, 204, payload={"active": True}, values={"kind": "grid"}
    ),
    ("GET", "/api/v1/meetings"): Row(VIEWERS),
    ("GET", MEETING): Row(VIEWERS, sees=VIEWERS),
    ("POST", f"{MEETING}/minute"): Row(
        STREET, sees=VIEWERS, payload={"version": 2, "minutes": "各执一词"}
    ),
    ("POST", f"{MEETING}/rule_meeting"): Row(CENTRE, sees=VIEWERS, payload=RULING),
    ("POST", f"{MEETING}/cancel_meeting"): Row(
        STREET, sees=VIEWERS, payload={"version": 2, "reason": "已协商一致"}
    ),
}

CALL_PAGES: Table = {
    **{
        (method, f"cases/{what}/"): Row(VIEWERS, 200 if method == "GET" else 422)
        for what in ("calls", "meetings", "bouncing")
        for method in ("GET", "POST")
    },
    ("GET", "cases/calls/new/"): Row(CALLERS),
    ("POST", "cases/calls/new/"): Row(CALLERS, 422),
    ("GET", "cases/calls/levels/"): Row(VIEWERS),
    ("POST", "cases/calls/levels/"): Row(CENTRE, 422),
    ("GET", "cases/calls/<str:number>/"): Row(
        NEAR, sees=NEAR, unseen=UNSEEN, values=_page("call_open")
    ),
    ("GET", "cases/meetings/<str:number>/"): Row(
        VIEWERS, sees=VIEWERS, unseen=UNSEEN, values=_page("meeting")
    ),
    **{
        (method, "cases/calls/<str:number>/<slug:verb>/"): Row(
            CENTRE,
            200 if method == "GET" else 422,
            sees=NEAR,
            unseen=UNSEEN,
            values=_on("call_open", "answer_call"),
        )
        for method in ("GET", "POST")
    },
    **{
        (method, "cases/meetings/<str:number>/<slug:verb>/"): Row(
            CENTRE,
            200 if method == "GET" else 422,
            sees=VIEWERS,
            unseen=UNSEEN,
            values=_on("meeting", "rule_meeting"),
        )
        for method in ("GET", "POST")
    },
}
