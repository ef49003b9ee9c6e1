"""Verbs on the duty roster (值班表): plan a shift, cancel one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker
from huying.kernel.errors import Fault, Invalid, NotFound, NotNow
from huying.kernel.verbs import act, require
from huying.org.actions.people import PHONE
from huying.org.actions.units import locked_unit
from huying.org.models import Account, DutyShift, ShiftHandover

LONGEST = timedelta(days=7)


def plan_shift(
    unit_code: str,
    starts_at: datetime,
    ends_at: datetime,
    person_id: int,
    *,
    leader_id: int | None = None,
    phone: str = "",
    by: Asker,
) -> DutyShift:
    """Put a person on duty for a unit, with the leader in charge (带班领导)."""
    with act("org.plan_shift", by=by) as deed:
        unit = locked_unit(unit_code, "org.plan_shift", by)
        faults = []
        if not starts_at < ends_at <= starts_at + LONGEST:
            faults.append(Fault("ends_at", _("班次须晚于开始，且不超过 7 天。")))
        if phone and not PHONE.match(phone):
            faults.append(Fault("phone", _("电话号码格式有误。")))
        people = Account.objects.in_bulk([person_id, *([leader_id] if leader_id else [])])
        for field, identity in (("person", person_id), ("leader", leader_id)):
            person = people.get(identity) if identity else None
            if identity and (person is None or not person.is_active):
                faults.append(Fault(field, _("没有这个人员，或该账户已停用。")))
        if faults:
            raise Invalid(_("班次信息有误。"), faults=faults)
        busy = DutyShift.objects.filter(
            person_id=person_id, starts_at__lt=ends_at, ends_at__gt=starts_at
        )
        if busy.exists():
            raise NotNow(_("此人在这段时间已有班次。"))
        shift = DutyShift.objects.create(
            unit=unit,
            starts_at=starts_at,
            ends_at=ends_at,
            person_id=person_id,
            leader_id=leader_id,
            phone=phone,
        )
        deed.on(
            "shift",
            str(shift.pk),
            unit.path,
            starts_at=starts_at.isoformat(),
            ends_at=ends_at.isoformat(),
            person=person_id,
        )
        return shift


def cancel_shift(shift_id: int, *, by: Asker) -> DutyShift:
    """Take a shift out of the roster; what it was is returned."""
    with act("org.plan_shift", by=by) as deed:
        shift = (
            DutyShift.objects.select_for_update(of=("self",))
            .select_related("unit")
            .filter(pk=shift_id)
            .first()
        )
        path = shift.unit.path if shift is not None else ""
        if shift is None or not by.area("org.view").covers(path):
            raise NotFound(_("没有这个班次。"))
        require("org.plan_shift", by, path)
        if ShiftHandover.objects.filter(Q(shift=shift) | Q(to_shift=shift)).exists():
            raise NotNow(
                _("这一班已有交接班记录，不能取消。"),
                remedy=_("换人值班请另排一班，由交班人改选接班人。"),
            )
        deed.on("shift", str(shift.pk), path, cancelled=True, person=shift.person_id)
        DutyShift.objects.filter(pk=shift.pk).delete()
        return shift
