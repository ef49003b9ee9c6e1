"""`huying restore FILE`: everything back from one file, whole or not at all."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from huying.kernel.backup import nobody_runs, restore


class Command(BaseCommand):
    help = "从备份文件恢复;先全部校验,再一次替换"
    requires_system_checks: list[str] = []  # noqa: RUF012 (as Django declares it)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="覆盖现有数据")

    def handle(self, *, file: Path, replace: bool, **_: Any) -> None:
        passphrase = os.environ.get("HUYING_BACKUP_PASSPHRASE")
        with nobody_runs():
            summary = restore(file.absolute(), replace=replace, passphrase=passphrase)
        self.stdout.write(f"已恢复 {summary.rows_at} 的备份,附件 {summary.blobs} 个")
