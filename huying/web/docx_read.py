"""Reads a Word document as the blocks of a paper, and tells what of it the PDF will not show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from huying.web.docx_parts import STYLES, Document, measure, refused, said, tree, w
from huying.web.paper import Align, Block, Break, Cell, Grid, Paper, Span, Text

ALIGNS: Mapping[str, Align] = {"center": "center", "right": "right", "end": "right"}
USUAL_SIZE = 10.5  # points of Word where nothing is said
COLOR = re.compile(r"[0-9A-Fa-f]{6}")
MOST_COLUMNS = 63  # as Word has it
LEAST_ROOM, LARGEST_SIDE = 72.0, 4000.0  # points
INHERITED = ("sz", "b", "color", "vanish")


@dataclass
class Look:
    """What a style, a paragraph or a run says of its looks; later words override earlier ones."""

    runs: dict[str, str] = field(default_factory=dict)
    paragraph: dict[str, dict[str, str]] = field(default_factory=dict)

    def over(self, other: Look) -> Look:
        """This, with what `other` says besides or instead."""
        merged = {name: dict(found) for name, found in self.paragraph.items()}
        for name, found in other.paragraph.items():
            merged[name] = {**merged.get(name, {}), **found}
        return Look({**self.runs, **other.runs}, merged)


def read(document: Document, title: str, mark: str = "") -> Paper:
    """The document as a paper that `as_pdf` draws."""
    reader = _Reader(document)
    page = _last(document.body, "sectPr")
    size = _points(page, "pgSz", ("w", "h"), (595.0, 842.0))
    margins = _points(page, "pgMar", ("top", "right", "bottom", "left"), (72.0, 90.0, 72.0, 90.0))
    top, right, bottom, left = (max(length, 20.0) for length in margins)
    wide, tall = size[0] - left - right, size[1] - top - bottom
    if min(wide, tall) < LEAST_ROOM or max(size) > LARGEST_SIDE:
        raise refused(_("纸张或页边距的大小不合适。"), _("请在“页面设置”中改正后另存。"))
    heads = {name: root for name, root in document.trees.items() if "header" in name}
    feet = {name: root for name, root in document.trees.items() if "footer" in name}
    numbered = any(_numbers(root) for root in feet.values())
    blocks = list(reader.blocks(document.body))
    footer = "" if numbered else _in_one_line(feet)
    return Paper(
        title,
        blocks,
        size=(size[0], size[1]),
        margins=(top, right, bottom, left),
        numbered=numbered,
        header=_in_one_line(heads),
        footer=footer,
        mark=mark,
    )


def warnings_of(document: Document) -> list[str]:
    """What a person sees in Word and will not see in the PDF, each once."""
    found = []
    for words, tags in (
        (_("图片、图形和文本框在 PDF 中不显示。"), ("drawing", "pict", "object")),
        (_("修订没有接受：PDF 按全部接受显示，请先在 Word 中接受或拒绝修订。"), ("ins", "del")),
        (_("自动编号在 PDF 中不显示，请直接写出序号。"), ("numPr",)),
        (_("脚注和尾注在 PDF 中不显示。"), ("footnoteReference", "endnoteReference")),
        (_("批注在 PDF 中不显示。"), ("commentReference",)),
    ):
        if any(_has(root, tag) for root in document.trees.values() for tag in tags):
            found.append(words)
    body = document.body
    if len(list(body.iter(w("sectPr")))) > 1:
        found.append(_("文档分了几节：PDF 全部按最后一节的纸张和页边距。"))
    if any(measure(one.get(w("num"))) > 1 for one in body.iter(w("cols"))):
        found.append(_("分栏在 PDF 中按一栏显示。"))
    if any(True for cell in body.iter(w("tc")) for _one in cell.iter(w("tbl"))):
        found.append(_("表格里的表格在 PDF 中只显示文字。"))
    return found


def _has(root: Any, tag: str) -> bool:
    return next(root.iter(w(tag)), None) is not None


class _Reader:
    """Knows the styles of a document while its blocks are read."""

    def __init__(self, document: Document) -> None:
        self.styles: dict[str, Any] = {}
        self.defaults = Look()
        self.usual = ""
        styles = document.parts.get(STYLES)
        if styles is None:
            return
        root = tree(styles)
        for one in root.findall(w("style")):
            self.styles[one.get(w("styleId"), "")] = one
            if one.get(w("type")) == "paragraph" and one.get(w("default")) in ("1", "true"):
                self.usual = one.get(w("styleId"), "")
        defaults = root.find(w("docDefaults"))
        if defaults is not None:
            for kind in ("pPrDefault", "rPrDefault"):
                if (holder := defaults.find(w(kind))) is not None:
                    self.defaults = self.defaults.over(_look(holder))

    def styled(self, name: str) -> Look:
        """What a style says, with all that it is based on."""
        chain: list[Any] = []
        while name in self.styles and self.styles[name] not in chain and len(chain) < 20:
            chain.append(self.styles[name])
            based = self.styles[name].find(w("basedOn"))
            name = based.get(w("val"), "") if based is not None else ""
        found = Look()
        for one in reversed(chain):
            found = found.over(_look(one))
        return found

    def blocks(self, holder: Any) -> Iterator[Block]:
        """The blocks in a body, or in a content control."""
        for child in holder:
            if child.tag == w("p"):
                yield from self.paragraph(child)
            elif child.tag == w("tbl"):
                grid = self.table(child)
                if grid is not None:
                    yield grid
            elif child.tag == w("sdt") and (inside := child.find(w("sdtContent"))) is not None:
                yield from self.blocks(inside)

    def paragraph(self, node: Any) -> Iterator[Text | Break]:
        """A paragraph; a page break in it is a block of its own."""
        own = node.find(w("pPr"))
        name = self.usual
        if own is not None and (style := own.find(w("pStyle"))) is not None:
            name = style.get(w("val"), "")
        look = self.defaults.over(self.styled(name))
        if own is not None:
            direct = _look(node)
            look = Look(look.runs, look.over(direct).paragraph)
        if "pageBreakBefore" in look.paragraph:
            yield Break()
        spans, broken = self.spans(node, look)
        mark = own.find(w("rPr")) if own is not None else None
        empty = look.over(Look(_run_look(mark))) if mark is not None else look
        yield _text(spans, look.paragraph, _size(empty.runs))
        if broken:
            yield Break()

    def spans(self, node: Any, look: Look) -> tuple[list[Span], bool]:
        """The words of a paragraph with their looks, and whether a page ends with it."""
        found: list[Span] = []
        broken = False
        for run in node.iter(w("r")):
            if next(run.iterancestors(w("p")), None) is not node:
                continue  # of a text box
            letters = run.find(w("rPr"))
            mine = look
            if letters is not None:
                if (style := letters.find(w("rStyle"))) is not None:
                    mine = mine.over(Look(self.styled(style.get(w("val"), "")).runs))
                mine = mine.over(Look(_run_look(letters)))
            words = "".join(_sign(one) for one in run)
            broken = broken or any(
                one.tag == w("br") and one.get(w("type")) == "page" for one in run
            )
            if words and not _on(mine.runs.get("vanish")):
                color = mine.runs.get("color", "auto")
                plain = not COLOR.fullmatch(color) or color == "000000"
                bold = _on(mine.runs.get("b"))
                found.append(Span(words, _size(mine.runs), bold, "" if plain else color))
        return found, broken

    def table(self, node: Any) -> Grid | None:
        """A table with its merged cells; None for one without any."""
        wide = [
            _twips(one.get(w("w"), "0")) for one in node.findall(f"{w('tblGrid')}/{w('gridCol')}")
        ]
        rows: list[list[str | Cell | None]] = []
        heights: list[float] = []
        head = 0
        for line in node.findall(w("tr")):
            row: list[str | Cell | None] = []
            for cell in line.findall(w("tc")):
                row.append(self.cell(cell))
                row += [None] * (_span(cell) - 1)
                if len(row) > MOST_COLUMNS:
                    raise refused(_("表格的列太多。"), _("一个表格最多 63 列，请分成几个。"))
            rows.append(row)
            tall = line.find(f"{w('trPr')}/{w('trHeight')}")
            heights.append(_twips(tall.get(w("val"), "0")) if tall is not None else 0.0)
            if line.find(f"{w('trPr')}/{w('tblHeader')}") is not None and head == len(rows) - 1:
                head += 1
        count = max((len(row) for row in rows), default=0)
        if not count:
            return None
        for row in rows:
            row += [""] * (count - len(row))
        wide = [one or 40.0 for one in wide[:count]] + [40.0] * (count - len(wide))
        return Grid(
            _reaching_down(node, rows),
            wide=wide,
            head=head if head < len(rows) else 0,
            lines=self.ruled(node),
            width=sum(wide),
            heights=heights,
        )

    def cell(self, node: Any) -> Cell:
        """The paragraphs of a cell; a table inside it only by its words."""
        blocks: list[Text] = []
        for child in node:
            if child.tag == w("p"):
                blocks += [one for one in self.paragraph(child) if isinstance(one, Text)]
            elif child.tag == w("tbl"):
                blocks += [Text(said(one), USUAL_SIZE, after=0) for one in child.iter(w("p"))]
        align = node.find(f"{w('tcPr')}/{w('vAlign')}")
        middle = align is not None and align.get(w("val")) == "center"
        return Cell(blocks, across=_span(node), middle=middle)

    def ruled(self, node: Any) -> bool:
        """Whether the table shows lines, by itself or by its style."""
        look = node.find(w("tblPr"))
        if look is None:
            return False
        borders = look.find(w("tblBorders"))
        style = look.find(w("tblStyle"))
        name = style.get(w("val"), "") if style is not None else ""
        seen: set[str] = set()
        while borders is None and name in self.styles and name not in seen:
            seen.add(name)
            borders = self.styles[name].find(f"{w('tblPr')}/{w('tblBorders')}")
            based = self.styles[name].find(w("basedOn"))
            name = based.get(w("val"), "") if based is not None else ""
        if borders is None:
            return next(node.iter(w("tcBorders")), None) is not None
        return any(one.get(w("val")) not in ("nil", "none") for one in borders)


def _reaching_down(node: Any, rows: list[list[str | Cell | None]]) -> list[list[str | Cell | None]]:
    """The rows with None where a cell goes on with the one above it."""
    starts: dict[int, tuple[int, int]] = {}
    for number, line in enumerate(node.findall(w("tr"))):
        column = 0
        for cell in line.findall(w("tc")):
            merged = cell.find(f"{w('tcPr')}/{w('vMerge')}")
            kind = "" if merged is None else merged.get(w("val"), "continue")
            if kind == "continue" and column in starts:
                above, at = starts[column]
                reaching = rows[above][at]
                if isinstance(reaching, Cell):
                    rows[above][at] = replace(reaching, down=reaching.down + 1)
                    rows[number][column] = None
            elif kind == "restart":
                starts[column] = (number, column)
            else:
                starts.pop(column, None)
            column += _span(cell)
    return rows


def _text(spans: list[Span], look: Mapping[str, Mapping[str, str]], usual: float) -> Text:
    """A paragraph with its own measures."""
    size = max((span.size for span in spans), default=usual)
    indent, spacing = look.get("ind", {}), look.get("spacing", {})
    first = measure(indent.get("firstLineChars")) / 100 * size
    first = first or _twips(indent.get("firstLine", "0")) - _twips(indent.get("hanging", "0"))
    left = measure(indent.get("leftChars", indent.get("startChars"))) / 100 * size
    left = left or _twips(indent.get("left", indent.get("start", "0")))
    line = measure(spacing.get("line"))
    rule = look.get("bottom", {})
    drawn = rule.get("val", "nil") not in ("nil", "none") if rule else False
    color = rule.get("color", "auto")
    return Text(
        size=size,
        align=ALIGNS.get(look.get("jc", {}).get("val", ""), "left"),
        indent=first,
        left=max(left, 0.0),
        before=_twips(spacing.get("before", "0")),
        after=_twips(spacing.get("after", "0")),
        leading=_leading(line, spacing.get("lineRule", "auto"), size),
        rule=(color if COLOR.fullmatch(color) else "000000") if drawn else "",
        keep="keepNext" in look and _on(look["keepNext"].get("val", "1")),
        spans=spans or [Span("", size)],
    )


def _leading(line: float, rule: str, size: float) -> float:
    if not line:
        return 0.0
    exact = line / 240 * size * 1.3 if rule == "auto" else line / 20
    return max(exact, size * 1.1)


def _look(node: Any) -> Look:
    """What the `pPr` and `rPr` of a style, a paragraph or a default say."""
    found = Look()
    own = node.find(w("pPr"))
    if own is not None:
        for child in own:
            name = child.tag.rpartition("}")[2]
            values = {key.rpartition("}")[2]: value for key, value in child.attrib.items()}
            if name == "pBdr":
                line = child.find(w("bottom"))
                name, values = "bottom", _plain(line) if line is not None else {}
            if name == "pageBreakBefore" and not _on(values.get("val", "1")):
                continue
            found.paragraph[name] = values
    letters = node.find(w("rPr"))
    if letters is not None and node.tag != w("p"):
        found.runs = _run_look(letters)
    return found


def _plain(node: Any) -> dict[str, str]:
    return {key.rpartition("}")[2]: value for key, value in node.attrib.items()}


def _run_look(letters: Any) -> dict[str, str]:
    found = {}
    for name in INHERITED:
        child = letters.find(w(name))
        if child is not None:
            found[name] = child.get(w("val"), "1")
    return found


def _on(value: str | None) -> bool:
    return value is not None and value not in ("0", "false", "off", "none")


def _size(runs: Mapping[str, str]) -> float:
    return min(max((measure(runs.get("sz")) or USUAL_SIZE * 2) / 2, 4), 72)


def _sign(node: Any) -> str:
    """What an element of a run says."""
    if node.tag == w("t"):
        return node.text or ""
    if node.tag == w("br"):
        return "\n" if node.get(w("type")) != "page" else ""
    return {w("tab"): "\t", w("cr"): "\n", w("noBreakHyphen"): "-"}.get(node.tag, "")


def _span(cell: Any) -> int:
    found = cell.find(f"{w('tcPr')}/{w('gridSpan')}")
    wanted = int(measure(found.get(w("val")))) if found is not None else 1
    return min(max(wanted, 1), MOST_COLUMNS + 1)


def _twips(value: str) -> float:
    return measure(value) / 20


def _points(
    page: Any, name: str, sides: tuple[str, ...], usual: tuple[float, ...]
) -> tuple[float, ...]:
    node = page.find(w(name)) if page is not None else None
    if node is None:
        return usual
    return tuple(
        _twips(node.get(w(side), "0")) or standard
        for side, standard in zip(sides, usual, strict=True)
    )


def _last(body: Any, name: str) -> Any:
    return body.find(w(name))


def _numbers(root: Any) -> bool:
    """Whether a foot counts the pages."""
    simple = (one.get(w("instr"), "") for one in root.iter(w("fldSimple")))
    long = (one.text or "" for one in root.iter(w("instrText")))
    return any("PAGE" in words.upper() for words in (*simple, *long))


def _in_one_line(parts: Mapping[str, Any]) -> str:
    """What heads or feet say, the first that says anything."""
    for root in parts.values():
        words = "　".join(filter(None, (said(one).strip() for one in root.iter(w("p")))))
        if words:
            return words
    return ""
