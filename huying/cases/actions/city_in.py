"""What the city hotline tells us: kept as it came, then applied to its case in order, once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from huying.cases.actions.city_out import hand_over, last_sequence, opened, sealed
from huying.cases.actions.city_verbs import city_redo, city_rule
from huying.cases.actions.intake import register
from huying.cases.adapters.city_line import LineDown
from huying.cases.events import CitySaid
from huying.cases.models import Case, Category, CityMessage
from huying.cases.rules.city import SAID
from huying.kernel.asker import EVERYWHERE, NOWHERE, Area, Asker
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Invalid, NotNow, Refusal
from huying.kernel.events import Received, publish
from huying.kernel.verbs import act, require

IN, WAITING = CityMessage.Way.IN, CityMessage.State.WAITING
DONE, REFUSED = CityMessage.State.DONE, CityMessage.State.REFUSED
FAR = 1000  # a sequence further ahead than this is a mistake

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CityHand:
    """The hand that does what the city says: a few verbs, and nothing else."""

    id: str = "city:line"
    label: str = "市热线"

    def area(self, verb: str) -> Area:
        return EVERYWHERE if verb in HAND_VERBS else NOWHERE


HAND_VERBS = frozenset({"cases.view", "cases.register", "cases.city_rule", "cases.city_redo"})
HAND = CityHand()


@dataclass(frozen=True)
class Said:
    """One message of the city, read and sound in form."""

    key: str
    order: str
    sequence: int
    kind: str
    at: datetime
    content: dict[str, Any]


def read_message(raw: Any) -> Said:
    """A message in our names of fields; Invalid lists everything that is wrong with it."""
    facts = raw if isinstance(raw, Mapping) else {}
    faults = []
    for name, longest in (("key", 64), ("order", 40)):
        if not isinstance(facts.get(name), str) or not 0 < len(facts[name].strip()) <= longest:
            faults.append(Fault(name, _("须为 1 到 %(most)s 个字符。") % {"most": longest}))
    sequence = facts.get("sequence")
    if not isinstance(sequence, int) or not 0 < sequence < 1_000_000:
        faults.append(Fault("sequence", _("须为从 1 起的整数。")))
    if facts.get("kind") not in dict(SAID):
        faults.append(Fault("kind", _("没有这种消息。")))
    if not isinstance(facts.get("content"), Mapping):
        faults.append(Fault("content", _("须为对象。")))
    at = instant(facts.get("at"), "at", faults)
    content = dict(facts["content"]) if isinstance(facts.get("content"), Mapping) else {}
    if content.get("due"):
        instant(content["due"], "due", faults)
    if faults or at is None:
        raise Invalid(_("消息不合约定。"), faults=faults)
    return Said(facts["key"], facts["order"].strip(), sequence or 0, facts["kind"], at, content)


def instant(text: Any, where: str, faults: list[Fault]) -> datetime | None:
    """An instant with its zone; what is wrong with it joins `faults`."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        faults.append(Fault(where, _("须为带时区的时间，如 2026-03-02T09:00:00+08:00。")))
        return None
    return found


def keep(said: Said, *, by_sheet: bool = False) -> bool:
    """Keep a message as it came; False when it was here already, which is no fault.

    The same key with other content, or another message in the same place, is refused (409).
    """
    with transaction.atomic():
        _queue(said.order)
        rows = CityMessage.objects.filter(way=IN)
        twin = rows.filter(order=said.order, sequence=said.sequence).first()
        twin = twin or rows.filter(key=said.key).first()
        if twin is not None:
            if (twin.order, twin.sequence, twin.kind) != (said.order, said.sequence, said.kind):
                raise NotNow(_("这个位置已经有另一条消息。"), remedy=_("请核对消息序号。"))
            return False
        row = CityMessage.objects.create(
            way=IN,
            key=said.key,
            order=said.order,
            sequence=said.sequence,
            kind=said.kind,
            content=sealed(said.content),
            at=said.at,
            kept_at=now(),
            by_sheet=by_sheet,
        )
        publish([CitySaid(row.pk)])
    return True


def hear_city(news: Received) -> None:
    """What to do when something was said: apply what can be applied of its order."""
    order = CityMessage.objects.filter(pk=news.payload["message"]).values_list("order", flat=True)
    for number in order:
        apply_waiting(number)


def apply_waiting(order: str, *, again: bool = False) -> int:
    """Apply the messages of an order that wait and whose turn it is; count them.

    One that the case refuses stops those behind it and is shown; `again` tries it once more.
    """
    applied = 0
    with transaction.atomic():
        _queue(order)
        last = last_sequence(IN, order, state=DONE)
        rows = CityMessage.objects.filter(way=IN, order=order).exclude(state=DONE)
        for row in rows.order_by("sequence"):
            if row.sequence != last + 1 or (row.state == REFUSED and not again):
                break
            try:
                with transaction.atomic():
                    _apply(row)
            except Refusal as refusal:
                faults = refusal.faults if isinstance(refusal, Invalid) else ()
                parts = [refusal.message, *(fault.what for fault in faults)]
                row.state, row.error = REFUSED, " ".join(str(part) for part in parts)
                row.save(update_fields=["state", "error"])
                break
            row.state, row.error, row.done_at = DONE, "", now()
            row.save(update_fields=["state", "error", "done_at"])
            last, applied = row.sequence, applied + 1
    return applied


def retry_city_message(message_id: int, *, by: Asker) -> None:
    """Try a message again that was not accepted, after what hindered it was set right."""
    with act("cases.city_line", by=by) as deed:
        require("cases.city_line", by)
        row = CityMessage.objects.select_for_update().filter(pk=message_id).exclude(state=DONE)
        found = row.first()
        if found is None:
            raise NotNow(_("这条消息已经办理。"), remedy=_("请刷新页面。"))
        deed.on("city_message", str(message_id), order=found.order, what=found.kind)
        if found.way == IN:
            apply_waiting(found.order, again=True)
        else:
            try:
                hand_over(found)
            except LineDown as down:
                raise line_is_down(down) from down


def line_is_down(down: LineDown) -> NotNow:
    """What somebody is told who wanted something of a line that is down."""
    what = _("市热线线路不通：%(why)s") % {"why": down}
    return NotNow(what, remedy=_("请稍后再试，或使用表格。"))


def _apply(row: CityMessage) -> None:
    """Do what one message says."""
    content = opened(row)
    due_at = datetime.fromisoformat(content["due"]) if content.get("due") else None
    if row.kind == "order":
        _register(row, content, due_at)
        return
    case = Case.objects.select_for_update(of=("self",)).filter(**order_of(row.order)).first()
    if case is None:
        raise NotNow(_("没有这个市级编号的诉求。"))
    reason = str(content.get("reason") or _("市热线没有说明理由"))[:1000]
    if row.kind == "redo":
        city_redo(case.number, version=case.version, by=HAND, reason=reason, due_at=due_at)
        return
    ruling = row.kind
    if row.kind == "ruling":
        ruling = f"{content.get('asked')}_{'approved' if content.get('approved') else 'rejected'}"
    city_rule(
        case.number, version=case.version, by=HAND, ruling=ruling, reason=reason, due_at=due_at
    )


def _register(row: CityMessage, content: dict[str, Any], due_at: datetime | None) -> None:
    """A new case, unless somebody registered the order by hand while the line was down."""
    known = Case.objects.select_for_update(of=("self",)).filter(**order_of(row.order)).first()
    if known is not None:
        if due_at is not None and known.city_due_at != due_at:
            city_rule(
                known.number,
                version=known.version,
                by=HAND,
                ruling="deadline",
                due_at=due_at,
            )
        return
    texts = {name: str(content.get(name) or "") for name in TEXTS}
    code = str(content.get("category") or "")
    point = [content.get(name) for name in ("longitude", "latitude")]
    good = all(isinstance(value, int | float) for value in point)
    register(
        by=HAND,
        channel="hotline",
        external_number=row.order,
        city_due_at=due_at,
        intake_key=f"city:{row.order}",
        category=code if Category.objects.filter(code=code, active=True).exists() else None,
        longitude=float(point[0]) if good and point[0] is not None else None,
        latitude=float(point[1]) if good and point[1] is not None else None,
        urgent=bool(content.get("urgent")),
        sensitive=bool(content.get("sensitive")),
        title=texts["title"],
        body=texts["body"],
        name=texts["name"],
        phone=texts["phone"],
        address=texts["address"],
    )


TEXTS = ("title", "body", "name", "phone", "address")


def order_of(number: str) -> dict[str, Any]:
    """How the case of a city number is found."""
    return {"external_number": number, "channel": "hotline", "imported": False}


def _queue(order: str) -> None:
    """Let what concerns one order happen one thing after another."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 12345))", [order])
