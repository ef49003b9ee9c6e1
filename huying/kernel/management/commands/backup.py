"""`huying backup FILE`: everything into one file."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from huying.kernel.backup import backup
from huying.kernel.errors import Refusal


class Command(BaseCommand):
    help = "备份数据库与附件到一个文件;运行中也可以备份"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--with-secrets",
            action="store_true",
            help="连同密钥 (口令取自 HUYING_BACKUP_PASSPHRASE 或当场输入);没有密钥读不出加密字段",
        )

    def handle(self, *, file: Path, with_secrets: bool, **_: Any) -> None:
        passphrase = asked_passphrase() if with_secrets else None
        summary = backup(file.absolute(), passphrase=passphrase)
        size = file.stat().st_size / 1024 / 1024
        self.stdout.write(f"已备份到 {file}: {size:.1f} MB,附件 {summary.blobs} 个")
        if not with_secrets:
            self.stdout.write("未含密钥: 请另行妥善保存 HUYING_HOME/secrets")
        for digest in summary.missing_blobs:
            self.stderr.write(f"警告: 附件 {digest} 的文件已不在磁盘上")


def asked_passphrase() -> str:
    """From the environment, else from the keyboard."""
    passphrase = os.environ.get("HUYING_BACKUP_PASSPHRASE") or getpass("备份密钥的口令: ")
    if len(passphrase) < 10:
        raise Refusal("口令太短", remedy="至少 10 个字符")
    return passphrase
