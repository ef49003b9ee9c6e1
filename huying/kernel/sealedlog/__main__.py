"""Checks an export anywhere: `python -m huying.kernel.sealedlog FILE [--anchor ANCHORS]…`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from huying.kernel.sealedlog.export import lines, verify_file


def main(arguments: list[str] | None = None) -> int:
    """Answer 0 when the log is sound, 1 when it was touched."""
    parser = argparse.ArgumentParser(description="校验导出的封印日志 (无需数据库)")
    parser.add_argument("file", type=Path)
    parser.add_argument("--anchor", type=Path, action="append", default=[])
    told = parser.parse_args(arguments)
    report = verify_file(told.file, told.anchor)
    for line in lines(report):
        sys.stdout.write(line + "\n")
    return 0 if report.sound else 1


if __name__ == "__main__":
    sys.exit(main())
