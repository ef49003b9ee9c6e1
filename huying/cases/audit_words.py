"""What the audit says of appeals, calls, papers and the city's line, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huying.cases.rules import CHANNELS, STATES, calls, knowledge, papers
from huying.cases.rules.city import DIFFERENCES
from huying.cases.rules.edges import LABELS
from huying.cases.rules.reply_templates import SCOPES
from huying.cases.rules.states import TRIGGERS
from huying.cases.rules.triggers import WATCHERS
from huying.web.audit_words import Fact

KINDS = {code: kind.label for code, kind in papers.KINDS.items()}
THINGS = {
    "case": _("诉求"),
    "cases": _("批量诉求"),
    "call": _("呼叫"),
    "call_level": _("呼叫层级"),
    "routing_rule": _("派单规则"),
    "routing": _("派单规则"),
    "clock_rule": _("时限规则"),
    "trigger": _("督办触发条件"),
    "orders": _("督办单"),
    "install": _("初始设置"),
    "paper_template": _("文书模板"),
    "paper_number": _("文号规则"),
    "article": _("知识"),
    "reply_template": _("回复模板"),
    "city_message": _("市热线消息"),
    "city_check": _("市热线对账"),
    "city_difference": _("对账差异"),
    "city_sheet": _("市热线表格"),
    "repeated_intake": _("重复来件"),
}
FACTS = {
    "to": Fact(_("转为"), dict(STATES)),
    "call.to": Fact(_("转为"), calls.STATE_LABELS),
    "trigger": Fact(_("触发条件"), dict(TRIGGERS)),
    "meeting": Fact(_("会商")),
    "call": Fact(_("呼叫")),
    "paper": Fact(_("文书"), KINDS),
    "article.state": Fact(_("状态"), knowledge.STANDING_LABELS),
    "valid_until": Fact(_("有效期")),
    "verb": Fact(_("用于"), LABELS),
    "scope": Fact(_("适用范围"), dict(SCOPES)),
    "position": Fact(_("次序")),
    "dropped": Fact(_("删除")),
    "moved": Fact(_("移动"), {"up": _("上移"), "down": _("下移")}),
    "order": Fact(_("市级编号")),
    "what": Fact(_("内容"), dict(DIFFERENCES)),
    "rules": Fact(_("规则")),
    "categories": Fact(_("分类")),
    "differences": Fact(_("差异")),
    "down": Fact(_("线路不通")),
    "fresh": Fact(_("新到")),
    "cases": Fact(_("诉求")),
    "uploaded": Fact(_("上传版次")),
    "warnings": Fact(_("提醒")),
    "pattern": Fact(_("文号")),
    "skip_bad": Fact(_("跳过错行")),
    "channel": Fact(_("渠道"), dict(CHANNELS)),
    "threshold": Fact(_("次数")),
    "level": Fact(_("级别")),
    "measure": Fact(
        _("计时"),
        {
            "natural_hours": _("自然小时"),
            "working_hours": _("工作小时"),
            "working_days": _("工作日"),
        },
    ),
    "amount": Fact(_("时长")),
    "watcher": Fact(_("督办人"), dict(WATCHERS)),
    "person_id": Fact(_("人员")),
}
