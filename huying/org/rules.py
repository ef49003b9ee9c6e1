"""What law or district decides about the organisation: levels, roles, separation. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

UNIT_KINDS: list[tuple[str, str | Promise]] = [
    ("city", _("市")),
    ("district", _("区")),
    ("street", _("街道")),
    ("community", _("社区")),
    ("grid", _("网格")),
    ("city_department", _("市直部门")),
    ("department", _("区直部门")),
    ("enterprise", _("企事业单位")),
]

DUTIES: list[tuple[str, str | Promise]] = [
    ("business", _("业务")),
    ("system", _("系统管理员")),
    ("security", _("安全保密管理员")),
    ("audit", _("安全审计员")),
]

# Which kinds may hang under which; None is the root of the tree.
PARENT_KINDS: dict[str, frozenset[str | None]] = {
    "city": frozenset({None}),
    "district": frozenset({"city", None}),
    "street": frozenset({"district"}),
    "community": frozenset({"street"}),
    "grid": frozenset({"community"}),
    "city_department": frozenset({"city"}),
    "department": frozenset({"district"}),
    "enterprise": frozenset({"city", "district", "street"}),
}

HANDOVER_STATES: list[tuple[str, str | Promise]] = [
    ("waiting", _("待接班")),
    ("taken", _("已接班")),
    ("objected", _("有异议")),
    ("replaced", _("已重写")),
]

# City, district, street: so many codes has the path of a street or of a district's department.
STREET_DEPTH = 3

# 三员分立: each of these verbs belongs to one administrator and to nobody else.
RESERVED: dict[str, str] = {
    **dict.fromkeys(
        (
            "org.create_unit",
            "org.move_unit",
            "org.rename_unit",
            "org.close_unit",
            "org.set_boundary",
            "org.create_person",
            "org.edit_person",
            "org.close_person",
            "org.reset_password",
            "org.end_session",
            "org.import_units",
            "org.import_people",
        ),
        "system",
    ),
    **dict.fromkeys(
        (
            "org.create_post",
            "org.close_post",
            "org.give_post",
            "org.end_post",
            "org.edit_role",
            "org.revoke_key",
            "org.reset_second_factor",
        ),
        "security",
    ),
    **dict.fromkeys(
        (
            "kernel.edit_calendar",
            "kernel.replay_delivery",
            "kernel.view_jobs",
            "kernel.cancel_job",
            "kernel.resume_job",
            "kernel.purge_blobs",
        ),
        "system",
    ),
    "kernel.view_audit": "audit",
}

# What every role may hold, administrators included.
SHARED = frozenset({"org.view", "web.save_view", "web.drop_view", "web.export"})


@dataclass(frozen=True)
class DefaultRole:
    """A role that every install has; a room adds its verbs with `grant_by_default`."""

    code: str
    name: str | Promise
    duty: str = "business"


DEFAULT_ROLES: tuple[DefaultRole, ...] = (
    DefaultRole("grid_worker", _("网格员")),
    DefaultRole("community_staff", _("社区工作人员")),
    DefaultRole("street_dispatcher", _("街道派单员")),
    DefaultRole("department_handler", _("部门承办人")),
    DefaultRole("district_centre", _("区呼应中心")),
    DefaultRole("callback_agent", _("回访员")),
    DefaultRole("evaluator", _("评价员")),
    DefaultRole("leader", _("领导")),
    DefaultRole("auditor", _("安全审计员"), "audit"),
    DefaultRole("system_admin", _("系统管理员"), "system"),
    DefaultRole("security_admin", _("安全保密管理员"), "security"),
    DefaultRole("citizen", _("市民")),
)


def child_path(parent_path: str, code: str) -> str:
    """The path of a unit under its parent: the chain of codes, each closed by `/`."""
    return f"{parent_path}{code}/"


def smallest(paths: Iterable[str]) -> tuple[str, ...]:
    """The same area with as few prefixes as possible: what lies under another prefix is dropped."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not (kept and path.startswith(kept[-1])):
            kept.append(path)
    return tuple(kept)


def duties_clash(held: Iterable[str], new: str) -> bool:
    """Whether a person with duties `held` may not also take `new` (三员分立).

    The three administrators are never one person, and none of them holds a business post.
    """
    return any(duty != new for duty in held)


def misplaced_verbs(duty: str, verbs: Iterable[str]) -> list[str]:
    """Those of `verbs` that a role of this duty must not hold."""
    return sorted(
        verb for verb in verbs if verb not in SHARED and RESERVED.get(verb, "business") != duty
    )


@dataclass(frozen=True)
class Span:
    """A half-open stretch of time; `until` None never ends."""

    since: datetime
    until: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        """Whether it is in force at `at`: from its start, no longer at its end."""
        return self.since <= at and (self.until is None or at < self.until)

    def meets(self, other: Span) -> bool:
        """Whether the two share an instant."""
        return (self.until is None or other.since < self.until) and (
            other.until is None or self.since < other.until
        )


def watch_over(path: str) -> tuple[str, ...]:
    """Whose roster watches over a unit, its own first: a community's or grid's street follows.

    A street or a department watches over itself alone: the district's watch does not go there.
    """
    codes = path.strip("/").split("/")
    own = [path]
    while len(codes) > STREET_DEPTH:
        codes.pop()
        own.append("/".join(codes) + "/")
    return tuple(own)


def gaps(start: datetime, end: datetime, shifts: Sequence[Span]) -> list[Span]:
    """The stretches of [start, end) that no shift covers: an uncovered shift alarms."""
    found: list[Span] = []
    reached = start
    for shift in sorted(shifts, key=lambda one: one.since):
        if shift.since > reached:
            found.append(Span(reached, min(shift.since, end)))
        reached = max(reached, shift.until or end)
        if reached >= end:
            break
    if reached < end:
        found.append(Span(reached, end))
    return [gap for gap in found if gap.since < end]
