"""`huying prepare`: check the database, migrate, install roles, load the demo once."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from huying.kernel.backup import finish_restore
from huying.kernel.postgres_check import check
from huying.kernel.progress import step
from huying.kernel.services import INSTALLERS, plan_services
from huying.project.run import PLAN


class Command(BaseCommand):
    help = "启动前的准备: 检查并更新数据库,安装角色与日历,首次载入演示数据"
    requires_system_checks: list[str] = []  # noqa: RUF012 (as Django declares it)

    def handle(self, *args: Any, **options: Any) -> None:
        with step("检查数据库"):
            check()
            finish_restore()
        with step("更新数据库结构"):
            call_command("migrate", interactive=False, verbosity=0)
        for name, installer in INSTALLERS.items():
            with step(f"安装 {installer.label or name}"):
                installer.run()
        accounts = StringIO()
        if apps.is_installed("demo"):
            call_command("demo", "load")  # tells its own steps
            call_command("demo", "accounts", stdout=accounts)
        plan = {"services": plan_services(settings.PORT), "accounts": accounts.getvalue().rstrip()}
        path = settings.HOME / "run" / PLAN
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps(plan))
