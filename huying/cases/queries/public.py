"""What may be told of a case outside the offices: masked, and by no name."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from huying.cases.models import Appellant, Case, CaseEvent
from huying.cases.queries.ledger import Units, ledger_of
from huying.cases.queries.rights import verbs_for
from huying.cases.queries.scope import case_of
from huying.cases.rules.callbacks import waiting
from huying.cases.rules.facts import Ledger
from huying.cases.rules.outgoing import RESULT_SHOWN, TRACKS
from huying.cases.rules.states import REAPPEAL_WITHIN, REFUSALS
from huying.cases.rules.tied import PublicationFact
from huying.kernel.asker import Asker


@dataclass(frozen=True)
class OutsideLine:
    """One step of a case, as far as the citizen is concerned."""

    version: int
    at: datetime
    verb: str
    to_state: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outside:
    """A case as its citizen may know it; `verbs` are those the asker may do on it now.

    A merged case tells what its master was answered: `state`, `lead` and `result` are then the
    master's. One that was handed over stands as `handed_over`. `merged` are the numbers that in
    turn depend on this case.
    """

    case: Case
    state: str
    result: str
    lead: str
    explanation: str
    place_path: str
    category: str
    category_name: str
    place: str
    guarded: bool
    phone_keys: tuple[str, ...]
    lines: tuple[OutsideLine, ...]
    verbs: tuple[str, ...]
    merged: tuple[str, ...]
    publication: PublicationFact | None
    reappeal_until: datetime | None


def outside(asker: Asker, number: str) -> Outside:
    """Everything a projection needs. At most eight statements, more for a merged case."""
    case = case_of(asker, number)
    ledger = ledger_of(case)
    people = list(Appellant.objects.filter(case=case).values_list("phone_key", "anonymous"))
    district = Units().district
    master = case_of(asker, ledger.master.number) if ledger.master else None
    answered = master if master is not None and master.state in RESULT_SHOWN else case
    verbs = verbs_for(asker, ledger, district.path)
    if master is not None and _waits(asker, master, case, district.path):
        verbs.append("evaluate")
    anonymous = any(anonymous for _key, anonymous in people)
    return Outside(
        case,
        "handed_over" if ledger.handover else answered.state,
        answered.result if answered.state in RESULT_SHOWN else "",
        (master or case).lead.name if (master or case).lead else "",
        _explained(case, ledger),
        case.place.path if case.place else district.path,
        case.category.code if case.category else "",
        case.category.name if case.category else "",
        case.place.name if case.place else "",
        case.sensitive or anonymous or case.about_id is not None or case.confidential,
        tuple(sorted({key for key, _anonymous in people if key})),
        tuple(
            OutsideLine(row.version, row.at, row.verb, row.to_state, row.data)
            for row in CaseEvent.objects.filter(case=case).order_by("version")
        ),
        tuple(verbs),
        tuple(case.merged.values_list("number", flat=True)) if case.merged_count else (),
        next((one for one in ledger.publications if one.state == "approved"), None),
        case.ended_at + timedelta(days=REAPPEAL_WITHIN) if case.ended_at else None,
    )


def _waits(asker: Asker, master: Case, case: Case, district_path: str) -> bool:
    """Whether somebody of a merged case is still to be heard about its master."""
    ledger = ledger_of(master)
    if "evaluate" not in verbs_for(asker, ledger, district_path):
        return False
    return any(person.number == case.number for person in waiting(ledger))


def _explained(case: Case, ledger: Ledger) -> str:
    """Why the case was not accepted, and where its citizen goes instead."""
    why = REFUSALS.get(case.refusal) or TRACKS.get(case.refusal)
    if why is None:
        return ""
    said = f"{why.label}。{why.go_to}。"
    if ledger.handover is None:
        return said
    slip = {"office": ledger.handover.office, "number": ledger.handover.number}
    return said + _("接收单位：%(office)s，移交单号：%(number)s。") % slip
