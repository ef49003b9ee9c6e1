"""Draws a paper as PDF: Chinese lines broken as Chinese is, tables with merged cells, page numbers.

reportlab's own paragraphs break Chinese only where everything looks the same and the first line
begins where the others do; official papers indent it by two letters, so the lines are our own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    PageBreak,
    PageTemplate,
    Spacer,
    Table,
)
from reportlab.platypus.doctemplate import LayoutError

from huying.kernel.errors import Invalid
from huying.web.paper import Break, Cell, Grid, Paper, Span, Text

COMMON_FONT = "STSong-Light"
NEVER_FIRST = "，。、；：？！）」』】》〉〕％,.;:?!)]}%…—·”’"
NEVER_LAST = "（「『【《〈〔([{“‘"
# A word or a number is not broken; every other sign stands alone, with what may not leave it.
PIECE = re.compile(
    rf"[{re.escape(NEVER_LAST)}]*(?:[0-9A-Za-z_./:@#&+*=<>~^'\"-]+|\n|.)[{re.escape(NEVER_FIRST)}]*",
    re.DOTALL,
)
PADDING = 3  # points above and below the words of a cell
BESIDE = 5  # points left and right of them
TALL, PART = 240.0, 60.0  # a row taller than this is carried over in parts as tall as that


def drawn(paper: Paper) -> bytes:
    """The paper as PDF; Invalid when something that is never divided is taller than a page."""
    font = _font()
    file = io.BytesIO()
    top, right, bottom, left = paper.margins
    template = BaseDocTemplate(
        file,
        pagesize=(paper.width, paper.height),
        title=paper.title,
        topMargin=top,
        rightMargin=right,
        bottomMargin=bottom,
        leftMargin=left,
        invariant=1,
    )
    tall = paper.height - top - bottom
    frame = Frame(left, bottom, paper.room, tall, *(0, 0, 0, 0))  # as wide as Word has it
    template.addPageTemplates(
        PageTemplate(frames=[frame], onPage=lambda canvas, made: _around(canvas, made, paper, font))
    )
    try:
        template.build([one for block in paper.blocks for one in _flow(block, paper, font)])
    except LayoutError:
        raise Invalid(
            _("有一行、一格或一处间距比一页还高，排不成 PDF。"),
            remedy=_("请改小行高、行距或段前段后的间距。"),
        ) from None
    return file.getvalue()


def _around(canvas: Any, made: Any, paper: Paper, font: str) -> None:
    """What stands on every page beside its blocks: head, foot, number, mark."""
    canvas.setFont(font, 9)
    middle, foot = paper.width / 2, paper.margins[2] / 2
    if paper.header:
        canvas.drawCentredString(middle, paper.height - paper.margins[0] / 2, paper.header)
    number = f"— {made.page} —" if paper.numbered else ""
    canvas.drawCentredString(middle, foot, "　".join(filter(None, (paper.footer, number))))
    if paper.mark:
        canvas.saveState()
        size = min(72, 1.1 * paper.width / max(len(paper.mark), 1))
        canvas.setFont(font, size)
        canvas.setFillColor(colors.HexColor("#e4e4e4"))
        canvas.translate(middle, paper.height / 2)
        canvas.rotate(40)
        canvas.drawCentredString(0, 0, paper.mark)
        canvas.restoreState()


def _font() -> str:
    """The font of the district's own file, or the one that readers of PDF bring along."""
    own = Path(settings.HOME) / "fonts" / "paper.ttf"
    name = "paper" if own.exists() else COMMON_FONT
    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(name, own) if own.exists() else UnicodeCIDFont(name))
    return name


def _flow(block: Text | Grid | Break, paper: Paper, font: str) -> Iterator[Any]:
    if isinstance(block, Break):
        yield PageBreak()
    elif isinstance(block, Text):
        before, after = Spacer(1, block.before), Spacer(1, block.after)
        for one in (before, Lines(block, font), after):
            one.keepWithNext = block.keep
            if one not in (before, after) or one.height:
                yield one
    elif block.rows:
        yield _ruled(block, paper, font)
        yield Spacer(1, 6)


@dataclass(frozen=True)
class _Line:
    """One line: its words with their looks, how wide they are, where they begin."""

    spans: tuple[Span, ...]
    wide: float
    start: float
    tall: float


class Lines(Flowable):  # type: ignore[misc]
    """A paragraph, broken into lines for the width that it is given."""

    def __init__(self, block: Text, font: str, lines: Sequence[_Line] | None = None) -> None:
        super().__init__()
        self.block, self.font = block, font
        self.lines = list(lines) if lines is not None else None
        self.room = 0.0

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Break it for this width, and tell what room it takes."""
        self.room = width
        if self.lines is None:
            self.lines = list(_broken(self.block, self.font, width))
        ruled = 6 if self.block.rule else 0
        return width, sum(line.tall for line in self.lines) + ruled

    def split(self, width: float, height: float) -> list[Any]:
        """As many lines as there is room for, and the others."""
        self.wrap(width, height)
        lines, taken, fit = self.lines or [], 0.0, 0
        while fit < len(lines) and taken + lines[fit].tall <= height:
            taken += lines[fit].tall
            fit += 1
        if not 0 < fit < len(lines):
            return []
        upper = replace(self.block, rule="")
        return [Lines(upper, self.font, lines[:fit]), Lines(self.block, self.font, lines[fit:])]

    def draw(self) -> None:
        """Write the lines; bold is the same letter with its edge drawn too."""
        canvas, lines = self.canv, self.lines or []
        at = sum(line.tall for line in lines) + (6 if self.block.rule else 0)
        for line in lines:
            at -= line.tall
            left = self.room - line.start - line.wide
            shift = {"left": 0.0, "center": left / 2, "right": left}[self.block.align]
            size = max((span.size for span in line.spans), default=self.block.size)
            across, base = line.start + shift, at + (line.tall - size) / 2 + size * 0.14
            for span in line.spans:
                across = self._write(canvas, span, across, base)
        if self.block.rule:
            canvas.setStrokeColor(colors.HexColor(f"#{self.block.rule}"))
            canvas.setLineWidth(1.5)
            canvas.line(0, 2, self.room, 2)

    def _write(self, canvas: Any, span: Span, across: float, base: float) -> float:
        color = colors.HexColor(f"#{span.color}") if span.color else colors.black
        canvas.saveState()  # reportlab forgets between two texts that the first one was bold
        text = canvas.beginText(across, base)
        text.setFont(self.font, span.size)
        text.setFillColor(color)
        text.setStrokeColor(color)
        text.setTextRenderMode(2 if span.bold else 0)
        canvas.setLineWidth(span.size * 0.03)
        text.textOut(span.words)
        canvas.drawText(text)
        canvas.restoreState()
        return across + _wide(span, self.font)


def _wide(span: Span, font: str) -> float:
    return float(pdfmetrics.stringWidth(span.words, font, span.size))


def _broken(block: Text, font: str, width: float) -> Iterator[_Line]:
    """The lines of a paragraph; a line break in it begins one without the indent."""
    start = block.left + block.indent
    line: list[Span] = []
    wide = 0.0

    def ended() -> _Line:
        tallest = max((span.size for span in line), default=block.looks[0].size)
        return _Line(_joined(line), wide, start, block.leading or tallest * 1.5)

    for piece in _pieces(block.looks):
        if piece.words == "\n":
            yield ended()
            line, wide, start = [], 0.0, block.left
            continue
        for part in _parts(piece, font, width - block.left):
            more = _wide(part, font)
            if line and start + wide + more > width + 0.01:
                yield ended()
                line, wide, start = [], 0.0, block.left
            if part.words == " " and not line and start == block.left:
                continue
            line.append(part)
            wide += more
    yield ended()


def _pieces(spans: Sequence[Span]) -> Iterator[Span]:
    for span in spans:
        words = span.words.replace("\t", "    ").replace("\r", "")
        for found in PIECE.findall(words):
            # A line break takes along what may not stand first: that begins the next line anyway.
            if found.startswith("\n") and len(found) > 1:
                yield replace(span, words="\n")
                found = found[1:]
            yield replace(span, words=found)


def _parts(piece: Span, font: str, width: float) -> Iterator[Span]:
    """A piece, letter by letter where it is wider than a whole line."""
    if _wide(piece, font) <= width:
        yield piece
    else:
        yield from (replace(piece, words=letter) for letter in piece.words)


def _joined(line: Sequence[Span]) -> tuple[Span, ...]:
    """Neighbours of one look as one."""
    found: list[Span] = []
    for span in line:
        if found and replace(found[-1], words="") == replace(span, words=""):
            found[-1] = replace(span, words=found[-1].words + span.words)
        else:
            found.append(span)
    return tuple(found)


def _ruled(block: Grid, paper: Paper, font: str) -> Any:
    """The table of reportlab, made so that it can go on on the next page after any line.

    Merged rows and tall rows would be carried over whole, or cut off where they are taller than a
    page: so a cell that reaches down is only a box, and a tall row becomes rows without rules.
    """
    room = min(block.width or paper.room, paper.room)
    wide = [share * room for share in block.shares]
    least = [*block.heights, *[0.0] * (len(block.rows) - len(block.heights))]
    look: list[tuple[Any, ...]] = [
        ("TOPPADDING", (0, 0), (-1, -1), PADDING),
        ("BOTTOMPADDING", (0, 0), (-1, -1), PADDING),
        ("LEFTPADDING", (0, 0), (-1, -1), BESIDE),
        ("RIGHTPADDING", (0, 0), (-1, -1), BESIDE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    cells: list[list[Any]] = []
    heights: list[float | None] = []
    starts: list[int] = []
    inside = _placed(block)
    for number, row in enumerate(inside):
        starts.append(len(cells))
        parts = [_in_parts(cell, column, wide, font) for column, cell in enumerate(row)]
        tall = max((sum(one[1] for one in part) for part in parts), default=0.0) + 2 * PADDING
        whole = tall <= TALL or number < block.head
        for at in range(1 if whole else max(map(len, parts))):
            line = []
            for part in parts:
                now = part if whole else part[at : at + 1]
                line.append([flow for flows, _height in now for flow in flows])
            cells.append(line)
            heights.append(least[number] if whole and least[number] > tall else None)
            if not whole:
                look.append(("VALIGN", (0, len(cells) - 1), (-1, len(cells) - 1), "TOP"))
                last = len(cells) - 1
                look.append(("BOTTOMPADDING", (0, last), (-1, last), 0))
                if at:
                    look.append(("TOPPADDING", (0, last), (-1, last), 0))
        for column, cell in enumerate(row):
            if cell is None:
                continue
            for at in range(starts[-1], len(cells)):
                if cell.across > 1:
                    look.append(("SPAN", (column, at), (column + cell.across - 1, at)))
                if not cell.middle:
                    look.append(("VALIGN", (column, at), (column, at), "TOP"))
    starts.append(len(cells))
    if block.head:
        look.append(("BACKGROUND", (0, 0), (-1, starts[block.head] - 1), colors.whitesmoke))
    if block.lines:
        look += _boxes(block, starts)
    return Table(
        cells, colWidths=wide, rowHeights=heights, repeatRows=starts[block.head], style=look
    )


def _boxes(block: Grid, starts: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """The lines around each cell, however many rows it takes."""
    for number, row in enumerate(block.rows):
        for column, value in enumerate(row):
            if value is None:
                continue
            across, down = (value.across, value.down) if isinstance(value, Cell) else (1, 1)
            end = (column + across - 1, starts[min(number + down, len(block.rows))] - 1)
            yield ("BOX", (column, starts[number]), end, 0.5, colors.black)


def _placed(block: Grid) -> list[list[Cell | None]]:
    """The cells by row; the words of one that reaches down stand in the middle of its rows."""
    found: list[list[Cell | None]] = [[None] * len(block.shares) for _row in block.rows]
    for number, row in enumerate(block.rows):
        for column, value in enumerate(row):
            if value is None:
                continue
            cell = value if isinstance(value, Cell) else Cell([Text(value, block.size, after=0)])
            middle = min(number + (cell.down - 1) // 2, len(block.rows) - 1)
            for below in range(number, min(number + cell.down, len(block.rows))):
                here = cell.blocks if below == middle else ()
                found[below][column] = replace(cell, blocks=here, down=1)
    return found


def _in_parts(
    cell: Cell | None, column: int, wide: Sequence[float], font: str
) -> list[tuple[list[Any], float]]:
    """What stands in a cell as parts of a few lines, each with its height."""
    if cell is None:
        return [([], 0.0)]
    width = sum(wide[column : column + cell.across]) - 2 * BESIDE
    found: list[tuple[list[Any], float]] = [([], 0.0)]
    for text in cell.blocks:
        lines = list(_broken(text, font, width))
        while lines:
            taken = 0
            room = PART - found[-1][1]
            while taken < len(lines) and (lines[taken].tall <= room or not (taken or found[-1][0])):
                room -= lines[taken].tall
                taken += 1
            if taken:
                found[-1][0].append(Lines(replace(text, rule=""), font, lines[:taken]))
                found[-1] = (found[-1][0], PART - room)
                lines = lines[taken:]
            if lines:
                found.append(([], 0.0))
    return found
