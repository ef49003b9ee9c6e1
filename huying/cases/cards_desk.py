"""What the desk and the dispatch console put on the home page and into the navigation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from huying.cases import looks
from huying.cases.queries import desk as waiting
from huying.cases.queries import sendings
from huying.cases.queries.desk import Item
from huying.cases.rules import sendings as sent
from huying.cases.rules.calls import STATE_LABELS as CALL_LABELS
from huying.cases.rules.papers import KINDS
from huying.kernel.asker import Asker
from huying.web import slots
from huying.web.templatetags.web import moment, tag

PICTURES = {
    "case": "inbox",
    "sent": "map-pin",
    "call": "speakerphone",
    "order": "flag",
    "meeting": "users-group",
    "paper": "file-text",
}
ADDRESSES = {"call": "case_call", "meeting": "case_meeting"}
FEW = 8


@dataclass(frozen=True)
class DeskLine:
    """A line of the desk, ready to show: the kind in words, never told by its picture alone."""

    kind: str
    label: str | Promise
    picture: str
    title: str
    url: str
    due: SafeString
    note: str
    urgent: bool
    unread: bool


def lines_of(items: Sequence[Item], heap: str = "", unread: Collection[str] = ()) -> list[DeskLine]:
    """What a list shows; a case's address keeps the heap, so that “next” stays on it."""
    return [
        DeskLine(
            item.kind,
            waiting.LABELS.get(item.kind, ""),
            PICTURES[item.kind],
            item.title,
            _address(item, heap),
            _due(item),
            " · ".join(str(part) for part in _notes(item) if part),
            item.urgent,
            item.number in unread,
        )
        for item in items
    ]


def _address(item: Item, heap: str) -> str:
    if item.kind == "sent":
        return reverse("case_sending", args=[item.ident])
    address = reverse(ADDRESSES.get(item.kind, "case"), args=[item.number])
    if item.kind == "paper":
        return reverse("case_paper_sign", args=[item.ident])
    return f"{address}?work={heap}" if item.kind == "case" and heap else address


def _due(item: Item) -> SafeString:
    if item.due is None:
        return SafeString(_("没有时限")) if item.kind == "case" else SafeString("")
    if item.kind == "meeting":
        return format_html("{}", moment(item.due, "short"))
    return looks.deadline(item.due, item.provisional)


def _notes(item: Item) -> list[Any]:
    if item.kind == "sent":
        return [sent.STATE_LABELS.get(item.state, ""), item.place_name, item.lead_name]
    if item.kind == "call":
        return [CALL_LABELS.get(item.state, ""), f"{item.place_name} → {item.lead_name}"]
    if item.kind == "order":
        return [looks.level_words(item.level), item.place_name, item.lead_name]
    if item.kind == "meeting":
        return [item.place_name]
    if item.kind == "paper":
        kind = KINDS.get(item.state)
        return [kind.label if kind else "", item.number, item.lead_name]
    rounds = _("第 %(round)s 轮") % {"round": item.rounds} if item.rounds > 1 else ""
    level = _("督办 %(level)s 级") % {"level": item.level} if item.level else ""
    state = looks.LABELS.get(item.state, "")
    return [state, level, rounds, item.class_name, item.place_name, item.lead_name]


def desk(asker: Asker) -> dict[str, Any] | None:
    """What waits for the asker, the most pressing first; nothing for who has no heap."""
    heaps = waiting.heaps(asker)
    if not heaps:
        return None
    page = waiting.desk_page(asker, size=FEW)
    return {
        "heaps": heaps,
        "some": any(heap.count for heap in heaps),
        "lines": lines_of(page.items),
        "more": bool(page.after),
    }


def errands(asker: Asker) -> dict[str, Any] | None:
    """Where the asker was sent, for a phone in the street; nothing without any."""
    found = sendings.errands(asker)
    return {"errands": [(one, errand_tag(one.state)) for one in found]} if found else None


def errand_tag(state: str) -> SafeString:
    """Where a sending stands, in words and colour."""
    return tag(sent.STATE_LABELS[state], sent.TONES[state])


def fill() -> None:
    """Fill the slots of the face; called once when the room is ready."""
    section = _("民呼我应")
    for name, item in {
        "case_desk": slots.NavigationItem(
            _("工作台"), "case_desk", "checklist", slots.with_verb("cases.mark_seen"), section, 8
        ),
        "case_console": slots.NavigationItem(
            _("指挥调度"), "case_console", "map-2", slots.with_verb("cases.console"), section, 9
        ),
    }.items():
        slots.NAVIGATION.register(name, item)
    slots.HOME_CARDS.register(
        "cases_errands",
        slots.HomeCard(
            _("派我到场"),
            "cases/card_errands.html",
            errands,
            slots.with_verb("cases.arrive"),
            wide=True,
            order=5,
        ),
    )
