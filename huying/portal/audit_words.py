"""What the audit says of citizens' messages and of what is sent to them, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huying.portal.models import IntakeMessage, ShortMessage
from huying.web.audit_words import Fact

THINGS = {
    "intake": _("来件"),
    "matter": _("办事事项"),
    "rating_link": _("评价链接"),
    "text": _("短信"),
    "texts": _("短信回执"),
    "words": _("短信内容"),
    "telephone": _("手机号"),
}
FACTS = {
    "intake.state": Fact(_("状态"), dict(IntakeMessage.State.choices)),
    "text.state": Fact(_("状态"), dict(ShortMessage.State.choices)),
    "confirmed": Fact(_("确认")),
    "round": Fact(_("轮次")),
    "told": Fact(_("收到")),
    "noted": Fact(_("记下")),
    "wrong": Fact(_("问题")),
}
