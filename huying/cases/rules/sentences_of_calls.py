"""What was done on calls and meetings, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from huying.cases.rules.calls import GRADES, SIDES
from huying.kernel.working_time import DEFAULT_ZONE


def _units(data: dict[str, Any]) -> dict[str, str]:
    return {
        "caller": data.get("unit", {}).get("name", ""),
        "called": data.get("called", {}).get("name", ""),
        "call": data.get("call", ""),
    }


def _call_up(data: dict[str, Any]) -> str:
    said = _("%(caller)s呼叫%(called)s，编号 %(call)s") % _units(data)
    names = "、".join(unit["name"] for unit in data.get("co", []))
    return said + (_("，%(names)s协助") % {"names": names} if names else "")


def _rated(data: dict[str, Any]) -> str:
    grade = dict(GRADES).get(data.get("grade", 0), "")
    side = dict(SIDES).get(data.get("side", ""), "")
    return _("%(side)s评价：%(grade)s") % {"side": side, "grade": grade}


def _ruled(data: dict[str, Any]) -> str:
    if data.get("misuse", True):
        return _("裁定%(caller)s呼叫 %(call)s 属其自身职责") % _units(data)
    return _("裁定%(caller)s呼叫 %(call)s 理由成立") % _units(data)


def _convened(data: dict[str, Any]) -> str:
    held = datetime.fromisoformat(data["held_at"]).astimezone(DEFAULT_ZONE)
    return _("召集会商 %(meeting)s，%(when)s，%(names)s参加") % {
        "meeting": data.get("meeting", ""),
        "when": f"{held:%m-%d %H:%M}",
        "names": "、".join(unit["name"] for unit in data.get("participants", [])),
    }


def _settled(data: dict[str, Any]) -> str:
    return _("会商裁定由%(unit)s承办，依据权责清单“%(entry)s”，%(day)s 前接办") % {
        "unit": data.get("unit", {}).get("name", ""),
        "entry": data.get("entry", ""),
        "day": data.get("due_on", ""),
    }


CALLED: dict[str, Callable[[dict[str, Any]], str]] = {
    "call_up": _call_up,
    "answer_call": lambda data: _("%(called)s应答呼叫 %(call)s") % _units(data),
    "finish_call": lambda data: _("%(called)s处置完毕，呼叫 %(call)s 办结") % _units(data),
    "withdraw_call": lambda data: _("%(caller)s撤回呼叫 %(call)s") % _units(data),
    "rate_call": _rated,
    "rule_call": _ruled,
    "void": lambda data: _("诉求已转入下一环节，呼叫自动失效"),
    "convene": _convened,
    "minute": lambda data: _("记录会商 %(meeting)s 的纪要") % {"meeting": data.get("meeting", "")},
    "rule_meeting": _settled,
    "cancel_meeting": lambda data: _("取消会商 %(meeting)s") % {"meeting": data.get("meeting", "")},
}
