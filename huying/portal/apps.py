"""Registers the room with Django and fills the slots of the rooms below."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "huying.portal"
    label = "portal"
    verbose_name = _("门户")

    def ready(self) -> None:
        from huying.kernel import secrets, services
        from huying.kernel.events import subscribe
        from huying.kernel.verbs import declare
        from huying.org.roles import grant_by_default
        from huying.portal import audit_words, cards, jobs
        from huying.portal.actions import projecting, taking, texting
        from huying.portal.models import IntakeMessage, ShortMessage
        from huying.portal.rules import gateway
        from huying.web.audit_words import describe

        declare(
            "portal",
            {
                "send_code": _("发送验证码"),
                "file": _("反映诉求"),
                "comment": _("补充说明"),
                "withdraw": _("撤回诉求"),
                "evaluate": _("评价办理"),
                "reappeal": _("再次诉求"),
                "take": _("接收来件"),
                "invite": _("发出评价链接"),
                "send_text": _("发送短信"),
                "note_receipts": _("记录短信回执"),
                "resend": _("重新发送短信"),
                "edit_words": _("修改短信内容"),
                "edit_matter": _("修改办事事项"),
            },
        )
        grant_by_default("district_centre", "portal.edit_matter")
        grant_by_default("district_centre", "portal.resend")
        grant_by_default("district_centre", "portal.edit_words")
        secrets.register_encrypted(IntakeMessage, "payload")
        secrets.register_encrypted(ShortMessage, "phone", "words")
        if settings.SMS == "http":
            gateway.read(settings.SMS_GATEWAY)  # one that cannot work is told at the start
        subscribe("portal.intake", "portal.intake", taking.receive)
        subscribe("portal.follow", "cases.changed", projecting.follow)
        subscribe("portal.text", "portal.text", texting.receive)
        services.schedule("portal.take", "接收门户来件", "* * * * *", jobs.take)
        services.schedule("portal.refresh", "更新门户内容", "* * * * *", jobs.refresh)
        services.schedule("portal.text", "发送等待的短信", "* * * * *", jobs.text)
        services.schedule("portal.tidy", "清理门户计数", "40 3 * * *", jobs.tidy)
        services.install("portal", "门户事项与图层", jobs.install)
        describe(audit_words.THINGS, audit_words.FACTS)
        cards.fill()
