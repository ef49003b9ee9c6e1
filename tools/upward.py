"""Guard: no `apps.get_model`, and no string foreign key that points to an upper room."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ORDER = ["kernel", "web", "org", "cases", "evaluate", "portal", "project"]
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}


def faults(path: Path) -> list[str]:
    """What in one file points upward by name, as `file:line: what`."""
    room = path.parts[path.parts.index("huying") + 1]
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name == "get_model":
            found.append(f"{path}:{node.lineno}: apps.get_model hides an import; use the door")
        target = node.args[0] if node.args else None
        if (
            name in RELATIONS
            and isinstance(target, ast.Constant)
            and isinstance(target.value, str)
            and "." in target.value
        ):
            other = target.value.split(".")[0]
            if other not in ORDER or ORDER.index(other) > ORDER.index(room):
                found.append(f"{path}:{node.lineno}: foreign key to {target.value} points upward")
    return found


def main() -> int:
    """Print every fault; the exit code is their number, at most 1."""
    found = [
        fault
        for path in sorted(Path("huying").rglob("*.py"))
        if "migrations" not in path.parts and len(path.parts) > 2
        for fault in faults(path)
    ]
    sys.stdout.write("".join(f"{fault}\n" for fault in found))
    return min(len(found), 1)


if __name__ == "__main__":
    sys.exit(main())
