"""Opens a Word document safely, and puts it together again with some of its parts changed."""

from __future__ import annotations

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from huying.kernel import blobs
from huying.kernel.errors import Fault, Invalid
from huying.kernel.media import DOCX

LARGEST = 2 * 1024 * 1024
LARGEST_INSIDE = 16 * 1024 * 1024  # of all parts unpacked: what compresses better is no document
MOST_PARTS = 400
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
MAIN = "word/document.xml"
STYLES = "word/styles.xml"
WRITTEN = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
ACTIVE = re.compile(r"vba|activex|oleobject|\.bin$|embeddings/|customui", re.IGNORECASE)
MACRO_TYPE = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
# What a document may refer to outside itself is a link that somebody clicks, nothing else.
FETCHED = frozenset({"attachedTemplate", "oleObject", "frame", "subDocument", "aFChunk"})
BROKEN = (  # what a damaged archive makes its readers raise
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(OSError, EOFError, ValueError, RuntimeError, NotImplementedError),
)


def w(name: str) -> str:
    """A name of WordprocessingML as lxml writes it."""
    return f"{{{W}}}{name}"


@dataclass(frozen=True)
class Document:
    """A Word document: its parts as bytes, those that are written to as trees."""

    parts: Mapping[str, bytes]
    trees: Mapping[str, Any]

    @property
    def body(self) -> Any:
        """What lies between the head and the foot of its pages."""
        return self.trees[MAIN].find(w("body"))

    def packed(self) -> bytes:
        """The document with its trees as they are now."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in self.parts.items():
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                tree = self.trees.get(name)
                archive.writestr(info, data if tree is None else _as_xml(tree))
        return file.getvalue()


def opened(data: bytes, name: str = "x.docx") -> Document:
    """The document in these bytes; Invalid when they are none, or one that runs or fetches."""
    if len(data) > LARGEST:
        most = {"limit": blobs.spoken_size(LARGEST)}
        raise refused(_("文件超过 %(limit)s 的上限。") % most, _("请删去图片后另存。"))
    blobs.accept(name, data)  # what it is by its content, and whether it is named so
    if blobs.typed_by_content(data) != DOCX:
        raise refused(_("这不是 Word 文档（.docx）。"), _("请在 Word 或 WPS 中另存为 .docx。"))
    parts = _unpacked(data)
    if MAIN not in parts:
        raise refused(_("Word 文档缺少正文。"), _("请在 Word 或 WPS 中重新另存为 .docx。"))
    _refuse_active(parts)
    trees = {name: tree(part) for name, part in parts.items() if WRITTEN.fullmatch(name)}
    if trees[MAIN].find(w("body")) is None:
        raise refused(_("Word 文档缺少正文。"), _("请在 Word 或 WPS 中重新另存为 .docx。"))
    return Document(parts, trees)


def tree(part: bytes) -> Any:
    """A part as a tree; nothing outside it is ever read, and it defines no entities."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,  # so that whoever walks a tree meets elements only
        remove_pis=True,
    )
    try:
        if b"<!DOCTYPE" not in part and b"<!ENTITY" not in part:
            root = etree.fromstring(part, parser)
            if root.getroottree().docinfo.internalDTD is None:  # nor in another encoding
                return root
    except etree.XMLSyntaxError:
        raise refused(_("Word 文档已损坏。"), _("请用 Word 打开后另存为新文件。")) from None
    raise refused(_("Word 文档含有不允许的定义。"), _("请在 Word 中新建文档，复制内容后另存。"))


def measure(value: str | None) -> float:
    """A measure as a document writes it; 0 for what is none, or none of this world."""
    try:
        found = float(value or 0)
    except ValueError:
        return 0.0
    return found if abs(found) < 1_000_000 else 0.0


def texts(paragraph: Any) -> list[Any]:
    """The text nodes of a paragraph itself, not of a text box inside it."""
    return [node for node in paragraph.iter(w("t")) if _of(node) is paragraph]


def said(paragraph: Any) -> str:
    """What a paragraph says, however Word has cut it into runs."""
    return "".join(node.text or "" for node in texts(paragraph))


def paragraphs(document: Document) -> Iterator[tuple[Any, str]]:
    """Every paragraph with where it stands, in words for a person."""
    for name, root in document.trees.items():
        if name == MAIN:
            yield from _of_the_body(document.body)
        else:
            where = _("页眉") if "header" in name else _("页脚")
            yield from ((one, where) for one in root.iter(w("p")))


def _of_the_body(body: Any) -> Iterator[tuple[Any, str]]:
    count = tables = 0
    for child in body:
        if child.tag == w("tbl"):
            tables += 1
            yield from _of_a_table(child, tables)
            continue
        for one in child.iter(w("p")):
            if one is child or child.tag != w("p"):
                count += 1
            where = _("第 %(n)s 段") % {"n": count}
            yield one, where if _of(one) is None else _("%(where)s的文本框") % {"where": where}


def _of_a_table(table: Any, number: int) -> Iterator[tuple[Any, str]]:
    for row, line in enumerate(table.findall(w("tr")), 1):
        for column, cell in enumerate(line.findall(w("tc")), 1):
            told = {"table": number, "row": row, "column": column}
            for one in cell.iter(w("p")):
                yield one, _("表 %(table)s 第 %(row)s 行第 %(column)s 格") % told


def _of(node: Any) -> Any:
    """The paragraph in which a node stands."""
    return next(node.iterancestors(w("p")), None)


def _unpacked(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if len(infos) > MOST_PARTS or sum(i.file_size for i in infos) > LARGEST_INSIDE:
                raise refused(_("Word 文档解开后过大。"), _("请删去图片和不用的样式后另存。"))
            return {info.filename: archive.read(info) for info in infos}
    except BROKEN:
        raise refused(_("Word 文档已损坏。"), _("请用 Word 打开后另存为新文件。")) from None


def _refuse_active(parts: Mapping[str, bytes]) -> None:
    """Macros, embedded programs, and what would be fetched from elsewhere when it is opened."""
    types = parts.get("[Content_Types].xml", b"")
    if any(ACTIVE.search(name) for name in parts) or MACRO_TYPE.search(types):
        raise refused(_("Word 文档含有宏、控件或嵌入的文件。"), _("请删去后另存为不带宏的 .docx。"))
    if any(_fetches(tree(data)) for name, data in parts.items() if name.endswith(".rels")):
        raise refused(
            _("Word 文档引用了外部模板或文件。"), _("请在“加载项”中去掉附加的模板后另存。")
        )


def _fetches(relations: Any) -> bool:
    """Whether a list of relations names something that is opened without anybody's click."""
    for one in relations.iter("{*}Relationship"):
        kind = one.get("Type", "").rpartition("/")[2]
        outside = one.get("TargetMode", "").lower() == "external"
        if kind in FETCHED or (outside and kind != "hyperlink"):
            return True
    return False


def _as_xml(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def refused(what: str, remedy: str) -> Invalid:
    """What is said of a document that is not taken."""
    return Invalid(what, remedy=remedy, faults=[Fault("file", what, remedy)])
