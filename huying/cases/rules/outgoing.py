"""Where cases go that are not handled here, and what may be published: tables, as data."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Track:
    """Another track: the code that the case keeps, the office, and what the citizen is told.

    What is `confidential` leaves the sight of everybody below the district, and of the unit
    complained about altogether.
    """

    code: str
    label: str | Promise
    office: str | Promise
    go_to: str | Promise
    article: str = "京§11 潍§19"
    confidential: bool = False


TRACKS = {
    track.code: track
    for track in (
        Track(
            "to_petition",
            _("已移交信访"),
            _("区信访局"),
            _("由区信访局办理，可凭移交单号查询"),
        ),
        Track(
            "to_discipline",
            _("已移交纪检监察"),
            _("区纪委监委"),
            _("由区纪委监委办理，可凭移交单号拨打 12388 查询"),
            confidential=True,
        ),
        Track(
            "to_litigation",
            _("已移交涉法涉诉"),
            _("区委政法委"),
            _("由政法机关依法处理，可凭移交单号查询"),
        ),
        Track(
            "to_police",
            _("已移交公安（110）"),
            _("区公安分局"),
            _("由公安机关办理；紧急情况请直接拨打 110"),
        ),
        Track(
            "to_fire",
            _("已移交消防（119）"),
            _("区消防救援大队"),
            _("由消防救援机构办理；紧急情况请直接拨打 119"),
        ),
    )
}

PUBLICATION_STATES = [
    ("asked", _("待批准")),
    ("approved", _("已批准")),
    ("rejected", _("不批准")),
    ("replaced", _("已更新")),
    ("withdrawn", _("已撤下")),
]
DELAYED_AT_MOST = 90  # days from its proposal after which what is approved must be visible [G]

# From the building on, an address points at somebody's home.
DOOR = re.compile(
    r"[0-9A-Za-z一二三四五六七八九十]+\s*(?:号楼|栋|幢|座|单元|楼|层|室|房|户)"
    r"(?:[0-9A-Za-z一二三四五六七八九十#\-—]*(?:号楼|栋|幢|座|单元|楼|层|室|房|户|号)?)*"
)
RESULT_SHOWN = ("awaiting_callback", "evaluated", "archived")  # where the answer passed review
BLUR = 3  # decimals of a degree that a public point keeps: about a hundred metres


def public_address(address: str) -> str:
    """The address as far as the building: `中华路1号3栋2单元501室` → `中华路1号`."""
    return DOOR.sub("", address).strip("，、- ")


def blurred(degrees: float | None) -> float | None:
    """A coordinate that shows the neighbourhood, not the door."""
    return None if degrees is None else round(degrees, BLUR)
