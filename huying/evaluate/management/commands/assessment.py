"""`huying assessment rebuild|check`: make the marks of all cases anew, or only what was missed."""

from __future__ import annotations

from argparse import ArgumentParser
from time import perf_counter

from django.core.management.base import BaseCommand

from huying.evaluate.actions import mark_missed, rebuild_marks


class Command(BaseCommand):
    help = "考核标记：全部重建 rebuild、补齐缺漏 check"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("rebuild", help="按诉求的事实重新计算每件诉求的考核标记")
        verbs.add_parser("check", help="只补算缺少或落后的标记，并报告件数")

    def handle(self, *, verb: str, **_options: object) -> None:
        started = perf_counter()
        count = rebuild_marks() if verb == "rebuild" else mark_missed()
        done = "已重建" if verb == "rebuild" else "已补齐"
        self.stdout.write(
            f"{done} {count} 件诉求的考核标记，用时 {perf_counter() - started:.1f} 秒"
        )
