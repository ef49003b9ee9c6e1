"""Verbs of sending someone (派人到场): send, accept, arrive, report, decline, call off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.translation import gettext as _

from huying.cases.actions.papers import Paper, keep
from huying.cases.actions.writing import Taking, require_signed_in, take_beside
from huying.cases.models import Sending
from huying.cases.queries.sendings import hand_of, no_such_sending, sending_path
from huying.cases.rules import sendings
from huying.kernel.asker import Asker, System
from huying.kernel.errors import Fault, Forbidden, Invalid, NotNow
from huying.kernel.verbs import require


@dataclass(frozen=True)
class SendingDone:
    """A sending after a verb, and the version of its case."""

    sending: int
    state: str
    number: str
    version: int


def send_someone(
    number: str,
    *,
    version: int,
    by: Asker,
    person: int,
    minutes: int = sendings.DEFAULT_MINUTES,
    note: str = "",
) -> SendingDone:
    """派人到场: a person of the case's street or of a unit that handles it, by account id."""
    with take_beside("send_someone", number, by=by, told="person", version=version) as case:
        ledger = case.ledger
        require("cases.send_someone", by, sending_path(ledger, case.units.district.path))
        if ledger.case.confidential:
            raise Forbidden(_("保密的诉求不派人到场。"), remedy=_("由有权看到它的人员直接办理。"))
        hand = hand_of(by, ledger, person)
        if hand is None:
            what = _("没有可以派往这件诉求的这个人。")
            raise Invalid(what, faults=[Fault("person", what, _("请从名单中选择。"))])
        note = sendings.short("note", note)
        until = sendings.deadline(case.doing.at, minutes)
        if Sending.objects.filter(
            case_id=case.case_id, person_id=person, state__in=sendings.OPEN
        ).exists():
            raise NotNow(
                _("%(person)s已经派往这件诉求。") % {"person": hand.name},
                remedy=_("可以先撤回，再重新派。"),
            )
        unit = {"name": hand.unit_name}
        case.step("send_someone", said=note, person=hand.name, unit=unit, until=until.isoformat())
        row = Sending.objects.create(
            case_id=case.case_id,
            person_id=person,
            person_name=hand.name,
            unit_id=hand.unit_id,
            note=case.hide(note),
            sent_at=case.doing.at,
            sent_id=by.id,
            sent_by=by.label,
            until=until,
        )
    return _done(row, case)


def accept_sending(sending: int, *, by: Asker) -> SendingDone:
    """接受派遣: the person sets out."""
    with _take_sending("accept_sending", sending, by=by) as (row, case):
        row.accepted_at = case.doing.at
        _line(case, row, "accept_sending")
    return _done(row, case)


def arrive(sending: int, *, by: Asker) -> SendingDone:
    """到场: the person is there."""
    with _take_sending("arrive", sending, by=by) as (row, case):
        row.arrived_at = case.doing.at
        row.accepted_at = row.accepted_at or case.doing.at
        _line(case, row, "arrive")
    return _done(row, case)


def report_sending(
    sending: int, *, by: Asker, text: str, papers: Sequence[Paper] = ()
) -> SendingDone:
    """现场反馈: what was found, with photographs that were `judged` before; ends the sending."""
    with _take_sending("report_sending", sending, by=by) as (row, case):
        text = sendings.required("text", text, 2000)
        keep(case, papers)
        row.report = case.hide(text)
        row.photos = len(papers)
        row.accepted_at = row.accepted_at or case.doing.at
        row.arrived_at = row.arrived_at or case.doing.at
        files = [paper.shown(case.hide) for paper in papers]
        _line(case, row, "report_sending", text, **({"files": files} if files else {}))
    return _done(row, case)


def decline_sending(sending: int, *, by: Asker, reason: str) -> SendingDone:
    """不能前往: the person says why, so that somebody else can be sent."""
    with _take_sending("decline_sending", sending, by=by) as (row, case):
        reason = sendings.required("reason", reason)
        row.reason = case.hide(reason)
        _line(case, row, "decline_sending", reason)
    return _done(row, case)


def cancel_sending(sending: int, *, by: Asker, reason: str = "") -> SendingDone:
    """撤回派遣: by whoever may send to this case; they need not give a reason in haste."""
    with _take_sending("cancel_sending", sending, by=by) as (row, case):
        reason = sendings.short("reason", reason)
        row.reason = case.hide(reason)
        _line(case, row, "cancel_sending", reason)
    return _done(row, case)


def _line(case: Taking, row: Sending, verb: str, said: str = "", **data: object) -> None:
    case.step(verb, said=said, person=row.person_name, **data)


def _done(row: Sending, case: Taking) -> SendingDone:
    facts = case.ledger.case
    return SendingDone(row.pk, row.state, facts.number, facts.version)


@contextmanager
def _take_sending(verb: str, sending: int, *, by: Asker) -> Iterator[tuple[Sending, Taking]]:
    """A sending with its case; its own verbs are only the sent person's.

    Whoever was sent needs no right to the case beyond the errand; their verbs carry no version of
    it, for a phone in the street must not be refused because somebody wrote a remark meanwhile.
    """
    require_signed_in(by)
    found = Sending.objects.filter(pk=sending).values_list("case__number", "person_id").first()
    if found is None:
        raise no_such_sending()
    number, person = found
    mine = person == getattr(by, "account_id", 0) or isinstance(by, System)
    absent = no_such_sending()
    with take_beside(verb, number, by=by, told="person", own=mine, absent=absent) as case:
        if verb in sendings.OWN and not mine:
            raise Forbidden(
                _("这次派遣由被派的人自己办理。"), remedy=_("如需换人，请撤回后重新派。")
            )
        if verb not in sendings.OWN:
            path = sending_path(case.ledger, case.units.district.path)
            require(f"cases.{verb}", by, path)
        row = Sending.objects.get(pk=sending)
        row.state = sendings.moved(row.state, verb)
        if row.state not in sendings.OPEN:
            row.ended_at = case.doing.at
        yield row, case
        row.save()
