"""Rows that lie in an area, as a condition: what every question of this room is narrowed by."""

from __future__ import annotations

from django.db.models import Q

from huying.kernel.asker import Area


def under(field: str, area: Area) -> Q:
    """Rows whose path lies in an area; none at all for an empty one."""
    condition = Q(pk__in=[])
    for path in area.paths:
        condition |= Q(**{f"{field}__startswith": path})
    return condition
