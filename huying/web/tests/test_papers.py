"""Papers: one set of blocks as Word and PDF; templates read, checked and filled."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from huying.kernel.errors import Invalid
from huying.web import docx_fill, docx_parts, docx_read, paper_pdf
from huying.web.docx_fill import Known, filled
from huying.web.paper import OFFICE, Cell, Grid, Paper, Span, Text, as_docx, as_pdf

KNOWN = Known(frozenset({"编号", "标题", "内容", "签发人"}), {"附件": frozenset({"名称", "序号"})})
VALUES: docx_fill.Values = {
    "编号": "20260302-001-P0001",
    "标题": "路灯<不亮>&",
    "内容": "第一行\n第二行",
    "附件": [{"名称": "甲.jpg", "序号": "1"}, {"名称": "乙.jpg", "序号": "2"}],
}


def template(*blocks: Text | Grid) -> bytes:
    return as_docx(Paper("样张", blocks))


def words(data: bytes) -> str:
    """Everything a document says, paragraph by paragraph."""
    document = docx_parts.opened(data)
    return "\n".join(docx_parts.said(one) for one, _where in docx_parts.paragraphs(document))


def changed(data: bytes, change: Callable[[str], str], part: str = "word/document.xml") -> bytes:
    """The document with one of its parts rewritten, as Word or a stranger might."""
    return with_part(data, part, change(zipfile.ZipFile(io.BytesIO(data)).read(part).decode()))


def with_part(data: bytes, name: str, text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for one in old.namelist():
            new.writestr(one, text if one == name else old.read(one))
        if name not in old.namelist():
            new.writestr(name, text)
    return file.getvalue()


def test_placeholders_are_filled_in_text_and_tables_with_their_looks() -> None:
    data = template(
        Text("编号：{{编号}}，{{ 标题 }}", bold=True), Grid([["标题", "｛｛标题｝｝"]], head=0)
    )
    made = filled(data, VALUES, KNOWN)
    assert words(made).splitlines()[:3] == [
        "编号：20260302-001-P0001，路灯<不亮>&",
        "标题",
        "路灯<不亮>&",
    ]
    block = docx_read.read(docx_parts.opened(made), "x").blocks[0]
    assert isinstance(block, Text) and all(span.bold for span in block.spans)


def test_a_placeholder_that_word_has_cut_into_runs_is_understood() -> None:
    cut = '{{</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:t>编</w:t></w:r><w:r><w:t>号}'
    data = changed(
        template(Text("第{{编号}}号")),
        lambda xml: xml.replace("{{编号}", cut),
    )
    document = docx_parts.opened(data)
    assert docx_fill.faults_of(document, KNOWN) == []
    assert docx_fill.names_in(document) == {"编号"}
    assert words(filled(data, VALUES, KNOWN)).startswith("第20260302-001-P0001号")


def test_a_row_that_names_a_list_is_repeated_for_each_item() -> None:
    data = template(Grid([["序号", "名称"], ["{{附件.序号}}", "{{附件.名称}}（{{编号}}）"]]))
    rows = docx_read.read(docx_parts.opened(filled(data, VALUES, KNOWN)), "x").blocks[0]
    assert isinstance(rows, Grid) and len(rows.rows) == 3
    said = words(filled(data, VALUES, KNOWN))
    assert "1\n甲.jpg（20260302-001-P0001）\n2\n乙.jpg" in said


def test_a_paragraph_of_a_list_is_repeated_and_its_name_alone_is_all_in_one_line() -> None:
    data = template(Text("{{附件.序号}}．{{附件.名称}}"), Text("附件：{{附件}}"))
    assert words(filled(data, VALUES, KNOWN)).startswith(
        "1．甲.jpg\n2．乙.jpg\n附件：甲.jpg、乙.jpg"
    )


def test_an_empty_list_says_that_there_is_nothing() -> None:
    data = template(Grid([["{{附件.序号}}", "{{附件.名称}}"]], head=0), Text("附件：{{附件}}"))
    assert words(filled(data, {"附件": []}, KNOWN)).startswith("无\n\n附件：无")


def test_several_lines_become_paragraphs_where_the_placeholder_stands_alone() -> None:
    data = template(Text("{{内容}}", indent=28), Text("内容：{{内容}}"))
    blocks = docx_read.read(docx_parts.opened(filled(data, VALUES, KNOWN)), "x").blocks
    texts = [one for one in blocks if isinstance(one, Text)]
    assert [one.looks[0].words for one in texts[:2]] == ["第一行", "第二行"]
    assert all(one.indent == 28 for one in texts[:2])
    assert "".join(span.words for span in texts[2].spans) == "内容：第一行\n第二行"


def test_what_is_left_can_be_filled_later_and_a_mark_stands_above() -> None:
    data = template(Text("{{标题}} 签发人：{{签发人}}"))
    first = filled(data, VALUES, KNOWN, left=frozenset({"签发人"}))
    assert "{{签发人}}" in words(first)
    assert words(filled(first, {}, KNOWN, "未签发")).startswith(
        "【未签发】\n路灯<不亮>& 签发人：\n"
    )
    assert "签发人：郑向阳" in words(filled(first, {"签发人": "郑向阳"}, KNOWN))


def test_what_a_value_brings_is_not_filled_in_a_row_nor_when_the_rest_is() -> None:
    data = template(
        Grid([["{{附件.名称}}"]], head=0), Text("{{内容}}，{{标题}}"), Text("{{签发人}}")
    )
    brought: docx_fill.Values = {
        "附件": [{"名称": "{{标题}}.jpg"}],
        "标题": "{{附件.名称}}",
        "内容": "{{编号}}",
    }
    made = filled(data, brought, KNOWN, left=frozenset({"签发人"}))
    said = "{{标题}}.jpg\n{{编号}}，{{附件.名称}}\n"
    assert words(made).startswith(f"{said}{{{{签发人}}}}")
    name = frozenset({"签发人"})
    assert words(docx_fill.completed(made, name, {"签发人": "郑"})).startswith(f"{said}郑")
    assert words(docx_fill.completed(made, name, {}, "未签发")).startswith(f"【未签发】\n{said}\n")


def test_values_cannot_bring_placeholders_or_signs_that_xml_forbids() -> None:
    data = template(Text("{{标题}}"))
    made = filled(data, {"标题": "{{编号}}\x00\x0b好", "编号": "秘"}, KNOWN)
    assert words(made).startswith("{{编号}}好")


@pytest.mark.parametrize(
    ("block", "where", "what", "remedy"),
    [
        (Text("{{编码}}"), "第 1 段", "{{编码}}", "{{编号}}"),
        (Grid([["甲", "{{附件.大小}}"]], head=0), "表 1 第 1 行第 2 格", "{{附件.大小}}", "{{附件"),
        (Text("编号 {{编号}"), "第 1 段", "没有成对", "{{名称}}"),
    ],
)
def test_what_is_wrong_with_a_template_is_said_with_its_place_and_the_nearest_name(
    block: Text | Grid, where: str, what: str, remedy: str
) -> None:
    (fault,) = docx_fill.faults_of(docx_parts.opened(template(block)), KNOWN)
    assert fault.where == where and what in fault.what and remedy in fault.remedy


def test_two_lists_in_one_row_are_refused() -> None:
    known = Known(KNOWN.facts, {**KNOWN.lists, "单位": frozenset({"名称"})})
    data = template(Grid([["{{附件.名称}}", "{{单位.名称}}"]], head=0))
    (fault,) = docx_fill.faults_of(docx_parts.opened(data), known)
    assert "单位、附件" in fault.what


def _macro(data: bytes) -> bytes:
    return with_part(data, "word/vbaProject.bin", "x")


def _fetching(data: bytes) -> bytes:
    wanted = (
        f'<Relationship Id="t" TargetMode="External" Target="x" Type="{OFFICE}/attachedTemplate"/>'
    )
    return changed(
        data,
        lambda xml: xml.replace("</Relationships>", f"{wanted}</Relationships>"),
        "word/_rels/document.xml.rels",
    )


def _pictured(data: bytes) -> bytes:
    """A picture that is fetched when it is opened, written as Word does not write it."""
    wanted = f"<Relationship Id='p' TargetMode='External' Target='x' Type='{OFFICE}/image'/>"
    return changed(
        data,
        lambda xml: xml.replace("</Relationships>", f"{wanted}</Relationships>"),
        "word/_rels/document.xml.rels",
    )


def _bent(data: bytes) -> bytes:
    """One of its parts does not unpack."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo("word/document.xml")
    start = info.header_offset + 30 + len(info.filename)
    return data[:start] + b"\xff" * 20 + data[start + 20 :]


def _entities(data: bytes) -> bytes:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    return changed(data, lambda xml: xml.replace("<w:document", f"{bomb}<w:document", 1))


@pytest.mark.parametrize(
    "spoilt",
    [
        _macro,
        _fetching,
        _entities,
        _pictured,
        _bent,
        lambda data: changed(data, lambda xml: xml.replace("w:body", "w:corpse")),
        lambda data: b"PK\x03\x04 not a document",
        lambda data: b"%PDF-1.4",
        lambda data: data + b"\0" * docx_parts.LARGEST,
        lambda data: with_part(data, "word/embeddings/oleObject1.bin", "x"),
        lambda data: with_part(data, "word/document.xml", "<w:document"),
        lambda data: with_part(data, "word/media/big.xml", "0" * docx_parts.LARGEST_INSIDE),
        lambda data: zip_of({"a.txt": "x"}),
    ],
)
def test_what_is_no_plain_word_document_is_refused(spoilt: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Invalid) as refusal:
        docx_parts.opened(spoilt(template(Text("好"))))
    assert refusal.value.remedy or refusal.value.faults[0].remedy


def zip_of(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def test_blocks_read_from_word_are_those_that_were_written() -> None:
    blocks = (
        Text("红头", 30, bold=True, align="center", color="D7000F", rule="D7000F", after=8),
        Text("正文", 16, indent=32, leading=28, before=4, keep=True),
        Text(spans=[Span("甲", 16, True), Span("乙", 12)], align="right"),
    )
    grid = Grid(
        [
            [
                Cell([Text("纵", 12, after=0)], down=2),
                Cell([Text("横", 12, after=0)], across=2),
                None,
            ],
            [None, Cell([Text("一", 12, after=0)], middle=False), Cell([Text("二", 12, after=0)])],
        ],
        wide=(1, 2, 3),
        head=0,
        heights=(30, 60),
    )
    paper = Paper("样张", (*blocks, grid), margins=(105, 74, 99, 79))
    back = docx_read.read(docx_parts.opened(as_docx(paper)), "样张")
    assert (back.size, back.margins, back.numbered) == ((595, 842), (105, 74, 99, 79), True)
    for was, now in zip(blocks, back.blocks, strict=False):
        assert isinstance(now, Text)
        for name in ("align", "indent", "leading", "before", "after", "rule", "keep"):
            assert getattr(now, name) == getattr(was, name), name
        assert tuple(now.spans) == tuple(was.looks)
    table = back.blocks[-1]
    assert isinstance(table, Grid) and table.lines and table.heights == [30, 60]
    (first, second, none), (covered, *_others) = table.rows
    assert isinstance(first, Cell) and first.down == 2 and covered is None and none is None
    assert isinstance(second, Cell) and second.across == 2


def test_sizes_and_bold_come_from_the_styles_of_a_document() -> None:
    styles = (
        f'<w:styles xmlns:w="{docx_parts.W}">'
        '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="21"/></w:rPr></w:rPrDefault>'
        "</w:docDefaults>"
        '<w:style w:type="paragraph" w:styleId="T"><w:pPr><w:jc w:val="center"/></w:pPr>'
        '<w:rPr><w:b/><w:sz w:val="44"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="U"><w:basedOn w:val="T"/>'
        '<w:rPr><w:b w:val="0"/></w:rPr></w:style></w:styles>'
    )
    body = (
        '<w:p><w:pPr><w:pStyle w:val="U"/></w:pPr><w:r><w:t>题</w:t></w:r></w:p>'
        "<w:p><w:r><w:t>文</w:t></w:r></w:p>"
    )
    data = changed(template(), lambda xml: xml.replace("<w:body>", f"<w:body>{body}"))
    back = docx_read.read(docx_parts.opened(with_part(data, "word/styles.xml", styles)), "x")
    title, text = back.blocks
    assert isinstance(title, Text) and isinstance(text, Text)
    assert (title.align, title.spans[0].size, title.spans[0].bold) == ("center", 22, False)
    assert text.spans[0].size == 10.5


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<w:r><w:drawing/></w:r>", "图片"),
        ("<w:ins><w:r><w:t>改</w:t></w:r></w:ins>", "修订"),
        ("<w:r><w:footnoteReference/></w:r>", "脚注"),
    ],
)
def test_what_the_pdf_will_not_show_is_told(inside: str, said: str) -> None:
    plain = template(Text("好"))
    assert docx_read.warnings_of(docx_parts.opened(plain)) == []
    data = changed(plain, lambda xml: xml.replace("</w:p>", f"{inside}</w:p>", 1))
    (warning,) = docx_read.warnings_of(docx_parts.opened(data))
    assert said in warning


@pytest.mark.parametrize(
    "odd",
    [
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="500"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>',
        '<w:p><w:pPr><w:spacing w:before="99999"/></w:pPr></w:p>',
        '<w:tbl><w:tr><w:trPr><w:trHeight w:val="99999"/></w:trPr><w:tc><w:p/></w:tc></w:tr>'
        "</w:tbl>",
        '<w:sectPr><w:pgSz w:w="300" w:h="300"/></w:sectPr>',
        '<w:sectPr><w:pgMar w:left="9000" w:right="9000"/></w:sectPr>',
    ],
)
def test_what_cannot_be_drawn_is_refused_and_not_an_error(odd: str) -> None:
    data = changed(template(Text("好")), lambda xml: xml.replace("<w:body>", f"<w:body>{odd}"))
    with pytest.raises(Invalid) as refusal:
        as_pdf(docx_read.read(docx_parts.opened(data), "x"))
    assert refusal.value.remedy or refusal.value.faults[0].remedy


def test_measures_that_are_none_are_passed_over() -> None:
    odd = (
        '<w:p><w:pPr><!-- by hand --><w:spacing w:line="nan" w:before="inf"/>'
        '<w:ind w:firstLineChars="two" w:leftChars="x"/></w:pPr>'
        '<w:r><w:rPr><w:color w:val="no-red"/><w:sz w:val="big"/></w:rPr><w:t>甲</w:t></w:r></w:p>'
        '<w:tbl><w:tblPr><w:tblStyle w:val="A"/></w:tblPr><w:tr><w:tc><w:tcPr>'
        '<w:gridSpan w:val="no"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>'
    )
    circle = (
        f'<w:styles xmlns:w="{docx_parts.W}">'
        '<w:style w:type="table" w:styleId="A"><w:basedOn w:val="B"/></w:style>'
        '<w:style w:type="table" w:styleId="B"><w:basedOn w:val="A"/></w:style></w:styles>'
    )
    data = changed(
        template(Text("好")),
        lambda xml: xml.replace("<w:body>", f'<w:body>{odd}<w:cols w:num="x"/>'),
    )
    document = docx_parts.opened(with_part(data, "word/styles.xml", circle))
    assert docx_read.warnings_of(document) == []
    paper = docx_read.read(document, "x")
    first = paper.blocks[0]
    assert isinstance(first, Text)
    assert (first.spans[0].size, first.spans[0].color, first.indent) == (10.5, "", 0)
    assert as_pdf(paper).startswith(b"%PDF")


def lines(text: str, width: float, **look: float) -> list[str]:
    block = Text(text, 10, **look)  # type: ignore[arg-type]
    font = paper_pdf._font()
    broken = paper_pdf._broken(block, font, width)
    return ["".join(span.words for span in line.spans) for line in broken]


def test_chinese_is_broken_as_chinese_is() -> None:
    text = "请于今日办结，并答复（诉求人）。电话 12345678 转 90，“引文”在后。" * 4
    for width in range(40, 130, 7):
        found = lines(text, width)
        assert "".join(found).replace(" ", "") == text.replace(" ", "")
        for line in found[1:]:
            assert line[0] not in paper_pdf.NEVER_FIRST, (width, found)
        for line in found[:-1]:
            assert line[-1] not in paper_pdf.NEVER_LAST, (width, found)
        assert width < 60 or any("12345678" in line for line in found)


def test_only_the_first_line_is_indented_and_a_long_word_does_not_run_over() -> None:
    assert [len(line) for line in lines("字" * 25, 101, indent=20)] == [8, 10, 7]
    assert max(map(len, lines("a" * 300, 100))) < 300


def test_a_row_taller_than_a_page_goes_on_on_the_next_one() -> None:
    long = Cell([Text("很长的内容。" * 800, 12, after=0)])
    grid = Grid([[Cell([Text("内容", 12)]), long], ["完", "毕"]], wide=(1, 4), head=0)
    data = as_pdf(Paper("样张", [grid], mark="样稿"))
    assert data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") >= 3


def test_the_same_paper_is_the_same_file() -> None:
    paper = Paper("样张", [Text("好"), Grid([["一", "二"]])])
    assert as_docx(paper) == as_docx(paper)
    assert as_pdf(paper) == as_pdf(paper)
