"""Checks at start: no demo account may be able to act in production."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.db import DatabaseError


@checks.register(checks.Tags.database)
def no_demo_accounts(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[checks.Error]:
    """Demo accounts in production have known passwords; they are refused, and this says so."""
    from huying.org.models import Account

    if settings.DEMO or not databases:
        return []
    try:
        count = Account.objects.filter(demo=True, is_active=True).count()
    except DatabaseError:  # before the first migration there are no accounts
        return []
    if not count:
        return []
    return [
        checks.Error(
            f"库中有 {count} 个可用的演示账户。",
            hint="生产环境不接受演示账户登录;请运行 huying org close-demo 停用它们,或换用新库。",
            id="org.E001",
        )
    ]
