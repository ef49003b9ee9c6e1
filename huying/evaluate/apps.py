"""Registers the room with Django and fills the slots of the rooms below."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvaluateConfig(AppConfig):
    name = "huying.evaluate"
    label = "evaluate"
    verbose_name = _("过程评价")

    def ready(self) -> None:
        from huying.evaluate.roles import ROLE_VERBS
        from huying.kernel.verbs import declare
        from huying.org.roles import grant_by_default

        declare(
            "evaluate",
            {
                "view": _("查看考核"),
                "exclude": _("申请剔除"),
                "approve_exclusion": _("复核剔除"),
                "appeal_assessment": _("考核申诉"),
                "rule_appeal": _("裁定考核申诉"),
                "freeze_month": _("月度定版"),
                "edit_rules": _("修改考核规则"),
            },
        )
        for role, verbs in ROLE_VERBS.items():
            grant_by_default(role, *(f"evaluate.{verb}" for verb in verbs))
        from huying.evaluate import audit_words, cards, jobs
        from huying.evaluate.actions import marking
        from huying.kernel import services
        from huying.kernel.events import subscribe
        from huying.web.audit_words import describe

        describe(audit_words.THINGS, audit_words.FACTS)
        cards.fill()
        subscribe("evaluate.marks", "cases.changed", marking.follow)
        subscribe("evaluate.marks", "org.unit_moved", marking.rehang)
        services.schedule("evaluate.marks", "核对考核标记", "20 3 * * *", jobs.mark_missed)
        services.install("evaluate", "考核标记", jobs.install)
