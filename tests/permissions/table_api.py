"""The matrix of the API: one row for each operation of the OpenAPI document."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.mainline import CATEGORY, FILING, GRID, HANDLING, MOVES, picture
from tests.permissions.stage import Stage
from tests.permissions.table import (
    ALL,
    OFFICERS,
    ON_THE_GROUND,
    VIEWERS,
    Row,
    Table,
    roles,
)
from tests.permissions.table_calls import CALLS_API
from tests.permissions.table_desk import DESK_API
from tests.permissions.table_knowledge import KNOWLEDGE_API
from tests.permissions.table_papers import PAPERS_API

CASE = "/api/v1/cases/{number}"
ORG = "/api/v1/org"
EVALUATE = "/api/v1/evaluate"
EVALUATOR = roles("evaluator")
ASSESSED = EVALUATOR | roles(
    "community_staff street_dispatcher department_handler district_centre leader"
)
CENTRE = roles("district_centre")
STREET = CENTRE | roles("street_dispatcher")
COMMUNITY = STREET | roles("community_staff")
ANYONE_HANDLING = COMMUNITY | roles("department_handler")
SYSTEM, SECURITY = roles("system_admin"), roles("security_admin")
ABOVE_GRID = ON_THE_GROUND - roles("grid_worker")
ABOVE_COMMUNITY = ABOVE_GRID - roles("community_staff")
# Who stands watches, and who of them reads the records of the district's own.
WATCHES = VIEWERS - roles("grid_worker")
OF_THE_DISTRICT = roles("district_centre callback_agent evaluator leader")
WHOLE_DISTRICT = OF_THE_DISTRICT | roles("auditor system_admin security_admin")
NO_WATCH = dict.fromkeys(ALL - WATCHES, 403)
# While nobody leads the case, a department does not see it.
BEFORE_DISPATCH = (
    *("accept", "refuse", "set_place", "dispatch", "answer_on_spot"),
    *("merge", "unmerge", "split", "hand_over", "record_receipt"),
    *("city_return", "city_extend", "city_rule", "city_redo"),
)
ROUTE = {"position": 5, "name": "路灯", "category": CATEGORY, "unit": HANDLING}

# Who may do each verb on a case in Wuchang's first grid, led by its department D01.
CASE_VERBS = {
    "accept": COMMUNITY,
    "refuse": COMMUNITY,
    "set_place": COMMUNITY,
    "recategorise": COMMUNITY,
    "dispatch": STREET,
    "reassign": STREET,
    "review": STREET,
    "archive": STREET,
    "withdraw": STREET,
    "sign": CENTRE | roles("department_handler"),
    "reply": CENTRE | roles("department_handler"),
    "contact": ANYONE_HANDLING | roles("callback_agent"),
    "unmask": ANYONE_HANDLING | roles("callback_agent"),
    "comment": ANYONE_HANDLING | roles("callback_agent grid_worker"),
    "attach": ANYONE_HANDLING | roles("grid_worker"),
    "evaluate": roles("callback_agent"),
    "request_return": roles("department_handler"),
    "request_extension": roles("department_handler"),
    "request_suspension": roles("department_handler"),
    "request_closure": roles("department_handler"),
    "withdraw_request": roles("department_handler"),
    "add_unit": STREET,
    "remove_unit": STREET,
    "call_back": roles("callback_agent"),
    "reappeal": STREET | roles("callback_agent"),
    "supervise": CENTRE,
    "city_return": CENTRE,
    "city_extend": CENTRE,
    "city_rule": CENTRE,
    "city_redo": CENTRE,
    "answer_supervision": roles("department_handler"),
    "close_supervision": CENTRE,
    "call_up": roles("department_handler"),
    "convene": STREET,
    "answer_on_spot": COMMUNITY,
    "merge": STREET,
    "unmerge": STREET,
    "split": STREET,
    "hand_over": STREET,
    "record_receipt": STREET,
    "publish": CENTRE,
    "rule_publication": CENTRE,
    "unpublish": CENTRE,
    "rule": CENTRE,
    "resume": CENTRE,
}


def _payload(verb: str):  # type: ignore[no-untyped-def]
    return lambda stage: {"version": stage.case(verb).version} | MOVES[verb].payload


def _file(stage: Stage) -> dict[str, object]:
    return {
        "version": stage.case("attach").version,
        "file": SimpleUploadedFile("现场.png", picture(), "image/png"),
    }


def _many(stage: Stage) -> dict[str, object]:
    """One row in a CSV file."""
    rows = "标题,内容\n路灯不亮,坏了一周\n".encode()
    return {"file": SimpleUploadedFile("many.csv", rows, "text/csv")}


def _history(stage: Stage) -> dict[str, object]:
    """One past appeal in a CSV file."""
    rows = "id,user,title,time,body,label\n6,A1,积水,2019-05-06 08:09:10,积水。,环境保护\n".encode()
    return {"file": SimpleUploadedFile("past.csv", rows, "text/csv")}


def _shift(stage: Stage) -> dict[str, object]:
    return {
        "unit": "420106001",
        "person": stage.values["colleague"],
        "starts_at": "2027-01-04T08:00:00+08:00",
        "ends_at": "2027-01-04T18:00:00+08:00",
    }


def _grounds(**more: str):  # type: ignore[no-untyped-def]
    """Why a case that its unit answered should not count, or was wrongly assessed."""
    told = {"reason": "outside_duty", "evidence": "权责清单第 12 条", **more}
    return lambda stage: {"number": stage.case("review").number, **told}


def _of(name: str):  # type: ignore[no-untyped-def]
    return lambda stage: {"identity": stage.values[name]}


API: Table = {
    **CALLS_API,
    **KNOWLEDGE_API,
    **PAPERS_API,
    **DESK_API,
    ("GET", "/api/v1/cases"): Row(VIEWERS),
    ("POST", "/api/v1/cases"): Row(
        COMMUNITY | roles("grid_worker"), 201, outside=403, payload=FILING
    ),
    ("GET", CASE): Row(VIEWERS, sees=VIEWERS),
    ("GET", f"{CASE}/attachments/{{attachment_id}}"): Row(VIEWERS, sees=VIEWERS),
    **{
        ("POST", f"{CASE}/{verb}"): Row(
            may,
            sees=VIEWERS - roles("department_handler") if verb in BEFORE_DISPATCH else VIEWERS,
            verb=verb,
            payload=_file if verb == "attach" else _payload(verb),
        )
        for verb, may in CASE_VERBS.items()
    },
    ("GET", "/api/v1/categories"): Row(VIEWERS),
    ("GET", "/api/v1/clock_rules"): Row(VIEWERS),
    ("POST", "/api/v1/routing_rules"): Row(CENTRE, 201, payload=ROUTE),
    ("PUT", "/api/v1/routing_rules/{rule_id}"): Row(CENTRE, payload=ROUTE),
    ("DELETE", "/api/v1/routing_rules/{rule_id}"): Row(CENTRE, 204),
    ("GET", "/api/v1/routing_trial"): Row(
        CENTRE, query="since=2026-01-01T00:00:00%2B08:00&until=2026-01-02T00:00:00%2B08:00"
    ),
    ("POST", "/api/v1/clock_rules/{name}/edit"): Row(
        CENTRE,
        204,
        payload={"measure": "working_days", "amount": "5"},
        values={"name": "ordinary"},
    ),
    ("POST", "/api/v1/filings"): Row(STREET, 202, payload=_many),
    ("POST", "/api/v1/history_imports"): Row(CENTRE, 202, payload=_history),
    ("GET", "/api/v1/filings/{digest}"): Row(STREET, values={"digest": "0"}),
    ("GET", "/api/v1/city_line"): Row(CENTRE),
    ("POST", "/api/v1/city_line/check"): Row(CENTRE),
    ("GET", "/api/v1/city_line/differences"): Row(CENTRE),
    ("POST", "/api/v1/city_line/differences/{difference_id}/mend"): Row(
        CENTRE, 404, values={"difference_id": 1}
    ),
    ("GET", "/api/v1/morning"): Row(ASSESSED),
    ("GET", "/api/v1/supervision_orders"): Row(VIEWERS),
    ("GET", "/api/v1/supervision_triggers"): Row(VIEWERS),
    ("GET", "/api/v1/supervision_triggers/{code}/trial"): Row(CENTRE, values={"code": "place"}),
    ("POST", "/api/v1/supervision_triggers/{code}/edit"): Row(
        CENTRE,
        204,
        payload={
            **{"measure": "working_days", "amount": "1", "active": True},
            **{"level": 1, "threshold": 3, "days": 30},
        },
        values={"code": "place"},
    ),
    ("POST", "/api/v1/supervision_triggers/{code}/confirm"): Row(
        CENTRE, 204, values={"code": "place"}
    ),
    ("POST", "/api/v1/clock_rules/{name}/confirm"): Row(CENTRE, 204, values={"name": "ordinary"}),
    ("GET", f"{ORG}/me"): Row(),
    ("GET", f"{ORG}/keys"): Row(),
    ("POST", f"{ORG}/keys"): Row(payload={"name": "试", "scopes": ["cases.view"]}),
    ("POST", f"{ORG}/keys/{{prefix}}/revoke"): Row(
        SECURITY | roles("grid_worker"), sees=ON_THE_GROUND
    ),
    ("GET", f"{ORG}/units"): Row(ALL),
    ("GET", f"{ORG}/people"): Row(ALL),
    ("GET", f"{ORG}/roles"): Row(OFFICERS),
    ("GET", f"{ORG}/place"): Row(ALL, 404, query="longitude=114.3&latitude=30.5"),
    ("GET", f"{ORG}/units/{{code}}"): Row(sees=ON_THE_GROUND),
    ("GET", f"{ORG}/units/{{code}}/boundary"): Row(sees=ON_THE_GROUND),
    ("GET", f"{ORG}/units/{{code}}/posts"): Row(sees=ON_THE_GROUND),
    ("GET", f"{ORG}/units/{{code}}/shifts"): Row(
        sees=ON_THE_GROUND, query="since=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z"
    ),
    ("POST", f"{ORG}/units"): Row(
        SYSTEM,
        sees=ABOVE_GRID,
        payload={"code": f"{GRID[:-1]}9", "name": "新", "kind": "grid", "parent": GRID[:12]},
    ),
    **{
        ("POST", f"{ORG}/units/{{code}}/{verb}"): Row(
            SYSTEM, sees=ON_THE_GROUND, payload=payload | {"version": 1}
        )
        for verb, payload in (
            ("rename", {"name": "改名"}),
            ("move", {"parent": "420106002001"}),
            ("close", {}),
            ("set-boundary", {"boundary": None}),
        )
    },
    ("POST", f"{ORG}/people"): Row(
        SYSTEM,
        sees=ON_THE_GROUND,
        payload={"username": "fresh", "name": "新人", "unit": GRID},
    ),
    ("GET", f"{ORG}/people/{{person}}"): Row(sees=ON_THE_GROUND),
    ("POST", f"{ORG}/people/{{person}}/edit"): Row(
        SYSTEM, sees=ON_THE_GROUND, payload={"name": "改", "unit": GRID, "version": 1}
    ),
    ("POST", f"{ORG}/people/{{person}}/close"): Row(
        SYSTEM, sees=ON_THE_GROUND, payload={"version": 1}
    ),
    ("POST", f"{ORG}/people/{{person}}/reset-password"): Row(SYSTEM, sees=ON_THE_GROUND),
    # the person of the tests enrolled none
    ("POST", f"{ORG}/people/{{person}}/reset-second-factor"): Row(
        SECURITY, 409, sees=ON_THE_GROUND
    ),
    ("POST", f"{ORG}/posts"): Row(
        SECURITY,
        sees=ON_THE_GROUND,
        payload={"unit": GRID, "role": "grid_worker", "title": "网格员二"},
    ),
    ("POST", f"{ORG}/posts/{{post}}/close"): Row(SECURITY, sees=ON_THE_GROUND),
    ("POST", f"{ORG}/posts/{{post}}/give"): Row(
        SECURITY, sees=ON_THE_GROUND, payload=lambda stage: {"person": stage.values["person"]}
    ),
    ("POST", f"{ORG}/holdings/{{holding}}/end"): Row(SECURITY, sees=ABOVE_GRID),
    ("POST", f"{ORG}/roles/{{code}}/edit"): Row(
        SECURITY,
        payload={"verbs": ["cases.view"], "version": 1},
        values={"code": "grid_worker"},
    ),
    ("GET", f"{ORG}/units/{{code}}/on-duty"): Row(sees=ON_THE_GROUND),
    ("GET", f"{ORG}/handovers"): Row(WATCHES),
    ("GET", f"{ORG}/handovers/{{handover}}"): Row(WATCHES, sees=OF_THE_DISTRICT, unseen=NO_WATCH),
    # a record is signed by the one it is for, and a shift handed over by the one who stands it
    **{
        ("POST", f"{ORG}/handovers/{{handover}}/{verb}"): Row(
            CENTRE, sees=OF_THE_DISTRICT, payload=payload
        )
        for verb, payload in (("take-over", {}), ("object", {"reason": "少一件"}))
    },
    ("POST", f"{ORG}/shifts/{{shift}}/hand-over"): Row(
        CENTRE,
        sees=WHOLE_DISTRICT,
        payload={"words": "平安"},
        values=lambda stage: {"shift": stage.values["own_shift"]},
    ),
    ("POST", f"{ORG}/shifts"): Row(STREET, sees=ABOVE_COMMUNITY, payload=_shift),
    ("POST", f"{ORG}/shifts/{{shift}}/cancel"): Row(COMMUNITY, sees=ABOVE_GRID),
    **{
        ("GET", f"{EVALUATE}/{what}"): Row(ASSESSED)
        for what in ("board", "rows", "months", "rules", "exclusions", "appeals")
    },
    # the stage's cases fall due in months to come
    ("POST", f"{EVALUATE}/months"): Row(EVALUATOR, 409, outside=403, payload={"month": "2026-01"}),
    ("POST", f"{EVALUATE}/rules"): Row(
        EVALUATOR,
        201,
        outside=403,
        payload={
            **{"since": "2026-01", "responded": 30, "solved": 35, "satisfied": 35, "least": 20},
            **{"good": 85, "failing": 75, "counting": "last"},
            **{"void_proxy": True, "void_prompted": True},
        },
    ),
    ("POST", f"{EVALUATE}/exclusions"): Row(
        CENTRE | EVALUATOR, 201, sees=VIEWERS, payload=_grounds()
    ),
    ("POST", f"{EVALUATE}/appeals"): Row(
        roles("department_handler"), 201, sees=VIEWERS, payload=_grounds(mark="solved")
    ),
    **{
        ("POST", f"{EVALUATE}/{what}/{{identity}}/rule"): Row(
            EVALUATOR,
            204,
            sees=CENTRE | EVALUATOR | roles("leader department_handler"),
            payload={"agreed": True, "ruling": "属实"},
            values=_of(what),
        )
        for what in ("exclusions", "appeals")
    },
}
