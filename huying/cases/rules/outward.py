"""What handing over to another track and publishing change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from huying.cases.rules.facts import Doing, Ledger, UnitFact
from huying.cases.rules.masks import without_remains
from huying.cases.rules.moves import find, invalid, leave, required, standing, stop
from huying.cases.rules.outgoing import DELAYED_AT_MOST, TRACKS, blurred, public_address
from huying.cases.rules.tied import HandoverFact, PublicationFact

LONGEST = {"title": 200, "body": 5000, "result": 5000, "address": 200}


def hand_over(
    ledger: Ledger,
    doing: Doing,
    *,
    track: str,
    number: str,
    reason: str,
    office: str = "",
    about: UnitFact | None = None,
) -> None:
    """移交: ends here as not accepted, with a 移交单 that says where it went (京§11, 潍§19)."""
    edge = find(ledger, "hand_over")
    if track not in TRACKS:
        raise invalid("track", _("没有这种移交去向。"), _("请从清单中选择。"))
    required("reason", reason)
    case, to = ledger.case, TRACKS[track]
    if about:
        ledger.about, case.about_id = about, about.id
    office = doing.hide(office.strip()) or str(to.office)
    ledger.handover = HandoverFact(
        number, track, office, doing.hide(reason.strip()), doing.at, doing.by_label
    )
    case.refusal, case.confidential, case.ended_at = track, to.confidential, doing.at
    for kind in ("intake", "handle"):
        stop(ledger, doing, kind, "void")
    leave(ledger, doing, edge, reason, track=track, office=office, slip=number)


def record_receipt(ledger: Ledger, doing: Doing, *, receipt: str) -> None:
    """登记移交回执: what the other office answered, or its own number."""
    edge = find(ledger, "record_receipt")
    required("receipt", receipt)
    if ledger.handover is None:
        raise TypeError("a receipt without a handover")
    ledger.handover.receipt = doing.hide(receipt.strip())
    ledger.handover.received_at, ledger.handover.received_by = doing.at, doing.by_label
    leave(ledger, doing, edge, receipt, slip=ledger.handover.number)


def publish(
    ledger: Ledger,
    doing: Doing,
    *,
    title: str,
    body: str,
    result: str = "",
    address: str = "",
    visible_from: datetime | None = None,
) -> None:
    """申请公开: a text of its own, without people, doors and exact points; another one approves."""
    edge = find(ledger, "publish")
    texts = {"title": title, "body": body, "result": result, "address": public_address(address)}
    for name, text in texts.items():
        if name in ("title", "body"):
            required(name, text)
        if len(text) > LONGEST[name]:
            what = _("最多 %(most)s 字。") % {"most": LONGEST[name]}
            raise invalid(name, what, _("请删减。"))
    from_then = max(visible_from or doing.at, doing.at)
    if from_then > doing.at + timedelta(days=DELAYED_AT_MOST):
        what = _("最多推迟 %(days)s 天。") % {"days": DELAYED_AT_MOST}
        raise invalid("visible_from", what, _("请选择更早的日期。"))
    case = ledger.case
    kept = {name: without_remains(doing.hide(text.strip())) for name, text in texts.items()}
    fact = PublicationFact(
        title=kept["title"],
        body=kept["body"],
        result=kept["result"],
        address=kept["address"],
        longitude=blurred(case.longitude),
        latitude=blurred(case.latitude),
        visible_from=from_then,
        at=doing.at,
        by_id=doing.by_id,
        by_label=doing.by_label,
    )
    ledger.publications.append(fact)
    standing(ledger)
    leave(ledger, doing, edge, visible_from=from_then.isoformat())


def rule_publication(ledger: Ledger, doing: Doing, *, approved: bool, reason: str = "") -> None:
    """审批公开: by a second person; what is approved replaces what stood before."""
    edge = find(ledger, "rule_publication")
    if not approved:
        required("reason", reason)
    for old in ledger.publications:
        if approved and old.state == "approved":
            old.state, old.ended_at, old.ended_by = "replaced", doing.at, doing.by_label
    asked = next(one for one in ledger.publications if one.state == "asked")
    asked.state = "approved" if approved else "rejected"
    asked.ruled_at, asked.ruled_by = doing.at, doing.by_label
    asked.ruling = doing.hide(reason.strip())
    asked.visible_from = max(asked.visible_from, doing.at)
    standing(ledger)
    told = {"visible_from": asked.visible_from.isoformat()} if approved else {}
    leave(ledger, doing, edge, reason, approved=approved, **told)


def unpublish(ledger: Ledger, doing: Doing, *, reason: str) -> None:
    """撤下公开: nobody sees it any more from this moment; a proposal is taken back with it."""
    edge = find(ledger, "unpublish")
    required("reason", reason)
    for one in ledger.publications:
        if one.state in ("asked", "approved"):
            one.state, one.ended_at, one.ended_by = "withdrawn", doing.at, doing.by_label
            one.ending = doing.hide(reason.strip())
    standing(ledger)
    leave(ledger, doing, edge, reason)


STEPS: dict[str, Callable[..., None]] = {
    "hand_over": hand_over,
    "record_receipt": record_receipt,
    "publish": publish,
    "rule_publication": rule_publication,
    "unpublish": unpublish,
}
