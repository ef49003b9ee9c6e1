"""The 通报 of a period as a file: a workbook with every figure, a paper to send round."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal

import xlsxwriter
from django.utils.translation import gettext as _

from huying.evaluate.queries import Board, Line, Period, Ranking
from huying.evaluate.rules import COUNTINGS, RATES, THREE
from huying.kernel.clock import now
from huying.web.paper import Cell, Grid, Paper, Text, as_docx, as_pdf

ENDS = 3  # so many units are named as first and as last


def title(board: Board) -> str:
    """What the paper is called."""
    return _("%(period)s民呼我应考核通报") % {"period": spoken(board.period)}


def spoken(period: Period) -> str:
    """A period as a paper says it: `2026 年 3 月`, `2025 年 12 月至 2026 年 11 月`."""
    first, last = period.first, period.last
    if period.single:
        return _("%(year)s 年 %(month)s 月") % {"year": first.year, "month": first.month}
    if first.month == 1 and last.month == 12:
        return _("%(year)s 年") % {"year": first.year}
    return _("%(year)s 年 %(month)s 月至 %(last_year)s 年 %(last_month)s 月") % {
        "year": first.year,
        "month": first.month,
        "last_year": last.year,
        "last_month": last.month,
    }


def basis(board: Board) -> str:
    """Under which rules, from which data."""
    formula = board.formula
    words = _(
        "综合 = 响应率×%(responded)s%% + 解决率×%(solved)s%% + 满意率×%(satisfied)s%%；"
        "到期诉求少于 %(least)s 件的单位列出但不排名；同类单位之间按 95%% 置信下限排名。"
    ) % vars(formula)
    words += f"{dict(COUNTINGS)[formula.counting]}。"
    if board.rule is None:
        words += _("上述规则为系统默认值，未经本区确认。")
    if board.freeze:
        kept = {"at": f"{board.freeze.at:%Y-%m-%d}", "edition": board.freeze.edition}
        return words + _("数据于 %(at)s 定版（第 %(edition)s 版）。") % kept
    return words + _("数据截至 %(at)s，尚未定版。") % {"at": f"{now():%Y-%m-%d %H:%M}"}


def headings() -> list[str]:
    """The head of every table."""
    rates = [str(kind.label) for kind in THREE]
    return [
        _("名次"),
        _("单位"),
        _("到期诉求"),
        *rates,
        _("综合"),
        _("剔除前综合"),
        _("按时办结率"),
        _("退转"),
    ]


def cells(line: Line) -> list[str | int | Decimal | None]:
    """One unit's line of the table; None where there is no figure."""
    on_time = next(rate for rate in line.rates if rate.kind.code == "on_time")
    return [
        line.place if line.place is not None else _("不排名"),
        line.name,
        line.sums.cases,
        *(rate.figure for rate in line.three),
        line.composite,
        line.raw_composite,
        on_time.figure,
        _bounced(line),
    ]


def _bounced(line: Line) -> str | None:
    """How often orders went on without an answer, and how long they lay there."""
    if not line.bounced:
        return None
    return _("%(n)s 次 %(hours)s 小时") % {"n": line.bounced, "hours": round(line.hours)}


def shares(lines: Sequence[Line]) -> list[list[str]]:
    """The rates of classes or levels, as the rows of a table."""
    head = ["", _("到期诉求"), *(str(kind.label) for kind in THREE), _("综合")]
    found = [head]
    for line in lines:
        rates = [line.sums.cases, *(rate.figure for rate in line.three), line.composite]
        name = line.name or _("未分类")
        found.append([name, *("—" if one is None else str(one) for one in rates)])
    return found


def ends(ranking: Ranking) -> str:
    """Who stands first and who last of a class; nothing where few have a place."""
    placed = [line.name for line in ranking.lines if line.place]
    if len(placed) < 2 * ENDS:
        return ""
    return _("居前：%(first)s。居后：%(last)s。") % {
        "first": "、".join(placed[:ENDS]),
        "last": "、".join(placed[-ENDS:]),
    }


def workbook(board: Board) -> bytes:
    """The figures with the numbers behind them, a sheet for each class of units."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    figure = book.add_format({"num_format": "0.00"})
    counts = [f"{kind.label}：{what}" for kind in RATES for what in (_("分子"), _("分母"))]
    for ranking in board.rankings:
        sheet = book.add_worksheet(str(ranking.label)[:31])
        sheet.write_string(0, 0, f"{title(board)} · {ranking.label}")
        sheet.write_row(2, 0, [*headings(), _("剔除件数"), *counts], bold)
        for row, line in enumerate(ranking.lines, start=3):
            behind = [n for rate in line.rates for n in (rate.part, rate.whole)]
            for column, value in enumerate([*cells(line), line.excluded, *behind]):
                if isinstance(value, Decimal):
                    sheet.write_number(row, column, float(value), figure)
                elif isinstance(value, int):
                    sheet.write_number(row, column, value)
                elif value is not None:
                    sheet.write_string(row, column, value)
        sheet.set_column(1, 1, 24)
        sheet.freeze_panes(3, 2)
        sheet.write_string(len(ranking.lines) + 4, 0, basis(board))
    for label, lines in ((_("按主办单位层级"), board.levels), (_("按分类"), board.tops)):
        sheet = book.add_worksheet(str(label)[:31])
        sheet.set_column(0, 0, 24)
        for row, texts in enumerate(shares(lines)):
            for column, text in enumerate(texts):
                if row and column and text != "—":
                    sheet.write_number(row, column, float(text), figure if column > 1 else None)
                else:
                    sheet.write_string(row, column, text, None if row else bold)
        sheet.freeze_panes(1, 1)
    if not board.rankings:
        book.add_worksheet().write_string(0, 0, title(board))
    book.close()
    return file.getvalue()


def paper(board: Board) -> Paper:
    """The same to send round, as a paper."""
    total = board.total
    lead = _("本期到期诉求 %(cases)s 件，有效回访 %(answered)s 次。") % {
        "cases": total.sums.cases,
        "answered": total.sums.answered,
    }
    lead += "".join(
        f"{rate.kind.label} {rate.figure}%，" for rate in total.three if rate.figure is not None
    )
    if total.composite is not None:
        lead += _("综合 %(figure)s。") % {"figure": total.composite}
    blocks: list[Text | Grid] = [
        Text(title(board), size=22, bold=True, align="center"),
        Text(lead.rstrip("，")),
    ]
    for ranking in board.rankings:
        blocks.append(Text(str(ranking.label), size=16, bold=True, before=6, keep=True))
        if words := ends(ranking):
            blocks.append(Text(words, size=12, keep=True))
        rows = [_row(headings(), 2), *(_row(_shown(line), 2) for line in ranking.lines)]
        blocks.append(Grid(rows, wide=(1.1, 3, *[1.2] * 8)))
    for label, lines in ((_("按主办单位层级"), board.levels), (_("按分类"), board.tops)):
        if lines:
            blocks.append(Text(label, size=16, bold=True, before=6, keep=True))
            blocks.append(Grid([_row(row, 1) for row in shares(lines)], wide=(3, *[1.2] * 5)))
    blocks.append(Text(basis(board), size=10.5, before=6))
    blocks.append(Text(f"{now():%Y-%m-%d}", size=12, align="right"))
    return Paper(title(board), blocks, landscape=True)


def document(board: Board) -> bytes:
    """The paper as a Word document."""
    return as_docx(paper(board))


def printed(board: Board) -> bytes:
    """The paper as PDF."""
    return as_pdf(paper(board))


def _shown(line: Line) -> list[str]:
    return ["—" if value is None else str(value) for value in cells(line)]


def _row(texts: Sequence[str], words: int) -> list[str | Cell | None]:
    """A row whose first `words` cells are words; the others are figures, and stand to the right."""
    figures = [Cell([Text(text, size=10.5, align="right", after=0)]) for text in texts[words:]]
    return [*texts[:words], *figures]
