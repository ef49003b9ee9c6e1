"""The rows of papers (文书).

The stage issues a 交办单 of Wuchang's district on a case in its first grid, and the 办结报告 of its
department D01 on one that it answered.
"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from huying.web.paper import Paper, Text, as_docx
from tests.permissions.stage import Stage
from tests.permissions.table import ALL, VIEWERS, Row, Table, roles

CENTRE = roles("district_centre")
STREET = CENTRE | roles("street_dispatcher")
ISSUERS = STREET | roles("community_staff department_handler")
UNSEEN = dict.fromkeys(ALL - VIEWERS, 403)
PAPER, TEMPLATE = "/api/v1/papers/{paper_id}", "/api/v1/paper_templates/{kind}"
KIND = {"kind": "assignment", "edition": 0}


def _issue(stage: Stage) -> dict[str, Any]:
    case = stage.cases["dispatched"]
    return {"version": case.version, "kind": "assignment"}


def _many(stage: Stage) -> dict[str, Any]:
    return {"numbers": [stage.cases["dispatched"].number]}


def _of(name: str) -> Any:
    return lambda stage: {
        "paper_id": stage.values[name],
        "identity": stage.values[name],
        "form": "docx",
    }


def _template(stage: Stage) -> dict[str, Any]:
    data = as_docx(Paper("样张", [Text("{{文号}}")]))
    return {"file": SimpleUploadedFile("t.docx", data, "application/octet-stream")}


def _on_a_case(stage: Stage) -> dict[str, Any]:
    return {"number": stage.cases["dispatched"].number, "kind": "assignment"}


def _unseen(*verbs_of: str) -> dict[str, int]:
    """Whoever has the right nowhere is told so before it matters whether this paper exists."""
    return dict.fromkeys(ALL - roles(" ".join(verbs_of)), 403)


ISSUED_BY = ("district_centre", "street_dispatcher", "community_staff", "department_handler")
PAPERS_API: Table = {
    ("POST", "/api/v1/cases/{number}/issue_paper"): Row(
        STREET, sees=VIEWERS, payload=_issue, values=_on_a_case
    ),
    ("GET", "/api/v1/cases/{number}/papers"): Row(VIEWERS, sees=VIEWERS),
    ("GET", "/api/v1/papers"): Row(VIEWERS),
    ("POST", "/api/v1/papers/many"): Row(STREET, 202, payload=_many),
    ("GET", f"{PAPER}/{{form}}"): Row(VIEWERS, sees=VIEWERS, values=_of("paper")),
    ("POST", f"{PAPER}/sign"): Row(roles("leader"), sees=VIEWERS, values=_of("report")),
    # the district issued it, and only the district may take it back
    ("POST", f"{PAPER}/void"): Row(
        CENTRE, sees=VIEWERS, payload={"reason": "写错"}, values=_of("paper")
    ),
    ("GET", "/api/v1/paper_templates"): Row(VIEWERS),
    ("GET", f"{TEMPLATE}/{{edition}}"): Row(CENTRE, values=KIND),
    ("GET", f"{TEMPLATE}/{{edition}}/preview"): Row(CENTRE, values=KIND),
    ("POST", TEMPLATE): Row(CENTRE, 201, payload=_template, values=KIND),
    # the built-in one is in force already
    ("POST", f"{TEMPLATE}/enforce"): Row(CENTRE, 409, payload={"edition": 0}, values=KIND),
    ("POST", f"{TEMPLATE}/confirm"): Row(CENTRE, 204, values=KIND),
    ("POST", "/api/v1/paper_numbers"): Row(
        CENTRE, 204, payload={"kind": "assignment", "pattern": "武政呼〔{年}〕{号}号"}
    ),
}

PAGES_OF_TEMPLATES = "cases/papers/templates/<slug:kind>/"
PAPER_PAGES: Table = {
    **{
        (method, "cases/papers/"): Row(VIEWERS, 200 if method == "GET" else 422)
        for method in ("GET", "POST")
    },
    ("GET", "cases/papers/<int:identity>/<slug:form>/"): Row(
        VIEWERS, sees=VIEWERS, unseen=UNSEEN, values=_of("paper")
    ),
    **{
        (method, "cases/papers/issue/<str:number>/<slug:kind>/"): Row(
            STREET,
            200 if method == "GET" else 422,
            sees=ISSUERS,
            # who may issue other papers of the case: none of this kind is offered to them
            barred=409 if method == "GET" else 422,
            unseen=_unseen(*ISSUED_BY),
            values=_on_a_case,
        )
        for method in ("GET", "POST")
    },
    ("GET", "cases/papers/draft/<str:number>/<slug:kind>/"): Row(
        STREET, sees=ISSUERS, unseen=_unseen(*ISSUED_BY), values=_on_a_case
    ),
    ("GET", "cases/papers/<int:identity>/sign/"): Row(
        roles("leader"), sees=roles("leader"), unseen=_unseen("leader"), values=_of("report")
    ),
    ("POST", "cases/papers/<int:identity>/sign/"): Row(
        roles("leader"), 302, sees=roles("leader"), unseen=_unseen("leader"), values=_of("report")
    ),
    ("GET", "cases/papers/<int:identity>/void/"): Row(
        CENTRE,
        sees=ISSUERS,
        unseen=_unseen(*ISSUED_BY),
        values=_of("paper"),
    ),
    ("POST", "cases/papers/<int:identity>/void/"): Row(
        ISSUERS,
        422,
        sees=ISSUERS,
        unseen=_unseen(*ISSUED_BY),
        values=_of("paper"),
    ),
    ("GET", "cases/papers/many/"): Row(STREET),
    ("POST", "cases/papers/many/"): Row(STREET, 422),
    ("GET", "cases/papers/templates/"): Row(CENTRE),
    ("GET", "cases/papers/templates/numbers/"): Row(CENTRE),
    ("POST", "cases/papers/templates/numbers/"): Row(CENTRE, 422),
    ("GET", PAGES_OF_TEMPLATES): Row(CENTRE, values=KIND),
    ("POST", PAGES_OF_TEMPLATES): Row(CENTRE, 422, values=KIND),
    ("POST", f"{PAGES_OF_TEMPLATES}confirm/"): Row(CENTRE, 302, values=KIND),
    ("GET", f"{PAGES_OF_TEMPLATES}<int:edition>/"): Row(CENTRE, values=KIND),
    ("GET", f"{PAGES_OF_TEMPLATES}<int:edition>/preview/"): Row(CENTRE, values=KIND),
    ("POST", f"{PAGES_OF_TEMPLATES}<int:edition>/enforce/"): Row(CENTRE, 409, values=KIND),
}
