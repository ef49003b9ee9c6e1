"""`huying rotate-keys`: a new key for personal fields; `--resume`, and `--retire` the old ones."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from huying.kernel.rotation import retire, rotate


class Command(BaseCommand):
    help = "换用新的字段密钥,并用它重新加密所有已加密的字段"

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--resume", action="store_true", help="继续中断的轮换,不再生成新密钥")
        which.add_argument("--retire", action="store_true", help="删除不再使用的旧密钥")

    def handle(self, *, resume: bool, **options: Any) -> None:
        if options["retire"]:
            self.stdout.write(f"已删除 {len(retire())} 把旧密钥")
            return
        total = 0
        for field, changed in rotate(new_key=not resume):
            total += changed
            self.stdout.write(f"{field}: 已重新加密 {total} 个值")
        self.stdout.write(f"完成,共 {total} 个值;请重新备份密钥,15 分钟后可用 --retire 删除旧密钥")
