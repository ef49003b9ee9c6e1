"""Handover of a watch (交接班): the list of records, one record, writing, signing, objecting."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huying.kernel.errors import Forbidden, NotNow
from huying.kernel.verbs import require
from huying.org import actions, forms, queries
from huying.org.models import ShiftHandover
from huying.org.tables import HandoverTable, handover_tag
from huying.org.views.common import somebody
from huying.web import answers
from huying.web.listing import table_page

FEW = 10  # of a kind: more are folded until somebody looks, or prints


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    """The handover records of the asker's area."""
    require("org.read_handover", somebody(request))
    return table_page(request, HandoverTable)


@require_safe
def handover(request: HttpRequest, identity: int) -> HttpResponse:
    """One record, as it is printed too."""
    asker = somebody(request)
    row = queries.handover_of(asker, identity)
    mine = getattr(asker, "account_id", None)
    waiting = row.state == "waiting"
    context = {
        "row": row,
        "tag": handover_tag(row),
        **grouped(items_of(row.items)),
        "may_answer": waiting and mine == row.to_person_id,
        "may_rewrite": row.state in ("waiting", "objected") and mine == row.person_id,
    }
    return render(request, "org/handover.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, identity: int) -> HttpResponse:
    """Write the record of one's own shift."""
    asker = somebody(request)
    shift = queries.shift_of(asker, identity)
    require("org.hand_over_shift", asker, shift.unit.path)
    if getattr(asker, "account_id", None) not in (shift.person_id, shift.leader_id):
        raise Forbidden(_("交接班记录由本班值班人员或带班领导书写。"))
    following = list(queries.next_shifts(shift))
    if not following:
        raise NotNow(
            _("没有可以接班的班次：24 小时之内没有排别人的班。"),
            remedy=_("请先在值班表排好下一班。"),
        )

    def deed(data: dict[str, Any]) -> HttpResponse:
        row = actions.hand_over_shift(
            identity, words=data["words"], to_shift_id=data["to_shift"], by=asker
        )
        told = _("已交班，等待 %(name)s 接班。") % {"name": row.to_person.name}
        answers.done(request, told)
        return answers.go(request, reverse("org:handover", args=[row.pk]))

    last = shift.handovers.order_by("-written_at").first()
    form = answers.form_of(
        request,
        partial(forms.HandOverForm, following=following),
        by=asker,
        initial={"words": last.words if last else ""},
    )
    answer = answers.take(request, form, deed)
    if answer is not None:
        return answer
    context = {
        "shift": shift,
        "form": form,
        **grouped(queries.open_items(asker, shift.unit.path)),
        "objection": last if last and last.state == "objected" else None,
        "back": reverse("org:duty") + f"?unit={shift.unit.code}",
    }
    return render(request, "org/hand_over.html", context, status=answers.status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: HttpRequest, identity: int) -> HttpResponse:
    """Sign for a record."""
    row, back = _to_answer(request, "org.take_over_shift", identity)

    def deed(data: dict[str, Any]) -> None:
        actions.take_over_shift(identity, note=data["note"], by=somebody(request))

    return answers.form_page(
        request,
        forms.TakeOverForm,
        deed,
        by=somebody(request),
        title=_("接 %(name)s 的班") % {"name": row.person.name},
        lead=_("签收后，%(n)d 项未结事项由您接着盯办。") % {"n": len(row.items)},
        back=back,
        button=_("确认接班"),
        told=_("已接班。"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def object_to(request: HttpRequest, identity: int) -> HttpResponse:
    """Refuse to sign, and say why."""
    _row, back = _to_answer(request, "org.object_to_handover", identity)

    def deed(data: dict[str, Any]) -> None:
        actions.object_to_handover(identity, reason=data["reason"], by=somebody(request))

    return answers.form_page(
        request,
        forms.ObjectForm,
        deed,
        by=somebody(request),
        title=_("对交接班记录有异议"),
        back=back,
        button=_("提出异议"),
        told=_("异议已告知交班人。"),
    )


def _to_answer(request: HttpRequest, verb: str, identity: int) -> tuple[ShiftHandover, str]:
    """The record, for its addressee alone; the verb looks at its state."""
    asker = somebody(request)
    row = queries.handover_of(asker, identity)
    require(verb, asker, row.unit.path)
    if getattr(asker, "account_id", None) != row.to_person_id:
        raise Forbidden(_("这份记录由接班人签收。"))
    return row, reverse("org:handover", args=[identity])


def items_of(kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The frozen items with their moments as moments."""
    return [{**one, "due_at": one["due_at"] and parse_datetime(one["due_at"])} for one in kept]


def grouped(items: list[dict[str, Any]]) -> dict[str, Any]:
    """The items by their kind, in the order of their first; few of a kind stand open."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in items:
        groups.setdefault(one["kind"], []).append(one)
    told = [
        {
            "kind": kind,
            "items": several,
            "late": sum(1 for one in several if one["late"]),
            "open": place == 0 or len(several) <= FEW,
        }
        for place, (kind, several) in enumerate(groups.items())
    ]
    return {"groups": told, "count": len(items)}
