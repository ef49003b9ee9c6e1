"""The duty roster of a unit, a week at a time; what nobody covers alarms."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huying.kernel.asker import may
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.kernel.verbs import require
from huying.org import actions, forms, queries
from huying.org.rules import Span, gaps
from huying.org.views.common import somebody
from huying.web import answers


def midnight(day: date) -> datetime:
    """The start of a day in the district."""
    return datetime.combine(day, time(), DISTRICT_ZONE)


@require_safe
def roster(request: HttpRequest) -> HttpResponse:
    """A week of one unit's roster; without a unit, that of the asker's first post."""
    asker = somebody(request)
    require("org.view", asker)
    posts = getattr(asker, "posts", ())
    code = request.GET.get("unit") or (posts[0].unit_code if posts else "")
    unit = queries.unit_by_code(asker, code)
    today = now().date()
    try:
        monday = date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        monday = today
    monday -= timedelta(days=monday.weekday())
    start, end = midnight(monday), midnight(monday + timedelta(days=7))
    shifts = list(queries.shifts(asker, unit, start, end))
    uncovered = gaps(max(start, now()), end, [Span(s.starts_at, s.ends_at) for s in shifts])
    context = {
        "unit": unit,
        "days": [_day(monday + timedelta(days=n), shifts, uncovered, today) for n in range(7)],
        "uncovered": uncovered,
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "on_duty": queries.on_duty(asker, [unit])[unit.code],
        "alarms": queries.alarms(asker, unit),
        "own": queries.to_hand_over(asker, shifts),
        "may_read": may(asker, "org.read_handover", unit.path),
        "may_plan": may(asker, "org.plan_shift", unit.path),
    }
    return render(request, "org/duty.html", context)


def _day(day: date, shifts: list[Any], uncovered: list[Span], today: date) -> dict[str, Any]:
    start, end = midnight(day), midnight(day + timedelta(days=1))
    whole = Span(start, end)
    return {
        "date": day,
        "today": day == today,
        "shifts": [s for s in shifts if s.starts_at < end and s.ends_at > start],
        "gaps": [
            Span(max(gap.since, start), min(gap.until or end, end))
            for gap in uncovered
            if gap.meets(whole)
        ],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """A new shift."""
    asker = somebody(request)
    unit = queries.unit_by_code(asker, code)
    require("org.plan_shift", asker, unit.path)
    back = f"{reverse('org:duty')}?unit={code}"

    def deed(data: dict[str, Any]) -> HttpResponse:
        leader = data["leader"]
        shift = actions.plan_shift(
            code,
            data["starts_at"],
            data["ends_at"],
            int(data["person"].value),
            leader_id=int(leader.value) if leader else None,
            phone=data["phone"],
            by=asker,
        )
        answers.done(request, _("已排班。"))
        week = shift.starts_at.astimezone(DISTRICT_ZONE).date()
        return answers.go(request, f"{back}&week={week}")

    return answers.form_page(
        request,
        forms.ShiftForm,
        deed,
        by=asker,
        title=_("为“%(name)s”排班") % {"name": unit.name},
        back=back,
        button=_("排班"),
        initial={
            "starts_at": request.GET.get("since", ""),
            "ends_at": request.GET.get("until", ""),
        },
    )


@require_POST
def cancel(request: HttpRequest, identity: int) -> HttpResponse:
    """Take a shift out and come back to its week."""
    shift = actions.cancel_shift(identity, by=somebody(request))
    answers.done(request, _("班次已取消。"))
    week = shift.starts_at.astimezone(DISTRICT_ZONE).date()
    return answers.go(request, f"{reverse('org:duty')}?unit={shift.unit.code}&week={week}")
