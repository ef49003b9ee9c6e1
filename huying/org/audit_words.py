"""What the audit says of units, people, posts, keys and watches, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from huying.org.rules import DEFAULT_ROLES, HANDOVER_STATES, UNIT_KINDS
from huying.web.audit_words import Fact, verb_label

THINGS = {
    "person": _("人员"),
    "unit": _("单位"),
    "post": _("岗位"),
    "role": _("角色"),
    "key": _("接口密钥"),
    "shift": _("值班"),
    "handover": _("交接班"),
}


def _scope(scope: object) -> str:
    """A scope of a key: the verb it names, or all verbs of a room."""
    return verb_label(str(scope))


FACTS = {
    "method": Fact(_("方式"), {"password": _("密码"), "password+mfa": _("密码和动态口令")}),
    "address": Fact(_("来自")),
    "change": Fact(
        _("变动"),
        {
            "added": _("启用"),
            "removed": _("停用"),
            "renewed": _("重新生成"),
            "wrong code": _("验证码不正确"),
        },
    ),
    "factor": Fact(_("第二因素"), {"totp": _("动态口令"), "recovery_codes": _("恢复代码")}),
    "person.reason": Fact(
        _("原因"),
        {
            "wrong password": _("密码不正确"),
            "account refused": _("账号已停用"),
            "no account for this identity": _("没有对应的账号"),
        },
    ),
    "keys_withdrawn": Fact(_("收回密钥")),
    "username": Fact(_("登录名")),
    "changed": Fact(_("改了")),
    "theme": Fact(_("主题")),
    "elder_mode": Fact(_("长辈模式")),
    "role": Fact(_("角色"), {role.code: role.name for role in DEFAULT_ROLES}),
    "area": Fact(_("管辖路径")),
    "post": Fact(_("岗位")),
    "standing_in_for": Fact(_("替谁代班")),
    "added": Fact(_("增加"), _scope),
    "role.removed": Fact(_("去掉"), _scope),
    "owner": Fact(_("持有人")),
    "scopes": Fact(_("范围"), _scope),
    "purpose": Fact(_("用途"), {"api": _("应用程序接口"), "open311": "Open311"}),
    "sort": Fact(_("种类"), dict(UNIT_KINDS)),
    "illustrative": Fact(_("边界为示意")),
    "starts_at": Fact(_("开始")),
    "ends_at": Fact(_("结束")),
    "person": Fact(_("人员")),
    "cancelled": Fact(_("取消")),
    "shift": Fact(_("值班")),
    "items": Fact(_("未了事项")),
    "handover.to": Fact(_("交给")),
    "handover.state": Fact(_("状态"), dict(HANDOVER_STATES)),
}
