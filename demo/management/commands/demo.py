"""`huying demo`: load the demonstration district, show its accounts; refused outside demo mode."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from demo import appeals, district, half_year, people
from huying.org.models import Role


class Command(BaseCommand):
    requires_system_checks = ()
    help = "演示辖区：载入 (load)、补足半年 (appeals --full)、查看账号 (accounts)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("load", help="载入演示辖区；已有的保持不变，中断后可续")
        told = verbs.add_parser("appeals", help="演示诉求；--full 为半年、两万九千件，中断后可续")
        told.add_argument("--full", action="store_true", help="补足到半年的规模")
        told.add_argument("--size", type=int, default=half_year.CASES, help="共多少件")
        accounts = verbs.add_parser("accounts", help="各角色的演示账号、密码和密钥")
        accounts.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *, verb: str, **options: Any) -> None:
        people.refuse_outside_demo()
        if verb == "load":
            district.load(appeals.install)
        elif verb == "appeals":
            district.load(appeals.install)
            if options["full"]:
                self._full(options["size"])
        elif options["json"]:
            self.stdout.write(json.dumps(people.as_rows(), ensure_ascii=False, indent=2))
        else:
            self._table(people.access())

    def _full(self, size: int) -> None:
        self.stdout.write("演示半年：随时可以 Ctrl-C 停下，再次运行从停下处续完。")
        try:
            half_year.install(self.stdout.write, size)
        except KeyboardInterrupt:
            raise CommandError("已停下；写完的段落保留，再次运行即可续完。") from None

    def _table(self, rows: list[people.Access]) -> None:
        self.stdout.write(f"演示账号，密码都是 {rows[0].password if rows else ''}")
        names = dict(Role.objects.values_list("code", "name"))
        for one in rows:
            self.stdout.write(f"  {one.username:<12}{names[one.role]} · {one.name} · {one.unit}")
        self.stdout.write("接口密钥见 huying demo accounts --json")
