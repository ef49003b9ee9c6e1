"""Verbs of appeals: each one function, one transaction, one line of history; a door."""

from huying.cases.actions.bulk import CasePlan, PartPlan, Planned, bulk_cases
from huying.cases.actions.calls import (
    CallDone,
    answer_call,
    call_alone,
    call_up,
    finish_call,
    rate_call,
    rule_call,
    set_call_level,
    withdraw_call,
)
from huying.cases.actions.city_check import check_city, mend_city
from huying.cases.actions.city_in import retry_city_message
from huying.cases.actions.city_out import send_waiting
from huying.cases.actions.city_sheets import city_sheet_to_send, take_city_sheet
from huying.cases.actions.city_verbs import city_extend, city_redo, city_return, city_rule
from huying.cases.actions.defaults import (
    confirm_clock_rule,
    edit_clock_rule,
    install_defaults,
)
from huying.cases.actions.ending import (
    archive,
    archive_due,
    call_back,
    evaluate,
    reappeal,
    withdraw,
)
from huying.cases.actions.filing import file_rows, plan_filing, start_filing
from huying.cases.actions.finding import supervise_due
from huying.cases.actions.handling import (
    add_unit,
    answer_on_spot,
    comment,
    contact,
    dispatch,
    reassign,
    remove_unit,
    reply,
    review,
    sign,
)
from huying.cases.actions.importing import (
    check_history,
    import_files,
    laid_out,
    rejected,
    start_history,
    stored,
)
from huying.cases.actions.intake import accept, recategorise, refuse, register, set_place
from huying.cases.actions.issuing import PaperDone, issue_paper, sign_paper, void_paper
from huying.cases.actions.issuing_many import issue_many, start_issuing
from huying.cases.actions.knowledge import (
    publish_article,
    review_article,
    withdraw_article,
    write_article,
)
from huying.cases.actions.looking import unmask
from huying.cases.actions.meetings import (
    MeetingDone,
    cancel_meeting,
    convene,
    minute,
    rule_meeting,
)
from huying.cases.actions.outward import (
    hand_over,
    publish,
    record_receipt,
    rule_publication,
    unpublish,
)
from huying.cases.actions.paper_templates import (
    LARGEST_TEMPLATE,
    confirm_paper_template,
    enforce_paper_template,
    number_papers,
    upload_paper_template,
)
from huying.cases.actions.papers import LARGEST, Paper, attach, judged
from huying.cases.actions.reply_templates import (
    confirm_template,
    retire_template,
    write_template,
)
from huying.cases.actions.requests import (
    request_closure,
    request_extension,
    request_return,
    request_suspension,
    resume,
    rule,
    withdraw_request,
)
from huying.cases.actions.routing import (
    drop_routing_rule,
    move_routing_rule,
    write_routing_rule,
)
from huying.cases.actions.seeing import mark_seen
from huying.cases.actions.sending import (
    SendingDone,
    accept_sending,
    arrive,
    cancel_sending,
    decline_sending,
    report_sending,
    send_someone,
)
from huying.cases.actions.supervision import (
    answer_supervision,
    close_supervision,
    supervise,
)
from huying.cases.actions.together import merge, split, unmerge
from huying.cases.actions.triggers import checked_trigger, confirm_trigger, edit_trigger
from huying.cases.actions.writing import Done

__all__ = [
    "LARGEST",
    "LARGEST_TEMPLATE",
    "CallDone",
    "CasePlan",
    "Done",
    "MeetingDone",
    "Paper",
    "PaperDone",
    "PartPlan",
    "Planned",
    "SendingDone",
    "accept",
    "accept_sending",
    "add_unit",
    "answer_call",
    "answer_on_spot",
    "answer_supervision",
    "archive",
    "archive_due",
    "arrive",
    "attach",
    "bulk_cases",
    "call_alone",
    "call_back",
    "call_up",
    "cancel_meeting",
    "cancel_sending",
    "check_city",
    "check_history",
    "checked_trigger",
    "city_extend",
    "city_redo",
    "city_return",
    "city_rule",
    "city_sheet_to_send",
    "close_supervision",
    "comment",
    "confirm_clock_rule",
    "confirm_paper_template",
    "confirm_template",
    "confirm_trigger",
    "contact",
    "convene",
    "decline_sending",
    "dispatch",
    "drop_routing_rule",
    "edit_clock_rule",
    "edit_trigger",
    "enforce_paper_template",
    "evaluate",
    "file_rows",
    "finish_call",
    "hand_over",
    "import_files",
    "install_defaults",
    "issue_many",
    "issue_paper",
    "judged",
    "laid_out",
    "mark_seen",
    "mend_city",
    "merge",
    "minute",
    "move_routing_rule",
    "number_papers",
    "plan_filing",
    "publish",
    "publish_article",
    "rate_call",
    "reappeal",
    "reassign",
    "recategorise",
    "record_receipt",
    "refuse",
    "register",
    "rejected",
    "remove_unit",
    "reply",
    "report_sending",
    "request_closure",
    "request_extension",
    "request_return",
    "request_suspension",
    "resume",
    "retire_template",
    "retry_city_message",
    "review",
    "review_article",
    "rule",
    "rule_call",
    "rule_meeting",
    "rule_publication",
    "send_someone",
    "send_waiting",
    "set_call_level",
    "set_place",
    "sign",
    "sign_paper",
    "split",
    "start_filing",
    "start_history",
    "start_issuing",
    "stored",
    "supervise",
    "supervise_due",
    "take_city_sheet",
    "unmask",
    "unmerge",
    "unpublish",
    "upload_paper_template",
    "void_paper",
    "withdraw",
    "withdraw_article",
    "withdraw_call",
    "withdraw_request",
    "write_article",
    "write_routing_rule",
    "write_template",
]
