"""`huying assets`: compile the messages, copy the npm files, collect static files, if changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from huying.project.assets import collect, compile_messages, vendor


class Command(BaseCommand):
    help = "编译界面文字,收集静态文件 (没有变化时跳过)"
    requires_system_checks: list[str] = []  # noqa: RUF012 (as Django declares it)

    def handle(self, *args: Any, **options: Any) -> None:
        compile_messages()
        vendor()
        collect()
