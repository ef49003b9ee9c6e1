"""对账: compare our book of the city's orders with the city's, and mend what differs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from huying.cases.actions.city_in import (
    IN,
    apply_waiting,
    keep,
    line_is_down,
    order_of,
    read_message,
)
from huying.cases.actions.city_out import OUT, hand_over, report
from huying.cases.actions.city_verbs import city_redo, city_rule
from huying.cases.adapters.city_line import Line, LineDown, city_line
from huying.cases.models import Case, CityCheck, CityDifference, CityMessage
from huying.cases.queries.city import our_book, our_standing
from huying.cases.queries.ledger import load
from huying.cases.rules.city import OVER, Report, Standing, differences
from huying.kernel.asker import Asker, System
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.kernel.errors import NotFound, NotNow
from huying.kernel.verbs import act, require

LOOKED_BACK = timedelta(days=30)
TRIES = 3  # an order may move while it is mended


def check_daily() -> None:
    """The daily reconciliation; nothing where the district has no line."""
    if city_line() is not None:
        check_city(by=System("city", "市热线线路"))


def check_city(*, by: Asker, since: datetime | None = None) -> CityCheck:
    """Compare both books: every order open or sent since then (by default in a month).

    When the city's book cannot be had, that is what the reconciliation says.
    """
    first = since or datetime.combine((now() - LOOKED_BACK).date(), time.min, DISTRICT_ZONE)
    with act("cases.city_line", by=by) as deed:
        require("cases.city_line", by)
        check = CityCheck(at=now(), since=first, by=by.label)
        found: list[CityDifference] = []
        try:
            theirs = {one.order: one for one in _line().orders(first)}
            ours = our_book(first, theirs)
            for order in sorted(ours.keys() - theirs.keys()):
                if (one := _line().order(order)) is not None:
                    theirs[order] = one
            check.ours, check.theirs = len(ours), len(theirs)
            for order in sorted(ours.keys() | theirs.keys()):
                found += _differences(order, ours.get(order), theirs.get(order))
        except LineDown as down:
            check.error = str(down)[:500]
        check.save()
        for difference in found:
            difference.found = check
        CityDifference.objects.bulk_create(found)
        deed.on("city_check", str(check.pk), differences=len(found), down=bool(check.error))
    return check


def mend_city(difference_id: int, *, by: Asker) -> CityDifference:
    """Mend one difference with its remedy; with it go the others of the same order.

    NotNow when the two books still differ, or the line is down.
    """
    with act("cases.city_line", by=by) as deed:
        require("cases.city_line", by)
        row = CityDifference.objects.select_for_update().filter(pk=difference_id).first()
        if row is None:
            raise NotFound(_("没有这条差异。"))
        if row.mended_at is not None:
            raise NotNow(_("这条差异已经处理。"), remedy=_("请刷新页面。"))
        deed.on("city_difference", str(difference_id), order=row.order, what=row.kind)
        try:
            left = _mended(row.order, by)
        except LineDown as down:
            raise line_is_down(down) from down
        if left:
            names = dict(CityDifference._meta.get_field("kind").choices or ())
            told = "、".join(str(names[kind]) for kind, _remedy in left)
            raise NotNow(_("处理后仍有差异：%(left)s。") % {"left": told}, remedy=_("请人工核对。"))
        same = CityDifference.objects.filter(found=row.found_id, order=row.order, mended_at=None)
        same.update(mended_at=now(), mended_by=by.label)
        row.refresh_from_db()
    return row


def _line() -> Line:
    line = city_line()
    if line is None:
        raise LineDown(_("没有配置市热线线路"))
    return line


def _differences(
    order: str, ours: Standing | None, theirs: Standing | None
) -> Iterable[CityDifference]:
    for kind, remedy in differences(ours, theirs):
        yield CityDifference(
            order=order,
            kind=kind,
            remedy=remedy,
            ours=_shown(kind, ours),
            theirs=_shown(kind, theirs),
        )


def _shown(kind: str, standing: Standing | None) -> str:
    """What a side has of a kind, as a code that the page says in words."""
    if standing is None:
        return ""
    if kind == "due":
        return standing.due
    if kind == "reply":
        return standing.reply[:8]
    return f"{standing.state}/{standing.round}/{standing.asked}"


def _mended(order: str, by: Asker) -> list[tuple[str, str]]:
    """Mend an order in as many steps as it takes; answers what is left."""
    left: list[tuple[str, str]] = []
    for _time in range(TRIES):
        kept = CityMessage.objects.filter(way=IN, order=order).aggregate(newest=Max("pk"))["newest"]
        ours, theirs = our_standing(order), _line().order(order)
        if ours is not None and theirs is not None:
            if theirs.said > ours.said:
                _pull(order, ours.said)
            if ours.told > theirs.told:
                _push(order, theirs.told)
            ours, theirs = our_standing(order), _line().order(order)
        left = differences(ours, theirs)
        if not left:
            _settle(order, theirs.said if theirs else 0, kept or 0)
            return []
        for kind, remedy in left:
            _remedy(order, kind, remedy, ours, theirs, by)
    return left


def _remedy(
    order: str,
    kind: str,
    remedy: str,
    ours: Standing | None,
    theirs: Standing | None,
    by: Asker,
) -> None:
    if remedy == "pull":
        _pull(order, ours.said if ours else 0)
    elif remedy == "push":
        _push(order, theirs.told if theirs else 0)
    elif remedy == "report":
        _report(order)
    elif theirs is not None:
        _adopt(order, kind, theirs, by)


def _settle(order: str, said: int, kept: int) -> None:
    """What the city said and the mending brought about otherwise waits for nothing any more.

    A city that lost the order counts anew; what came before its book was read is in the book too.
    """
    rows = CityMessage.objects.filter(Q(sequence__lte=said) | Q(pk__lte=kept), way=IN, order=order)
    rows.exclude(state="done").update(state="done", error="", done_at=now())


def _pull(order: str, after: int) -> None:
    """Fetch what the city said and we never applied, and apply it."""
    for raw in _line().messages(order, after):
        keep(read_message(raw))
    apply_waiting(order, again=True)


def _push(order: str, after: int) -> None:
    """Send again what the city has not taken."""
    rows = CityMessage.objects.select_for_update().filter(way=OUT, order=order)
    for row in rows.filter(sequence__gt=after).order_by("sequence"):
        hand_over(row)


def _report(order: str) -> None:
    """Tell how the whole order stands here, as a message of its own."""
    case = Case.objects.select_for_update(of=("self",)).filter(**order_of(order)).get()
    content = {
        "title": case.title,
        "body": case.body,
        "address": case.address,
        "state": case.city_state,
        "round": case.city_round,
        "asked": case.city_asked,
        "due": case.city_due_at.isoformat() if case.city_due_at else "",
        "result": case.result if case.city_state == "answered" else "",
    }
    with transaction.atomic():
        report(load(case.number).ledger.case, [Report("report", content)], now())
        newest = CityMessage.objects.filter(way=OUT, order=order).order_by("-sequence").first()
        if newest is not None:
            hand_over(newest)


def _adopt(order: str, kind: str, theirs: Standing, by: Asker) -> None:
    """Let the city's side stand: its deadline, its end of the order, its ruling, its redo."""
    case = Case.objects.select_for_update(of=("self",)).filter(**order_of(order)).get()
    due_at = datetime.fromisoformat(theirs.due) if theirs.due else None
    why = _("对账：以市热线为准")
    version = case.version
    if kind == "due":
        if due_at is not None:
            city_rule(
                case.number, version=version, by=by, ruling="deadline", reason=why, due_at=due_at
            )
        return
    if theirs.state in OVER and case.city_state != theirs.state:
        ruling = {"returned": "return_approved", "withdrawn": "withdrawn"}[theirs.state]
        city_rule(case.number, version=version, by=by, ruling=ruling, reason=why)
    elif theirs.round > case.city_round:
        city_redo(case.number, version=version, by=by, reason=why, due_at=due_at)
    elif case.city_asked and not theirs.asked:
        ruling = f"{case.city_asked}_rejected"
        city_rule(case.number, version=version, by=by, ruling=ruling, reason=why)
