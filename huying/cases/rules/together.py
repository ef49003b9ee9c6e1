"""What merging and splitting change: one matter told twice, and one appeal of several matters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from huying.cases.rules import clocks
from huying.cases.rules.facts import CategoryFact, Doing, Ledger, UnitFact
from huying.cases.rules.moves import (
    assign,
    categorise,
    find,
    hand_out,
    invalid,
    leave,
    put,
    reopen,
    required,
    start,
    stop,
)
from huying.cases.rules.states import MASTERS, STATES
from huying.cases.rules.tied import CaseRef

FEWEST, MOST = 2, 6
COPIED = (
    *("channel", "address", "longitude", "latitude", "urgent", "sensitive", "about_id"),
    *("registered_at", "accepted_at", "bulk"),
)


@dataclass(frozen=True)
class Part:
    """One matter of an appeal, and the unit that shall settle it."""

    number: str
    title: str
    body: str
    lead: UnitFact
    category: CategoryFact | None = None
    despite_about: bool = False


def merge(ledger: Ledger, doing: Doing, *, master: CaseRef, reason: str) -> None:
    """并件: told twice, handled once; the clock stands still, and goes on should they be parted.

    Only into a case that was accepted and is not answered yet, so that its answer is theirs too.
    """
    edge = find(ledger, "merge")
    required("reason", reason)
    if master.number == ledger.case.number:
        raise invalid("into", _("不能并入自己。"), _("请填写另一件诉求的编号。"))
    if master.part:
        raise invalid("into", _("不能并入拆分出的诉求。"), _("请并入原诉求。"))
    if master.state not in MASTERS:
        what = _("主件现在是“%(state)s”，不能并入。") % {"state": dict(STATES)[master.state]}
        raise invalid("into", what, _("请选择已受理、尚未答复的诉求；刚登记的请先受理。"))
    if ledger.about and master.lead_path.startswith(ledger.about.path):
        what = _("主件由被反映单位办理。")
        raise invalid("into", what, _("请选择由其他单位办理的诉求，或不并件。"))
    for kind in ("intake", "handle"):
        stop(ledger, doing, kind, "merged")
    ledger.case.merged_into_id, ledger.master = master.id, master
    ledger.case.ended_at = doing.at
    leave(ledger, doing, edge, reason, into=master.number)


def unmerge(ledger: Ledger, doing: Doing, *, reason: str) -> None:
    """解除并件: back to where it stood; the time it was merged does not count."""
    was = "accepted" if ledger.case.accepted_at else "registered"
    edge = find(ledger, "unmerge", was)
    required("reason", reason)
    left = ledger.master.number if ledger.master else ""
    reopen(ledger, doing, "handle" if was == "accepted" else "intake")
    ledger.case.merged_into_id = ledger.case.ended_at = ledger.master = None
    leave(ledger, doing, edge, reason, out_of=left)


def split(ledger: Ledger, doing: Doing, *, parts: Sequence[Part], reason: str) -> None:
    """拆分: what several units must settle; the whole is answered once every part is."""
    edge = find(ledger, "split")
    required("reason", reason)
    if not FEWEST <= len(parts) <= MOST:
        what = _("须拆分为 %(fewest)s 到 %(most)s 件。") % {"fewest": FEWEST, "most": MOST}
        raise invalid("parts", what, _("每件写明事项和主办单位。"))
    if len({part.lead for part in parts}) < len(parts):
        raise invalid("parts", _("同一单位只能承办其中一件。"), _("请把它的事项写在一起。"))
    for part in parts:
        required("parts", part.title)
        _refuse_about(ledger, part)
    ledger.case.parts_made += len(parts)
    told = [{"number": part.number, "unit": part.lead.as_json()} for part in parts]
    leave(ledger, doing, edge, reason, parts=told)


def be_part(ledger: Ledger, doing: Doing, *, whole: Ledger, whole_id: int, part: Part) -> None:
    """拆分件: begins dispatched, with the deadline of the whole, under its protection."""
    edge = find(ledger, "split", "part")
    case = ledger.case
    for name in COPIED:
        setattr(case, name, getattr(whole.case, name))
    case.number, case.last_four = part.number, part.number[-4:]
    case.title, case.body = doing.hide(part.title.strip()), doing.hide(part.body.strip())
    case.parent_id, ledger.about = whole_id, whole.about
    put(ledger, whole.place)
    categorise(ledger, part.category or whole.category)
    running = whole.running("handle")
    if running is not None:
        pauses = [(begun, ended or doing.at) for begun, ended in running.pauses]
        rule = clocks.ClockSpec(**running.rule)
        start(ledger, doing, "handle", rule, running.started_at, pauses)
    assign(ledger, doing, part.lead, ())
    hand_out(ledger, doing)
    leave(ledger, doing, edge, lead=part.lead.as_json(), out_of=whole.case.number)


def _refuse_about(ledger: Ledger, part: Part) -> None:
    about = ledger.about
    if about and not part.despite_about and part.lead.path.startswith(about.path):
        raise invalid(
            "parts",
            _("“%(unit)s”是被反映单位。") % {"unit": about.name},
            _("请改派其他单位；确需由其办理时请勾选确认，诉求人信息对其保密。"),
        )


STEPS: dict[str, Callable[..., None]] = {
    "merge": merge,
    "unmerge": unmerge,
    "split": split,
    "be_part": be_part,
}
