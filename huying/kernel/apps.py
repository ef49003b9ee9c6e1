"""Registers the ground with Django: its verbs, its service, its nightly work."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


def _ground(ports: dict[str, int]) -> Sequence[str]:
    return [sys.executable, "-m", "django", "ground"]


class KernelConfig(AppConfig):
    name = "huying.kernel"
    label = "kernel"
    verbose_name = _("基础")

    def ready(self) -> None:
        from huying.kernel import actions, blobs, jobs, services, verbs

        verbs.declare(
            "kernel",
            {
                "view_audit": _("查看审计"),
                "edit_calendar": _("维护工作日历"),
                "replay_delivery": _("重新投递"),
                "view_jobs": _("查看全部任务"),
                "cancel_job": _("取消任务"),
                "resume_job": _("恢复任务"),
                "purge_blobs": _("清理过期文件"),
            },
        )
        services.serve(services.Service("ground", "审计封印、事件投递与任务恢复", _ground))
        services.schedule("kernel.tidy", "清理过期的事件与文件", "20 3 * * *", actions.tidy)
        blobs.OWNERS.register("kernel.job_results", jobs.may_read_result)
