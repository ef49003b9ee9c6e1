"""Verbs of the assessment: the door for other rooms."""

from huying.evaluate.actions.freezing import edit_rules, freeze_month
from huying.evaluate.actions.leaving_out import (
    appeal_assessment,
    approve_exclusion,
    exclude,
    rule_appeal,
)
from huying.evaluate.actions.marking import mark, mark_missed, rebuild_marks

__all__ = [
    "appeal_assessment",
    "approve_exclusion",
    "edit_rules",
    "exclude",
    "freeze_month",
    "mark",
    "mark_missed",
    "rebuild_marks",
    "rule_appeal",
]
