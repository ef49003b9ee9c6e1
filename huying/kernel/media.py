"""What an uploaded file really is, judged by its bytes; dangerous or disguised ones are refused."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from pathlib import PurePath

import filetype
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from huying.kernel.errors import Invalid

UNKNOWN = "application/octet-stream"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

# What may be uploaded, and the endings under which it may come.
ENDINGS: dict[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg", "jfif"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/gif": ("gif",),
    "image/bmp": ("bmp",),
    "image/tiff": ("tif", "tiff"),
    "application/pdf": ("pdf",),
    DOCX: ("docx",),
    XLSX: ("xlsx",),
    PPTX: ("pptx",),
    "application/msword": ("doc",),
    "application/vnd.ms-excel": ("xls",),
    "text/csv": ("csv",),
    "text/plain": ("txt", "log", "md"),
    "audio/mpeg": ("mp3",),
    "audio/x-wav": ("wav",),
    "audio/amr": ("amr",),
    "audio/mp4": ("m4a",),
    "audio/ogg": ("ogg",),
    "video/mp4": ("mp4", "m4v"),
    "video/quicktime": ("mov",),
    "video/webm": ("webm",),
    "application/zip": ("zip",),
}
PICTURES = tuple(kind for kind in ENDINGS if kind.startswith("image/"))
SCRIPTS = re.compile(
    rb"^\s*(?:\xef\xbb\xbf)?\s*(?:#!|<\?php|<script|<html|<!doctype|<svg|<\?xml|<iframe|<body|<head|"
    rb"@echo\s+off|<%|<!--)",
    re.IGNORECASE,
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 6000


def typed_by_content(data: bytes) -> str:
    """The media type that the bytes themselves show; `application/octet-stream` when unclear.

    Programs, scripts, HTML and SVG are named too (so that they can be refused), never as text.
    """
    head = data[:4096]
    if head.startswith((b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")):
        return "application/x-executable"
    if SCRIPTS.match(_as_ascii(head)):
        return "image/svg+xml" if b"<svg" in head[:2048].lower() else "text/html"
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        return _zipped(data)
    if head.startswith(OLE):
        return _compound(data)
    guess = filetype.guess(head)
    if guess is not None:
        return str(guess.mime)
    return _textual(data)


def _as_ascii(head: bytes) -> bytes:
    """UTF-16 text as bytes one can match, since browsers and shells read that too."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="ignore").encode()
    return head


def _zipped(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return UNKNOWN
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return "application/vnd.ms-office.macro"
    if "[Content_Types].xml" in names:
        for part, kind in (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX)):
            if any(name.startswith(part) for name in names):
                return kind
    if names & {"META-INF/MANIFEST.MF", "AndroidManifest.xml", "classes.dex"}:
        return "application/java-archive"
    return "application/zip"


def _compound(data: bytes) -> str:
    """Old Office files: the directory names its main stream in UTF-16."""
    for name, kind in (("WordDocument", "application/msword"), ("Workbook", _XLS), ("Book", _XLS)):
        if name.encode("utf-16-le") in data:
            return kind
    return UNKNOWN


_XLS = "application/vnd.ms-excel"


def _textual(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in text[:65536]):
            return UNKNOWN
        lines = [line for line in text[:65536].splitlines() if line.strip()][:20]
        commas = {line.count(",") for line in lines}
        listed = len(lines) > 1 and len(commas) == 1 and commas != {0}
        return "text/csv" if listed else "text/plain"
    return UNKNOWN


def accept(name: str, data: bytes) -> tuple[str, bytes]:
    """The media type and the bytes to keep of an upload; pictures come back cleaned.

    Raises Invalid when the content is dangerous, unknown, or not what the name's ending says.
    """
    kind = typed_by_content(data)
    ending = PurePath(name).suffix.lower().lstrip(".")
    if not data:
        raise Invalid(_("文件“%(name)s”是空的。") % {"name": name}, remedy=_("请重新选择文件。"))
    if kind == "text/plain" and ending == "csv":
        kind = "text/csv"
    elif kind == "text/csv" and ending in ENDINGS["text/plain"]:
        kind = "text/plain"
    if kind not in ENDINGS:
        raise Invalid(
            _("不接受“%(name)s”这种内容的文件 (%(kind)s)。") % {"name": name, "kind": kind},
            remedy=_("可上传图片、PDF、Word、Excel、文本、录音和视频。"),
        )
    if ending not in ENDINGS[kind]:
        raise Invalid(
            _("文件“%(name)s”的内容是 %(kind)s，与扩展名不符。") % {"name": name, "kind": kind},
            remedy=_("请用 .%(ending)s 作扩展名，或换成真正的文件。")
            % {"ending": ENDINGS[kind][0]},
        )
    return (kind, data) if kind not in PICTURES else _cleaned(data)


def clean_picture(data: bytes) -> bytes:
    """The picture encoded anew: turned upright, without EXIF, place or hidden payload."""
    return _cleaned(data)[1]


def _cleaned(data: bytes) -> tuple[str, bytes]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise Image.DecompressionBombError
                picture = ImageOps.exif_transpose(opened)
                picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                return _encoded(picture, opened.format or "")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid(_("图片过大（超过 5000 万像素）。"), remedy=_("请缩小后重新上传。")) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise Invalid(_("图片已损坏，无法读出。"), remedy=_("请重新拍摄或另存后上传。")) from None


def _encoded(picture: Image.Image, format: str) -> tuple[str, bytes]:
    into = io.BytesIO()
    if format == "JPEG" or (format == "WEBP" and picture.mode == "RGB"):
        picture.convert("RGB").save(into, "JPEG", quality=88, optimize=True)
        return "image/jpeg", into.getvalue()
    keeps = picture.mode if picture.mode in ("1", "L", "LA", "RGB", "RGBA") else "RGBA"
    bare = picture.convert(keeps)
    bare.info = {}
    bare.save(into, "PNG", optimize=True)
    return "image/png", into.getvalue()
