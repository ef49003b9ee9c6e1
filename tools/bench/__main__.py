"""`python -m tools.bench`: our own PostgreSQL, 300,000 cases, every figure, one table."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from datetime import datetime
from pathlib import Path

FOLDER = Path("var/bench").absolute()


def arguments() -> argparse.Namespace:
    """What may be chosen."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--cases", type=int, default=300_000, help="how many cases to load")
    parser.add_argument("--quick", action="store_true", help="20,000 cases and fewer samples")
    parser.add_argument("--reuse", action="store_true", help="keep the cases of the last run")
    parser.add_argument("--only", default="", help="only figures whose name holds this")
    return parser.parse_args()


def main() -> int:
    """Load, measure, print and write; the exit code tells whether every aim was met."""
    told = arguments()
    if told.quick and not told.reuse:
        told.cases = min(told.cases, 20_000)
    home = FOLDER / "home"
    home.mkdir(parents=True, exist_ok=True)
    os.environ.pop("DATABASE_URL", None)
    os.environ |= {
        "HUYING_HOME": str(home),
        "HUYING_MODE": "demo",
        "DJANGO_SETTINGS_MODULE": "huying.project.settings",
    }
    os.environ.pop("HUYING_TESTING", None)

    from huying.kernel.postgres import running

    with running(home):
        import django

        django.setup()
        from tools.bench import run

        about = {
            "started": datetime.now().astimezone().isoformat(timespec="seconds"),
            "cases": told.cases,
            "quick": told.quick,
            "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.release()}",
            "python": platform.python_version(),
        }
        report = run.everything(
            about, cases=told.cases, quick=told.quick, reuse=told.reuse, only=told.only, home=home
        )
    path = report.write(FOLDER)
    sys.stdout.write(f"\n{report.table()}{path}\n")
    return 1 if report.missed or report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
