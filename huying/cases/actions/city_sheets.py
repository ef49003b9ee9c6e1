"""The workbooks that serve while the city's line is down: the same messages, carried by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import IO

from django.db import transaction
from django.utils import translation
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from huying.cases.actions.city_in import IN, Said, apply_waiting, keep
from huying.cases.actions.city_out import OUT, last_sequence, opened
from huying.cases.adapters import city_sheet
from huying.cases.adapters.city_sheet import KINDS, NEED_DUE
from huying.cases.models import CityMessage
from huying.cases.rules.city import REPORTED
from huying.kernel.asker import Asker
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.kernel.errors import Fault, Invalid
from huying.kernel.verbs import act, require
from huying.kernel.workbook import Line

TIMES = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d")
MOST = {"title": 200, "body": 10_000, "order": 40, "reason": 1000}


def take_city_sheet(file: IO[bytes], *, by: Asker) -> tuple[int, int]:
    """Keep and apply the messages of the city's workbook; answers how many were new, and old.

    Any wrong cell refuses the whole file, every one told at once. A message that came before, in a
    workbook or over the line, is left alone.
    """
    with act("cases.city_line", by=by) as deed:
        require("cases.city_line", by)
        content = city_sheet.read(file)
        lines = content.lines[city_sheet.SHEET]
        faults = list(content.faults)
        empty = {fault.where for fault in faults}
        for line in lines:
            faults += [fault for fault in _faults(line) if fault.where not in empty]
        if not lines and not faults:
            faults.append(Fault("", _("文件里没有可导入的行。")))
        if faults:
            raise Invalid(
                _("发现 %s 处错误，没有接收任何消息。") % len(faults),
                faults=faults,
                remedy=_("请按单元格改正后重新上传。"),
            )
        fresh = sum(_kept(line) for line in lines)
        for order in dict.fromkeys(line.values["order"] for line in lines):
            apply_waiting(order)
        deed.on("city_sheet", "in", rows=len(lines), fresh=fresh)
    return fresh, len(lines) - fresh


def city_sheet_to_send(*, by: Asker) -> bytes:
    """What waits to be told, as a workbook to carry; the line will send it too, counted once."""
    with act("cases.city_line", by=by) as deed:
        require("cases.city_line", by)
        rows = (
            CityMessage.objects.filter(way=OUT).exclude(state="done").order_by("order", "sequence")
        )
        with translation.override("zh-hans"):
            body = city_sheet.written([_told(row) for row in rows])
        deed.on("city_sheet", "out", rows=len(rows))
    return body


def _told(row: CityMessage) -> tuple[str, ...]:
    content = opened(row)
    said = "；".join(
        str(content[name]) for name in ("result", "reason", "until") if content.get(name)
    )
    at = f"{localtime(row.at, DISTRICT_ZONE):%Y-%m-%d %H:%M}"
    return row.order, str(row.sequence), str(dict(REPORTED).get(row.kind, "")), at, said


def _faults(line: Line) -> Sequence[Fault]:
    """Everything wrong with one row."""
    values, found = line.values, []
    kind = values["kind"]
    if kind and kind not in KINDS:
        found.append(Fault(line.where("kind"), _("没有“%(kind)s”这种消息。") % {"kind": kind[:20]}))
    needed = [name for name in ("title", "body") if kind == "转办"]
    needed += ["due"] if kind in NEED_DUE else []
    needed += ["reason"] if kind == "重办" else []
    found += [
        Fault(line.where(name), _("“%(kind)s”须填写此格。") % {"kind": kind})
        for name in needed
        if not values.get(name)
    ]
    if values.get("due") and instant(values["due"]) is None:
        found.append(Fault(line.where("due"), _("不是时间，应如 2026-03-09 17:30。")))
    for name, most in MOST.items():
        if len(values.get(name, "")) > most:
            found.append(Fault(line.where(name), _("最多 %(most)s 字。") % {"most": most}))
    return found


def instant(text: str) -> datetime | None:
    """A time as a clerk or a cell writes it, in the district's zone; a bare day ends at 17:30."""
    for form in TIMES:
        try:
            found = datetime.strptime(text.strip(), form).replace(tzinfo=DISTRICT_ZONE)
        except ValueError:
            continue
        if form == "%Y-%m-%d":
            return found.replace(hour=17, minute=30)
        return found
    return None


def _kept(line: Line) -> bool:
    """Keep a row as a message of its order, after those already here."""
    values = line.values
    kind, fixed = KINDS[values["kind"]]
    due = instant(values.get("due", ""))
    texts = {name: values.get(name, "") for name in ("title", "body", "name", "phone", "address")}
    content = {
        **(texts if kind == "order" else {}),
        **fixed,
        "reason": values.get("reason", ""),
        "due": due.isoformat() if due else "",
    }
    order = values["order"]
    # Its content is its key, so that the same workbook twice says nothing new.
    said = repr(sorted((name, str(value)) for name, value in content.items()))
    key = "sheet:" + hashlib.sha256(f"{order}\n{kind}\n{said}".encode()).hexdigest()[:40]
    with transaction.atomic():
        if CityMessage.objects.filter(way=IN, key=key).exists():
            return False
        sequence = 1 if kind == "order" else last_sequence(IN, order) + 1
        return keep(Said(key, order, sequence, kind, now(), content), by_sheet=True)
