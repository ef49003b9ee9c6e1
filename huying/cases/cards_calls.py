"""What calls and meetings put into the search and the navigation."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from huying.cases.queries import calls, meetings
from huying.cases.tables_calls import BounceTable, CallTable, MeetingTable
from huying.cases.tables_morning import FigureTable
from huying.kernel.asker import Asker
from huying.kernel.clock import DISTRICT_ZONE
from huying.web import slots
from huying.web.tables import TABLES


def call_hits(asker: Asker, text: str, limit: int) -> Sequence[slots.Hit]:
    """Calls for the global search."""
    return [
        slots.Hit(
            call.subject,
            reverse("case_call", args=[call.number]),
            f"{call.number} · {localtime(call.opened_at, DISTRICT_ZONE):%Y-%m-%d}",
            str(call.get_state_display()),
        )
        for call in calls.found_calls(asker, text)[:limit]
    ]


def meeting_hits(asker: Asker, text: str, limit: int) -> Sequence[slots.Hit]:
    """Meetings for the global search."""
    return [
        slots.Hit(
            one.question[:80],
            reverse("case_meeting", args=[one.number]),
            f"{one.number} · {localtime(one.held_at, DISTRICT_ZONE):%Y-%m-%d}",
            str(one.get_state_display()),
        )
        for one in meetings.found_meetings(asker, text)[:limit]
    ]


def fill() -> None:
    """Fill the slots of the face; called once when the room is ready."""
    viewer, section = slots.with_verb("cases.view"), _("民呼我应")
    for name, item in {
        "case_morning": slots.NavigationItem(
            _("晨会"), "case_morning", "sun", slots.with_verb("cases.morning"), section, 9
        ),
        "case_calls": slots.NavigationItem(
            _("呼叫"), "case_calls", "speakerphone", viewer, section, 14
        ),
        "case_meetings": slots.NavigationItem(
            _("会商"), "case_meetings", "users-group", viewer, section, 15
        ),
    }.items():
        slots.NAVIGATION.register(name, item)
    slots.WAYS_BACK.register("morning", lambda asker, number, verb: reverse("case_morning"))
    slots.SEARCH.register(
        "case_calls",
        slots.SearchSource(_("呼叫"), "speakerphone", call_hits, viewer, "case_calls", order=11),
    )
    slots.SEARCH.register(
        "case_meetings",
        slots.SearchSource(
            _("会商"), "users-group", meeting_hits, viewer, "case_meetings", order=12
        ),
    )
    for table in (CallTable, MeetingTable, BounceTable, FigureTable):
        TABLES.register(table.name, table)
