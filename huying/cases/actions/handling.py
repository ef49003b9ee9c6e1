"""Verbs of handling: dispatch, sign, contact, reassign, reply, review, and the remark."""

from __future__ import annotations

from collections.abc import Sequence

from huying.cases.actions.knowledge import cite
from huying.cases.actions.writing import Done, take
from huying.kernel.asker import Asker
from huying.kernel.verbs import require


def dispatch(
    number: str,
    *,
    version: int,
    by: Asker,
    lead: str,
    co: Sequence[str] = (),
    reason: str = "",
    despite_about: bool = False,
) -> Done:
    """派单: to a lead unit and co-units (主办、协办), by code; after a bad rating, 重派."""
    with take("dispatch", number, version=version, by=by, units=(lead, *co)) as case:
        case.step(
            "dispatch",
            lead=case.units.code(lead, "lead"),
            co=[case.units.code(code, "co") for code in co],
            reason=reason,
            despite_about=despite_about,
        )
    return case.done


def sign(number: str, *, version: int, by: Asker) -> Done:
    """签收: by the lead unit."""
    with take("sign", number, version=version, by=by) as case:
        case.step("sign")
    return case.done


def contact(number: str, *, version: int, by: Asker, reached: bool, note: str = "") -> Done:
    """联系诉求人: whether the citizen was reached, and what was said."""
    with take("contact", number, version=version, by=by) as case:
        case.step("contact", reached=reached, note=note)
    return case.done


def reassign(number: str, *, version: int, by: Asker, reason: str) -> Done:
    """改派: back to the dispatcher, who then dispatches anew; lost minutes are kept."""
    with take("reassign", number, version=version, by=by) as case:
        case.step("reassign", reason=reason)
    return case.done


def reply(
    number: str,
    *,
    version: int,
    by: Asker,
    result: str,
    solved: bool,
    articles: Sequence[str] = (),
) -> Done:
    """办结回复: by the lead unit; `articles` are codes of the knowledge base that it cites."""
    with take("reply", number, version=version, by=by) as case:
        case.step("reply", result=result, solved=solved, articles=cite(articles))
    return case.done


def answer_on_spot(
    number: str,
    *,
    version: int,
    by: Asker,
    result: str,
    solved: bool,
    unit: str,
    articles: Sequence[str] = (),
) -> Done:
    """当场答复: an accepted case is answered at once; `unit` answers, and may be answered for.

    `articles` are codes of the knowledge base that the answer cites.
    """
    with take("answer_on_spot", number, version=version, by=by, units=(unit,)) as case:
        answering = case.units.code(unit, "unit")
        require("cases.answer_on_spot", by, answering.path)
        case.step(
            "answer_on_spot",
            result=result,
            solved=solved,
            unit=answering,
            articles=cite(articles),
        )
    return case.done


def review(number: str, *, version: int, by: Asker, passed: bool, reason: str = "") -> Done:
    """审核: pass to callback, or return to the handler with a reason."""
    with take("review", number, version=version, by=by) as case:
        case.step("review", passed=passed, reason=reason)
    return case.done


def comment(number: str, *, version: int, by: Asker, text: str) -> Done:
    """备注: a remark for colleagues, masked as everything written down is."""
    with take("comment", number, version=version, by=by) as case:
        case.step("comment", text=text)
    return case.done


def add_unit(
    number: str, *, version: int, by: Asker, unit: str, reason: str, despite_about: bool = False
) -> Done:
    """增加协办: a unit by code that helps the lead."""
    with take("add_unit", number, version=version, by=by, units=(unit,)) as case:
        found = case.units.code(unit, "unit")
        case.step("add_unit", unit=found, reason=reason, despite_about=despite_about)
    return case.done


def remove_unit(number: str, *, version: int, by: Asker, unit: str, reason: str) -> Done:
    """减少协办: relieve a co-unit."""
    with take("remove_unit", number, version=version, by=by, units=(unit,)) as case:
        case.step("remove_unit", unit=case.units.code(unit, "unit"), reason=reason)
    return case.done
