"""Which unit's ground a point or an address names; nothing is guessed."""

from __future__ import annotations

from huying.org import queries as org
from huying.org.models import Unit

GROUND = (Unit.Kind.STREET, Unit.Kind.COMMUNITY, Unit.Kind.GRID)


def found_place(longitude: float | None, latitude: float | None, address: str) -> str | None:
    """The code of the unit on whose ground the point lies, else the address names; else None.

    An address that only names the district, or could mean several places, names none.
    """
    unit = None
    if longitude is not None and latitude is not None:
        unit = org.grid_at(longitude, latitude)
    if unit is None and address.strip():
        unit = org.place_of_address(address).unit
    return unit.code if unit is not None and unit.kind in GROUND else None
