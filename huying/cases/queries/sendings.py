"""Who was sent to look, who could be, and what an asker may do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from huying.cases.models import Case, Sending
from huying.cases.queries.identity import complained_about
from huying.cases.queries.ledger import unit_fact
from huying.cases.queries.scope import visible
from huying.cases.rules import sendings
from huying.cases.rules.facts import Ledger, UnitFact, ancestors
from huying.cases.rules.masks import without_remains
from huying.kernel.asker import Asker, Stranger, may
from huying.kernel.errors import NotFound, Unauthenticated
from huying.org import queries as org
from huying.org.models import Unit
from huying.org.queries import Hand

MOST = 9  # whom a panel offers at once; the others stand in the whole list
STREET_DEPTH = 3


@dataclass(frozen=True)
class Candidate:
    """Somebody who can be sent: why they come to mind, and where they are already on the way."""

    hand: Hand
    near: str
    busy: int


def no_such_sending() -> NotFound:
    """What is said of a sending that does not exist, and of one outside the asker's area."""
    return NotFound(_("没有这次派遣。"), remedy=_("请核对地址。"))


def own(asker: Asker) -> Q:
    """The errands of this very person."""
    return Q(person_id=getattr(asker, "account_id", 0) or 0)


def visible_sendings(asker: Asker) -> QuerySet[Sending]:
    """Those on visible cases and the asker's own, the newest first."""
    rows = Sending.objects.select_related("case__place", "unit")
    heavy = ("case__search", "case__original", "case__place__boundary", "unit__boundary")
    rows = rows.defer(*heavy).order_by("-sent_at", "-pk")
    return rows.filter(own(asker) | Q(case__in=visible(asker).order_by().values("pk")))


def errands(asker: Asker) -> list[Sending]:
    """Where the asker is sent and has not reported yet, the first due on top. One statement."""
    if not getattr(asker, "account_id", 0):
        return []
    rows = Sending.objects.filter(own(asker), state__in=sendings.OPEN)
    rows = rows.select_related("case__place").defer("case__search", "case__original")
    return [shown(asker, row) for row in rows.order_by("until", "pk")[:MOST]]


def sending_of(asker: Asker, identity: int) -> Sending:
    """One visible sending; NotFound otherwise."""
    if isinstance(asker, Stranger):
        raise Unauthenticated(_("请先登录。"), remedy=_("登录后再查看。"))
    row = visible_sendings(asker).select_related("case__about").filter(pk=identity).first()
    if row is None:
        raise no_such_sending()
    return shown(asker, row)


def shown(asker: Asker, row: Sending) -> Sending:
    """The same as this asker may read it: whoever is complained about learns nothing of who."""
    about = row.case.about
    if about is not None and complained_about(asker, about.path):
        for name in ("title", "body", "address"):
            setattr(row.case, name, without_remains(getattr(row.case, name)))
        for name in ("note", "report", "reason"):
            setattr(row, name, without_remains(getattr(row, name)))
    return row


def of_case(asker: Asker, case: Case) -> list[Sending]:
    """Everybody sent to a case, the newest first, as this asker may read it. One statement."""
    rows = Sending.objects.filter(case=case).select_related("unit").defer("unit__boundary")
    found = list(rows.order_by("-sent_at", "-pk"))
    for row in found:
        row.case = case  # with its unit complained about, which else is asked for row by row
    return [shown(asker, row) for row in found]


def sees_case(asker: Asker, row: Sending) -> bool:
    """Whether the page of the case itself opens for them. One statement."""
    return visible(asker).filter(pk=row.case_id).exists()


def verbs_on(asker: Asker, row: Sending, path: str) -> list[str]:
    """What this asker may do with a sending now: its buttons."""
    mine = row.person_id == getattr(asker, "account_id", 0)
    found = []
    for verb in sendings.usable(row.state):
        if verb in sendings.OWN:
            allowed = mine and bool(asker.area(f"cases.{verb}"))
        else:
            allowed = may(asker, f"cases.{verb}", path)
        if allowed:
            found.append(verb)
    return found


def sending_path(ledger: Ledger, district: str) -> str:
    """Where the right to send must hold: where the matter lies, the district without a place."""
    place = ledger.place
    return place.path if place is not None and not ledger.case.confidential else district


def path_of_case(case: Case, district: str) -> str:
    """The same for a row with its place joined."""
    return case.place.path if case.place is not None and not case.confidential else district


def may_send(asker: Asker, case: Case, district: str) -> bool:
    """Whether the asker may send somebody to this case now."""
    ready = case.state in sendings.SENDABLE and not case.confidential and not case.imported
    return ready and may(asker, "cases.send_someone", path_of_case(case, district))


def hand_of(asker: Asker, ledger: Ledger, person: int) -> Hand | None:
    """The person, when they can be sent to this case. One statement."""
    handlers = [handler.unit for handler in ledger.current()]
    found = org.hands(asker, _grounds(ledger.place, handlers), person=person)
    return next(iter(_fit(found, ledger.about)), None)


def candidates(asker: Asker, case: Case, handlers: Sequence[UnitFact] = ()) -> list[Candidate]:
    """Whom to send to a case, who stands nearest first. Two statements."""
    place = unit_fact(case.place)
    found = _fit(org.hands(asker, _grounds(place, handlers)), unit_fact(case.about))
    here = place.path if place else ""
    found.sort(key=lambda hand: -_common(hand.area_path, here) - (hand.area_path == here))
    found = [hand for hand in found if hand.account_id != getattr(asker, "account_id", 0)]
    busy: dict[int, int] = {}
    open_ = Sending.objects.filter(state__in=sendings.OPEN)
    for person in open_.values_list("person_id", flat=True):
        busy[person] = busy.get(person, 0) + 1
    return [Candidate(hand, _near(hand, here), busy.get(hand.account_id, 0)) for hand in found]


def _near(hand: Hand, here: str) -> str:
    shared = _common(hand.area_path, here)
    if shared and hand.area_path == here and hand.role == "grid_worker":
        return _("本网格")
    if shared > STREET_DEPTH:
        return _("本社区")
    return _("本街道") if shared == STREET_DEPTH else _("承办单位")


def _common(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one.strip("/").split("/"), other.strip("/").split("/"), strict=False):
        if left != right:
            break
        count += 1
    return count


def _grounds(place: UnitFact | None, handlers: Sequence[UnitFact]) -> list[str]:
    """Where those who can be sent have their posts: the street of the case, and its handlers."""
    found = [ancestors(place.path)[:STREET_DEPTH][-1]] if place is not None else []
    return [*found, *(unit.path for unit in handlers if unit.kind != Unit.Kind.DISTRICT)]


def _fit(found: Sequence[Hand], about: UnitFact | None) -> list[Hand]:
    """Without those of the unit complained about, who would meet whoever complained."""
    if about is None:
        return list(found)
    return [hand for hand in found if not hand.unit_path.startswith(about.path)]
