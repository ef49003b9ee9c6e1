"""Who is still to be heard about an answer, and where what they say is put down."""

from __future__ import annotations

from dataclasses import dataclass

from huying.cases.models import Appellant
from huying.cases.queries.ledger import ledger_of
from huying.cases.queries.scope import case_of
from huying.cases.rules.callbacks import waiting
from huying.kernel import secrets
from huying.kernel.asker import Asker


@dataclass(frozen=True)
class Awaited:
    """Somebody of whom a rating is awaited: their id, and the number under which they appealed."""

    id: int
    number: str


@dataclass(frozen=True)
class Hearing:
    """The case whose answer is rated: of a merged one, its master. `people` still wait."""

    number: str
    version: int
    state: str
    round: int
    people: tuple[Awaited, ...]
    confidential: bool

    def of(self, number: str) -> int | None:
        """The id of whoever appealed under this number and still waits."""
        return next((one.id for one in self.people if one.number == number), None)


def hearing(asker: Asker, number: str) -> Hearing:
    """Who of this case, or of the master it is merged into, is still to be heard."""
    case = case_of(asker, number)
    ledger = ledger_of(case)
    if ledger.master is not None:
        case = case_of(asker, ledger.master.number)
        ledger = ledger_of(case)
    asked = waiting(ledger) if case.state == "awaiting_callback" else []
    return Hearing(
        case.number,
        case.version,
        case.state,
        case.round,
        tuple(Awaited(one.id, one.number) for one in asked),
        case.confidential or case.about_id is not None,
    )


def telephones(people: tuple[Awaited, ...]) -> dict[int, str]:
    """What those who are awaited are called by; for the hand that writes to them, nobody else.

    Past appeals and plans written in bulk have none: who appealed then did not file with us.
    """
    rows = Appellant.objects.filter(pk__in=[one.id for one in people], phone__isnull=False)
    rows = rows.filter(case__imported=False, case__bulk=False)
    return {row.pk: secrets.open_text(row.phone) for row in rows if row.phone}
