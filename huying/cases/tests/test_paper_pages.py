"""Pages and API of papers: the card of a case, drafts, files, the list, templates and numbering."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huying.cases import actions
from huying.cases.actions import Done, PaperDone
from huying.cases.models import IssuedPaper, PaperNumbering, PaperTemplate
from huying.web import docx_parts
from huying.web.paper import Paper, Text, as_docx
from tests.cast import HAND, Cast, assemble
from tests.mainline import NAME, PHONE, brought

TEMPLATES = "/cases/papers/templates/"


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


def client_of(cast: Cast, role: str, *, inside: bool = True) -> Client:
    client = Client()
    client.force_login((cast.people if inside else cast.doubles)[role])
    return client


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def issued(kind: str = "assignment", state: str = "dispatched") -> PaperDone:
    case = brought(state)
    return actions.issue_paper(case.number, version=case.version, by=HAND, kind=kind)


def words(answer: Any) -> str:
    document = docx_parts.opened(answer.content)
    return "\n".join(docx_parts.said(one) for one, _where in docx_parts.paragraphs(document))


def document(*lines: str) -> SimpleUploadedFile:
    data = as_docx(Paper("样张", [Text(line) for line in lines]))
    return SimpleUploadedFile("交办单.docx", data, "application/octet-stream")


def test_a_paper_is_looked_at_as_a_draft_then_issued_from_the_page_of_its_case(cast: Cast) -> None:
    case, centre = brought("dispatched"), client_of(cast, "district_centre")
    page = text_of(centre, f"/cases/{case.number}/")
    address = f"/cases/papers/issue/{case.number}/assignment/"
    assert address in page and "acceptance" in page and "completion" not in page
    asked = text_of(centre, address)
    draft = f"/cases/papers/draft/{case.number}/assignment/"
    assert draft in asked and "不能修改" in asked
    answer = centre.get(draft)
    assert answer.content.startswith(b"%PDF") and "inline" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert not IssuedPaper.objects.exists()
    sent = {"version": case.version, "kind": "assignment", "subject": ""}
    done = centre.post(address, sent)
    assert (done.status_code, done["Location"]) == (302, f"/cases/{case.number}/#issued")
    row = IssuedPaper.objects.get()
    page = text_of(centre, f"/cases/{case.number}/")
    assert page.count(row.number) >= 2, "on its card and in the history"
    assert address not in page


def test_a_stale_page_asks_again_and_issues_nothing(cast: Cast) -> None:
    case, centre = brought("dispatched"), client_of(cast, "district_centre")
    actions.comment(case.number, version=case.version, by=HAND, text="刚看过")
    sent = {"version": case.version, "kind": "assignment"}
    answer = centre.post(f"/cases/papers/issue/{case.number}/assignment/", sent)
    assert answer.status_code == 409 and "standing cast" in answer.content.decode()
    assert f'value="{case.version + 1}"' in answer.content.decode()
    assert not IssuedPaper.objects.exists()


def test_files_are_named_by_number_and_void_ones_say_so(cast: Cast) -> None:
    done, centre = issued(), client_of(cast, "district_centre")
    answer = centre.get(f"/cases/papers/{done.paper}/docx/")
    assert "attachment" in answer["Content-Disposition"]
    assert done.paper_number in words(answer) and "作废" not in words(answer)
    assert centre.get(f"/cases/papers/{done.paper}/exe/").status_code == 404
    assert (
        client_of(cast, "leader", inside=False).get(f"/cases/papers/{done.paper}/pdf/").status_code
        == 404
    )
    assert centre.post(f"/cases/papers/{done.paper}/void/", {"reason": ""}).status_code == 422
    gone = centre.post(f"/cases/papers/{done.paper}/void/", {"reason": "协办写错"})
    assert gone.status_code == 302
    assert "【已作废】" in words(centre.get(f"/cases/papers/{done.paper}/docx/"))
    page = text_of(centre, f"/cases/{done.number}/")
    assert "协办写错" in page and f"/cases/papers/issue/{done.number}/assignment/" in page


def test_the_leader_finds_what_to_sign_on_the_home_page_and_signs_it(cast: Cast) -> None:
    done, leader = issued("completion", "replied"), client_of(cast, "leader")
    assert done.paper_number in text_of(leader, "/")
    assert done.paper_number not in text_of(client_of(cast, "district_centre"), "/")
    assert f"/cases/papers/{done.paper}/sign/" in text_of(leader, f"/cases/{done.number}/")
    assert leader.get(f"/cases/papers/{done.paper}/sign/").status_code == 200
    assert leader.post(f"/cases/papers/{done.paper}/sign/").status_code == 302
    said = words(leader.get(f"/cases/papers/{done.paper}/docx/"))
    assert cast.people["leader"].name in said and "未签发" not in said
    text_of(leader, "/")  # the notice of what was done is shown once
    assert done.paper_number not in text_of(leader, "/")
    assert leader.get(f"/cases/papers/{done.paper}/sign/").status_code == 403


def test_the_list_is_filtered_searched_and_exported_within_the_area(cast: Cast) -> None:
    order, report = issued(), issued("completion", "replied")
    centre = client_of(cast, "district_centre")
    for query, shown, hidden in (
        ("", [order, report], []),
        ("?kind=assignment", [order], [report]),
        ("?standing=unsigned", [report], [order]),
        ("?standing=void", [], [order, report]),
        (f"?q={report.paper_number}", [report], [order]),
        (f"?q={order.number}", [order], [report]),
    ):
        page = text_of(centre, f"/cases/papers/{query}")
        assert all(one.paper_number in page for one in shown), query
        assert not any(one.paper_number in page for one in hidden), query
    answer = centre.get("/cases/papers/?export=csv")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert order.paper_number in text and NAME not in text and PHONE not in text
    outside = text_of(client_of(cast, "district_centre", inside=False), "/cases/papers/")
    assert order.paper_number not in outside and "没有文书" in outside


def test_a_template_is_downloaded_edited_uploaded_tried_and_put_in_force(cast: Cast) -> None:
    centre = client_of(cast, "district_centre")
    page = text_of(centre, TEMPLATES)
    assert page.count("未经本区确认") == 8
    answer = centre.get(f"{TEMPLATES}assignment/0/")
    assert "{{主办单位}}" in words(answer)
    bad = centre.post(f"{TEMPLATES}assignment/", {"file": document("{{主办}}", "{{诉求编码}}")})
    told = bad.content.decode()
    assert bad.status_code == 422 and "第 2 段" in told and "{{诉求编号}}" in told
    assert not PaperTemplate.objects.exists()
    good = centre.post(
        f"{TEMPLATES}assignment/", {"file": document("本区 {{文号}}"), "note": "换了抬头"}
    )
    assert good.status_code == 302
    page = text_of(centre, f"{TEMPLATES}assignment/")
    assert "换了抬头" in page and f"{TEMPLATES}assignment/1/enforce/" in page
    assert centre.get(f"{TEMPLATES}assignment/1/preview/").content.startswith(b"%PDF")
    assert centre.post(f"{TEMPLATES}assignment/1/enforce/").status_code == 302
    assert text_of(centre, TEMPLATES).count("未经本区确认") == 7
    assert issued().paper_number and "本区第 1 版" in text_of(centre, "/defaults/")


def test_the_defaults_page_signs_a_template(cast: Cast) -> None:
    centre = client_of(cast, "district_centre")
    assert centre.post("/defaults/papers/minutes/").status_code == 302
    assert text_of(centre, TEMPLATES).count("未经本区确认") == 7


def test_numbering_is_set_and_taken_back(cast: Cast) -> None:
    centre, address = client_of(cast, "district_centre"), f"{TEMPLATES}numbers/"
    sent = {"unit": "420106D01", "kind": "", "pattern": "武城〔{年}〕{号}号"}
    assert centre.post(address, sent).status_code == 302
    assert "武城〔{年}〕{号}号" in text_of(centre, TEMPLATES)
    wrong = centre.post(address, sent | {"pattern": "武城{号}号"})
    assert wrong.status_code == 422 and "{年}" in wrong.content.decode()
    assert centre.post(address, sent | {"pattern": ""}).status_code == 302
    assert not PaperNumbering.objects.exists()


def api(client: Client, method: str, path: str, body: Any = None) -> Any:
    answer = client.generic(method, f"/api/v1{path}", json.dumps(body or {}), "application/json")
    return answer.status_code, json.loads(answer.content) if answer.content else None


def test_the_api_does_all_of_it(cast: Cast) -> None:
    case: Done = brought("replied")
    handler, centre = client_of(cast, "department_handler"), client_of(cast, "district_centre")
    leader = client_of(cast, "leader")
    _status, there = api(handler, "GET", f"/cases/{case.number}/papers")
    (offer,) = there["offers"]
    body = {"version": case.version, "kind": offer["kind"], "subject": offer["subject"]}
    status, done = api(handler, "POST", f"/cases/{case.number}/issue_paper", body)
    assert status == 200 and done["version"] == case.version + 1
    status, refusal = api(handler, "POST", f"/cases/{case.number}/issue_paper", body)
    assert status == 409
    body["version"] = done["version"]
    status, refusal = api(handler, "POST", f"/cases/{case.number}/issue_paper", body)
    assert status == 409 and done["paper_number"] in refusal["error"]["message"]
    assert api(leader, "POST", f"/papers/{done['paper']}/sign")[0] == 200
    status, rows = api(centre, "GET", "/papers?standing=signed")
    assert [row["number"] for row in rows] == [done["paper_number"]]
    assert len(rows[0]["sha256"]) == 64 and rows[0]["case"] == case.number
    assert centre.get(f"/api/v1/papers/{done['paper']}/pdf").content.startswith(b"%PDF")
    sent = centre.post("/api/v1/paper_templates/return", {"file": document("{{文号}}")})
    assert (sent.status_code, json.loads(sent.content)) == (201, {"edition": 1})
    wrong = centre.post("/api/v1/paper_templates/return", {"file": document("{{文}}")})
    assert json.loads(wrong.content)["error"]["faults"][0]["where"] == "第 1 段"
    assert api(centre, "POST", "/paper_templates/return/enforce", {"edition": 1})[0] == 204
    _status, kinds = api(centre, "GET", "/paper_templates")
    found = {row["kind"]: (row["edition"], row["confirmed"]) for row in kinds}
    assert found["return"] == (1, True) and found["minutes"] == (0, False)
