"""`huying audit verify|export|seal|status`: prove the audit, hand it out, seal it now."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from huying.kernel import queries, sealing
from huying.kernel.sealedlog.export import lines, verify_file


class Command(BaseCommand):
    help = "审计日志:校验、导出、立即封印、状态"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="校验数据库中的审计,或一个导出文件")
        verify.add_argument("--file", type=Path, help="导出文件;此时不用数据库")
        verify.add_argument("--anchor", type=Path, action="append", default=[], help="锚文件")
        export = verbs.add_parser("export", help="导出为一个可离线校验的文件")
        export.add_argument("file", type=Path)
        export.add_argument("--first", type=int, default=1, help="从第几号封印起")
        export.add_argument("--last", type=int, help="到第几号封印止")
        verbs.add_parser("seal", help="立即封印所有待封的行")
        verbs.add_parser("status", help="链头与未封尾部")

    def handle(self, *, verb: str, **told: Any) -> None:
        if verb == "verify":
            report = verify_file(told["file"], told["anchor"]) if told["file"] else sealing.verify()
            for line in lines(report):
                self.stdout.write(line)
            if not report.sound:
                raise CommandError("审计日志未通过校验")
        elif verb == "export":
            sealing.seal_all()
            spare = told["file"].with_name(f".{told['file'].name}.part")
            with spare.open("wb") as file:
                count = sealing.write_export(file, first=told["first"], last=told["last"])
            spare.replace(told["file"])
            self.stdout.write(f"已导出 {count} 行到 {told['file']}")
        elif verb == "seal":
            self.stdout.write(f"已封印 {sealing.seal_all()} 行")
        else:
            facts = queries.ground_facts()
            self.stdout.write(
                f"链头 {facts.head_number} 号, 未封 {facts.unsealed} 行,"
                f" 最早一行已等 {facts.sealer_lag_seconds:.1f} 秒"
            )
