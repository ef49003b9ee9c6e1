"""How the city hotline's line does, and how our book of its orders stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Max, Min, Q, QuerySet

from huying.cases.adapters.city_line import city_line, digest_of
from huying.cases.models import Case, CityCheck, CityDifference, CityMessage
from huying.cases.rules.city import OVER, Standing, spelled
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.verbs import require

LATE = timedelta(minutes=5)
DISTRICT_DEPTH = 2
IN, OUT = CityMessage.Way.IN, CityMessage.Way.OUT


@dataclass(frozen=True)
class LineStatus:
    """The line at a glance: last signs of life, and what hangs."""

    configured: bool
    heard_at: datetime | None
    sent_at: datetime | None
    waiting_in: int
    waiting_out: int
    refused: int
    oldest_out: datetime | None

    @property
    def down(self) -> bool:
        """Whether what we have to say has been waiting too long."""
        return self.oldest_out is not None and self.oldest_out < now() - LATE


def line_status(asker: Asker) -> LineStatus:
    """How the line does. One statement."""
    require("cases.city_line", asker)
    return _status()


def line_seen(asker: Asker) -> LineStatus | None:
    """The same for the morning meeting of the whole district; None for those below."""
    area = asker.area("cases.morning")
    if not any(path.count("/") <= DISTRICT_DEPTH for path in area.paths):
        return None
    return _status()


def _status() -> LineStatus:
    waiting, refused = Q(state="waiting"), Q(state="refused")
    found = CityMessage.objects.aggregate(
        heard_at=Max("kept_at", filter=Q(way=IN, by_sheet=False)),
        sent_at=Max("done_at", filter=Q(way=OUT, state="done")),
        waiting_in=Count("pk", filter=waiting & Q(way=IN)),
        waiting_out=Count("pk", filter=waiting & Q(way=OUT)),
        refused=Count("pk", filter=refused),
        oldest_out=Min("kept_at", filter=waiting & Q(way=OUT)),
    )
    return LineStatus(city_line() is not None, **found)


def open_messages(asker: Asker, most: int = 200) -> list[CityMessage]:
    """What waits or was refused, the oldest first. One statement."""
    require("cases.city_line", asker)
    rows = CityMessage.objects.exclude(state="done").defer("content").order_by("id")
    return list(rows[:most])


def latest_check(asker: Asker) -> CityCheck | None:
    """The last reconciliation."""
    require("cases.city_line", asker)
    return CityCheck.objects.order_by("-id").first()


def open_differences(asker: Asker) -> list[CityDifference]:
    """What the last reconciliation found and nobody mended yet. Two statements."""
    check = latest_check(asker)
    if check is None:
        return []
    return list(check.differences.filter(mended_at=None).order_by("order", "id"))


def case_numbers(orders: Iterable[str]) -> dict[str, str]:
    """City number → our number, for those of them that we have. One statement."""
    return dict(
        city_cases().filter(external_number__in=orders).values_list("external_number", "number")
    )


def city_cases() -> QuerySet[Case]:
    """The orders of the city among the cases."""
    return Case.objects.filter(channel="hotline", imported=False).exclude(external_number="")


def our_book(since: datetime, orders: Iterable[str] = ()) -> dict[str, Standing]:
    """How our orders stand: those open or registered since then, and those named. Two statements.

    Orders that a bulk plan wrote never went over a line.
    """
    wanted = Q(registered_at__gte=since) | ~Q(city_state__in=["answered", *OVER])
    rows = city_cases().filter(bulk=False).filter(wanted | Q(external_number__in=list(orders)))
    columns = ("external_number", "city_state", "city_round", "city_asked", "city_due_at", "result")
    found = list(rows.values_list(*columns))
    counts = sequences([row[0] for row in found])
    return {
        order: Standing(
            order,
            state,
            redone,
            asked,
            spelled(due_at),
            digest_of(result) if state == "answered" else "",
            *counts.get(order, (0, 0)),
        )
        for order, state, redone, asked, due_at, result in found
    }


def sequences(orders: Iterable[str]) -> dict[str, tuple[int, int]]:
    """City number → how many of its messages we applied, and how many we made. One statement."""
    rows = CityMessage.objects.filter(order__in=list(orders)).values("order")
    counted = rows.annotate(
        heard=Max("sequence", filter=Q(way=IN, state="done")),
        told=Max("sequence", filter=Q(way=OUT)),
    )
    found = counted.annotate(number=F("order")).values_list("number", "heard", "told")
    return {order: (heard or 0, told or 0) for order, heard, told in found}


def our_standing(order: str) -> Standing | None:
    """How one order stands here; None when we have none of this number."""
    return our_book(now() + timedelta(days=1), [order]).get(order)
