"""Verbs on matters (我要办事): the default list is written once, then the district edits it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huying.kernel.asker import Asker
from huying.kernel.errors import Fault, Invalid, NotFound, Stale
from huying.kernel.verbs import act, require
from huying.portal.models import Matter
from huying.portal.rules.words import GROUPS

DATA = Path(__file__).resolve().parents[1] / "data" / "matters.json"
TEXTS = ("name", "unit", "phone", "who", "place", "hours", "takes", "fee")
LONGEST = {"name": 80, "unit": 100, "phone": 40, "place": 200, "hours": 100, "takes": 60, "fee": 60}


def install_matters(*, by: Asker) -> int:
    """Write the default matters into an empty list; a list once edited stays as it is."""
    if Matter.objects.exists():
        return 0
    with act("portal.edit_matter", by=by) as deed:
        require("portal.edit_matter", by)
        listed = json.loads(DATA.read_text(encoding="utf-8"))
        rows = [Matter(position=place * 10, **row) for place, row in enumerate(listed, 1)]
        Matter.objects.bulk_create(rows, ignore_conflicts=True)
        deed.on("matter", "install", count=len(rows))
    return len(rows)


def edit_matter(
    code: str,
    *,
    by: Asker,
    version: int | None,
    group: str,
    materials: Sequence[str],
    steps: Sequence[str],
    active: bool,
    confirmed: bool,
    **texts: Any,
) -> Matter:
    """Write a matter anew, or a new one when `version` is None."""
    with act("portal.edit_matter", by=by) as deed:
        require("portal.edit_matter", by)
        faults = [
            Fault(name, _("最多 %(most)s 字。") % {"most": most})
            for name, most in LONGEST.items()
            if len(texts.get(name, "")) > most
        ]
        faults += [
            Fault(name, _("此项不能为空。"))
            for name in ("name", "unit")
            if not texts.get(name, "").strip()
        ]
        if group not in dict(GROUPS):
            faults.append(Fault("group", _("请从列表中选择。")))
        faults += [
            Fault(name, _("每一行最多 200 字。"))
            for name, lines in (("materials", materials), ("steps", steps))
            if any(len(line) > 200 for line in lines)
        ]
        if faults:
            raise Invalid(_("事项的内容有误。"), faults=faults)
        row = _row(code, version)
        for name in TEXTS:
            setattr(row, name, texts.get(name, "").strip())
        row.group, row.active, row.confirmed = group, active, confirmed
        row.materials = [line.strip() for line in materials if line.strip()]
        row.steps = [line.strip() for line in steps if line.strip()]
        row.save()
        deed.on("matter", code, active=active, confirmed=confirmed)
    return row


def _row(code: str, version: int | None) -> Matter:
    row = Matter.objects.select_for_update().filter(code=code).first()
    if version is None:
        if row is not None:
            what = _("这个代码已有事项使用。")
            raise Invalid(what, faults=[Fault("code", what)])
        last = Matter.objects.order_by("-position").values_list("position", flat=True).first()
        return Matter(code=code, position=(last or 0) + 10)
    if row is None:
        raise NotFound(_("没有这个办事事项。"))
    if row.version != version:
        raise Stale(_("事项已被他人修改。"), remedy=_("请刷新页面后再改。"))
    row.version += 1
    return row
