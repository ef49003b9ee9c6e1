"""Templates of papers: shipped, uploaded, checked, tried, put in force, rolled back, signed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from huying.cases import actions
from huying.cases.adapters import paper_files
from huying.cases.models import PaperTemplate
from huying.cases.queries import paper_templates
from huying.cases.rules.papers import KINDS
from huying.cases.tests import papers, people
from huying.kernel.errors import Forbidden, Invalid, NotFound, NotNow
from huying.kernel.models import AuditRow
from huying.web import docx_fill, docx_parts, docx_read
from huying.web.paper import Grid, Paper, Text, as_docx
from tools.paper_templates import papers as written

pytestmark = pytest.mark.usefixtures("district")


def template(*words: str) -> bytes:
    return as_docx(Paper("样张", [Text(one) for one in words]))


def upload(kind: str = "assignment", *words: str) -> int:
    data = template(*(words or ("本区交办单 {{文号}}", "主办：{{主办单位}}")))
    return actions.upload_paper_template(kind, by=people.centre, data=data, note="加了落款")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_product_ships_a_template_of_each_kind_that_passes_its_own_check(kind: str) -> None:
    document = docx_parts.opened(paper_files.shipped(kind))
    assert docx_fill.faults_of(document, paper_files.known(kind)) == []
    assert docx_read.warnings_of(document) == []
    used = docx_fill.names_in(document)
    assert {"文号", "发文机关", "成文日期", "诉求编号"} <= used
    assert ("签发人" in used) == KINDS[kind].signed
    assert paper_templates.previewed(kind, paper_files.shipped(kind)).startswith(b"%PDF")
    assert as_docx(written()[kind]) == paper_files.shipped(kind), "run tools/paper_templates.py"


def test_what_is_uploaded_is_kept_as_an_edition_and_not_in_force_yet() -> None:
    assert (upload(), upload()) == (1, 2)
    assert paper_templates.template_in_force("assignment")[1] == 0
    row = PaperTemplate.objects.get(edition=1)
    assert (row.note, row.by_label, row.in_force) == ("加了落款", people.centre.label, False)
    assert AuditRow.objects.filter(verb="cases.edit_paper_template").count() == 2
    assert paper_templates.previewed("assignment", paper_templates.template("assignment", 1))


@pytest.mark.django_db(transaction=True)
def test_the_first_editions_uploaded_at_once_are_numbered_one_after_the_other() -> None:
    def sent(_turn: int) -> int:
        try:
            return upload()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(sent, range(4))) == [1, 2, 3, 4]


def test_a_template_that_cannot_be_drawn_is_refused_when_it_is_uploaded() -> None:
    data = as_docx(Paper("样张", [Text("{{文号}}", before=5000)]))
    with pytest.raises(Invalid):
        actions.upload_paper_template("assignment", by=people.centre, data=data)
    assert not PaperTemplate.objects.exists()


def test_an_edition_is_put_in_force_rolled_back_and_survives_what_the_product_ships() -> None:
    for edition in (upload(), upload("assignment", "第二版 {{文号}}")):
        actions.enforce_paper_template("assignment", by=people.centre, edition=edition)
    done = papers.issue("assignment")
    assert papers.said(papers.paper(done)).startswith(f"第二版 {done.paper_number}")
    assert papers.paper(done).edition == 2
    actions.enforce_paper_template("assignment", by=people.centre, edition=1)
    assert papers.said(papers.paper(papers.issue("assignment"))).startswith("本区交办单")
    with pytest.raises(NotNow):
        actions.enforce_paper_template("assignment", by=people.centre, edition=1)
    with pytest.raises(NotFound):
        actions.enforce_paper_template("assignment", by=people.centre, edition=9)
    paper_files.shipped.cache_clear()  # a new version of the product changes nothing in force
    assert paper_templates.template_in_force("assignment")[1] == 1
    actions.enforce_paper_template("assignment", by=people.centre, edition=0)
    assert "民呼我应诉求交办单" in papers.said(papers.paper(papers.issue("assignment")))
    assert papers.said(papers.paper(done)).startswith("第二版"), "what was issued stays as it was"


def test_a_shipped_template_is_unsigned_until_the_district_signs_it() -> None:
    def signed(kind: str = "assignment") -> bool:
        return paper_templates.in_force(kind).confirmed_at is not None

    assert not any(one.confirmed_at for one in paper_templates.kinds_in_force())
    actions.confirm_paper_template("assignment", by=people.centre)
    assert signed() and not signed("return")
    actions.number_papers(by=people.centre, kind="assignment", pattern="武政呼〔{年}〕{号}号")
    assert not signed(), "what was signed had another number"
    actions.confirm_paper_template("assignment", by=people.centre)
    actions.enforce_paper_template("assignment", by=people.centre, edition=upload())
    assert signed(), "who puts their own in force has signed it"
    actions.enforce_paper_template("assignment", by=people.centre, edition=0)
    assert not signed()


def test_a_new_shipped_template_must_be_signed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    actions.confirm_paper_template("minutes", by=people.centre)
    monkeypatch.setattr(paper_templates, "shipped", lambda kind: template("新版 {{文号}}"))
    assert paper_templates.in_force("minutes").confirmed_at is None


def test_a_template_with_unknown_placeholders_is_refused_with_every_fault() -> None:
    grid = Grid([["编号", "{{诉求编码}}"]], head=0)
    data = as_docx(Paper("样张", [Text("{{文号}}"), Text("{{主办单}}"), grid]))
    with pytest.raises(Invalid) as refusal:
        actions.upload_paper_template("assignment", by=people.centre, data=data)
    first, second = refusal.value.faults
    assert (first.where, second.where) == ("第 2 段", "表 1 第 1 行第 2 格")
    assert "{{主办单}}" in first.what and "{{主办单位}}" in first.remedy
    assert "{{诉求编号}}" in second.remedy
    assert not PaperTemplate.objects.exists()


def test_a_placeholder_of_another_kind_is_unknown_here() -> None:
    with pytest.raises(Invalid):
        upload("assignment", "{{督办级别}}")
    assert upload("supervision", "{{督办级别}}") == 1


def test_what_the_pdf_will_not_show_is_kept_as_a_warning() -> None:
    data = template("{{文号}}")
    parts = docx_parts.opened(data)
    one = next(parts.body.iter(docx_parts.w("r")))
    one.append(one.makeelement(docx_parts.w("drawing"), {}))
    actions.upload_paper_template("return", by=people.centre, data=parts.packed())
    (warning,) = PaperTemplate.objects.get().warnings
    assert "图片" in warning


def test_only_the_centre_edits_and_signs_templates() -> None:
    for by in (people.dispatcher, people.handler, people.leader):
        with pytest.raises(Forbidden):
            actions.upload_paper_template("return", by=by, data=template("{{文号}}"))
        with pytest.raises(Forbidden):
            actions.enforce_paper_template("return", by=by, edition=0)
        with pytest.raises(Forbidden):
            actions.confirm_paper_template("return", by=by)
        with pytest.raises(Forbidden):
            actions.number_papers(by=by, kind="return", pattern="伪〔{年}〕{号}号")


def test_a_completion_report_is_signed_on_the_template_it_was_issued_from() -> None:
    edition = upload("completion", "旧版 {{文号}} 签发：{{签发人}}")
    actions.enforce_paper_template("completion", by=people.centre, edition=edition)
    done = papers.issue("completion")
    actions.enforce_paper_template("completion", by=people.centre, edition=0)
    actions.sign_paper(done.paper, by=people.leader)
    said = papers.said(papers.paper(done))
    assert said.startswith(f"旧版 {done.paper_number} 签发：{people.leader.name}")


def test_what_an_answer_says_in_braces_stays_as_it_was_said_when_it_is_signed() -> None:
    said = "模板里的{{诉求编号}}和{{办理过程.事项}}填错了"
    case = people.in_progress()
    replied = actions.reply(
        case.number, version=case.version, by=people.handler, result=said, solved=True
    )
    done = papers.issue("completion", replied)
    assert said in papers.said(papers.paper(done)), "also while it is marked as not signed"
    actions.sign_paper(done.paper, by=people.leader)
    assert said in papers.said(papers.paper(done))
