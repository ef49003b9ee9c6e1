"""Sets a paper once as blocks, and writes it as a Word document or as PDF: reports, notices, forms.

Chinese in the PDF is set in STSong-Light, which every reader of PDF with Chinese support has, so
that no font of many megabytes travels with the product. A font file that a district lays under
`fonts/paper.ttf` of its home (such as its 仿宋) is used instead, and embedded.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal
from xml.sax.saxutils import escape

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
DOCX, PDF = f"{WORD}.document", "application/pdf"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{WORD}.document.main+xml"/>'
    f'<Override PartName="/word/footer1.xml" ContentType="{WORD}.footer+xml"/></Types>'
)
RELATIONS = (
    f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Target="word/document.xml" Type="{OFFICE}/officeDocument"/>'
    "</Relationships>"
)
OWN_RELATIONS = (
    f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="f1" Target="footer1.xml" Type="{OFFICE}/footer"/></Relationships>'
)
NUMBERED = (
    f'{HEAD}<w:ftr xmlns:w="{SPACE}"><w:p><w:pPr><w:jc w:val="center"/></w:pPr>'
    '<w:r><w:t xml:space="preserve">— </w:t></w:r>'
    '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    '<w:r><w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>'
)
LONG, SHORT, MARGIN = 842, 595, 54  # points of A4
ALWAYS = (1980, 1, 1, 0, 0, 0)  # the same paper is the same file, whenever it is written
Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Span:
    """Words of one look inside a paragraph; `color` as RRGGBB."""

    words: str
    size: float = 14
    bold: bool = False
    color: str = ""


@dataclass(frozen=True)
class Text:
    """A paragraph; all lengths in points.

    `indent` is that of its first line, `leading` the height of a line (0: half as much again as
    its letters), `rule` the colour of a line drawn below it. `spans` stand instead of `words`
    where not everything looks the same. `font` is for Word; the PDF has one. With
    `keep` it stands on the same page as what follows it.
    """

    words: str = ""
    size: float = 14
    bold: bool = False
    align: Align = "left"
    indent: float = 0
    left: float = 0
    before: float = 0
    after: float = 6
    leading: float = 0
    color: str = ""
    rule: str = ""
    font: str = ""
    keep: bool = False
    spans: Sequence[Span] = ()

    @property
    def looks(self) -> Sequence[Span]:
        """Its words with their looks."""
        return self.spans or (Span(self.words, self.size, self.bold, self.color),)


@dataclass(frozen=True)
class Cell:
    """A cell of a table that holds paragraphs, or reaches over others."""

    blocks: Sequence[Text]
    across: int = 1
    down: int = 1
    middle: bool = True


@dataclass(frozen=True)
class Grid:
    """A table; `wide` weighs the columns, `width` is its own in points (0: the whole room).

    A row has an entry for each column, None where another cell reaches over it. The first `head`
    rows are repeated on every page; `heights` are the least heights of the rows.
    """

    rows: Sequence[Sequence[str | Cell | None]]
    wide: Sequence[float] = ()
    size: float = 10.5
    head: int = 1
    lines: bool = True
    width: float = 0
    heights: Sequence[float] = ()

    @property
    def shares(self) -> list[float]:
        """What share of the width each column takes."""
        weights = list(self.wide) or [1.0] * len(self.rows[0])
        return [weight / sum(weights) for weight in weights]


@dataclass(frozen=True)
class Break:
    """What follows stands on a new page."""


Block = Text | Grid | Break


@dataclass(frozen=True)
class Paper:
    """What is printed: a title for the reader's window, and blocks from top to bottom.

    `size` and `margins` (top, right, bottom, left) are in points; `mark` is laid over every page
    of the PDF in grey, for what is no original.
    """

    title: str
    blocks: Sequence[Block] = field(default_factory=list)
    landscape: bool = False
    size: tuple[float, float] = (SHORT, LONG)
    margins: tuple[float, float, float, float] = (MARGIN, MARGIN, MARGIN, MARGIN)
    numbered: bool = True
    header: str = ""
    footer: str = ""
    mark: str = ""

    @property
    def width(self) -> float:
        return max(self.size) if self.landscape else self.size[0]

    @property
    def height(self) -> float:
        return min(self.size) if self.landscape else self.size[1]

    @property
    def room(self) -> float:
        """The width between the margins."""
        return self.width - self.margins[1] - self.margins[3]


def as_pdf(paper: Paper) -> bytes:
    """The paper as PDF."""
    from huying.web.paper_pdf import drawn  # 0.2 s, only when one is printed

    return drawn(paper)


def as_docx(paper: Paper) -> bytes:
    """The paper as a Word document that a district may edit further."""
    body = "".join(_block(block, paper) for block in paper.blocks)
    turned = ' w:orient="landscape"' if paper.landscape else ""
    sides = zip(("top", "right", "bottom", "left"), paper.margins, strict=True)
    foot = f'<w:footerReference xmlns:r="{OFFICE}" w:type="default" r:id="f1"/>'
    page = (
        f"<w:sectPr>{foot if paper.numbered else ''}"
        f'<w:pgSz w:w="{_twips(paper.width)}" w:h="{_twips(paper.height)}"{turned}/>'
        "<w:pgMar "
        + " ".join(f'w:{side}="{_twips(length)}"' for side, length in sides)
        + ' w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>'
    )
    document = f'{HEAD}<w:document xmlns:w="{SPACE}"><w:body>{body}{page}</w:body></w:document>'
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELATIONS,
        "word/document.xml": document,
        "word/_rels/document.xml.rels": OWN_RELATIONS,
        "word/footer1.xml": NUMBERED,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, ALWAYS)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text)
    return file.getvalue()


def _twips(points: float) -> int:
    return round(points * 20)


def _block(block: Block, paper: Paper) -> str:
    if isinstance(block, Break):
        return '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
    return _paragraph(block) if isinstance(block, Text) else _word_table(block, paper)


def _paragraph(block: Text) -> str:
    rule = f'<w:bottom w:val="single" w:sz="12" w:space="4" w:color="{block.rule}"/>'
    spacing = f'<w:spacing w:before="{_twips(block.before)}" w:after="{_twips(block.after)}"'
    if block.leading:
        spacing += f' w:line="{_twips(block.leading)}" w:lineRule="exact"'
    indent = f'<w:ind w:left="{_twips(block.left)}" w:firstLine="{_twips(block.indent)}"/>'
    look = (
        ("<w:keepNext/>" if block.keep else "")
        + (f"<w:pBdr>{rule}</w:pBdr>" if block.rule else "")
        + f"{spacing}/>"
        + (indent if block.left or block.indent else "")
        + (f'<w:jc w:val="{block.align}"/>' if block.align != "left" else "")
    )
    runs = "".join(_run(span, block.font) for span in block.looks)
    return f"<w:p><w:pPr>{look}</w:pPr>{runs}</w:p>"


def _run(span: Span, font: str) -> str:
    named = " ".join(f'w:{kind}="{escape(font)}"' for kind in ("ascii", "hAnsi", "eastAsia"))
    look = (
        (f"<w:rFonts {named}/>" if font else "")
        + ("<w:b/>" if span.bold else "")
        + (f'<w:color w:val="{span.color}"/>' if span.color else "")
        + f'<w:sz w:val="{round(span.size * 2)}"/>'
    )
    words = escape(span.words)
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def _word_table(block: Grid, paper: Paper) -> str:
    room = _twips(block.width or paper.room)
    wide = [round(share * room) for share in block.shares]
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    kind = "single" if block.lines else "nil"
    borders = "".join(f'<w:{side} w:val="{kind}" w:sz="4"/>' for side in sides)
    heights = [*block.heights, *[0.0] * (len(block.rows) - len(block.heights))]
    lines = []
    for number, row in enumerate(block.rows):
        cells = "".join(
            _word_cell(block, number, column, value, wide) for column, value in enumerate(row)
        )
        look = f'<w:trHeight w:val="{_twips(heights[number])}"/>' if heights[number] else ""
        look += "<w:tblHeader/>" if number < block.head else ""
        lines.append(f"<w:tr><w:trPr>{look}</w:trPr>{cells}</w:tr>")
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in wide)
    look = (
        f'<w:tblPr><w:tblW w:w="{room}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>'
    )
    return f"<w:tbl>{look}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>"


def _word_cell(
    block: Grid, number: int, column: int, value: str | Cell | None, wide: Sequence[int]
) -> str:
    """A cell as Word has it; what another cell reaches over from above goes on with it."""
    merged = ""
    if value is None:
        above = _reaching(block, number, column)
        if above is None:
            return ""
        value, merged = above, "<w:vMerge/>"
    elif isinstance(value, Cell) and value.down > 1:
        merged = '<w:vMerge w:val="restart"/>'
    bold = number < block.head
    if isinstance(value, str):
        value = Cell([Text(value, block.size, bold=bold, after=0)])
    width = sum(wide[column : column + value.across])
    look = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    look += f'<w:gridSpan w:val="{value.across}"/>' if value.across > 1 else ""
    look += merged + ('<w:vAlign w:val="center"/>' if value.middle else "")
    inside = [Text(after=0)] if merged == "<w:vMerge/>" else value.blocks
    return f"<w:tc><w:tcPr>{look}</w:tcPr>{''.join(map(_paragraph, inside))}</w:tc>"


def _reaching(block: Grid, number: int, column: int) -> Cell | None:
    """The cell of a row above whose first column this is and that reaches down to here."""
    for above in range(number - 1, -1, -1):
        found = block.rows[above][column]
        if isinstance(found, Cell):
            return found if above + found.down > number else None
        if found is not None:
            return None
    return None
