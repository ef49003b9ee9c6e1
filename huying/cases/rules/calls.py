"""呼叫: who may call up whom, the way of a call, and when it lets the case's clock stand still.

A case's clock stands still while a call is open and in time: until it is answered the deadline of
the answer counts, from then on that of the handling. Both are known beforehand, so that the pause
ends by itself when a deadline passes, without anybody having to do anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from huying.cases.rules.called import CallFact, CallLine
from huying.cases.rules.clocks import Pause
from huying.cases.rules.facts import Doing, UnitFact
from huying.kernel.errors import Fault, Invalid, NotNow

STATES = [
    ("open", _("待应答")),
    ("answered", _("处置中")),
    ("done", _("已办结")),
    ("misused", _("属自身职责")),
    ("withdrawn", _("已撤回")),
    ("void", _("已失效")),
]
STATE_LABELS = dict(STATES)
RUNNING = ("open", "answered")
LABELS: dict[str, str | Promise] = {
    "answer_call": _("应答呼叫"),
    "finish_call": _("处置完毕"),
    "withdraw_call": _("撤回呼叫"),
    "rate_call": _("评价呼叫"),
    "rule_call": _("裁定呼叫"),
}
# Which verb leads from where to where; an empty end leaves the call where it is.
WAYS: Mapping[tuple[str, str], str] = {
    ("open", "answer_call"): "answered",
    ("answered", "finish_call"): "done",
    ("open", "withdraw_call"): "withdrawn",
    ("answered", "withdraw_call"): "withdrawn",
    ("done", "rate_call"): "",
    ("open", "rule_call"): "misused",
    ("answered", "rule_call"): "misused",
    ("done", "rule_call"): "",
}
SIDES = [("caller", _("呼叫方")), ("called", _("应答方"))]
Side = Literal["caller", "called"]
GRADES = [(5, _("很好")), (4, _("较好")), (3, _("一般")), (2, _("较差")), (1, _("很差"))]

# Three levels call up (三级呼应); the outer two only where a district says so (吹哨报到).
LEVELS = [
    ("grid", _("网格 → 社区"), False),
    ("community", _("社区 → 街道"), True),
    ("street", _("街道 → 区"), True),
    ("department", _("区直部门 → 区"), True),
    ("district", _("区 → 市"), False),
]
UPPER = {
    "grid": "community",
    "community": "street",
    "street": "district",
    "department": "district",
    "enterprise": "district",
    "district": "city",
}
# Beside the level itself, what answers for it.
OFFICES = {"district": ("department", "enterprise"), "city": ("city_department",)}


def level_of(kind: str) -> str:
    """The level by which units of this kind call up; an enterprise as the departments do."""
    return "department" if kind == "enterprise" else kind


def may_answer(upper: UnitFact, unit: UnitFact) -> bool:
    """Whether a unit answers for this level: the level itself, or one of its offices."""
    if unit.path == upper.path:
        return True
    above = unit.path[: unit.path.rstrip("/").rfind("/") + 1]
    return unit.kind in OFFICES.get(upper.kind, ()) and above == upper.path


def open_call(
    doing: Doing,
    *,
    number: str,
    caller: UnitFact,
    upper: UnitFact,
    lead: UnitFact,
    co: Sequence[UnitFact],
    subject: str,
    ask: str,
) -> CallFact:
    """呼叫: to a unit of the next level, with units that help; its clocks begin."""
    _written("subject", subject)
    _written("ask", ask)
    if lead.path == caller.path or not may_answer(upper, lead):
        what = _now("“%(unit)s”不能应答本单位的呼叫。") % {"unit": lead.name}
        raise _invalid("lead", what, _now("请选择上一级或其所属部门。"))
    co = [unit for unit in dict.fromkeys(co) if unit not in (lead, caller)]
    for unit in co:
        if not unit.path.startswith(upper.path) or unit.kind == "grid":
            what = _now("“%(unit)s”不能协助应答。") % {"unit": unit.name}
            raise _invalid("co", what, _now("请选择上一级所辖的单位。"))
    answering, handling = doing.rules["call_answer"], doing.rules["call_handle"]
    answer_due, guessed = doing.due(answering, doing.at, ())
    due_at, provisional = doing.due(handling, doing.at, ())
    call = CallFact(
        number,
        caller,
        upper,
        lead,
        list(co),
        doing.hide(subject.strip()),
        doing.hide(ask.strip()),
        doing.at,
        doing.by_id,
        doing.by_label,
        {"answer": answering.as_json(), "handle": handling.as_json()},
        answer_due,
        due_at,
        guessed or provisional,
    )
    _note(call, doing, "call_up", call.ask)
    return call


def answer(call: CallFact, doing: Doing, *, answer: str) -> None:
    """应答: the called unit takes it on and says what it will do."""
    _move(call, "answer_call")
    _written("answer", answer)
    call.answer, call.answered_at = doing.hide(answer.strip()), doing.at
    call.answered_id, call.answered_by = doing.by_id, doing.by_label
    _note(call, doing, "answer_call", call.answer)


def finish(call: CallFact, doing: Doing, *, result: str) -> None:
    """处置完毕: what was called for is done; the caller goes on with the case."""
    _move(call, "finish_call")
    _written("result", result)
    call.result = doing.hide(result.strip())
    _end(call, doing)
    _note(call, doing, "finish_call", call.result)


def withdraw(call: CallFact, doing: Doing, *, reason: str) -> None:
    """撤回呼叫: the caller no longer needs it."""
    _move(call, "withdraw_call")
    _written("reason", reason)
    _end(call, doing)
    _note(call, doing, "withdraw_call", doing.hide(reason.strip()))


def rate(call: CallFact, doing: Doing, *, side: str, grade: int, comment: str = "") -> None:
    """评价呼叫: each side rates the other once (双向评价 京§33)."""
    _move(call, "rate_call")
    if side not in dict(SIDES):
        raise _invalid("side", _now("只有呼叫方和应答方评价。"), _now("请从列表中选择。"))
    if grade not in dict(GRADES):
        raise _invalid("grade", _now("评价分五级。"), _now("请从列表中选择。"))
    if getattr(call, f"{side}_grade") is not None:
        raise NotNow(_now("已经评价过了。"), remedy=_now("每一方只评价一次。"))
    said = doing.hide(comment.strip())
    setattr(call, f"{side}_grade", grade)
    setattr(call, f"{side}_comment", said)
    _note(call, doing, "rate_call", said, side=side, grade=grade)


def rule(call: CallFact, doing: Doing, *, misuse: bool, reason: str) -> None:
    """裁定呼叫: whether the caller called up what was its own duty; an open call then ends."""
    ends = WAYS.get((call.state, "rule_call"), "")
    _require_way(call, "rule_call")
    _written("reason", reason)
    if call.misuse is not None:
        raise NotNow(_now("这次呼叫已经裁定过了。"), remedy=_now("裁定只作一次。"))
    call.misuse, call.ruling = misuse, doing.hide(reason.strip())
    call.version += 1
    if misuse and ends:
        call.state = ends
        _end(call, doing)
    _note(call, doing, "rule_call", call.ruling, misuse=misuse)


def void(call: CallFact, doing: Doing) -> None:
    """A call ends with what it was made for: the case went on without it."""
    call.state = "void"
    call.version += 1
    _end(call, doing)
    _note(call, doing, "void", "")


def usable(call: CallFact) -> list[str]:
    """The verbs that a call admits now, in the order of the table."""
    found = [verb for state, verb in WAYS if state == call.state]
    if call.misuse is not None and "rule_call" in found:
        found.remove("rule_call")
    return found


def due_of(state: str, answer_due: datetime, due_at: datetime) -> datetime | None:
    """The deadline that a call in this state stands under; None once it has ended."""
    if state not in RUNNING:
        return None
    return answer_due if state == "open" else due_at


def spans(call: CallFact) -> list[Pause]:
    """When the case stands still for this call, if nothing more happens to it."""
    ends = [call.ended_at] if call.ended_at else []
    answered = [call.answered_at] if call.answered_at else []
    first = (call.opened_at, min([call.answer_due, *answered, *ends]))
    found = [first] if call.opened_at < first[1] else []
    if call.answered_at:
        second = (call.answered_at, min([call.due_at, *ends]))
        if found and found[-1][1] == second[0]:
            found[-1] = (first[0], max(first[1], second[1]))
        elif second[0] < second[1]:
            found.append(second)
    return [*found]


def _move(call: CallFact, verb: str) -> None:
    _require_way(call, verb)
    call.state = WAYS[call.state, verb] or call.state
    call.version += 1


def _require_way(call: CallFact, verb: str) -> None:
    if (call.state, verb) not in WAYS:
        what = _now("呼叫现在是“%(state)s”，不能进行这项操作。")
        raise NotNow(
            what % {"state": STATE_LABELS[call.state]},
            allowed=usable(call),
            remedy=_now("请刷新页面，按当前状态办理。"),
        )


def _end(call: CallFact, doing: Doing) -> None:
    call.ended_at, call.ended_by = doing.at, doing.by_label


def _note(call: CallFact, doing: Doing, verb: str, text: str, /, **data: Any) -> None:
    line = CallLine(call.version, doing.at, verb, doing.by_id, doing.by_label, text, data)
    call.lines.append(line)


def _written(field: str, text: str) -> None:
    if not text.strip():
        raise _invalid(field, _now("此项不能为空。"), _now("请填写。"))


def _invalid(field: str, what: str, remedy: str) -> Invalid:
    return Invalid(what, faults=[Fault(field, what, remedy)], remedy=remedy)
