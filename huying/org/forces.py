"""Whom one can send: people in business posts of some ground, with their telephones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.verbs import require
from huying.org.models import Holding


@dataclass(frozen=True)
class Hand:
    """A person of the forces of a ground, by the post that brings them there."""

    account_id: int
    name: str
    phone: str
    role: str
    title: str
    unit_id: int
    unit_name: str
    unit_path: str
    area_path: str


def hands(
    asker: Asker, paths: Collection[str], *, person: int = 0, roles: Collection[str] = ()
) -> list[Hand]:
    """Who holds a business post in units at or below these paths, in the order of their ground.

    Each once, by their first post. Whom to send is no secret among the administration, so this
    reaches beyond the asker's area as `on_duty` does. One statement.
    """
    require("org.view", asker)
    at = now()
    there = Q(pk__in=[])
    for path in paths:
        there |= Q(post__unit__path__startswith=path)
    rows = Holding.objects.filter(
        there,
        Q(until__isnull=True) | Q(until__gt=at),
        since__lte=at,
        post__active=True,
        post__unit__active=True,
        post__role__duty="business",
        person__is_active=True,
    ).exclude(post__role__code="citizen")
    if person:
        rows = rows.filter(person_id=person)
    if roles:
        rows = rows.filter(post__role__code__in=list(roles))
    columns = (
        *("person_id", "person__name", "person__phone", "post__role__code", "post__title"),
        *("post__unit_id", "post__unit__name", "post__unit__path", "post__area__path"),
    )
    found: dict[int, Hand] = {}
    for row in rows.order_by("post__area__path", "person__pinyin", "id").values_list(*columns):
        found.setdefault(row[0], Hand(*row))
    return list(found.values())
