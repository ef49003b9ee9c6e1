"""Import of units and people from a workbook: every error at once, all or nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from huying.kernel import blobs, jobs
from huying.kernel.asker import Asker
from huying.kernel.errors import Fault, Invalid, NotFound
from huying.kernel.models import Blob, LongJob
from huying.kernel.verbs import require
from huying.org.actions.people import PersonRow, install_people, person_faults
from huying.org.actions.units import UnitRow, install_units, unit_faults
from huying.org.adapters import workbook
from huying.org.adapters.workbook import Content, Line
from huying.org.models import Account, Unit
from huying.org.rules import UNIT_KINDS, child_path

PIECE = 500
IMPORT = "org.import"  # the long job of this name, in `jobs.py`


@dataclass(frozen=True)
class Plan:
    """What an import would do."""

    fresh: list[UnitRow]
    renewed: list[UnitRow]
    people: list[PersonRow]

    @property
    def size(self) -> int:
        """How many rows it writes."""
        return len(self.fresh) + len(self.renewed) + len(self.people)


@dataclass
class _Known:
    """A unit that is there, or that an earlier row of the same file makes."""

    path: str
    kind: str
    active: bool = True
    row: str = ""


def kind_words() -> dict[str, str]:
    """The Chinese word of every kind of unit, as the workbook has it."""
    with translation.override("zh-hans"):
        return {str(words): kind for kind, words in UNIT_KINDS}


def plan_import(file: IO[bytes], *, by: Asker) -> Plan:
    """Read and check a whole workbook without writing; Invalid lists every fault by cell."""
    content = workbook.read(file)
    if content.units:
        require("org.import_units", by)
    if content.people:
        require("org.import_people", by)
    faults = list(content.faults)
    empty = {fault.where for fault in faults}
    known = {
        code: _Known(path, kind, active)
        for code, path, kind, active in Unit.objects.values_list("code", "path", "kind", "active")
    }
    fresh, renewed = _plan_units(content, known, faults, empty, by)
    people = _plan_people(content, known, faults, empty, by)
    if not faults and not (fresh or renewed or people):
        faults.append(Fault("", _("文件里没有可导入的行。")))
    if faults:
        faults.sort(key=_reading_order)
        raise Invalid(
            _("发现 %s 处错误，未导入任何内容。") % len(faults),
            faults=faults,
            remedy=_("请按单元格改正后重新上传。"),
        )
    return Plan(fresh, renewed, people)


def import_workbook(
    file: IO[bytes], *, by: Asker, progress: Callable[[int, int], None] = lambda _d, _t: None
) -> Plan:
    """Import a workbook in one transaction; a file with any error imports nothing."""
    with transaction.atomic():
        plan = plan_import(file, by=by)
        if plan.fresh or plan.renewed:
            install_units([*plan.fresh, *plan.renewed], by=by)
        done = len(plan.fresh) + len(plan.renewed)
        progress(done, plan.size)
        for start in range(0, len(plan.people), PIECE):
            install_people(plan.people[start : start + PIECE], by=by)
            done += len(plan.people[start : start + PIECE])
            progress(done, plan.size)
        return plan


def start_import(blob_id: uuid.UUID, *, by: Asker) -> LongJob:
    """Import a large workbook, already stored, in the background."""
    return jobs.start(IMPORT, {"blob": str(blob_id)}, title=_("导入单位和人员"), by=by)


def open_upload(blob_id: uuid.UUID) -> IO[bytes]:
    """A stored workbook, open for reading; NotFound once its time is over."""
    blob = Blob.objects.filter(pk=blob_id).first()
    if blob is None:
        raise NotFound(_("上传的文件已过期。"), remedy=_("请重新上传。"))
    return blobs.open_file(blob)


def _plan_units(
    content: Content, known: dict[str, _Known], faults: list[Fault], empty: set[str], by: Asker
) -> tuple[list[UnitRow], list[UnitRow]]:
    fresh: list[UnitRow] = []
    renewed: list[UnitRow] = []
    kinds = kind_words()
    for line in content.units:
        values = line.values
        told = _Told(line, faults, empty)
        kind = kinds.get(values["kind"], "")
        if values["kind"] and not kind:
            told.say("kind", _("没有“%(kind)s”这种单位。") % {"kind": values["kind"]})
        parent = known.get(values["parent_code"])
        if parent is None:
            told.say(
                "parent_code", _("没有编码为“%(code)s”的单位。") % {"code": values["parent_code"]}
            )
            continue
        if not by.area("org.import_units").covers(parent.path):
            told.say("parent_code", _("该单位不在您的管辖范围内。"))
            continue
        there = known.get(values["code"])
        row = UnitRow(
            values["code"],
            values["name"],
            kind,
            values["parent_code"],
            values.get("short_name", ""),
        )
        for fault in unit_faults(row, parent.kind):
            told.say(fault.where, fault.what)
        path = child_path(parent.path, values["code"])
        if there is not None and there.row:
            told.say("code", _("与 %s 重复。") % there.row)
        elif there is not None and there.path != path:
            told.say("parent_code", _("该单位已在别处，请用“移动单位”。"))
        elif there is not None and kind and there.kind != kind:
            told.say("kind", _("与已有单位的类别不同。"))
        (fresh if there is None else renewed).append(row)
        known[values["code"]] = _Known(path, kind, True, line.where("code"))
    return fresh, renewed


def _plan_people(
    content: Content, known: dict[str, _Known], faults: list[Fault], empty: set[str], by: Asker
) -> list[PersonRow]:
    names = [line.values["username"].lower() for line in content.people]
    taken = {
        name.lower()
        for name in Account.objects.extra(
            where=["lower(username) = any(%s)"], params=[names]
        ).values_list("username", flat=True)
    }
    seen: dict[str, str] = {}
    rows = []
    for line in content.people:
        values = line.values
        told = _Told(line, faults, empty)
        unit = known.get(values["unit_code"])
        if unit is None or not unit.active:
            told.say("unit_code", _("没有编码为“%(code)s”的单位。") % {"code": values["unit_code"]})
        elif not by.area("org.import_people").covers(unit.path):
            told.say("unit_code", _("该单位不在您的管辖范围内。"))
        for fault in person_faults(values["username"], values["name"], values.get("phone", "")):
            told.say(fault.where, fault.what)
        name = values["username"].lower()
        if name in taken:
            told.say("username", _("登录名“%s”已被使用。") % values["username"])
        elif name and name in seen:
            told.say("username", _("与 %s 重复。") % seen[name])
        seen.setdefault(name, line.where("username"))
        rows.append(
            PersonRow(
                values["username"], values["name"], values["unit_code"], values.get("phone", "")
            )
        )
    return rows


@dataclass
class _Told:
    """Adds faults of one line, one per cell: an empty cell is told as empty only."""

    line: Line
    faults: list[Fault]
    empty: set[str]

    def say(self, name: str, what: str) -> None:
        where = self.line.where(name)
        if where not in self.empty:
            self.empty.add(where)
            self.faults.append(Fault(where, what))


def _reading_order(fault: Fault) -> tuple[bool, int, int, str]:
    """Sheet by sheet, row by row, column by column."""
    sheet, _mark, cell = fault.where.partition("!")
    letters = cell.rstrip("0123456789")
    number = int(cell[len(letters) :] or 0)
    return sheet != workbook.UNITS, number, len(letters), letters
