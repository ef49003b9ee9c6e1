"""Verbs of supervision (督办): order, answer, close."""

from __future__ import annotations

from huying.cases.actions.writing import Done, take
from huying.kernel.asker import Asker
from huying.org import queries as org


def supervise(
    number: str, *, version: int, by: Asker, level: int, reason: str, supervisor: str
) -> Done:
    """督办: an order of this level to the lead unit, followed by a named person.

    A name that is one person's at the centre puts the order on that person's list.
    """
    with take("supervise", number, version=version, by=by) as case:
        known = org.holders_with("cases.close_supervision", case.units.district.path)
        ids = [identity for identity, name in known if name == supervisor.strip()]
        case.step(
            "supervise",
            level=level,
            reason=reason,
            supervisor=supervisor,
            supervisor_id=ids[0] if len(ids) == 1 else "",
        )
    return case.done


def answer_supervision(number: str, *, version: int, by: Asker, answer: str) -> Done:
    """督办回复: by the lead unit."""
    with take("answer_supervision", number, version=version, by=by) as case:
        case.step("answer_supervision", answer=answer)
    return case.done


def close_supervision(number: str, *, version: int, by: Asker, reason: str) -> Done:
    """督办销号: once it has been answered."""
    with take("close_supervision", number, version=version, by=by) as case:
        case.step("close_supervision", reason=reason)
    return case.done
