"""Which role holds which verbs of this room by default."""

from __future__ import annotations

from collections.abc import Mapping

# Only who leads a case asks; only the centre rules.
ASK = (
    *("request_return", "request_extension", "request_suspension", "request_closure"),
    *("withdraw_request", "answer_supervision"),
)

# Whoever may call up also answers, and each side rates the other.
CALL = ("call_up", "answer_call", "finish_call", "withdraw_call", "rate_call")
# What a paper documents one must be able to do as well: see rules/papers.py.
PAPER = ("issue_paper", "void_paper")
# Whoever may be sent answers for it; whoever sends may call it off. Each marks what they have seen.
SENT = ("accept_sending", "arrive", "report_sending", "decline_sending")
SEND = ("send_someone", "cancel_sending", "console")
# Whoever handles keeps templates; a unit writes what it knows, the centre lets all read it.
WORDS = ("write_template", "retire_template")
KNOWLEDGE = ("publish_article", "review_article", "withdraw_article", "confirm_template")
MEET = ("convene", "minute", "rule_meeting", "cancel_meeting")
TIE = ("merge", "unmerge", "split", "hand_over", "record_receipt")

ROLE_VERBS: Mapping[str, tuple[str, ...]] = {
    "grid_worker": (
        *("view", "register", "comment", "attach", "call_up", "withdraw_call", "rate_call"),
        *(*SENT, "mark_seen"),
    ),
    "community_staff": (
        *("view", "register", "accept", "refuse", "sign", "contact", "reply", "comment"),
        *("attach", "set_place", "recategorise", "unmask", "answer_on_spot", "morning"),
        *(*ASK, *CALL, *PAPER, *SENT, "console", "mark_seen", *WORDS),
    ),
    "street_dispatcher": (
        *("view", "register", "accept", "refuse", "dispatch", "sign", "contact", "reassign"),
        *("reply", "review", "comment", "attach", "set_place", "recategorise", "withdraw"),
        *(
            "archive",
            "unmask",
            "add_unit",
            "remove_unit",
            "reappeal",
            "file_many",
            *ASK,
            *CALL,
            *MEET,
            *PAPER,
        ),
        *("morning", "answer_on_spot", *TIE, *SEND, *SENT, "mark_seen"),
        *(*WORDS, "write_article"),
    ),
    "department_handler": (
        *("view", "morning", "sign", "contact", "reply", "comment", "attach", "unmask"),
        *(*ASK, *CALL, *PAPER, *SENT, "mark_seen", *WORDS, "write_article"),
    ),
    "district_centre": (
        *("view", "register", "accept", "refuse", "dispatch", "sign", "contact", "reassign"),
        *("reply", "review", "archive", "withdraw", "comment", "attach", "recategorise"),
        *("set_place", "unmask", "edit_routing", "edit_clock_rule", "confirm_clock_rule"),
        *("import_history", "rule", "resume", "add_unit", "remove_unit", "reappeal"),
        *("supervise", "close_supervision", "edit_trigger", "confirm_trigger"),
        *("city_line", "city_return", "city_extend", "city_rule", "city_redo", "file_many"),
        *("rule_call", "set_call_level", *CALL, *MEET, *PAPER),
        *("edit_paper_template", "confirm_paper_template"),
        *("morning", "answer_on_spot", *TIE, "publish", "rule_publication", "unpublish"),
        *(*SEND, "mark_seen", *WORDS, "write_article", *KNOWLEDGE),
    ),
    "callback_agent": (
        *("view", "contact", "evaluate", "comment", "unmask", "call_back", "reappeal"),
        *("mark_seen", *WORDS),
    ),
    "evaluator": ("view", "morning", "mark_seen"),
    # A unit's own leader in charge (分管领导) holds this role in that unit.
    "leader": ("view", "morning", "sign_paper", "console", "mark_seen"),
}
