"""Sending someone to look (派人到场): its states, who may move it, and the lines it leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from huying.cases.rules.edges import Edge
from huying.cases.rules.facts import Ledger
from huying.cases.rules.moves import leave
from huying.kernel.errors import Fault, Invalid, NotNow

STATES = (
    ("sent", _("已派出")),
    ("accepted", _("已接受，在路上")),
    ("arrived", _("已到场")),
    ("done", _("已反馈")),
    ("declined", _("不能前往")),
    ("cancelled", _("已撤回")),
)
STATE_LABELS = dict(STATES)
OPEN = ("sent", "accepted", "arrived")
TONES = {
    "sent": "warn",
    "accepted": "info",
    "arrived": "info",
    "done": "ok",
    "declined": "bad",
    "cancelled": "idle",
}

LABELS: dict[str, str | Promise] = {
    "send_someone": _("派人到场"),
    "accept_sending": _("接受派遣"),
    "arrive": _("到场"),
    "report_sending": _("现场反馈"),
    "decline_sending": _("不能前往"),
    "cancel_sending": _("撤回派遣"),
}
# Who is there may report without having said that they set out, for a phone may be without a net.
WAYS: dict[tuple[str, str], str] = {
    ("sent", "accept_sending"): "accepted",
    ("sent", "arrive"): "arrived",
    ("accepted", "arrive"): "arrived",
    **{(state, "report_sending"): "done" for state in OPEN},
    **{(state, "decline_sending"): "declined" for state in ("sent", "accepted")},
    **{(state, "cancel_sending"): "cancelled" for state in OPEN},
}
OWN = ("accept_sending", "arrive", "report_sending", "decline_sending")
# From here on there is somebody whose duty it is to look at; before, the intake decides.
SENDABLE = ("registered", "accepted", "dispatched", "in_progress", "suspended", "replied")

DEFAULT_MINUTES = 60
MINUTES = (30, 60, 120, 240)
LONGEST = timedelta(days=3)


def usable(state: str) -> list[str]:
    """The verbs that a sending admits now, in the order of the labels."""
    return [verb for verb in LABELS if (state, verb) in WAYS]


def moved(state: str, verb: str) -> str:
    """The state after a verb; NotNow, naming what is allowed, when it is not the time."""
    if (state, verb) not in WAYS:
        what = _now("这次派遣现在是“%(state)s”，不能进行这项操作。")
        raise NotNow(
            what % {"state": STATE_LABELS[state]},
            allowed=usable(state),
            remedy=_now("请刷新页面，按当前状态办理。"),
        )
    return WAYS[state, verb]


def deadline(at: datetime, minutes: int) -> datetime:
    """By when they should be there; Invalid outside of what makes sense."""
    if not 0 < minutes <= LONGEST.total_seconds() // 60:
        what = _now("到场时限须在 1 分钟到 3 天之间。")
        raise Invalid(what, faults=[Fault("minutes", what, _now("请重新选择到场时限。"))])
    return at + timedelta(minutes=minutes)


def required(field: str, text: str, most: int = 500) -> str:
    """The text as it is kept; Invalid when nothing, or too much, was written."""
    text = text.strip()
    if not text:
        what = _now("此项不能为空。")
        raise Invalid(what, faults=[Fault(field, what, _now("请填写。"))])
    return short(field, text, most)


def short(field: str, text: str, most: int = 500) -> str:
    """The text, when it is not too long."""
    text = text.strip()
    if len(text) > most:
        what = _now("不超过 %(most)s 字。") % {"most": most}
        raise Invalid(what, faults=[Fault(field, what, _now("请精简。"))])
    return text


def _line(verb: str) -> Callable[..., None]:
    """A step that only leaves a line: who is on the way changes nothing of the case itself."""

    def step(ledger: Ledger, doing: Any, *, said: str = "", **data: Any) -> None:
        if verb == "send_someone" and ledger.case.state not in SENDABLE:
            raise NotNow(
                _now("这件诉求已经答复或结束，不再派人。"),
                remedy=_now("如诉求人不满意，先重新派单。"),
            )
        leave(ledger, doing, Edge(verb, ledger.case.state, "", "any"), said, **data)

    return step


STEPS: dict[str, Callable[..., None]] = {verb: _line(verb) for verb in LABELS}
