"""Questions about appeals, always scoped to the asker, always masked: the door for other rooms."""

from huying.cases.queries.call_marks import marked
from huying.cases.queries.calls import visible_calls
from huying.cases.queries.cursor import page_of
from huying.cases.queries.filters import narrowed
from huying.cases.queries.ledger import clock_rules
from huying.cases.queries.page import CasePage, Clock, Line, Paper, case_page
from huying.cases.queries.papers import attachment
from huying.cases.queries.routing import (
    Proposed,
    Trial,
    dry_run_routing,
    facts_of,
    proposed_for,
    routing_facts,
    routing_rules,
)
from huying.cases.queries.scope import (
    case_of,
    categories,
    in_states,
    visible,
    within_category,
)
from huying.cases.queries.search import Hit, found, search
from huying.cases.queries.triggers import lacks_defaults
from huying.cases.queries.work import overdue

__all__ = [
    "CasePage",
    "Clock",
    "Hit",
    "Line",
    "Paper",
    "Proposed",
    "Trial",
    "attachment",
    "case_of",
    "case_page",
    "categories",
    "clock_rules",
    "dry_run_routing",
    "facts_of",
    "found",
    "in_states",
    "lacks_defaults",
    "marked",
    "narrowed",
    "overdue",
    "page_of",
    "proposed_for",
    "routing_facts",
    "routing_rules",
    "search",
    "visible",
    "visible_calls",
    "within_category",
]
