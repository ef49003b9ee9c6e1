"""批量登记: many appeals from one file, checked as a whole, each row registered once."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import IO

from django.utils.translation import gettext as _

from huying.cases.actions.intake import check_intake, register
from huying.cases.adapters import filing_sheet
from huying.cases.adapters.filing_sheet import CHANNELS, SHEET, YES
from huying.cases.models import Appellant, Case, Category
from huying.cases.queries.filed import cases_of_file
from huying.cases.queries.ground import GROUND
from huying.cases.queries.identity import phone_key
from huying.cases.queries.scope import visible
from huying.cases.rules.masks import tells_of
from huying.kernel import jobs
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Invalid
from huying.kernel.models import LongJob
from huying.kernel.verbs import act, require
from huying.kernel.workbook import Line
from huying.org.models import Unit

FILE = "cases.file"  # the long job of this name, in `jobs.py`
RECENT = timedelta(days=30)


@dataclass(frozen=True)
class Twin:
    """A row that somebody seems to have filed already: the case, or the earlier cell."""

    row: int
    title: str
    number: str = ""
    cell: str = ""


@dataclass
class FilingPlan:
    """What filing a file would do."""

    digest: str
    good: list[Line] = field(default_factory=list)
    bad: list[tuple[Line, list[Fault]]] = field(default_factory=list)
    known: int = 0
    twins: list[Twin] = field(default_factory=list)

    @property
    def faults(self) -> list[Fault]:
        """Everything wrong, row by row."""
        return [fault for _line, found in self.bad for fault in found]


def key_of(digest: str, row: int) -> str:
    """The intake key of a row, by which it is registered once."""
    return f"file:{digest}:{row}"


def plan_filing(file: IO[bytes], name: str, *, by: Asker) -> FilingPlan:
    """Read and check a whole file without writing; rows filed before are counted, twins flagged.

    Invalid when the file as a whole cannot be read.
    """
    require("cases.file_many", by)
    digest = hashlib.sha256(file.read()).hexdigest()[:40]
    file.seek(0)
    content = filing_sheet.read(file, name)
    lines = content.lines[SHEET]
    headings = [fault for fault in content.faults if fault.where.endswith("!1")]
    if headings or not lines:
        raise Invalid(
            _("文件里没有可登记的行。"),
            faults=headings or [Fault("", _("没有填写任何一行。"))],
            remedy=_("请使用下载的模板。"),
        )
    plan = FilingPlan(digest)
    filed = set(_filed(digest))
    empty: dict[int, list[Fault]] = {}
    for fault in content.faults:
        number = int(fault.where.rpartition("!")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or 0)
        empty.setdefault(number, []).append(fault)
    check = _Checks(lines, by)
    for line in lines:
        if line.number in filed:
            plan.known += 1
            continue
        found = [*empty.get(line.number, []), *check.faults(line)]
        if found:
            plan.bad.append((line, found))
        else:
            plan.good.append(line)
    plan.twins = list(_twins(plan.good, by))
    return plan


def start_filing(blob_id: uuid.UUID, name: str, *, by: Asker, skip_bad: bool = False) -> LongJob:
    """File a stored file in the background."""
    with act("cases.file_many", by=by) as deed:
        require("cases.file_many", by)
        params = {"blob": str(blob_id), "name": name[-8:], "skip_bad": skip_bad}
        job = jobs.start(FILE, params, title=_("批量登记诉求"), by=by)
        deed.on("job", str(job.pk), skip_bad=skip_bad)
    return job


def file_rows(
    file: IO[bytes],
    name: str,
    *,
    by: Asker,
    skip_bad: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[FilingPlan, list[str]]:
    """Register the rows; any bad one refuses all, unless `skip_bad`. Answers the new numbers.

    Each row is a registration of its own under a key of file and row: called again after a crash
    or with the same file, it goes on where it was and makes nothing twice.
    """
    plan = plan_filing(file, name, by=by)
    if plan.bad and not skip_bad:
        raise Invalid(
            _("发现 %s 处错误，没有登记任何诉求。") % len(plan.faults),
            faults=plan.faults,
            remedy=_("请按单元格改正后重新上传。"),
        )
    made = []
    for done, line in enumerate(plan.good, 1):
        values = line.values
        registered = register(
            by=by,
            channel=CHANNELS.get(values.get("channel", ""), "operator"),
            urgent=YES[values.get("urgent", "")],
            intake_key=key_of(plan.digest, line.number),
            place=values.get("place") or None,
            category=values.get("category") or None,
            title=values.get("title", ""),
            body=values.get("body", ""),
            name=values.get("name", ""),
            phone=values.get("phone", ""),
            address=values.get("address", ""),
            external_number=values.get("external_number", ""),
        )
        made.append(registered.number)
        progress(done, len(plan.good))
    return plan, made


class _Checks:
    """What every row is held against, read once for the whole file."""

    def __init__(self, lines: list[Line], by: Asker) -> None:
        codes = {line.values.get("place", "") for line in lines} - {""}
        rows = Unit.objects.filter(code__in=codes, active=True, kind__in=GROUND)
        self.places = dict(rows.values_list("code", "path"))
        classes = {line.values.get("category", "") for line in lines} - {""}
        found = Category.objects.filter(code__in=classes, active=True)
        self.classes = set(found.values_list("code", flat=True))
        orders = {line.values.get("external_number", "") for line in lines} - {""}
        known = Case.objects.filter(external_number__in=orders, channel="hotline", imported=False)
        self.orders = dict(known.values_list("external_number", "number"))
        self.area = by.area("cases.register")
        self.seen: dict[str, str] = {}

    def faults(self, line: Line) -> Iterator[Fault]:
        """Everything wrong with one row, by cell; an empty cell is told elsewhere."""
        values = line.values
        try:
            check_intake(
                "operator", values["title"] or "-", values["body"] or "-", values.get("phone", "")
            )
        except Invalid as refusal:
            for fault in refusal.faults:
                yield Fault(line.where(fault.where), str(fault.what), str(fault.remedy))
        if (place := values.get("place")) and place not in self.places:
            yield Fault(line.where("place"), _("没有这个编码的社区或网格。"))
        elif place and not self.area.covers(self.places[place]):
            yield Fault(line.where("place"), _("该地点不在您的管辖范围内。"))
        if (code := values.get("category")) and code not in self.classes:
            yield Fault(line.where("category"), _("没有这个编码的分类。"))
        if (channel := values.get("channel")) and channel not in CHANNELS:
            yield Fault(
                line.where("channel"), _("没有“%(what)s”这种渠道。") % {"what": channel[:20]}
            )
        if values.get("urgent", "") not in YES:
            yield Fault(line.where("urgent"), _("请填“是”或“否”。"))
        for name, most in (("address", 200), ("name", 60), ("external_number", 40)):
            if len(values.get(name, "")) > most:
                yield Fault(line.where(name), _("最多 %(most)s 字。") % {"most": most})
        yield from self._order_faults(line)

    def _order_faults(self, line: Line) -> Iterator[Fault]:
        order = line.values.get("external_number", "")
        if not order:
            return
        where = line.where("external_number")
        people = tuple(line.values.get(name, "") for name in ("name", "phone"))
        if tells_of(order, tuple(one for one in people if one)):
            yield Fault(where, _("市级编号里不能写姓名、电话或证件号。"))
        if CHANNELS.get(line.values.get("channel", "")) != "hotline":
            return
        if order in self.orders:
            told = {"city": order, "number": self.orders[order]}
            yield Fault(where, _("市级编号 %(city)s 已登记为 %(number)s。") % told)
        elif order in self.seen:
            yield Fault(where, _("与 %(cell)s 重复。") % {"cell": self.seen[order]})
        self.seen.setdefault(order, where)


def _filed(digest: str) -> Iterator[int]:
    """The rows of this file that are cases already."""
    for key in cases_of_file(digest).values_list("intake_key", flat=True):
        yield int(key.rpartition(":")[2])


def _twins(lines: list[Line], by: Asker) -> Iterator[Twin]:
    """Rows of the same telephone and title as an earlier row, or as a recent visible case."""
    keys = {phone_key(line.values["phone"]) for line in lines if line.values.get("phone")}
    told = Appellant.objects.filter(phone_key__in=keys, case__registered_at__gte=now() - RECENT)
    seen = visible(by).values("pk")
    found = {
        (key, title): number
        for key, title, number in told.filter(case__in=seen).values_list(
            "phone_key", "case__title", "case__number"
        )
    }
    earlier: dict[tuple[str, str], str] = {}
    for line in lines:
        phone, title = line.values.get("phone", ""), line.values["title"]
        same = (phone_key(phone) if phone else "", title)
        if number := found.get(same) if phone else "":
            yield Twin(line.number, title, number=number)
        elif same in earlier:
            yield Twin(line.number, title, cell=earlier[same])
        earlier.setdefault(same, line.where("title"))
