"""An upload is judged by its bytes: pictures are cleaned, dangers and disguises refused."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from openpyxl import Workbook
from PIL import Image

from huying.kernel.errors import Invalid
from huying.kernel.media import DOCX, XLSX, accept, clean_picture, typed_by_content


def picture(format: str, size: tuple[int, int] = (40, 20), **options: object) -> bytes:
    into = io.BytesIO()
    Image.new("RGB", size, "red").save(into, format, **options)
    return into.getvalue()


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "王敏家门口"
    exif.get_ifd(0x8825)[2] = (30.0, 32.0, 1.0)
    return picture("JPEG", exif=exif)


def zipped(*names: str) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return into.getvalue()


def sheet() -> bytes:
    into = io.BytesIO()
    Workbook().save(into)
    return into.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    whole = kind + body
    return struct.pack(">I", len(body)) + whole + struct.pack(">I", zlib.crc32(whole))


def bomb() -> bytes:
    header = struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (b"%PDF-1.7\n", "application/pdf"),
        (sheet(), XLSX),
        (zipped("[Content_Types].xml", "word/document.xml"), DOCX),
        (zipped("a.txt"), "application/zip"),
        (zipped("[Content_Types].xml", "xl/vbaProject.bin"), "application/vnd.ms-office.macro"),
        (zipped("META-INF/MANIFEST.MF"), "application/java-archive"),
        ("编号,标题\n1,路灯\n2,井盖\n".encode(), "text/csv"),
        ("路灯不亮,请处理。\n谢谢".encode("gb18030"), "text/plain"),
        (b"MZ\x90\0", "application/x-executable"),
        (b"\x7fELF\x02", "application/x-executable"),
        (b"#!/bin/sh\nrm", "text/html"),
        (b"  <HTML><script>", "text/html"),
        (b"<?xml version='1.0'?><svg onload='x'>", "image/svg+xml"),
        ("<script>".encode("utf-16"), "text/html"),
        (b"\0\1\2\3", "application/octet-stream"),
    ],
)
def test_content_says_what_it_is(data: bytes, kind: str) -> None:
    assert typed_by_content(data) == kind


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", b"MZ\x90\0"),
        ("a.txt", b"<html>"),
        ("a.svg", b"<svg>"),
        ("a.jpg", picture("PNG")),
        ("a.exe", picture("PNG")),
        ("a.jpg.html", picture("JPEG")),
        ("noending", b"%PDF-1.7\n"),
        ("a.docx", zipped("a.txt")),
        ("a.xlsm", zipped("[Content_Types].xml", "xl/vbaProject.bin")),
        ("a.txt", b""),
        ("a.jpg", picture("JPEG")[:-200]),
        ("a.png", bomb()),
    ],
)
def test_dangers_disguises_and_ruins_are_refused(name: str, data: bytes) -> None:
    with pytest.raises(Invalid) as told:
        accept(name, data)
    assert told.value.remedy


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("照片.JPG", picture("JPEG"), "image/jpeg"),
        ("图.png", picture("PNG"), "image/png"),
        ("图.gif", picture("GIF"), "image/png"),
        ("表.xlsx", sheet(), XLSX),
        ("a.csv", "一列\n甲\n".encode(), "text/csv"),
        ("a.txt", "一,二\n三,四\n".encode(), "text/plain"),
    ],
)
def test_what_is_what_it_says_is_accepted(name: str, data: bytes, kind: str) -> None:
    assert accept(name, data)[0] == kind


def test_a_picture_is_turned_upright_and_stripped_of_what_it_tells() -> None:
    cleaned = clean_picture(with_exif() + b"PK\x03\x04hidden")
    with Image.open(io.BytesIO(cleaned)) as found:
        assert (found.size, dict(found.getexif()), found.info.get("exif")) == ((20, 40), {}, None)
    assert b"hidden" not in cleaned
    assert "王敏".encode() not in cleaned


def test_a_transparent_picture_stays_transparent() -> None:
    into = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(into, "PNG")
    with Image.open(io.BytesIO(clean_picture(into.getvalue()))) as found:
        assert found.getpixel((0, 0)) == (0, 0, 0, 0)
