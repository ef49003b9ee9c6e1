"""Which role holds which verbs of this room by default."""

from __future__ import annotations

from collections.abc import Mapping

# The evaluator stands apart from the centre, which may only ask that a case be left out.
ROLE_VERBS: Mapping[str, tuple[str, ...]] = {
    "community_staff": ("view", "appeal_assessment"),
    "street_dispatcher": ("view", "appeal_assessment"),
    "department_handler": ("view", "appeal_assessment"),
    "district_centre": ("view", "exclude"),
    "evaluator": (
        *("view", "exclude", "approve_exclusion", "rule_appeal"),
        *("freeze_month", "edit_rules"),
    ),
    "leader": ("view",),
}
