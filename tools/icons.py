"""Builds huying/web/static/web/icons.svg from an unpacked @tabler/icons package (MIT).

Run by hand when a page needs another picture: `python tools/icons.py PATH_OF_PACKAGE`. The package
has six thousand files, too many for a fresh machine to fetch at every start; the sprite is kept.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

SPRITE = Path(__file__).resolve().parents[1] / "huying/web/static/web/icons.svg"
NAMES = """
activity adjustments alarm alert-circle alert-triangle archive arrow-back-up arrow-down
arrow-forward-up arrow-left arrow-right arrow-up ban bell bolt book bookmark brand-wechat
building building-bank building-community calendar calendar-event calendar-time camera
certificate chart-bar chart-line check checklist checks chevron-down chevron-left chevron-right
chevron-up circle-check circle-x clipboard-check clipboard-list clock clock-exclamation
clock-pause cloud cloud-off columns copy corner-up-left database device-floppy device-mobile
dots dots-vertical download edit exchange external-link eye eye-off eyeglass face-id file
file-export file-import file-text file-type-csv file-type-xls filter filter-off flag flame
folder gavel hand-stop headset heart-handshake help helmet history home home-2 hourglass id
id-badge-2 inbox info-circle key keyboard language layout-dashboard layout-grid link list
list-check list-details list-search loader-2 lock lock-open login logout mail map map-2 map-pin
map-pin-off menu-2 message message-2 message-report messages mood-smile moon network note notes
notification paperclip pencil phone phone-call photo player-pause player-play player-stop plug
plus point printer progress qrcode question-mark radar refresh reload repeat report
report-analytics road route rss scan search section select send server settings share shield
shield-check shield-lock sitemap sort-ascending sort-descending speakerphone square-check
stack-2 star stars sun table tag tags thumb-down thumb-up tool transfer trash trending-down
trending-up truck-delivery typography upload urgent user user-check user-circle user-cog
user-plus user-question user-search users users-group versions video wand wifi-off world x
zoom-in zoom-out
"""


def symbol(package: Path, name: str) -> str:
    """One picture as a symbol, without the frame and the attributes that the page sets."""
    text = (package / "icons" / "outline" / f"{name}.svg").read_text()
    inside = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    body = inside.split(">", 1)[1].rsplit("</svg>", 1)[0]
    body = re.sub(r"\s+", " ", body).replace("> <", "><").strip()
    return f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>'


def main() -> None:
    """Write the sprite from the package given as the only argument."""
    package = Path(sys.argv[1])
    symbols = "\n".join(symbol(package, name) for name in NAMES.split())
    SPRITE.write_text(
        f"<!-- Tabler Icons, MIT, Copyright (c) Paweł Kuna; made by tools/icons.py -->\n"
        f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'
    )


if __name__ == "__main__":
    main()
