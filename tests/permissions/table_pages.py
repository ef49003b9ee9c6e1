"""The matrix of the pages: one row for each method that an address answers; the others are 405."""

from __future__ import annotations

from typing import Any

from tests.mainline import HANDLING
from tests.permissions.stage import Stage
from tests.permissions.table import (
    ALL,
    OFFICERS,
    ON_THE_GROUND,
    VIEWERS,
    Row,
    Table,
    Values,
    roles,
)
from tests.permissions.table_api import (
    ABOVE_GRID,
    CENTRE,
    COMMUNITY,
    NO_WATCH,
    OF_THE_DISTRICT,
    SECURITY,
    STREET,
    SYSTEM,
    WATCHES,
    WHOLE_DISTRICT,
)
from tests.permissions.table_calls import CALL_PAGES
from tests.permissions.table_desk import DESK_PAGES
from tests.permissions.table_knowledge import KNOWLEDGE_PAGES
from tests.permissions.table_papers import PAPER_PAGES
from tests.permissions.table_portal import PORTAL

# Who sees the assessment anywhere, and who of them that of the department of the tests.
ASSESSED = roles(
    "community_staff street_dispatcher department_handler district_centre evaluator leader"
)
OF_THE_UNIT = ASSESSED - roles("community_staff street_dispatcher")
EVALUATOR, CALLER = roles("evaluator"), roles("callback_agent")
APPELLANTS = roles("community_staff street_dispatcher department_handler")
NOT_ASSESSED = dict.fromkeys(ALL - ASSESSED, 403)
REGISTRARS = COMMUNITY | roles("grid_worker")
COMMENTERS = REGISTRARS | roles("department_handler callback_agent")
WITHOUT_CASES = dict.fromkeys(ALL - VIEWERS, 403)


def of(name: str) -> Values:
    """The `identity` of the stage that the address means."""
    return lambda stage: {"identity": stage.values[name]}


def asked(route: str, row: Row) -> Table:
    """A page that only shows."""
    return {("GET", route): row}


def form(route: str, may: frozenset[str], *, sent: int = 422, **more: Any) -> Table:
    """A page with a form: who may see it may send it; an empty one is answered `sent`."""
    return {
        ("GET", route): Row(may, **more),
        ("POST", route): Row(may, sent, **more),
    }


def button(route: str, may: frozenset[str], good: int = 302, **more: Any) -> Table:
    """An address that is only sent to."""
    return {("POST", route): Row(may, good, **more)}


def listing(route: str, may: frozenset[str] = ALL) -> Table:
    """A list: POST keeps a view of it, which must have a name."""
    return form(route, may)


def _comment(stage: Stage) -> dict[str, Any]:
    return {"verb": "comment"}


# What the sign-in pages answer to everybody who is signed in, and to a stranger.
ACCOUNTS = {
    ("GET", "accounts/2fa/"): (302, 302),
    ("POST", "accounts/2fa/"): (302, 302),
    ("GET", "accounts/2fa/authenticate/"): (302, 302),
    ("POST", "accounts/2fa/authenticate/"): (302, 302),
    ("GET", "accounts/2fa/reauthenticate/"): (302, 302),
    ("POST", "accounts/2fa/reauthenticate/"): (302, 302),
    ("GET", "accounts/2fa/recovery-codes/"): (404, 302),
    ("POST", "accounts/2fa/recovery-codes/"): (405, 302),
    ("GET", "accounts/2fa/recovery-codes/generate/"): (302, 302),
    ("POST", "accounts/2fa/recovery-codes/generate/"): (302, 302),
    ("GET", "accounts/2fa/totp/activate/"): (302, 302),
    ("POST", "accounts/2fa/totp/activate/"): (302, 302),
    ("GET", "accounts/2fa/totp/deactivate/"): (404, 302),
    ("POST", "accounts/2fa/totp/deactivate/"): (404, 302),
    ("GET", "accounts/3rdparty/"): (302, 302),
    ("POST", "accounts/3rdparty/"): (302, 302),
    ("GET", "accounts/3rdparty/cancelled/"): (200, 200),
    ("GET", "accounts/3rdparty/error/"): (401, 401),
    ("GET", "accounts/3rdparty/signup/"): (302, 302),
    ("POST", "accounts/3rdparty/signup/"): (302, 302),
    ("GET", "accounts/inactive/"): (200, 200),
    ("GET", "accounts/login/"): (302, 200),
    ("POST", "accounts/login/"): (302, 200),
    ("GET", "accounts/logout/"): (200, 302),
    ("POST", "accounts/logout/"): (302, 302),
    ("GET", "accounts/oidc/<provider_id>/login/"): (404, 404),
    ("POST", "accounts/oidc/<provider_id>/login/"): (404, 404),
    ("GET", "accounts/oidc/<provider_id>/login/callback/"): (404, 404),
    ("POST", "accounts/oidc/<provider_id>/login/callback/"): (404, 404),
    ("GET", "accounts/password/"): (200, 302),
    ("POST", "accounts/password/"): (200, 302),
    ("GET", "accounts/reauthenticate/"): (200, 302),
    ("POST", "accounts/reauthenticate/"): (200, 302),
}

UNIT = "org/units/<str:code>/"
PERSON = "org/people/<int:identity>/"
IS_PERSON = of("person")

PAGES: Table = {
    **PORTAL,
    **{key: Row(good=good, stranger=stranger) for key, (good, stranger) in ACCOUNTS.items()},
    # the ground
    **asked("", Row(stranger=200)),
    **asked("healthz", Row(stranger=200)),
    **asked("search/", Row()),
    **asked("lookup/<slug:name>/", Row(stranger=404, values={"name": "unit"})),
    **asked("lookup/<slug:name>/tree/", Row(stranger=404, values={"name": "unit"})),
    **button("preferences/", ALL, stranger=302),
    ("GET", "language/"): Row(good=302),
    ("POST", "language/"): Row(good=302, stranger=302),
    **listing("jobs/"),
    **asked("jobs/<uuid:identity>/", Row(sees=CENTRE, values=of("job"))),
    **button("jobs/<uuid:identity>/cancel/", CENTRE, sees=CENTRE, values=of("job")),
    **button("jobs/<uuid:identity>/resume/", CENTRE, 409, sees=CENTRE, values=of("job")),
    **asked("files/<uuid:identity>/", Row(sees=CENTRE, values=of("blob"))),
    **listing("audit/", roles("auditor")),
    **listing("deliveries/", SYSTEM),
    **form("deliveries/<int:identity>/replay/", SYSTEM, sent=302, values=of("delivery")),
    **asked("calendar/", Row(SYSTEM)),
    **asked("calendar/<int:year>.csv", Row(SYSTEM, values={"year": 2027})),
    **form("calendar/day/<slug:day>/", SYSTEM, values={"day": "2027-02-06"}),
    **form("calendar/<int:year>/publish/", SYSTEM, sent=302, values={"year": 2027}),
    **form("calendar/import/", SYSTEM),
    # cases: whoever sees none anywhere is told so (403) before it matters whether this one exists
    **listing("cases/", VIEWERS),
    **asked("cases/<str:number>/", Row(VIEWERS, sees=VIEWERS, unseen=WITHOUT_CASES)),
    **form(
        "cases/<str:number>/<slug:verb>/",
        COMMENTERS,
        sees=VIEWERS,
        unseen=WITHOUT_CASES,
        values=_comment,
    ),
    **asked("cases/<str:number>/next/", Row(VIEWERS, 302)),
    **asked(
        "cases/files/<uuid:identity>/",
        Row(sees=VIEWERS, unseen=WITHOUT_CASES, values=of("attachment_id")),
    ),
    **CALL_PAGES,
    **KNOWLEDGE_PAGES,
    **PAPER_PAGES,
    **DESK_PAGES,
    **asked("cases/areas/", Row(VIEWERS)),
    **asked("cases/categories/", Row(VIEWERS)),
    **asked("cases/clocks/", Row(VIEWERS)),
    **form("cases/clocks/<slug:name>/", CENTRE, sent=200, values={"name": "ordinary"}),
    **form("cases/new/", REGISTRARS),
    **button("cases/new/earlier/", REGISTRARS, 200),
    **button("cases/new/near/", REGISTRARS, 200),
    **button("cases/new/place/", REGISTRARS, 200),
    **listing("cases/orders/", VIEWERS),
    **asked("cases/morning/", Row(ASSESSED)),
    **form("cases/morning/cases/", ASSESSED, query="figure=late"),
    **form("cases/new/many/", STREET),
    **form("cases/new/history/", CENTRE),
    **asked("cases/new/many/template/", Row(STREET)),
    **asked("cases/new/many/<slug:digest>/", Row(STREET, values={"digest": "0"})),
    **asked("cases/line/", Row(CENTRE)),
    **button("cases/line/check/", CENTRE),
    **button("cases/line/mend/<int:identity>/", CENTRE, 404, values={"identity": 1}),
    **button("cases/line/retry/<int:identity>/", CENTRE, 409, values={"identity": 1}),
    **button("cases/line/sheet/", CENTRE, 422),
    **asked("cases/line/template/", Row(CENTRE)),
    **button("cases/line/export/", CENTRE, 200),
    # The city's machine signs what it sends; nobody's post helps here.
    ("POST", "city-line/messages"): Row(frozenset(), barred=401, stranger=401),
    **asked("cases/triggers/", Row(VIEWERS)),
    **asked("defaults/", Row(VIEWERS)),
    **button(
        "defaults/<slug:source>/<slug:name>/",
        CENTRE,
        values={"source": "clocks", "name": "ordinary"},
    ),
    **form("cases/triggers/<slug:code>/", CENTRE, values={"code": "place"}),
    **button("cases/triggers/<slug:code>/confirm/", CENTRE, values={"code": "place"}),
    **asked("cases/routing/", Row(STREET)),
    **form("cases/routing/new/", CENTRE, sent=200),
    **form("cases/routing/<int:identity>/", CENTRE, sent=200, values=of("rule_id")),
    **form("cases/routing/<int:identity>/drop/", CENTRE, sent=302, values=of("rule_id")),
    **button("cases/routing/<int:identity>/move/", CENTRE, values=of("rule_id")),
    # the organisation
    **asked("org/account/", Row()),
    **form("org/account/keys/", ALL),
    **button("org/keys/<str:prefix>/revoke/", SECURITY | roles("grid_worker"), sees=ON_THE_GROUND),
    **button(
        "org/sessions/<int:identity>/end/",
        SYSTEM | roles("grid_worker"),
        sees=ON_THE_GROUND,
        values=of("session"),
    ),
    **asked("org/areas.geojson", Row(good=404)),
    **asked("org/duty/", Row(OFFICERS, unseen={"grid_worker": 404})),
    **button("org/shifts/<int:identity>/cancel/", COMMUNITY, sees=ABOVE_GRID, values=of("shift")),
    **listing("org/handovers/", WATCHES),
    **asked(
        "org/handovers/<int:identity>/",
        Row(WATCHES, sees=OF_THE_DISTRICT, unseen=NO_WATCH, values=of("handover")),
    ),
    **form(
        "org/handovers/<int:identity>/take-over/",
        CENTRE,
        sent=302,
        sees=OF_THE_DISTRICT,
        unseen=NO_WATCH,
        values=of("handover"),
    ),
    **form(
        "org/handovers/<int:identity>/object/",
        CENTRE,
        sees=OF_THE_DISTRICT,
        unseen=NO_WATCH,
        values=of("handover"),
    ),
    **form(
        "org/shifts/<int:identity>/hand-over/",
        CENTRE,
        sees=WHOLE_DISTRICT,
        values=of("own_shift"),
    ),
    **form("org/import/", SYSTEM),
    **asked("org/import/template.xlsx", Row(SYSTEM)),
    **asked("org/roles/", Row(OFFICERS)),
    **form("org/roles/<str:code>/", SECURITY, values={"code": "grid_worker"}),
    **asked("org/units/", Row(OFFICERS)),
    **asked(UNIT, Row(sees=ON_THE_GROUND)),
    **asked(f"{UNIT}children/", Row(sees=ON_THE_GROUND)),
    **form(f"{UNIT}boundary/", SYSTEM, sees=ON_THE_GROUND),
    **form(f"{UNIT}close/", SYSTEM, sent=409, sees=ON_THE_GROUND),
    **form(f"{UNIT}create/", SYSTEM, sees=ON_THE_GROUND),
    **form(f"{UNIT}move/", SYSTEM, sees=ON_THE_GROUND),
    **form(f"{UNIT}rename/", SYSTEM, sees=ON_THE_GROUND),
    **form(f"{UNIT}posts/create/", SECURITY, sees=ON_THE_GROUND),
    **form(f"{UNIT}duty/plan/", COMMUNITY, sees=ON_THE_GROUND),
    **listing("org/people/", OFFICERS),
    **form("org/people/create/", SYSTEM),
    **asked(PERSON, Row(sees=ON_THE_GROUND, values=IS_PERSON)),
    **form(f"{PERSON}close/", SYSTEM, sent=409, sees=ON_THE_GROUND, values=IS_PERSON),
    **form(f"{PERSON}edit/", SYSTEM, sees=ON_THE_GROUND, values=IS_PERSON),
    **form(f"{PERSON}password/", SYSTEM, sent=200, sees=ON_THE_GROUND, values=IS_PERSON),
    **form(f"{PERSON}second-factor/", SECURITY, sent=409, sees=ON_THE_GROUND, values=IS_PERSON),
    **form(f"{PERSON}posts/", SECURITY, sees=ON_THE_GROUND, values=IS_PERSON),
    **button("org/holdings/<int:identity>/end/", SECURITY, sees=ABOVE_GRID, values=of("holding")),
    # the assessment: an exclusion and an appeal of a case that the department leads
    **asked("evaluate/", Row(ASSESSED)),
    **asked(
        "evaluate/units/<str:code>/",
        Row(ASSESSED, sees=OF_THE_UNIT, unseen=NOT_ASSESSED, values={"code": HANDLING}),
    ),
    **asked("evaluate/calls/", Row(ASSESSED)),
    **listing("evaluate/cases/", ASSESSED),
    ("GET", "evaluate/cases/<str:number>/"): Row(ASSESSED, sees=VIEWERS, unseen=NOT_ASSESSED),
    **listing("evaluate/callbacks/", CALLER),
    **asked(
        "evaluate/callbacks/<str:number>/",
        Row(CALLER, verb="evaluate", sees=CALLER, unseen=dict.fromkeys(ALL - CALLER, 403)),
    ),
    **listing("evaluate/exclusions/", ASSESSED),
    **form("evaluate/exclusions/new/", CENTRE | EVALUATOR),
    **{
        (method, f"evaluate/{what}/<int:identity>/"): Row(
            ASSESSED if method == "GET" else EVALUATOR,
            200 if method == "GET" else 422,
            sees=OF_THE_UNIT,
            unseen=NOT_ASSESSED,
            values=of(what),
        )
        for what in ("exclusions", "appeals")
        for method in ("GET", "POST")
    },
    **listing("evaluate/appeals/", ASSESSED),
    **form("evaluate/appeals/new/", APPELLANTS),
    ("GET", "evaluate/months/"): Row(ASSESSED),
    ("POST", "evaluate/months/"): Row(EVALUATOR, 422),
    **form("evaluate/rules/", EVALUATOR),
    **asked("evaluate/bulletin.<slug:form>", Row(ASSESSED, values={"form": "docx"})),
}

# Addresses of demo mode alone: they show made things to anybody.
LIVING = ("living/",)
