"""Copies the front-end files that pages use out of node_modules; `python -m huying.web.vendor`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "node_modules"
TARGET = Path(__file__).resolve().parent / "static" / "vendor"

FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "echarts.min.js": "echarts/dist/echarts.min.js",
    "maplibre-gl.js": "maplibre-gl/dist/maplibre-gl-csp.js",
    "maplibre-gl-worker.js": "maplibre-gl/dist/maplibre-gl-csp-worker.js",
    "maplibre-gl.css": "maplibre-gl/dist/maplibre-gl.css",
}
SOURCE_MAP = re.compile(rb"(?://|/\*)[#@]\s*sourceMappingURL=[^\r\n]*?(?:\*/|(?=[\r\n])|$)")


# Rules that Chromium 100 does not know and that change nothing when they are left out.
TOO_NEW = (
    b"a:hover:has(.icon){text-decoration:none}",
    b"text-wrap:balance",
)


def stripped(content: bytes) -> bytes:
    """The file without its pointer to a source map, which manifest storage would look for."""
    for rule in TOO_NEW:
        content = content.replace(rule, b"")
    return SOURCE_MAP.sub(b"", content)


def copy(packages: Path = PACKAGES, target: Path = TARGET) -> list[Path]:
    """Copy every file that changed; a missing one raises FileNotFoundError with the remedy."""
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, source in FILES.items():
        origin = packages / source
        if not origin.is_file():
            raise FileNotFoundError(f"{source} is missing: run `npm ci` first")
        content = stripped(origin.read_bytes())
        goal = target / name
        if not goal.is_file() or goal.read_bytes() != content:
            goal.write_bytes(content)
            written.append(goal)
    for stale in set(target.iterdir()) - {target / name for name in FILES}:
        stale.unlink()
    return written


if __name__ == "__main__":
    try:
        copy()
    except FileNotFoundError as missing:
        sys.exit(str(missing))
