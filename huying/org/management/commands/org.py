"""`huying org`: install the tree and roles, open the first administrators, close demo accounts."""

from __future__ import annotations

from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from huying.kernel.asker import System
from huying.kernel.errors import NotNow
from huying.org import actions, divisions
from huying.org.models import Account, Holding, Unit

HAND = System("huying org", "服务器命令")
ADMINISTRATORS = ("system_admin", "security_admin", "auditor")


class Command(BaseCommand):
    requires_system_checks = ()
    help = (
        "组织:安装 install、首批三员 administrators、重置密码 reset-password、停用演示 close-demo"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        install = verbs.add_parser("install", help="写入默认角色和武昌区到社区一级的区划")
        install.add_argument("--departments", type=Path, help="部门清单 CSV")
        three = verbs.add_parser("administrators", help="开设系统、安全保密、审计三个管理员账户")
        three.add_argument("names", nargs=3, metavar="登录名", help="依次为系统、安全保密、审计")
        reset = verbs.add_parser("reset-password", help="重置一个账户的密码 (三员忘记密码时用)")
        reset.add_argument("name", metavar="登录名")
        reset.add_argument("--second-factor", action="store_true", help="同时解除动态口令")
        verbs.add_parser("close-demo", help="停用全部演示账户")

    def handle(self, *, verb: str, **options: Any) -> None:
        if verb == "install":
            self._install(options["departments"])
        elif verb == "administrators":
            self._administrators(options["names"])
        elif verb == "reset-password":
            self._reset(options["name"], options["second_factor"])
        else:
            self._close_demo()

    @transaction.atomic
    def _install(self, departments: Path | None) -> None:
        actions.install_roles(by=HAND)
        rows = divisions.wuchang()
        if departments is not None:
            rows += divisions.departments(departments)
        made = actions.install_units(rows, by=HAND)
        self.stdout.write(f"已写入默认角色;新增单位 {made} 个,共 {Unit.objects.count()} 个。")

    @transaction.atomic
    def _administrators(self, names: list[str]) -> None:
        top = Unit.objects.filter(parent=None).order_by("code").first()
        if top is None:
            raise CommandError("还没有单位:请先运行 huying org install。")
        taken = Holding.objects.filter(post__role__code__in=ADMINISTRATORS, person__demo=False)
        if taken.exists():
            raise CommandError("已有管理员;新的管理员由他们在页面上开设和任职。")
        titles = ("系统管理员", "安全保密管理员", "安全审计员")
        for name, role, title in zip(names, ADMINISTRATORS, titles, strict=True):
            person, first = actions.create_person(name, title, top.code, by=HAND)
            post = actions.create_post(top.code, role, title, by=HAND)
            actions.give_post(person.pk, post.pk, by=HAND)
            self.stdout.write(f"{title}  {name}  首次密码 {first} (首次登录须修改)")

    @transaction.atomic
    def _reset(self, name: str, second_factor: bool) -> None:
        person = Account.objects.filter(username__iexact=name, is_active=True).first()
        if person is None:
            raise CommandError(f"没有在用的账户“{name}”。")
        first = actions.reset_password(person.pk, by=HAND)
        if second_factor:
            with suppress(NotNow):  # none was enrolled
                actions.reset_second_factor(person.pk, by=HAND)
        self.stdout.write(f"{person.name}  {person.username}  新密码 {first} (首次登录须修改)")

    def _close_demo(self) -> None:
        found = Account.objects.filter(demo=True, is_active=True)
        for account in found:
            actions.close_person(account.pk, by=HAND)
        self.stdout.write(f"已停用演示账户 {len(found)} 个。")
