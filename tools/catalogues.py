"""Guard: every Chinese string of a room has its English, and every catalogue compiles."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANS = re.compile(r"""{%\s*(?:trans|translate)\s+(?P<q>["'])(?P<text>.*?)(?P=q)""")
BLOCK = re.compile(
    r"{%\s*(?:blocktrans|blocktranslate)(?P<args>[^%]*)%}(?P<text>.*?)"
    r"{%\s*end(?:blocktrans|blocktranslate)\s*%}",
    re.DOTALL,
)
INLINE = re.compile(r"""_\((?P<q>["'])(?P<text>.*?)(?P=q)\)""")  # in the arguments of a tag
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "pgettext": None}
VARIABLE = re.compile(r"{{\s*([\w.]+)\s*}}")


def asked(room: Path) -> dict[str, str]:
    """Every message id that a room's code and templates ask for → where."""
    found: dict[str, str] = {}
    for name, line, message, _comments, _context in extract_from_dir(
        str(room), [("**.py", "python")], keywords=KEYWORDS
    ):
        if "/tests/" in f"/{name}":
            continue
        for text in message if isinstance(message, tuple) else (message,):
            if text:
                found.setdefault(text, f"{room / name}:{line}")
    for path in room.rglob("templates/**/*"):
        if not path.is_file():
            continue
        source = path.read_text(encoding="utf-8")
        for match in (*TRANS.finditer(source), *INLINE.finditer(source)):
            found.setdefault(match["text"], str(path))
        for match in BLOCK.finditer(source):
            text = match["text"]
            parts = re.split(r"{%\s*plural\s*%}", text)
            for part in parts:
                cleaned = part
                if "trimmed" in match["args"]:
                    cleaned = " ".join(line.strip() for line in part.splitlines() if line.strip())
                cleaned = VARIABLE.sub(r"%(\1)s", cleaned)
                found.setdefault(cleaned, str(path))
    return found


def catalogue(room: Path) -> Catalog:
    """The English catalogue of a room, empty when it has none."""
    path = room / "locale/en/LC_MESSAGES/django.po"
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def main() -> int:
    """Print what lacks English, what is fuzzy and what does not compile."""
    faults = []
    rooms = [path for path in sorted(Path("huying").iterdir()) if (path / "__init__.py").exists()]
    known: set[str] = set()
    for room in rooms:
        english = catalogue(room)
        write_mo(io.BytesIO(), english)
        for message in english:
            if not message.id:
                continue
            ids = message.id if isinstance(message.id, list | tuple) else [message.id]
            done = (
                all(message.string) if isinstance(message.string, list | tuple) else message.string
            )
            if done and not message.fuzzy:
                known.update(str(text) for text in ids)
            else:
                faults.append(f"{room}: no English yet for {ids[0]!r}")
    for room in rooms:
        for text, where in asked(room).items():
            if text not in known and re.search(r"[\u4e00-\u9fff]", text):
                faults.append(f"{where}: no English for {text!r}")
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
