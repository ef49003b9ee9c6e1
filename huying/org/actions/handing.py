"""Verbs of the handover of a watch (交接班): write it, take over, object."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from huying.kernel.asker import Asker
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.kernel.errors import Fault, Forbidden, Invalid, NotFound, NotNow
from huying.kernel.verbs import Deed, act, require
from huying.org.handing import next_shifts, open_items
from huying.org.models import DutyShift, ShiftHandover

LATEST = timedelta(hours=24)
LONGEST = 4000


def hand_over_shift(
    shift_id: int, *, words: str = "", to_shift_id: int | None = None, by: Asker
) -> ShiftHandover:
    """Write what this watch leaves open (交接班记录) for the person of a following shift.

    What is open is read and frozen now. While nobody answered it may be written again, which
    replaces what was there. Without `to_shift_id` it goes to the next shift of somebody else.
    """
    with act("org.hand_over_shift", by=by) as deed:
        shift = _locked_shift(shift_id, by)
        if len(words) > LONGEST:
            fault = Fault("words", _("最多 %(most)d 字。") % {"most": LONGEST})
            raise Invalid(_("交接班记录有误。"), faults=[fault])
        at = now()
        if at < shift.starts_at:
            raise NotNow(_("这一班还没有开始。"), remedy=_("上岗以后再写交接班记录。"))
        if at > shift.ends_at + LATEST:
            raise NotNow(_("这一班结束已超过 24 小时，不能再补写交接班记录。"))
        earlier = shift.handovers.select_for_update().filter(state__in=("waiting", "taken"))
        for one in earlier:
            if one.state == "taken":
                raise NotNow(_("这一班已经交接完毕。"))
            one.state, one.answered_at = "replaced", at
            one.save(update_fields=["state", "answered_at"])
        following = _following(shift, to_shift_id)
        with override("zh-hans"):  # what is kept is in the language of the district
            items = [_as_json(one) for one in open_items(by, shift.unit.path)]
        handover = ShiftHandover.objects.create(
            unit=shift.unit,
            shift=shift,
            to_shift=following,
            person=shift.person,
            to_person=following.person,
            leader=shift.leader,
            written_at=at,
            words=words.strip(),
            items=items,
        )
        _name(deed, handover, items=len(items), to=following.person_id)
        return handover


def take_over_shift(handover_id: int, *, note: str = "", by: Asker) -> ShiftHandover:
    """Sign for what the watch before left open (接班)."""
    with _answering("org.take_over_shift", handover_id, by) as handover:
        handover.state, handover.answer = "taken", note.strip()[:LONGEST]
    return handover


def object_to_handover(handover_id: int, *, reason: str, by: Asker) -> ShiftHandover:
    """Refuse to sign (有异议), with a note of what is wrong; the other writes it again."""
    with _answering("org.object_to_handover", handover_id, by) as handover:
        if not reason.strip():
            raise Invalid(
                _("请写明异议。"), faults=[Fault("reason", _("请写明哪里不对、还缺什么。"))]
            )
        handover.state, handover.answer = "objected", reason.strip()[:LONGEST]
    return handover


@contextmanager
def _answering(verb: str, handover_id: int, by: Asker) -> Iterator[ShiftHandover]:
    """The frame of both answers: by the person of the next shift, once."""
    with act(verb, by=by) as deed:
        found = ShiftHandover.objects.select_for_update(of=("self",)).select_related("unit")
        handover = found.filter(pk=handover_id).first()
        path = handover.unit.path if handover is not None else ""
        if handover is None or not by.area("org.read_handover").covers(path):
            raise NotFound(_("没有这份交接班记录。"))
        require(verb, by, path)
        if getattr(by, "account_id", None) != handover.to_person_id:
            raise Forbidden(
                _("这份记录由接班人签收。"), remedy=_("换了人接班，请交班人改选接班人重写一份。")
            )
        if handover.state != "waiting":
            what = _("这份交接班记录现在是“%(state)s”。")
            raise NotNow(what % {"state": handover.get_state_display()})
        yield handover
        handover.answered_at = now()
        handover.save(update_fields=["state", "answer", "answered_at"])
        _name(deed, handover)


def _locked_shift(shift_id: int, by: Asker) -> DutyShift:
    """The shift, locked; only who stands it, or leads it, hands it over."""
    found = DutyShift.objects.select_for_update(of=("self",)).select_related(
        "unit", "person", "leader"
    )
    shift = found.filter(pk=shift_id).first()
    path = shift.unit.path if shift is not None else ""
    if shift is None or not by.area("org.view").covers(path):
        raise NotFound(_("没有这个班次。"))
    require("org.hand_over_shift", by, path)
    account_id = getattr(by, "account_id", None)
    if account_id is None or account_id not in (shift.person_id, shift.leader_id):
        raise Forbidden(_("交接班记录由本班值班人员或带班领导书写。"))
    return shift


def _following(shift: DutyShift, to_shift_id: int | None) -> DutyShift:
    # Locked, so that none is cancelled between here and the record that names it.
    following = list(next_shifts(shift).select_for_update(of=("self",), no_key=True))
    if to_shift_id is not None:
        following = [one for one in following if one.pk == to_shift_id]
    if not following:
        raise NotNow(
            _("没有可以接班的班次：24 小时之内没有排别人的班。"),
            remedy=_("请先在值班表排好下一班。"),
        )
    return following[0]


def _as_json(item: dict[str, Any]) -> dict[str, Any]:
    due = item["due_at"]
    return {**item, "due_at": due.astimezone(DISTRICT_ZONE).isoformat() if due else None}


def _name(deed: Deed, handover: ShiftHandover, **detail: Any) -> None:
    deed.on(
        "handover",
        str(handover.pk),
        handover.unit.path,
        state=handover.state,
        shift=handover.shift_id,
        **detail,
    )
