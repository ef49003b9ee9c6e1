"""Who was sent where and what became of it, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from huying.kernel.working_time import DEFAULT_ZONE


def _sent(data: dict[str, Any]) -> str:
    said = _("派%(person)s（%(unit)s）到场") % _named(data)
    if until := data.get("until"):
        at = datetime.fromisoformat(until).astimezone(DEFAULT_ZONE)
        said += _("，%(at)s 前到") % {"at": f"{at:%m-%d %H:%M}"}
    return said


def _reported(data: dict[str, Any]) -> str:
    said = _("%(person)s现场反馈") % _named(data)
    papers = len(data.get("files", ()))
    return said + (_("，照片或附件 %(count)s 个") % {"count": papers} if papers else "")


def _named(data: dict[str, Any]) -> dict[str, str]:
    return {"person": data.get("person", ""), "unit": data.get("unit", {}).get("name", "")}


SENDINGS: dict[str, Callable[[dict[str, Any]], str]] = {
    "send_someone": _sent,
    "accept_sending": lambda data: _("%(person)s接受派遣，出发") % _named(data),
    "arrive": lambda data: _("%(person)s已到场") % _named(data),
    "report_sending": _reported,
    "decline_sending": lambda data: _("%(person)s不能前往") % _named(data),
    "cancel_sending": lambda data: _("撤回对%(person)s的派遣") % _named(data),
}
