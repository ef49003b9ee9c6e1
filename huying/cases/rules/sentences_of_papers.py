"""What was done with papers, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from huying.cases.rules.papers import KINDS


def _named(data: dict[str, Any]) -> dict[str, str]:
    kind = KINDS.get(data.get("kind", ""))
    return {"kind": str(kind.label) if kind else "", "number": data.get("paper", "")}


PAPERS: dict[str, Callable[[dict[str, Any]], str]] = {
    "issue_paper": lambda data: _("出具%(kind)s %(number)s") % _named(data),
    "sign_paper": lambda data: _("签发%(kind)s %(number)s") % _named(data),
    "void_paper": lambda data: _("作废%(kind)s %(number)s") % _named(data),
}
