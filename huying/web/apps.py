"""Registers the room with Django and fills the slots of the rooms below."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "huying.web"
    label = "web"
    verbose_name = _("界面")

    def ready(self) -> None:
        from huying.kernel import jobs as long_jobs
        from huying.kernel import verbs
        from huying.web import audit_words, ground_tables, jobs, slots
        from huying.web.tables import TABLES

        verbs.declare(
            "web",
            {
                "save_view": _("保存视图"),
                "drop_view": _("删除视图"),
                "export": _("导出列表"),
            },
        )
        slots.NAVIGATION.register(
            "web.home", slots.NavigationItem(_("首页"), "home", "home", order=0)
        )
        audit_words.describe(audit_words.GROUND_THINGS, audit_words.GROUND_FACTS)
        administration = _("系统管理")
        slots.NAVIGATION.register(
            "web.jobs",
            slots.NavigationItem(
                _("后台任务"), "jobs", "progress", section=administration, order=900
            ),
        )
        slots.NAVIGATION.register(
            "web.audit",
            slots.NavigationItem(
                _("审计记录"),
                "audit",
                "history",
                shown=slots.with_verb("kernel.view_audit"),
                section=administration,
                order=910,
            ),
        )
        slots.NAVIGATION.register(
            "web.deliveries",
            slots.NavigationItem(
                _("失败的投递"),
                "deliveries",
                "transfer",
                shown=slots.with_verb("kernel.replay_delivery"),
                section=administration,
                order=920,
            ),
        )
        slots.NAVIGATION.register(
            "web.calendar",
            slots.NavigationItem(
                _("工作日历"),
                "calendar",
                "calendar",
                shown=slots.with_verb("kernel.edit_calendar"),
                section=administration,
                order=930,
            ),
        )
        slots.LOOKUPS.register(
            "verbs", slots.Lookup(ground_tables.find_verbs, ground_tables.name_verb)
        )
        for table in (ground_tables.JobTable, ground_tables.AuditTable):
            TABLES.register(table.name, table)
        long_jobs.kind("web.export", jobs.export, jobs.still_readable)
