"""The pages: who opens them, what they show, and that each number's link opens as many cases."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import openpyxl
import pytest
from django.test import Client

from huying.cases import actions as case_actions
from huying.cases.models import Case
from huying.evaluate import actions as evaluate
from huying.evaluate.actions import mark_missed
from huying.evaluate.models import AssessmentAppeal, Exclusion, Freeze, RuleVersion
from huying.kernel.asker import System
from huying.kernel.clock import DISTRICT_ZONE, frozen
from tests.cast import Cast, assemble
from tests.mainline import CATEGORY, GRID, HANDLING, NAME, PHONE, WORDS

HAND = System("test")
START = datetime(2026, 3, 2, 9, 0, tzinfo=DISTRICT_ZONE)
APRIL = datetime(2026, 4, 20, 9, 0, tzinfo=DISTRICT_ZONE)
MONTH = "2026-03"
WHY = {"reason": "outside_duty", "evidence": "权责清单第 12 条"}


def lived(*, solved: bool = True, grade: int = 5, rated: bool = True) -> str:
    """A case of the cast's grid, handled by its department and rated in March."""
    at = START
    steps: list[tuple[str, dict[str, Any]]] = [
        ("accept", {"category": CATEGORY}),
        ("dispatch", {"lead": HANDLING}),
        ("sign", {}),
        ("contact", {"reached": True}),
        ("reply", {"result": "已更换灯泡。", "solved": True}),
        ("review", {"passed": True}),
        *([("evaluate", {"solved": solved, "grade": grade})] if rated else []),
    ]
    with frozen(at):
        facts: dict[str, Any] = {"name": NAME, "phone": PHONE, "place": GRID, **WORDS}
        case = case_actions.register(by=HAND, channel="phone", **facts)
    for verb, args in steps:
        at += timedelta(minutes=10)
        with frozen(at):
            case = getattr(case_actions, verb)(case.number, version=case.version, by=HAND, **args)
    mark_missed()
    return case.number


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    """The cast, four cases of March, in the April after."""
    with frozen(START):
        made = assemble()
    for solved, grade in ((True, 5), (True, 3), (False, 1)):
        lived(solved=solved, grade=grade)
    lived(rated=False)
    with frozen(APRIL):
        yield made


@pytest.fixture
def as_(cast: Cast) -> Callable[[str], Client]:
    """A browser in which somebody of this role has signed in."""

    def signed_in(role: str) -> Client:
        client = Client()
        client.force_login((cast.people | {f"{r}!": p for r, p in cast.doubles.items()})[role])
        return client

    return signed_in


def text(response: Any) -> str:
    return unescape(response.content.decode())


LINKED = re.compile(r'href="(/evaluate/cases/\?[^"]+)"[^>]*>\s*([\d.]+)\s*</a>')


def counted(client: Client, link: str) -> int:
    """How many rows an opened number says that there are."""
    opened = text(client.get(link))
    if "没有这样的诉求" in opened:
        return 0
    found = re.search(r"共 (\d+) 条", opened)
    assert found, link
    return int(found[1])


def every_number_opens(client: Client, address: str) -> int:
    """Open every number of a page; each is what lies behind it. How many there were."""
    links = set(LINKED.findall(text(client.get(address))))
    for link, number in links:
        behind = counted(client, link)
        if "." not in number:
            assert behind == int(number), link
        elif "part=missing" in link:
            whole = counted(client, link.replace("&part=missing", ""))
            assert f"{100 * (whole - behind) / whole:.2f}" == number, link
        else:  # a sum of three rates opens to all its cases
            assert behind > 0, link
    return len(links)


@pytest.mark.parametrize(
    ("role", "month"), [("leader", MONTH), ("leader", "2026-Q1"), ("department_handler", "year")]
)
def test_each_number_opens_to_its_cases(as_: Any, role: str, month: str) -> None:
    client = as_(role)
    if role == "leader":
        assert "66.67" in text(client.get(f"/evaluate/?month={month}"))  # two of three say so
    assert every_number_opens(client, f"/evaluate/?month={month}") > 25
    assert every_number_opens(client, f"/evaluate/units/{HANDLING}/?month={month}") > 15


def test_each_number_of_an_earlier_edition_opens_to_what_was_then(as_: Any, cast: Cast) -> None:
    number = Case.objects.filter(solved=False).values_list("number", flat=True)[0]
    evaluate.freeze_month(START.date(), by=HAND)
    asked = evaluate.exclude(number, by=HAND, **WHY)
    evaluate.approve_exclusion(asked, by=System("judge"), approved=True, ruling="属实")
    evaluate.freeze_month(START.date(), by=HAND)
    client = as_("leader")
    for edition, cases in (("1", 4), ("2", 3)):
        asked_for = f"?month={MONTH}&edition={edition}"
        assert every_number_opens(client, f"/evaluate/{asked_for}") > 25
        assert counted(client, f"/evaluate/cases/{asked_for}") == cases


def test_a_level_counts_what_its_units_led_themselves(as_: Any) -> None:
    page = text(as_("leader").get(f"/evaluate/?month={MONTH}"))
    assert f"?month={MONTH}&level=department" in page
    assert f"?month={MONTH}&level=street" not in page
    assert as_("leader").get("/evaluate/cases/?level=planet").status_code == 404
    answer = as_("leader").get(f"/api/v1/evaluate/board?month={MONTH}").json()
    assert [(line["key"], line["cases"]) for line in answer["levels"]] == [("department", 4)]
    assert answer["rankings"][0]["label"] == "区直部门"


def test_the_cases_behind_a_part_say_which_part(as_: Any) -> None:
    page = text(as_("leader").get(f"/evaluate/cases/?month={MONTH}&rate=solved&part=missing"))
    assert "· 未达到" in page


def test_a_unit_sees_its_own_and_what_pulled_it_down(as_: Any) -> None:
    page = text(as_("department_handler").get(f"/evaluate/units/{HANDLING}/?month={MONTH}"))
    assert "拉低解决率的诉求" in page
    assert "拉低响应率的诉求" not in page
    assert as_("department_handler!").get(f"/evaluate/units/{HANDLING}/").status_code == 404


def test_the_pages_cost_a_fixed_number_of_statements(
    as_: Any, django_assert_max_num_queries: Any
) -> None:
    client = as_("leader")
    for path, most in (  # transaction control is counted
        (f"/evaluate/?month={MONTH}", 15),
        (f"/evaluate/units/{HANDLING}/?month={MONTH}", 23),  # its classes are summed apart
        (f"/evaluate/cases/?month={MONTH}&rate=solved", 11),
        ("/evaluate/exclusions/", 8),
        ("/evaluate/months/", 8),
    ):
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200


def test_the_callback_page_reads_the_script_and_leads_to_the_verbs(as_: Any) -> None:
    client = as_("callback_agent")
    queue = text(client.get("/evaluate/callbacks/"))
    assert "待回访 1 件，其中超时限 1 件" in queue
    number = re.search(r"/evaluate/callbacks/([^/\"]+)/", queue)
    assert number is not None
    page = text(client.get(f"/evaluate/callbacks/{number[1]}/"))
    assert "已更换灯泡。" in page and f"/cases/{number[1]}/evaluate/" in page
    assert PHONE not in page
    done = lived()
    assert client.get(f"/evaluate/callbacks/{done}/").status_code == 302
    assert client.get("/evaluate/callbacks/2026-none/").status_code == 404


@pytest.mark.parametrize("path", ["", "cases/", "exclusions/", "appeals/", "months/"])
def test_who_has_no_right_to_look_is_told_so(as_: Any, path: str) -> None:
    for role in ("auditor", "system_admin", "grid_worker", "citizen"):
        assert as_(role).get(f"/evaluate/{path}").status_code == 403


@pytest.mark.parametrize(
    "query",
    ["?month=2026-13", "?month=x", "?month=2026-03&edition=9", "?month=2026-03&edition=x"],
)
def test_a_month_that_is_none_is_not_found(as_: Any, query: str) -> None:
    assert as_("leader").get(f"/evaluate/{query}").status_code == 404


def test_nonsense_behind_a_number_is_not_found(as_: Any) -> None:
    for query in ("rate=x", "part=x&rate=solved", "left=x", "unit=nowhere"):
        assert as_("leader").get(f"/evaluate/cases/?{query}").status_code == 404


def test_leaving_out_on_the_pages_takes_two(as_: Any) -> None:
    number = lived(solved=False, grade=1)
    centre, evaluator = as_("district_centre"), as_("evaluator")
    assert centre.post("/evaluate/exclusions/new/", {"number": number}).status_code == 422
    asked = centre.post("/evaluate/exclusions/new/", {"number": number, **WHY})
    assert asked.status_code == 302
    row = Exclusion.objects.get()
    address = f"/evaluate/exclusions/{row.pk}/"
    answer = {"agreed": "yes", "ruling": "属实"}
    assert centre.post(address, answer).status_code == 403
    assert evaluator.post(address, {}).status_code == 422
    assert evaluator.post(address, answer).status_code == 302
    assert "剔除前综合" in text(evaluator.get(f"/evaluate/?month={MONTH}"))
    assert as_("department_handler!").get(address).status_code == 404


def test_a_unit_appeals_and_the_evaluator_rules(as_: Any) -> None:
    number = lived(solved=False, grade=1)
    data = {"number": number, "mark": "solved", **WHY}
    assert as_("department_handler").post("/evaluate/appeals/new/", data).status_code == 302
    row = AssessmentAppeal.objects.get()
    answer = {"agreed": "no", "ruling": "不成立"}
    assert as_("evaluator").post(f"/evaluate/appeals/{row.pk}/", answer).status_code == 302
    row.refresh_from_db()
    assert row.state == "rejected"
    assert as_("leader").get("/evaluate/appeals/new/").status_code == 403


def test_a_case_tells_its_marks_and_leads_to_the_appeal(as_: Any) -> None:
    number = lived(solved=False, grade=4)
    handler = as_("department_handler")
    assert f'hx-get="/evaluate/cases/{number}/"' in text(handler.get(f"/cases/{number}/"))
    card = text(handler.get(f"/evaluate/cases/{number}/"))
    said = dict(re.findall(r"<span>(\S+率)</span><span class=\"tag[^>]*>.*?(达到|未达到)<", card))
    assert said == {"响应率": "达到", "按时办结率": "达到", "解决率": "未达到", "满意率": "达到"}
    appeal = re.search(r'href="(/evaluate/appeals/new/[^"]*)"', card)
    assert appeal is not None and card.count("/evaluate/appeals/new/") == 1
    form = text(handler.get(unescape(appeal[1])))
    assert f'value="{number}"' in form and 'value="solved" selected' in form
    assert "/evaluate/exclusions/new/" in text(as_("evaluator").get(f"/evaluate/cases/{number}/"))
    assert as_("department_handler!").get(f"/evaluate/cases/{number}/").status_code == 404


def test_a_voided_answer_is_said_to_count_for_nothing(as_: Any) -> None:
    number = lived(rated=False)
    card = text(as_("leader").get(f"/evaluate/cases/{number}/"))
    assert card.count("尚未回访") == 2 and "未达到" not in card


def test_what_is_left_out_can_be_appealed_no_more(as_: Any) -> None:
    number = lived(solved=False, grade=1)
    as_("district_centre").post("/evaluate/exclusions/new/", {"number": number, **WHY})
    address = f"/evaluate/exclusions/{Exclusion.objects.get().pk}/"
    as_("evaluator").post(address, {"agreed": "yes", "ruling": "属实"})
    card = text(as_("department_handler").get(f"/evaluate/cases/{number}/"))
    assert "已剔除" in card and "/evaluate/appeals/new/" not in card


def test_a_month_is_frozen_and_shown_as_it_was(as_: Any) -> None:
    client = as_("evaluator")
    before = text(client.get(f"/evaluate/?month={MONTH}"))
    assert "未定版" in before
    assert as_("leader").post("/evaluate/months/", {"month": MONTH}).status_code == 403
    assert client.post("/evaluate/months/", {"month": "x"}).status_code == 422
    assert client.post("/evaluate/months/", {"month": MONTH}).status_code == 302
    assert Freeze.objects.get().cases == 4
    assert client.post("/evaluate/months/", {"month": MONTH}).status_code == 409
    lived(solved=False, grade=1)
    assert "50.00" not in before
    after = text(client.get(f"/evaluate/?month={MONTH}&edition=1"))
    assert "已定版" in after and "66.67" in after


def test_rules_are_signed_by_an_evaluator(as_: Any) -> None:
    numbers = {"responded": 20, "solved": 40, "satisfied": 40}
    rest = {"since": "2026-04", "least": 10, "good": 90, "failing": 80, "counting": "last"}
    client = as_("evaluator")
    assert "未经本区确认" in text(client.get("/evaluate/months/"))
    wrong = {**numbers, "satisfied": 41, **rest}
    assert client.post("/evaluate/rules/", wrong).status_code == 422
    assert client.post("/evaluate/rules/", {**numbers, **rest}).status_code == 302
    formula = RuleVersion.objects.get().formula
    assert (formula["least"], formula["counting"], formula["void_proxy"]) == (10, "last", False)
    assert as_("district_centre").get("/evaluate/rules/").status_code == 403


def test_the_bulletin_says_what_the_page_says(as_: Any) -> None:
    client = as_("leader")
    book = client.get(f"/evaluate/bulletin.xlsx?month={MONTH}")
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    head, line = rows[2], rows[3]
    assert line[head.index("到期诉求")] == 4
    assert line[head.index("解决率")] == 66.67
    assert line[head.index("解决率：分母")] == 3
    paper = client.get(f"/evaluate/bulletin.docx?month={MONTH}")
    with zipfile.ZipFile(io.BytesIO(paper.content)) as archive:
        words = archive.read("word/document.xml").decode()
    assert "66.67" in words and "未经本区确认" in words and "尚未定版" in words
    printed = client.get(f"/evaluate/bulletin.pdf?month={MONTH}")
    assert printed.content.startswith(b"%PDF-") and printed["Content-Type"] == "application/pdf"
    assert client.get("/evaluate/bulletin.odt").status_code == 404
