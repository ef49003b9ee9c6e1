"""The main line of an appeal by real verbs: how a case comes into each state, and what to send."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from PIL import Image

from huying.cases import actions
from huying.cases.actions import Done
from huying.cases.models import Case
from huying.kernel.clock import now
from tests.cast import HAND

NAME, PHONE, ID_NUMBER = "欧阳建国", "13812345678", "420106198001011234"
MASTER = "一小区门口几盏路灯都不亮"
COMMUNITY = "420106001001"
GRID, STREET, HANDLING, HELPING = "420106001001G01", "420106001", "420106D01", "420106D02"
CATEGORY, OTHER_CATEGORY = "010202", "010204"
WORDS = {
    "title": "一小区门口路灯不亮",
    "body": f"路灯坏了一周,老人出行不便。联系人{NAME},电话{PHONE},身份证{ID_NUMBER}。",
}
FILING: dict[str, Any] = WORDS | {
    "channel": "phone",
    "name": NAME,
    "phone": PHONE,
    "id_number": ID_NUMBER,
    "address": "一街道一小区",
    "place": GRID,
}


def in_days(days: int) -> str:
    """The date so many days from now, as the API reads it."""
    return (now().date() + timedelta(days=days)).isoformat()


def picture() -> bytes:
    """A small real picture."""
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(drawn, "PNG")
    return drawn.getvalue()


@dataclass(frozen=True)
class Move:
    """One verb of the main line: from which state, with what, and a role that may do it."""

    verb: str
    state: str
    role: str
    given: dict[str, Any]
    lines: int = 1  # of history that it writes: one for each case it changes

    @property
    def payload(self) -> dict[str, Any]:
        """What to send; what depends on other cases is found at this moment."""
        return {name: it() if callable(it) else it for name, it in self.given.items()}


def master() -> str:
    """The number of the one case into which others are merged."""
    there = Case.objects.filter(title=MASTER).values_list("number", flat=True).first()
    return there or brought("in_progress", title=MASTER).number


MOVES: dict[str, Move] = {
    move.verb: move
    for move in (
        Move("accept", "registered", "district_centre", {"category": CATEGORY}),
        Move("refuse", "registered", "district_centre", {"reason": "emergency"}),
        Move("dispatch", "accepted", "district_centre", {"lead": HANDLING, "co": [HELPING]}),
        Move("sign", "dispatched", "department_handler", {}),
        Move("contact", "in_progress", "department_handler", {"reached": True, "note": "已电联"}),
        Move("reassign", "in_progress", "district_centre", {"reason": "职责不符"}),
        Move("reply", "in_progress", "department_handler", {"result": "已换灯", "solved": True}),
        Move("review", "replied", "district_centre", {"passed": True}),
        Move("evaluate", "awaiting_callback", "callback_agent", {"solved": True, "grade": 5}),
        Move("archive", "evaluated", "district_centre", {}),
        Move("withdraw", "in_progress", "district_centre", {"reason": "诉求人撤回"}),
        Move("comment", "in_progress", "department_handler", {"text": "已约定周三上门"}),
        Move(
            "recategorise",
            "in_progress",
            "district_centre",
            {"category": OTHER_CATEGORY, "reason": "实为积水"},
        ),
        Move("set_place", "accepted", "district_centre", {"place": "420106002001G01"}),
        Move(
            "attach", "in_progress", "department_handler", {"name": "现场.png", "data": picture()}
        ),
        Move("request_return", "dispatched", "department_handler", {"reason": "属供电公司"}),
        Move(
            "request_extension",
            "in_progress",
            "department_handler",
            {"amount": "0.5", "reason": "等待到货", "notice": "到货后即修"},
        ),
        Move(
            "request_suspension",
            "in_progress",
            "department_handler",
            {"cause": "funds", "plan": "列入下月计划", "review_on": in_days(20)},
        ),
        Move(
            "request_closure",
            "in_progress",
            "department_handler",
            {"result": "已解释清楚", "reason": "属物业职责"},
        ),
        Move("withdraw_request", "asked", "department_handler", {"reason": "已具备条件"}),
        Move("rule", "asked", "district_centre", {"approved": True, "reason": "计划可行"}),
        Move("resume", "suspended", "district_centre", {"reason": "资金到位"}),
        Move(
            "add_unit", "in_progress", "district_centre", {"unit": STREET, "reason": "需街道配合"}
        ),
        Move("remove_unit", "in_progress", "district_centre", {"unit": HELPING, "reason": "无关"}),
        Move("call_back", "awaiting_callback", "callback_agent", {"outcome": "no_answer"}),
        Move("reappeal", "archived", "callback_agent", {"reason": "又坏了", "verified": True}),
        Move(
            "supervise",
            "in_progress",
            "district_centre",
            {"level": 1, "reason": "临近汛期", "supervisor": "李处长"},
        ),
        Move("answer_supervision", "supervised", "department_handler", {"answer": "今晚修好"}),
        Move(
            "call_up",
            "in_progress",
            "department_handler",
            {"lead": "420106", "subject": "电缆被挖断", "ask": "请协调供电抢修"},
        ),
        Move(
            "convene",
            "in_progress",
            "district_centre",
            {
                "participants": [HANDLING, HELPING],
                "held_at": f"{in_days(2)}T15:00:00+08:00",
                "room": "302 会议室",
                "question": "由谁维护？",
            },
        ),
        Move("close_supervision", "ordered", "district_centre", {"reason": "已办妥"}),
        Move("city_return", "sent", "district_centre", {"reason": "不属本区"}),
        Move(
            "city_extend",
            "sent",
            "district_centre",
            {"reason": "等待到货", "until": "2099-03-02T17:30:00+08:00"},
        ),
        Move(
            "city_rule",
            "sent",
            "district_centre",
            {"ruling": "deadline", "due_at": "2099-03-02T17:30:00+08:00"},
        ),
        Move("city_redo", "sent", "district_centre", {"reason": "诉求人不满意"}),
        Move("unmask", "in_progress", "department_handler", {"reason": "需要联系"}),
        Move(
            "answer_on_spot",
            "accepted",
            "district_centre",
            {"result": "已当场说明", "solved": True, "unit": COMMUNITY},
        ),
        Move("merge", "doubled", "district_centre", {"into": master, "reason": "同一件事"}),
        Move("unmerge", "merged", "district_centre", {"reason": "不是一件事"}),
        Move(
            "split",
            "accepted",
            "district_centre",
            {
                "parts": [
                    {"title": "路灯不亮", "lead": HANDLING},
                    {"title": "积水", "lead": HELPING},
                ],
                "reason": "涉及两个单位",
            },
            lines=3,
        ),
        Move(
            "hand_over",
            "registered",
            "district_centre",
            {"track": "to_petition", "reason": "已在信访"},
        ),
        Move("record_receipt", "handed_over", "district_centre", {"receipt": "已收悉"}),
        Move(
            "publish", "in_progress", "district_centre", {"title": "路灯不亮", "body": "路灯坏了"}
        ),
        Move("rule_publication", "proposed", "district_centre", {"approved": True}),
        Move("unpublish", "proposed", "district_centre", {"reason": "内容需更正"}),
    )
}

# How each state is reached from the one before it.
WAY = {
    "accepted": ("registered", "accept"),
    "dispatched": ("accepted", "dispatch"),
    "in_progress": ("dispatched", "sign"),
    "asked": ("in_progress", "request_suspension"),
    "suspended": ("asked", "rule"),
    "supervised": ("in_progress", "supervise"),
    "ordered": ("supervised", "answer_supervision"),
    "replied": ("in_progress", "reply"),
    "awaiting_callback": ("replied", "review"),
    "evaluated": ("awaiting_callback", "evaluate"),
    "archived": ("evaluated", "archive"),
    "not_accepted": ("registered", "refuse"),
    "withdrawn": ("in_progress", "withdraw"),
    "merged": ("doubled", "merge"),
    "handed_over": ("registered", "hand_over"),
    "proposed": ("in_progress", "publish"),
}


def brought(state: str, **facts: Any) -> Done:
    """A new case brought into `state` by the system's hand, verb by verb."""
    if state == "registered":
        return actions.register(by=HAND, **(FILING | facts))
    if state == "doubled":  # told twice: somewhere there is a master for it
        master()
        return brought("accepted", **facts)
    if state == "sent":  # an order of the city hotline
        city = {"channel": "hotline", "external_number": f"WH{uuid.uuid4().hex[:12]}"}
        return brought("accepted", **(city | facts))
    before, verb = WAY[state]
    case = brought(before, **facts)
    return do(verb, case)


def do(verb: str, case: Done) -> Done:
    """One more verb on this case, by the system's hand."""
    done: Done = getattr(actions, verb)(
        case.number, version=case.version, by=HAND, **MOVES[verb].payload
    )
    return done
