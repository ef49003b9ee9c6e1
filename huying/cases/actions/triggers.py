"""Verbs on the conditions of supervision: change one, sign one; for a trial see `would_fire`."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from huying.cases.models import SupervisionTrigger
from huying.cases.rules.clocks import MEASURES, length
from huying.cases.rules.states import SUPERVISIONS
from huying.cases.rules.triggers import (
    COUNTED,
    DEFAULTS,
    RAISED,
    WATCHERS,
    WITHIN_DAYS,
    TriggerSpec,
)
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Invalid, NotFound
from huying.kernel.verbs import act, require
from huying.org import queries as org

MOST_DAYS = 366


def install_triggers() -> None:
    """Write the default conditions that are missing, in the caller's transaction."""
    SupervisionTrigger.objects.bulk_create(
        [
            SupervisionTrigger(
                code=code,
                threshold=threshold,
                days=days,
                level=level,
                measure=measure,
                amount=Decimal(amount),
                basis=basis,
            )
            for code, threshold, days, level, measure, amount, basis in DEFAULTS
        ],
        ignore_conflicts=True,
    )


def edit_trigger(
    code: str,
    *,
    by: Asker,
    measure: str,
    amount: str,
    active: bool,
    level: int = 0,
    threshold: int = 0,
    days: int = 0,
    watcher: str = "centre",
    person: int | None = None,
) -> None:
    """Change a condition; orders already open stay as they are. It must be signed anew."""
    with act("cases.edit_trigger", by=by) as deed:
        require("cases.edit_trigger", by)
        row = _locked(code)
        spec = checked_trigger(
            code,
            measure=measure,
            amount=amount,
            level=level,
            threshold=threshold,
            days=days,
            watcher=watcher,
            person=person,
        )
        row.level, row.threshold, row.days = spec.level, spec.threshold, spec.days
        row.measure, row.amount = spec.measure, Decimal(spec.amount)
        row.watcher, row.person_id, row.active = spec.watcher, spec.person_id, active
        row.confirmed_by, row.confirmed_at = "", None
        row.save()
        facts = {name: value for name, value in vars(spec).items() if name != "code"}
        deed.on("trigger", code, active=active, **facts)


def confirm_trigger(code: str, *, by: Asker) -> None:
    """Sign a condition: until then it is shown as 未经本区确认."""
    with act("cases.confirm_trigger", by=by) as deed:
        require("cases.confirm_trigger", by)
        row = _locked(code)
        row.confirmed_by, row.confirmed_at = by.label, now()
        row.save(update_fields=["confirmed_by", "confirmed_at"])
        deed.on("trigger", code)


def checked_trigger(
    code: str,
    *,
    measure: str,
    amount: str,
    level: int = 0,
    threshold: int = 0,
    days: int = 0,
    watcher: str = "centre",
    person: int | None = None,
) -> TriggerSpec:
    """A condition as it was filled in; Invalid with every fault. What it does not ask for is 0."""
    faults = []
    level = 0 if code == RAISED else level
    threshold = threshold if code in COUNTED else 0
    days = days if code in WITHIN_DAYS else 0
    if code != RAISED and level not in dict(SUPERVISIONS):
        faults.append(Fault("level", _("督办只有三级。"), _("请从列表中选择。")))
    if code in COUNTED and not 1 <= threshold <= 100:
        faults.append(Fault("threshold", _("次数须在 1 到 100 之间。"), _("请填写数字。")))
    if code in WITHIN_DAYS and not 1 <= days <= MOST_DAYS:
        what = _("天数须在 1 到 %(most)s 之间。") % {"most": MOST_DAYS}
        faults.append(Fault("days", what, _("请填写数字。")))
    if measure not in MEASURES:
        faults.append(Fault("measure", _("没有这种计时方式。"), _("请从列表中选择。")))
    value = length(amount)
    if value is None:
        faults.append(Fault("amount", _("时长须大于 0。"), _("请填写数字。")))
    if watcher not in dict(WATCHERS):
        faults.append(Fault("watcher", _("没有这种督办人。"), _("请从列表中选择。")))
    elif watcher == "person" and not (person and org.named(person)):
        faults.append(Fault("person", _("须指定一个在用的人员。"), _("请从人员中选择。")))
    if faults or value is None:
        raise Invalid(_("督办触发条件填写有误。"), faults=faults)
    person = person if watcher == "person" else None
    words = f"{value.normalize():f}"
    return TriggerSpec(code, threshold, days, level, measure, words, watcher, person)  # type: ignore[arg-type]


def _locked(code: str) -> SupervisionTrigger:
    row = SupervisionTrigger.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise NotFound(_("没有这项触发条件。"), remedy=_("请从列表中选择。"))
    return row
