"""Verbs of the city hotline's order: ask the city, write down its ruling, do it over for it."""

from __future__ import annotations

from datetime import datetime

from huying.cases.actions.writing import Done, take
from huying.kernel.asker import Asker


def city_return(number: str, *, version: int, by: Asker, reason: str) -> Done:
    """申请向市里退单: the case stays here until the city has ruled."""
    with take("city_return", number, version=version, by=by) as case:
        case.step("city_return", reason=reason)
    return case.done


def city_extend(
    number: str, *, version: int, by: Asker, reason: str, until: datetime | str
) -> Done:
    """向市里申请延期: to this instant, later than the city's deadline."""
    with take("city_extend", number, version=version, by=by) as case:
        case.step("city_extend", reason=reason, until=until)
    return case.done


def city_rule(
    number: str,
    *,
    version: int,
    by: Asker,
    ruling: str,
    reason: str = "",
    due_at: datetime | str | None = None,
) -> Done:
    """市级裁定: by the line, or by hand after a call or a letter of the city."""
    with take("city_rule", number, version=version, by=by) as case:
        case.step("city_rule", ruling=ruling, reason=reason, due_at=due_at)
    return case.done


def city_redo(
    number: str, *, version: int, by: Asker, reason: str, due_at: datetime | str | None = None
) -> Done:
    """市级重办: a new round for the same units, with a new deadline where the city sets one."""
    with take("city_redo", number, version=version, by=by) as case:
        case.step("city_redo", reason=reason, due_at=due_at)
    return case.done
