"""The desk: everything that waits for the asker in one list, what runs out first on top.

Each source gives rows of the same columns; a page is one statement over all of them, each cut to a
page before they are put in order. Cases come by id and deadline alone: what they are called is read
for those of the page. A place in the list is (due, kind, id).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.core import signing
from django.db.models import (
    BooleanField,
    CharField,
    Count,
    DateTimeField,
    F,
    FilteredRelation,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models import Case as Choice
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huying.cases.models import Call, Case, CaseClock, Meeting, Sending
from huying.cases.queries import calls, issued, orders, sendings, work
from huying.cases.queries.identity import complained_about
from huying.cases.queries.meetings import visible_meetings
from huying.cases.rules import sendings as sent
from huying.cases.rules.masks import without_remains
from huying.kernel.asker import Asker

PAGE, AHEAD = 25, 200
NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # what no clock runs for stands last
SALT = "huying.cases.desk"
COLUMNS = (
    *("kind", "ident", "due", "number", "title", "state", "about_path"),
    *("class_name", "place_name", "lead_name", "urgent", "sensitive", "level", "rounds"),
    *("provisional", "since"),
)


@dataclass(frozen=True)
class Errand:
    """A heap that holds no cases: which rows wait, and what is said of them."""

    code: str
    label: str | Promise
    rows: Callable[[Asker], QuerySet[Any] | None]
    columns: dict[str, Any]


@dataclass(frozen=True)
class Item:
    """One line of the desk, whatever its kind; `due` is None when no clock runs."""

    kind: str
    ident: int
    due: datetime | None
    number: str
    title: str
    state: str
    about_path: str
    class_name: str
    place_name: str
    lead_name: str
    urgent: bool
    sensitive: bool
    level: int
    rounds: int
    provisional: bool
    since: datetime


@dataclass(frozen=True)
class DeskPage:
    """Some lines, and the marks of where they begin and go on; empty where nothing lies."""

    items: list[Item]
    after: str
    first: bool


def _answering(asker: Asker) -> QuerySet[Any] | None:
    if not asker.area("cases.answer_call") or not calls.own_paths(asker):
        return None
    rows = Call.objects.filter(calls.to_answer(asker))
    return rows.annotate(clock=Choice(When(state="open", then="answer_due"), default="due_at"))


def _met(asker: Asker) -> QuerySet[Any] | None:
    """The meetings that the asker's own units are asked to."""
    own = calls.own_paths(asker)
    if not own or not asker.area("cases.view"):
        return None
    mine = visible_meetings(asker).filter(participants__path__in=own, ended_at__isnull=True)
    there = mine.order_by().values("pk")
    return Meeting.objects.filter(pk__in=there)


def _unsigned(asker: Asker) -> QuerySet[Any] | None:
    return issued.waiting_for(asker) if asker.area("cases.sign_paper") else None


def _sent(asker: Asker) -> QuerySet[Any] | None:
    if not getattr(asker, "account_id", 0):
        return None
    return Sending.objects.filter(sendings.own(asker), state__in=sent.OPEN)


ERRANDS = (
    Errand(
        "sent",
        _("派我到场"),
        _sent,
        {
            "due": F("until"),
            "number": F("case__number"),
            "title": F("case__title"),
            "state": F("state"),
            "about_path": "case__about__path",
            "place_name": "case__place__name",
            "lead_name": "sent_by",
            "urgent": F("case__urgent"),
            "since": F("sent_at"),
        },
    ),
    Errand(
        "call",
        _("待办呼叫"),
        _answering,
        {
            "due": F("clock"),
            "number": F("number"),
            "title": F("subject"),
            "about_path": "case__about__path",
            "state": F("state"),
            "place_name": "caller__name",
            "lead_name": "lead__name",
            "since": F("opened_at"),
        },
    ),
    Errand(
        "order",
        _("督办单"),
        orders.waiting_for,
        {
            "due": F("due_at"),
            "number": F("case__number"),
            "title": F("case__title"),
            "about_path": "case__about__path",
            "state": F("case__state"),
            "place_name": "case__place__name",
            "lead_name": "case__lead__name",
            "level": F("level"),
            "provisional": F("provisional"),
            "since": F("at"),
        },
    ),
    Errand(
        "meeting",
        _("待参加会商"),
        _met,
        {
            "due": F("held_at"),
            "number": F("number"),
            "title": F("question"),
            "about_path": "case__about__path",
            "state": F("state"),
            "place_name": "room",
            "since": F("at"),
        },
    ),
    Errand(
        "paper",
        _("待签发文书"),
        _unsigned,
        {
            "number": F("number"),
            "title": F("case__title"),
            "about_path": "case__about__path",
            "state": F("kind"),
            "lead_name": "unit__name",
            "since": F("at"),
        },
    ),
)
LABELS = {errand.code: errand.label for errand in ERRANDS}
OF_A_CASE: dict[str, Any] = {
    "number": F("number"),
    "title": F("title"),
    "state": F("state"),
    "about_path": "about__path",
    "class_name": "category__name",
    "place_name": "place__name",
    "lead_name": "lead__name",
    "urgent": F("urgent"),
    "sensitive": F("sensitive"),
    "level": F("supervision"),
    "rounds": F("round"),
    "since": F("registered_at"),
}


def heaps(asker: Asker) -> list[work.Heap]:
    """Everything that waits for the asker, counted by heap. Two statements."""
    found = work.heaps(asker) if work.kinds_of(asker) else []
    parts = []
    for errand in ERRANDS:
        rows = errand.rows(asker)
        if rows is not None:
            one = Value(errand.code, output_field=CharField())
            counted = rows.order_by().annotate(heap=one).values("heap")
            parts.append(counted.annotate(n=Count("pk")).values_list("heap", "n"))
    if parts:
        counts = dict(_together(parts))
        more = [(code, label, counts.get(code, 0)) for code, label in LABELS.items()]
        found = [*(work.Heap(*one) for one in more if one[2]), *found]
    return found


def desk_page(asker: Asker, heap: str = "", after: str = "", size: int = PAGE) -> DeskPage:
    """Some lines of one heap, or of all, after a place in the list. Two statements."""
    place = _place(after)
    parts = [_cut(rows, place, size) for rows in _sources(asker, heap)]
    if not parts:
        return DeskPage([], "", True)
    rows = parts[0]  # each part is in order already
    if len(parts) > 1:
        rows = _together(parts).order_by("x_due", "x_kind", "x_ident")[: size + 1]
    items = [Item(**dict(zip(COLUMNS, row, strict=True))) for row in rows]
    mark = ""
    if len(items) > size:
        last = items[size - 1]
        due = last.due or NEVER
        mark = signing.dumps([due.isoformat(), last.kind, last.ident], salt=SALT)
    shown = [_spoken(asker, item) for item in _named(items[:size])]
    return DeskPage(shown, mark, place is None)


def following(asker: Asker, heap: str, number: str) -> str:
    """The number of the case that comes after this one on a heap; empty when none is left.

    Whoever worked one off finds it gone; the list then begins anew with what runs out first, as it
    does after the last line, and where a case lies beyond the first lines. Two statements.
    """
    found = desk_page(asker, heap, size=AHEAD).items
    numbers = [item.number for item in found if item.kind == "case"]
    at = numbers.index(number) + 1 if number in numbers else 0
    rest = [one for one in (*numbers[at:], *numbers[:at]) if one != number]
    return rest[0] if rest else ""


def _sources(asker: Asker, heap: str) -> Iterator[QuerySet[Any]]:
    kinds = work.kinds_of(asker)
    codes = [kind.code for kind in kinds]
    wanted = codes if not heap else [heap]
    if heap not in LABELS and (kinds or heap in (work.OVERDUE,)):
        yield _values(_mine(asker, wanted), "case", {"ident": F("pk"), "due": F("first")})
    for errand in ERRANDS:
        if heap in ("", errand.code):
            rows = errand.rows(asker)
            if rows is not None:
                yield _values(rows, errand.code, errand.columns)


def _mine(asker: Asker, codes: list[str]) -> QuerySet[Any]:
    """The open cases on these heaps, by id, each with what runs out `first` on it."""
    mine = work.open_cases(asker).filter(work.on_heap(asker, codes))
    running = FilteredRelation("clocks", condition=Q(clocks__stopped_at__isnull=True))
    presses = Choice(
        When(clock__kind="archive", then=None),
        When(paused=True, clock__kind="handle", then=None),
        default="clock__due_at",
    )
    never = Value(NEVER, output_field=DateTimeField())
    pressed = mine.annotate(clock=running).values("pk")
    found: QuerySet[Any] = pressed.annotate(first=Coalesce(Min(presses), never))
    return found


def _named(items: list[Item]) -> list[Item]:
    """The lines with what there is to say of their cases: only for those of a page, not for all."""
    numbers = [item.ident for item in items if item.kind == "case"]
    if not numbers:
        return items
    pressing = CaseClock.objects.filter(case=OuterRef("pk"), stopped_at__isnull=True)
    pressing = pressing.exclude(kind="archive").exclude(kind="handle", case__paused=True)
    first = pressing.order_by("due_at", "pk").values("provisional")[:1]
    columns = {**OF_A_CASE, "provisional": Coalesce(Subquery(first), Value(False))}
    rows = _values(Case.objects.filter(pk__in=numbers), "case", columns)
    there = {row[COLUMNS.index("ident")]: row for row in rows}
    said = {ident: dict(zip(COLUMNS, row, strict=True)) for ident, row in there.items()}
    kept = ("ident", "kind", "due")
    return [
        replace(item, **{k: v for k, v in said[item.ident].items() if k not in kept})
        if item.kind == "case" and item.ident in said
        else item
        for item in items
    ]


def _text(path: str) -> Any:
    return Coalesce(F(path), Value(""), output_field=CharField())


def _values(rows: QuerySet[Any], kind: str, given: dict[str, Any]) -> QuerySet[Any]:
    """These rows as lines of the desk, under names of their own, for a model has the others."""
    blank: dict[str, Any] = {
        "ident": F("pk"),
        "due": Value(NEVER, output_field=DateTimeField()),
        "urgent": Value(False, output_field=BooleanField()),
        "sensitive": Value(False, output_field=BooleanField()),
        "level": Value(0, output_field=IntegerField()),
        "rounds": Value(1, output_field=IntegerField()),
        "provisional": Value(False, output_field=BooleanField()),
        "since": Value(NEVER, output_field=DateTimeField()),
    }
    columns = {}
    for name in COLUMNS:
        found = given.get(name, blank.get(name, Value("", output_field=CharField())))
        if name == "kind":
            found = Value(kind, output_field=CharField())
        columns[f"x_{name}"] = _text(found) if isinstance(found, str) else found
    lines: QuerySet[Any] = rows.order_by().annotate(**columns).values_list(*columns)
    return lines


def _cut(rows: QuerySet[Any], place: tuple[datetime, str, int] | None, size: int) -> QuerySet[Any]:
    if place is not None:
        due, kind, ident = place
        rows = rows.filter(
            Q(x_due__gt=due)
            | Q(x_due=due, x_kind__gt=kind)
            | Q(x_due=due, x_kind=kind, x_ident__gt=ident)
        )
    return rows.order_by("x_due", "x_kind", "x_ident")[: size + 1]


def _together(parts: list[QuerySet[Any]]) -> QuerySet[Any]:
    found: QuerySet[Any] = parts[0]
    for part in parts[1:]:
        found = found.union(part, all=True)
    return found


def _place(mark: str) -> tuple[datetime, str, int] | None:
    """The place in the list that a mark names; the beginning for one that is not ours."""
    try:
        due, kind, ident = signing.loads(mark, salt=SALT) if mark else ("", "", 0)
        return (datetime.fromisoformat(due), str(kind), int(ident)) if due else None
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _spoken(asker: Asker, item: Item) -> Item:
    """As this asker may read it, without the sentinel."""
    hidden = complained_about(asker, item.about_path)
    title = without_remains(item.title) if hidden else item.title
    return replace(item, title=title, due=None if item.due == NEVER else item.due)
