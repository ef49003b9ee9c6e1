"""What is served runs on Chromium 100 (2022), and nothing is fetched from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from huying.web import vendor

ROOM = Path(vendor.__file__).parent
ROOMS = ROOM.parent

# Feature → first Chromium that knows it. Left out: what degrades to nothing (scrollbar colours).
CSS_TOO_NEW = {
    r"color-mix\(": 111,
    r":has\(": 105,
    r"@container|container-type|container-name": 105,
    r"oklch\(|oklab\(|\blch\(|\blab\(|\bcolor\(": 111,
    r"\d[dsl]v[hw]\b": 108,
    r"text-wrap\s*:": 114,
    r"light-dark\(": 123,
    r"\bsubgrid\b": 117,
    r"@scope\b|@starting-style|@position-try|@view-transition": 117,
    r"(?<![-\w])(?:translate|scale|rotate)\s*:": 104,
    r"@media[^{]*[<>]=?": 104,
    r":popover-open|:modal\b|:user-invalid": 105,
    r"field-sizing|interpolate-size|animation-timeline|anchor-name": 115,
    r"[{;}]\s*&": 112,
    r"hypot\(|\bround\(|\bsin\(|\bpow\(": 111,
}
JS_TOO_NEW = {
    r"\.(?:toSorted|toReversed|toSpliced)\(": 110,
    r"Object\.groupBy|Map\.groupBy": 117,
    r"Promise\.withResolvers|Promise\.try": 119,
    r"Array\.fromAsync": 121,
    r"AbortSignal\.(?:any)\(": 116,
    r"AbortSignal\.timeout\(": 103,
    r"\.isWellFormed\(|\.toWellFormed\(": 111,
    r"URL\.canParse\(|URL\.parse\(": 120,
    r"\.(?:checkVisibility|setHTMLUnsafe|showPopover|hidePopover)\(": 105,
    r"startViewTransition\((?!\s*\{\s*\}\))": 111,
    r"/[a-z]*v[a-z]*\.test\(": 112,
    r"\bIterator\.(?:from|prototype)": 122,
    r"import\s[^;]*\bwith\s*\{": 123,
}
# Used only where the page has asked whether it exists.
ASKED_FIRST = {("htmx.min.js", "startViewTransition")}


def _files(ending: str) -> list[Path]:
    own = [path for path in ROOMS.glob(f"*/static/**/*.{ending}") if "vendor" not in path.parts]
    return own + [ROOM / "static/vendor" / name for name in vendor.FILES if name.endswith(ending)]


def _found(path: Path, table: dict[str, int]) -> list[str]:
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"url\(\"data:[^\"]*\"\)|/\*.*?\*/", "", text, flags=re.DOTALL)
    faults = []
    for pattern, since in table.items():
        match = re.search(pattern, text)
        if match is None or since <= 100:
            continue
        if any(path.name == name and word in match[0] for name, word in ASKED_FIRST):
            continue
        excerpt = text[max(0, match.start() - 40) : match.end() + 20]
        faults.append(f"{path.name}: {match[0]!r} came with Chromium {since}: …{excerpt}…")
    return faults


@pytest.fixture(scope="module", autouse=True)
def _copied() -> None:
    if not (ROOM / "static/vendor/tabler.min.css").exists():
        vendor.copy()


def test_no_style_needs_a_newer_browser() -> None:
    assert [fault for path in _files("css") for fault in _found(path, CSS_TOO_NEW)] == []


def test_no_script_needs_a_newer_browser() -> None:
    assert [fault for path in _files("js") for fault in _found(path, JS_TOO_NEW)] == []


def test_the_scan_finds_what_it_should(tmp_path: Path) -> None:
    style = tmp_path / "new.css"
    style.write_text(".a { color: color-mix(in srgb, red, blue); &:hover { height: 100dvh } }")
    assert len(_found(style, CSS_TOO_NEW)) == 3


def test_copied_files_point_to_no_source_map_and_load_nothing_from_elsewhere() -> None:
    for name in vendor.FILES:
        text = (ROOM / "static/vendor" / name).read_text(encoding="utf-8")
        assert "sourceMappingURL" not in text, name
        if name.endswith(".css"):
            assert not re.search(r"url\(\s*[\"']?(?:https?:)?//", text), name
            assert "@import" not in text, name


def test_a_missing_package_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="npm ci"):
        vendor.copy(tmp_path, tmp_path / "goal")


def test_every_picture_that_pages_name_is_in_the_sprite() -> None:
    sprite = (ROOM / "static/web/icons.svg").read_text(encoding="utf-8")
    known = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    named: set[str] = set()
    for path in ROOMS.glob("*/templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"""{%\s*icon\s+["']([\w-]+)["']""", text))
        named |= set(re.findall(r"""\bicon=["']([\w-]+)["']""", text))
    assert named - known == set()
