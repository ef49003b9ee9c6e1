"""A caller's earlier cases, and how a repeated call is put down on one instead of a new case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from huying.cases.queries.search import PHONE, found
from huying.cases.rules.states import LIVE, REAPPEAL_WITHIN
from huying.kernel.asker import Asker, may
from huying.kernel.clock import now

MOST = 8


@dataclass(frozen=True)
class EarlierCase:
    """One of them; `verb` puts the new call down on it: a remark while it is open, a second
    appeal soon after its end, empty when neither is this asker's."""

    number: str
    title: str
    state: str
    registered_at: datetime
    lead: str
    verb: str


def earlier_cases(asker: Asker, phone: str) -> list[EarlierCase]:
    """The cases of this telephone that the asker may look behind the mask of, newest first.

    One statement; none for what is not a whole telephone number.
    """
    if not PHONE.fullmatch(phone):
        return []
    columns = ("number", "title", "state", "registered_at", "lead__name", "ended_at", "imported")
    return [
        EarlierCase(number, title, state, at, lead or "", _verb(asker, state, ended, imported))
        for number, title, state, at, lead, ended, imported in found(asker, phone).values_list(
            *columns
        )[:MOST]
    ]


def _verb(asker: Asker, state: str, ended_at: datetime | None, imported: bool) -> str:
    if state in LIVE and may(asker, "cases.comment"):
        return "comment"
    fresh = ended_at is not None and now() <= ended_at + timedelta(days=REAPPEAL_WITHIN)
    if state == "archived" and fresh and not imported and may(asker, "cases.reappeal"):
        return "reappeal"
    return ""
