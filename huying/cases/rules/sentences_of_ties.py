"""Merging, splitting, handing over and publishing in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from huying.cases.rules.outgoing import TRACKS
from huying.kernel.working_time import DEFAULT_ZONE


def _merged(data: dict[str, Any]) -> str:
    return _("并入 %(number)s 一并办理") % {"number": data.get("into", "")}


def _unmerged(data: dict[str, Any]) -> str:
    return _("解除与 %(number)s 的并件，继续单独办理") % {"number": data.get("out_of", "")}


def _split(data: dict[str, Any]) -> str:
    if "out_of" in data:
        lead = data.get("lead", {}).get("name", "")
        said = _("由 %(number)s 拆分，%(lead)s主办")
        return said % {"number": data["out_of"], "lead": lead}
    names = "、".join(part["unit"]["name"] for part in data.get("parts", ()))
    said = _("拆分为 %(count)s 件，分别由%(names)s办理")
    return said % {"count": len(data.get("parts", ())), "names": names}


def _handed_over(data: dict[str, Any]) -> str:
    track = TRACKS.get(data.get("track", ""))
    said = _("移交%(office)s，移交单 %(slip)s") % {
        "office": data.get("office", ""),
        "slip": data.get("slip", ""),
    }
    return f"{said}。{track.go_to}" if track else said


def _receipt(data: dict[str, Any]) -> str:
    return _("收到移交单 %(slip)s 的回执") % {"slip": data.get("slip", "")}


def _proposed(data: dict[str, Any]) -> str:
    return _("申请向社会公开，%(at)s 起可见") % {"at": _moment(data)}


def _ruled(data: dict[str, Any]) -> str:
    if not data.get("approved"):
        return _("不批准公开")
    return _("批准公开，%(at)s 起可见") % {"at": _moment(data)}


def _taken_back(data: dict[str, Any]) -> str:
    return _("撤下公开")


def _moment(data: dict[str, Any]) -> str:
    at = datetime.fromisoformat(data["visible_from"]).astimezone(DEFAULT_ZONE)
    return f"{at:%Y-%m-%d %H:%M}"


TIED: dict[str, Callable[[dict[str, Any]], str]] = {
    "merge": _merged,
    "unmerge": _unmerged,
    "split": _split,
    "hand_over": _handed_over,
    "record_receipt": _receipt,
    "publish": _proposed,
    "rule_publication": _ruled,
    "unpublish": _taken_back,
}
