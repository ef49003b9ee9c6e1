"""What a start derives from the sources; each part is stamped with what it was made from."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from huying.project.home import ROOT

STAMP = ".made-from"
COMPRESSED = (".css", ".js", ".svg")
HASHED = re.compile(r"\.[0-9a-f]{12}\.")


def compile_messages() -> None:
    """Compile every room's catalogue with Babel, where the source differs from last time."""
    for source in sorted((*ROOT.glob("huying/*/locale"), *ROOT.glob("demo/locale"))):
        for catalogue in sorted(source.glob("*/LC_MESSAGES/*.po")):
            compiled = catalogue.with_suffix(".mo")
            stamp = catalogue.with_suffix(".mo.made-from")
            digest = _digest([("", catalogue)])
            if compiled.exists() and _read(stamp) == digest:
                continue
            _compile(catalogue, compiled)
            _write(stamp, digest)


def _compile(catalogue: Path, compiled: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with catalogue.open("rb") as file:
        messages = read_po(file, locale=catalogue.parts[-3], abort_invalid=True)
    spare = compiled.with_name(f".{compiled.name}.{os.getpid()}")
    with spare.open("wb") as file:
        write_mo(file, messages)
    spare.replace(compiled)


def vendor() -> None:
    """Let the web room copy the files it uses out of node_modules; it skips what is there."""
    if (ROOT / "package-lock.json").exists() and importlib.util.find_spec("huying.web.vendor"):
        subprocess.run([sys.executable, "-m", "huying.web.vendor"], check=True, cwd=ROOT)


def collect() -> None:
    """Collect and fingerprint the static files, unless these very files were collected before."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    files = [
        (name, Path(storage.path(name)))
        for finder in get_finders()
        for name, storage in finder.list([])
    ]
    backend = settings.STORAGES["staticfiles"]["BACKEND"]
    digest = _digest(sorted(files), backend, "gzip")
    stamp = Path(settings.STATIC_ROOT) / STAMP
    if _read(stamp) == digest:
        return
    stamp.unlink(missing_ok=True)
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    _compress(Path(settings.STATIC_ROOT))
    _write(stamp, digest)


def _compress(place: Path) -> None:
    """Lay a compressed twin beside each large text that pages name, which WhiteNoise then sends: a
    telephone fetches an eighth. Only names with a fingerprint are asked for."""
    for path in place.rglob("*"):
        if path.suffix in COMPRESSED and HASHED.search(path.name) and path.stat().st_size > 1024:
            packed = gzip.compress(path.read_bytes(), 6, mtime=0)
            path.with_name(f"{path.name}.gz").write_bytes(packed)


def _digest(files: Iterable[tuple[str, Path]], *more: str) -> str:
    """Over names and contents: times of files lie after a checkout or a copy."""
    total = hashlib.sha256(json.dumps(more).encode())
    for name, path in files:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{name}\0{content}\n".encode())
    return total.hexdigest()


def _read(stamp: Path) -> str:
    try:
        return stamp.read_text()
    except FileNotFoundError:
        return ""


def _write(stamp: Path, digest: str) -> None:
    spare = stamp.with_name(f"{stamp.name}.{os.getpid()}")
    spare.write_text(digest)
    spare.replace(stamp)
