"""`make check`: every guard in turn, each with its time; the exit code tells whether all held."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
PRODUCTION = {
    "HUYING_MODE": "production",
    "HUYING_HOSTS": "huying.example.gov.cn",
    "HUYING_ORIGINS": "https://huying.example.gov.cn",
}

GUARDS: list[tuple[str, list[str], dict[str, str]]] = [
    ("ruff", [str(BIN / "ruff"), "check", "."], {}),
    ("ruff format", [str(BIN / "ruff"), "format", "--check", "."], {}),
    ("import-linter", [str(BIN / "lint-imports"), "--no-logo"], {}),
    ("nothing points upward", [sys.executable, "-m", "tools.upward"], {}),
    ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"], {}),
    (
        "deploy check",
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        PRODUCTION,
    ),
    ("catalogues", [sys.executable, "-m", "tools.catalogues"], {}),
    ("mypy", [str(BIN / "mypy"), "huying", "demo", "tools"], {}),
]


def main() -> int:
    """Run all guards, also after one has failed, and sum up."""
    failed = []
    for name, command, extra in GUARDS:
        started = time.monotonic()
        done = subprocess.run(  # noqa: S603 our own list of commands
            command, env=os.environ | extra, capture_output=True, text=True, check=False
        )
        good = done.returncode == 0
        sys.stdout.write(
            f"{'ok  ' if good else 'FAIL'} {name} ({time.monotonic() - started:.1f} s)\n"
        )
        if not good:
            failed.append(name)
            sys.stdout.write(done.stdout + done.stderr)
        sys.stdout.flush()
    sys.stdout.write(
        f"{len(GUARDS) - len(failed)} of {len(GUARDS)} guards held"
        + (f"; broken: {', '.join(failed)}\n" if failed else "\n")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
