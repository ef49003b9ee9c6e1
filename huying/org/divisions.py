"""The real divisions of Wuchang, from city to community, as rows ready to install."""

from __future__ import annotations

import csv
from pathlib import Path

from huying.org.actions.units import UnitRow

DATA = Path(__file__).parent / "data"
CITY = UnitRow("420100", "武汉市", "city")
DISTRICT = UnitRow("420106", "武昌区", "district", "420100")


def wuchang() -> list[UnitRow]:
    """City, district, 15 street-level units, 144 communities; parents before children."""
    streets = [
        UnitRow(
            row["code"],
            row["name"],
            "street",
            DISTRICT.code,
            row["name"].removesuffix("(武昌)").removesuffix("（武昌）").removesuffix("街道"),
        )
        for row in _rows("wuchang_streets.csv")
    ]
    communities = [
        UnitRow(
            row["code"],
            row["name"].removesuffix("居委会"),
            "community",
            row["streetCode"],
            row["name"].removesuffix("居委会").removesuffix("社区"),
        )
        for row in _rows("wuchang_communities.csv")
    ]
    return [CITY, DISTRICT, *streets, *communities]


def departments(path: Path) -> list[UnitRow]:
    """The list of departments in a CSV file: code, kind, parent, name, short_name, keywords."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            UnitRow(
                row["code"],
                row["name"],
                row["kind"],
                row["parent"],
                row["short_name"],
                tuple(row["keywords"].split()),
            )
            for row in csv.DictReader(file)
        ]


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
