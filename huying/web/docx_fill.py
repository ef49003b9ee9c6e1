"""Placeholders of a Word template: found, held against those that are known, and filled.

A template is what somebody writes in Word: `{{诉求编号}}` stands for a fact. A row of a table, or
a paragraph, that names a part of a list (`{{附件.名称}}`) is repeated for each of its items; the
list's own name (`{{附件}}`) is all of them in one line. There are no commands, so a template can
neither compute nor read anything but the facts that it is given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from huying.kernel.errors import Fault
from huying.web.docx_parts import Document, opened, paragraphs, said, texts, w

Item = Mapping[str, str]
Values = Mapping[str, str | Sequence[Item]]
# Whoever types Chinese types wide braces now and then; they mean the same.
OPEN, CLOSE = r"(?:\{\{|｛｛)", r"(?:\}\}|｝｝)"
PLACEHOLDER = re.compile(rf"{OPEN}\s*([^{{}}｛｝]{{1,60}}?)\s*{CLOSE}")
BRACE = re.compile(r"\{\{|\}\}|｛｛|｝｝|\{%|%\}")
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
NOTHING = "无"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True)
class Known:
    """The names that a template may use: facts, and lists with the parts of their items."""

    facts: frozenset[str]
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """All of them, as a template writes them."""
        parts = [f"{name}.{part}" for name, found in self.lists.items() for part in found]
        return sorted([*self.facts, *self.lists, *parts])

    def of_a_list(self, name: str) -> str:
        """The list of which `name` is a part, else nothing."""
        before, dot, part = name.partition(".")
        return before if dot and part in self.lists.get(before, ()) else ""


def faults_of(document: Document, known: Known) -> list[Fault]:
    """Every placeholder that is not known or not closed: where, what, and which was meant."""
    found = []
    for paragraph, where in paragraphs(document):
        words = said(paragraph)
        for name in PLACEHOLDER.findall(words):
            if name not in known.names:
                what = _("不认识占位符“%(name)s”。") % {"name": "{{" + name + "}}"}
                found.append(Fault(where, what, _nearest(name, known)))
        if left := BRACE.search(PLACEHOLDER.sub("", words)):
            what = _("花括号“%(braces)s”没有成对。") % {"braces": left[0]}
            found.append(Fault(where, what, _("请写成 {{名称}}，一个占位符写在同一段里。")))
    for line in document.body.iter(w("tr")):
        lists = sorted(_lists(line, known))
        if len(lists) > 1:
            what = _("同一行里用了几个列表：%(names)s。") % {"names": "、".join(lists)}
            found.append(Fault(_("表格"), what, _("一行只能重复一个列表，请分成两行。")))
    return found


def names_in(document: Document) -> set[str]:
    """The placeholders that a document uses."""
    return {
        name
        for paragraph, _where in paragraphs(document)
        for name in PLACEHOLDER.findall(said(paragraph))
    }


def filled(
    template: bytes,
    values: Values,
    known: Known,
    mark: str = "",
    *,
    left: frozenset[str] = frozenset(),
) -> bytes:
    """The template with its placeholders filled; `mark` stands above everything else.

    What has no value becomes empty; those that are `left` stay as they are, to be filled later.
    """
    document = opened(template)
    for root in document.trees.values():
        # Read before anything is filled: what values bring is never taken for a placeholder.
        lines, plain = list(root.iter(w("tr"))), list(root.iter(w("p")))
        for line in lines:
            if root in line.iterancestors():  # else it stood in a row that was repeated
                _repeat(line, values, known)
        for paragraph in plain:
            if root in paragraph.iterancestors() and not _repeat(paragraph, values, known):
                _fill(paragraph, values, left)
    if mark:
        document.body.insert(0, _marked(mark))
    return document.packed()


def completed(data: bytes, names: frozenset[str], values: Values, mark: str = "") -> bytes:
    """A filled document with the placeholders of these names, left for later, filled too.

    Whatever else looks like a placeholder was said by somebody, and stays as it was said.
    """
    others = frozenset(names_in(opened(data)) - names)
    return filled(data, values, Known(names), mark, left=others)


def marked(data: bytes, mark: str) -> bytes:
    """A finished document with a mark above it."""
    document = opened(data)
    document.body.insert(0, _marked(mark))
    return document.packed()


def _nearest(name: str, known: Known) -> str:
    close = get_close_matches(name, known.names, n=1, cutoff=0.3)
    if not close:
        close = [one for one in known.names if set(name) & set(one)][:1]
    if not close:
        return _("可用的占位符见模板页。")
    return _("是不是“%(name)s”？全部占位符见模板页。") % {"name": "{{" + close[0] + "}}"}


def _lists(node: Any, known: Known) -> set[str]:
    own = [node] if node.tag == w("p") else node.iter(w("p"))
    names = (name for one in own for name in PLACEHOLDER.findall(said(one)))
    return {known.of_a_list(name) for name in names} - {""}


def _repeat(node: Any, values: Values, known: Known) -> bool:
    """Write a row or paragraph of a list once for each item; False when it is of no list."""
    names = _lists(node, known)
    if not names:
        return False
    name = names.pop()
    given = values.get(name, ())
    items: Sequence[Item] = [] if isinstance(given, str) else given
    parts = sorted(known.lists[name])
    if not items:  # the line stays, so that it can be seen that there is nothing
        first = next(
            (n for n in PLACEHOLDER.findall(_words(node)) if known.of_a_list(n)), f"{name}."
        ).partition(".")[2]
        items = [{part: NOTHING if part == first else "" for part in parts}]
    for item in items:
        line = deepcopy(node)
        node.addprevious(line)
        own = {f"{name}.{part}": item.get(part, "") for part in parts}
        for paragraph in [line] if line.tag == w("p") else list(line.iter(w("p"))):
            _fill(paragraph, {**values, **own})
    node.getparent().remove(node)
    return True


def _words(node: Any) -> str:
    return "".join(said(one) for one in ([node] if node.tag == w("p") else node.iter(w("p"))))


def _fill(paragraph: Any, values: Values, left: frozenset[str] = frozenset()) -> None:
    """Put values for the placeholders of a paragraph, in the look of where each begins.

    A paragraph that is nothing but a placeholder becomes one for each line of a longer value.
    """
    words = said(paragraph)
    whole = PLACEHOLDER.fullmatch(words.strip())
    if whole and "\n" in (text := spoken(values, whole[1])):
        for line in text.split("\n"):
            one = deepcopy(paragraph)
            paragraph.addprevious(one)
            _fill(one, {**values, whole[1]: line})
        paragraph.getparent().remove(paragraph)
        return
    for found in reversed(list(PLACEHOLDER.finditer(words))):
        if found[1] not in left:
            _write(texts(paragraph), *found.span(), spoken(values, found[1]))


def spoken(values: Values, name: str) -> str:
    """A fact as it is printed; a list as its items' first parts in one line."""
    value = values.get(name, "")
    if not isinstance(value, str):
        value = "、".join(next(iter(item.values()), "") for item in value) or NOTHING
    return UNWRITABLE.sub("", value.replace("\r\n", "\n"))


def _write(nodes: Sequence[Any], start: int, end: int, value: str) -> None:
    """Replace what the nodes say from `start` to `end`, wherever Word has cut it."""
    at, begun = 0, False
    first: Any = None
    for node in nodes:
        text = node.text or ""
        here, at = at, at + len(text)
        if at <= start or here >= end:
            continue
        before, after = text[: max(start - here, 0)], text[end - here :] if end < at else ""
        node.text = before + after if begun else before + value + after
        node.set(SPACE, "preserve")
        if not begun:
            begun, first = True, node
    if begun and "\n" in (first.text or ""):
        _break(first)


def _break(node: Any) -> None:
    """Line breaks inside a run are elements of their own."""
    first, *others = (node.text or "").split("\n")
    node.text = first
    last = node
    for line in others:
        for tag, text in ((w("br"), None), (w("t"), line)):
            made = etree.Element(tag)
            made.text = text
            if text is not None:
                made.set(SPACE, "preserve")
            last.addnext(made)
            last = made


def _marked(mark: str) -> Any:
    """A paragraph that says what this is not."""
    one = etree.Element(w("p"))
    look = etree.SubElement(one, w("pPr"))
    etree.SubElement(look, w("jc")).set(w("val"), "right")
    run = etree.SubElement(one, w("r"))
    letters = etree.SubElement(run, w("rPr"))
    etree.SubElement(letters, w("b"))
    etree.SubElement(letters, w("color")).set(w("val"), "7F7F7F")
    etree.SubElement(letters, w("sz")).set(w("val"), "28")
    etree.SubElement(run, w("t")).text = f"【{mark}】"
    return one
