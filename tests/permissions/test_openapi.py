"""The API document: one path for each verb, whole, and true to what is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from huying.cases.rules.edges import LABELS
from huying.kernel.verbs import VERBS
from tests.permissions.stage import STRANGER, Stage, ask
from tests.routes import document, operations

# Rights of this room that are no change of one case, and where the document has them.
ELSEWHERE = {
    **{
        f"cases.{verb}": ("POST", f"/api/v1/calls/{{call}}/{verb}")
        for verb in ("answer_call", "finish_call", "withdraw_call", "rate_call", "rule_call")
    },
    **{
        f"cases.{verb}": ("POST", f"/api/v1/meetings/{{meeting}}/{verb}")
        for verb in ("minute", "rule_meeting", "cancel_meeting")
    },
    "cases.issue_paper": ("POST", "/api/v1/cases/{number}/issue_paper"),
    "cases.sign_paper": ("POST", "/api/v1/papers/{paper_id}/sign"),
    "cases.void_paper": ("POST", "/api/v1/papers/{paper_id}/void"),
    "cases.edit_paper_template": ("POST", "/api/v1/paper_templates/{kind}"),
    "cases.confirm_paper_template": ("POST", "/api/v1/paper_templates/{kind}/confirm"),
    **{
        f"cases.{verb}_article": ("POST", f"/api/v1/articles/{{code}}/{verb}")
        for verb in ("write", "publish", "review", "withdraw")
    },
    "cases.write_template": ("POST", "/api/v1/reply_templates"),
    "cases.retire_template": ("POST", "/api/v1/reply_templates/{template}/retire"),
    "cases.confirm_template": ("POST", "/api/v1/default_templates/{code}/confirm"),
    "cases.set_call_level": ("POST", "/api/v1/call_levels/{kind}"),
    "cases.send_someone": ("POST", "/api/v1/cases/{number}/send_someone"),
    **{
        f"cases.{verb}": ("POST", f"/api/v1/sendings/{{sending_id}}/{verb}")
        for verb in (
            *("accept_sending", "arrive", "report_sending", "decline_sending"),
            "cancel_sending",
        )
    },
    "cases.mark_seen": ("POST", "/api/v1/desk/seen"),
    "cases.console": ("GET", "/api/v1/console"),
    "cases.register": ("POST", "/api/v1/cases"),
    "cases.view": ("GET", "/api/v1/cases"),
    "cases.morning": ("GET", "/api/v1/morning"),
    "cases.file_many": ("POST", "/api/v1/filings"),
    "cases.import_history": ("POST", "/api/v1/history_imports"),
    "cases.edit_trigger": ("POST", "/api/v1/supervision_triggers/{code}/edit"),
    "cases.confirm_trigger": ("POST", "/api/v1/supervision_triggers/{code}/confirm"),
    "cases.edit_routing": ("POST", "/api/v1/routing_rules"),
    "cases.edit_clock_rule": ("POST", "/api/v1/clock_rules/{name}/edit"),
    "cases.confirm_clock_rule": ("POST", "/api/v1/clock_rules/{name}/confirm"),
}
# The city's line has its own signed door; its keeping has pages.
BY_COMMAND = {"cases.install_defaults", "cases.city_line"}


def references(node: Any) -> Iterator[str]:
    """Every `$ref` below a node."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_verb_of_a_case_has_its_path() -> None:
    known = set(operations())
    for verb in LABELS:
        place = ELSEWHERE.get(f"cases.{verb}", ("POST", f"/api/v1/cases/{{number}}/{verb}"))
        assert place in known, f"no path for {verb}"


def test_every_right_of_the_room_is_a_verb_of_the_document_or_of_a_command() -> None:
    declared = {name for name in VERBS.names() if name.startswith("cases.")}
    paths = {f"cases.{verb}" for verb in LABELS} | set(ELSEWHERE)
    assert declared - paths <= BY_COMMAND
    assert {ELSEWHERE[name] for name in ELSEWHERE} <= set(operations())


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    named = [
        operation["operationId"]
        for methods in document()["paths"].values()
        for operation in methods.values()
    ]
    assert len(named) == len(set(named))
    silent = [
        f"{method} {path}"
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
        if not (operation.get("description") or operation.get("summary"))
    ]
    assert silent == []


def test_every_reference_leads_somewhere_and_every_path_parameter_is_described() -> None:
    schemas = document()["components"]["schemas"]
    for reference in references(document()):
        assert reference.removeprefix("#/components/schemas/") in schemas
    for path, methods in document()["paths"].items():
        wanted = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        for operation in methods.values():
            described = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
            assert described == wanted, path


def test_every_change_of_a_case_carries_the_version_that_was_read() -> None:
    schemas = document()["components"]["schemas"]
    for method, path in operations():
        if method != "POST" or not path.startswith("/api/v1/cases/{number}/"):
            continue
        content = document()["paths"][path]["post"]["requestBody"]["content"]
        schema = next(iter(content.values()))["schema"]
        if "$ref" in schema:
            schema = schemas[schema["$ref"].rpartition("/")[2]]
        assert "version" in schema["required"], path


@pytest.mark.parametrize("who", [STRANGER, "district_centre"])
def test_the_document_is_served(who: str, stage: Stage) -> None:
    answer = ask(stage.client(who), "GET", "/api/v1/openapi.json")
    assert answer.status_code == 200
    assert json.loads(answer.content)["openapi"].startswith("3.")
