"""Opens the one transaction of a verb: lock, check area, right, version, state; then write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func, Value
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from huying.cases.actions.calling_rows import write_called
from huying.cases.actions.city_out import report
from huying.cases.actions.tied_rows import write_tied
from huying.cases.events import CallChanged, CaseChanged
from huying.cases.models import (
    Callback,
    Case,
    CaseClock,
    CaseEvent,
    CaseRequest,
    CaseUnit,
    Evaluation,
    SupervisionOrder,
)
from huying.cases.queries.identity import Hider, complained_about, hider
from huying.cases.queries.ledger import (
    COLUMNS,
    Units,
    clock_rules,
    due_by_calendar,
    load,
    no_such_case,
)
from huying.cases.queries.rights import paths_of
from huying.cases.rules.called import CallFact
from huying.cases.rules.facts import (
    CallbackFact,
    CaseFacts,
    ClockFact,
    Doing,
    EventFact,
    HandlerFact,
    Ledger,
    OrderFact,
    RequestFact,
)
from huying.cases.rules.steps import STEPS
from huying.cases.rules.words import bigrams
from huying.kernel.asker import Asker, Stranger, may
from huying.kernel.clock import now
from huying.kernel.errors import NotFound, Stale, Unauthenticated
from huying.kernel.verbs import VERBS, Deed, act, act_on_many, require

ORDER_CHANGES = (
    *("answer", "answered_at", "answered_by"),
    *("closed_at", "closed_by", "closing", "lapsed_at"),
)


@dataclass(frozen=True)
class Done:
    """Where a case stands after a verb."""

    number: str
    version: int
    state: str
    due_at: datetime | None = None
    due_provisional: bool = False


@dataclass
class Taking:
    """A case taken in hand by one verb: locked, checked, ready for its step."""

    case_id: int
    ledger: Ledger
    doing: Doing
    units: Units
    hide: Hider

    def step(self, verb: str, **args: Any) -> None:
        """Do what the rules say this verb changes."""
        STEPS[verb](self.ledger, self.doing, **args)

    @property
    def done(self) -> Done:
        """Where the case stands now."""
        return done(self.ledger.case)


def done(case: CaseFacts) -> Done:
    """Where these facts stand."""
    return Done(case.number, case.version, case.state, case.due_at, case.due_provisional)


@contextmanager
def take(
    verb: str,
    number: str,
    *,
    version: int,
    by: Asker,
    units: tuple[str | None, ...] = (),
    also: tuple[str, ...] = (),
) -> Iterator[Taking]:
    """The frame of every verb on an existing case; `units` are codes the verb will ask for.

    Refuses in this order: not signed in, no such case (or outside the asker's area), no right,
    stale; the step itself then refuses by state. `also` are numbers of cases held as well.
    """
    with take_many(verb, number, version=version, by=by, units=units, also=also) as (taking, _all):
        yield taking


@contextmanager
def take_many(
    verb: str,
    number: str,
    *,
    version: int,
    by: Asker,
    units: tuple[str | None, ...] = (),
    also: tuple[str, ...] = (),
) -> Iterator[tuple[Taking, list[Deed]]]:
    """The same for a verb that writes other cases besides, and adds a deed for each."""
    with act_on_many(f"cases.{verb}", by=by) as deeds:
        deed = Deed(f"cases.{verb}", by)
        deeds.append(deed)
        if also:
            hold(number, *also)
        loaded = load(number, lock=True)
        ledger = loaded.ledger
        known = Units(units)
        _guard(verb, ledger, by, known.district.path)
        if ledger.case.version != version:
            raise stale(loaded.id, ledger.case.version, version)
        before = dict(vars(ledger.case))
        hide = hider(loaded.id)
        taking = Taking(loaded.id, ledger, doing_now(by, known, hide), known, hide)
        yield taking, deeds
        write(taking, before)
        report(ledger.case, ledger.reports, taking.doing.at)
        tell(deed, taking)


@contextmanager
def take_beside(
    verb: str,
    number: str,
    *,
    by: Asker,
    told: str,
    version: int | None = None,
    own: bool = False,
    absent: NotFound | None = None,
) -> Iterator[Taking]:
    """The frame of a verb on what lies beside a case, as a paper or a sending does.

    The case is locked, and seen unless the errand is the asker's `own`; `absent` is said where it
    may not be seen, for then its number is not told either. The caller asks for the right where the
    thing lies. `told` names what of the last line of history the audit keeps.
    """
    with act(f"cases.{verb}", by=by) as deed:
        require_signed_in(by)
        loaded = load(number, lock=True)
        units, ledger = Units(), loaded.ledger
        about = ledger.about.path if ledger.about else ""
        secret = ledger.case.confidential and complained_about(by, about)
        if not own and (secret or not may(by, "cases.view", *ledger.case.scope)):
            raise absent or no_such_case(number)
        require(f"cases.{verb}", by)
        if version is not None and version != ledger.case.version:
            raise stale(loaded.id, ledger.case.version, version)
        hide = hider(loaded.id)
        taking = Taking(loaded.id, ledger, doing_now(by, units, hide), units, hide)
        before = dict(vars(ledger.case))
        yield taking
        write(taking, before)
        tell(deed, taking)
        deed.detail[told] = ledger.events[-1].data[told]


def hold(*case_numbers: str) -> None:
    """Lock cases in the order of their ids, so that two verbs never wait for each other."""
    rows = Case.objects.select_for_update().filter(number__in=case_numbers).order_by("pk")
    list(rows.values_list("pk"))


def doing_now(by: Asker, units: Units, hide: Hider) -> Doing:
    """Who acts, now, under the deadlines now in force."""
    return Doing(now(), by.id, by.label, clock_rules(), due_by_calendar(), units.district, hide)


def tell(deed: Deed, taking: Taking) -> None:
    """Name the deed's object for the audit and tell the rooms above."""
    case, event = taking.ledger.case, taking.ledger.events[-1]
    place = taking.ledger.place or taking.units.district
    if case.confidential:
        place = taking.units.district
    lead = taking.ledger.lead
    deed.on("case", case.number, place.path, version=case.version, to=case.state)
    if event.reason:
        deed.detail["reason"] = event.reason
    if case.imported:
        return
    for call in taking.ledger.calls:
        if call.lines:
            deed.tell(call_changed(call, case.number))
    deed.tell(
        CaseChanged(
            case.number,
            event.verb,
            event.from_state,
            event.to_state,
            case.version,
            case.round,
            event.at.isoformat(),
            place.path,
            lead.path if lead else "",
        )
    )


def call_changed(call: CallFact, case_number: str = "") -> CallChanged:
    """What is told of a call."""
    line = call.lines[-1]
    return CallChanged(
        call.number,
        line.verb,
        call.state,
        call.version,
        line.at.isoformat(),
        call.caller.path,
        call.lead.path,
        case_number,
    )


def search_vector(case: CaseFacts) -> Func:
    """The words of a case; its texts are masked, so a search tells nothing a page would not."""
    words = Value(search_words(case))
    return Func(words, function="array_to_tsvector", output_field=SearchVectorField())


def search_words(case: CaseFacts) -> list[str]:
    """The pairs of characters that a case is found by."""
    return bigrams(case.title, case.body, case.address, case.number, case.external_number)


def handler_row(case_id: int, fact: HandlerFact) -> CaseUnit:
    """A handler as the database keeps it."""
    return CaseUnit(
        case_id=case_id,
        unit_id=fact.unit.id,
        part=fact.part,
        since=fact.since,
        until=fact.until,
    )


def clock_row(case_id: int, fact: ClockFact) -> CaseClock:
    """A clock as the database keeps it."""
    return CaseClock(
        pk=fact.id,
        case_id=case_id,
        kind=fact.kind,
        rule=fact.rule,
        started_at=fact.started_at,
        due_at=fact.due_at,
        provisional=fact.provisional,
        pauses=[[_in_utc(start), _in_utc(end)] for start, end in fact.pauses],
        stopped_at=fact.stopped_at,
        outcome=fact.outcome,
    )


def _in_utc(at: datetime | None) -> str | None:
    """An instant in one zone always, for a loaded time and a fresh one must read the same."""
    return at.astimezone(UTC).isoformat() if at else None


def request_row(case_id: int, fact: RequestFact) -> CaseRequest:
    """A request as the database keeps it."""
    columns = {name: value for name, value in vars(fact).items() if name not in ("id", "unit")}
    return CaseRequest(pk=fact.id, case_id=case_id, unit_id=fact.unit.id, **columns)


def callback_row(case_id: int, fact: CallbackFact) -> Callback:
    """An attempt to call back as the database keeps it."""
    columns = {name: value for name, value in vars(fact).items() if name != "id"}
    return Callback(pk=fact.id, case_id=case_id, **columns)


def order_row(case_id: int, fact: OrderFact) -> SupervisionOrder:
    """An order of supervision as the database keeps it."""
    return SupervisionOrder(case_id=case_id, **vars(fact))


def event_row(case_id: int, fact: EventFact) -> CaseEvent:
    """A line of history as the database keeps it."""
    return CaseEvent(case_id=case_id, **vars(fact))


def write_new(*kept: tuple[int, Ledger]) -> None:
    """Insert what hangs on these cases and is not kept yet: one statement each, for all of them."""
    CaseEvent.objects.bulk_create([event_row(k, fact) for k, one in kept for fact in one.events])
    CaseClock.objects.bulk_create(
        [clock_row(k, fact) for k, one in kept for fact in one.clocks if fact.id is None]
    )
    CaseUnit.objects.bulk_create(
        [handler_row(k, fact) for k, one in kept for fact in one.handlers if fact.id is None]
    )
    CaseRequest.objects.bulk_create(
        [request_row(k, fact) for k, one in kept for fact in one.requests if fact.id is None]
    )
    SupervisionOrder.objects.bulk_create(
        [order_row(k, fact) for k, one in kept for fact in one.orders if fact.id is None]
    )
    Callback.objects.bulk_create(
        [callback_row(k, fact) for k, one in kept for fact in one.callbacks if fact.id is None]
    )
    Evaluation.objects.bulk_create(
        [
            Evaluation(case_id=k, **vars(fact))
            for k, one in kept
            for fact in one.evaluations
            if fact.id is None
        ]
    )


def require_signed_in(by: Asker) -> None:
    """Raise Unauthenticated for a stranger, whatever the matter."""
    if isinstance(by, Stranger):
        raise Unauthenticated(_("请先登录。"), remedy=_("登录后再办理。"))


def _guard(verb: str, ledger: Ledger, by: Asker, district_path: str) -> None:
    """404 outside the asker's area, 403 inside it without the right where the edge wants it."""
    require_signed_in(by)
    case = ledger.case
    if case.confidential and ledger.about and complained_about(by, ledger.about.path):
        raise no_such_case(case.number)
    paths = paths_of(verb, ledger, district_path)
    if paths and may(by, f"cases.{verb}", *paths):
        return
    if not may(by, "cases.view", *case.scope):
        raise no_such_case(case.number)
    require(f"cases.{verb}", by, *(paths or ["/"]))


def stale(case_id: int, current: int, seen: int) -> Stale:
    """What changed since the asker read the case, in words."""
    since = CaseEvent.objects.filter(case_id=case_id, version__gt=seen).order_by("version")
    changes = "、".join(
        f"{e.actor_label} {VERBS[f'cases.{e.verb}'].label} ({localtime(e.at):%m-%d %H:%M})"
        for e in since[:5]
    )
    return Stale(
        _("诉求已被更新：%(changes)s。") % {"changes": changes}
        if seen < current
        else _("诉求版本不符。"),
        remedy=_("请刷新页面，看过新的内容再办理。"),
    )


def write(taking: Taking, before: dict[str, Any]) -> None:
    """Write what the step changed: one statement for the case, one each for what hangs on it."""
    ledger, case_id = taking.ledger, taking.case_id
    after = vars(ledger.case)
    changed: dict[str, Any] = {k: after[k] for k in COLUMNS if after[k] != before[k]}
    if {"title", "body", "address", "external_number"} & changed.keys():
        changed["search"] = search_vector(ledger.case)
    Case.objects.filter(pk=case_id).update(**changed)
    relieved = [fact.id for fact in ledger.handlers if fact.id and fact.until]
    if relieved:
        CaseUnit.objects.filter(pk__in=relieved).update(until=taking.doing.at)
    stored = [clock_row(case_id, fact) for fact in ledger.clocks if fact.id]
    if stored:
        CaseClock.objects.bulk_update(
            stored, ["rule", "due_at", "provisional", "pauses", "stopped_at", "outcome"]
        )
    ruled = [request_row(case_id, fact) for fact in ledger.requests if fact.id]
    if ruled:
        CaseRequest.objects.bulk_update(ruled, ["data", "state", "ruled_at", "ruled_by", "ruling"])
    orders = [order_row(case_id, fact) for fact in ledger.orders if fact.id]
    if orders:
        SupervisionOrder.objects.bulk_update(orders, ORDER_CHANGES)
    write_called(case_id, ledger)
    write_tied(case_id, ledger)
    write_new((case_id, ledger))
