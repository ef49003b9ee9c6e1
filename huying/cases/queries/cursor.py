"""Pages of a list by cursor: the next one starts after the last row's time and id."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from huying.cases.models import Case
from huying.kernel.errors import Fault, Invalid
from huying.web.paging import of_page


def page_of(rows: QuerySet[Case], after: str, limit: int) -> tuple[list[Case], str]:
    """Up to `limit` rows after the cursor, newest first, and the cursor of the next page or ``."""
    if after:
        at, identity = _read(after)
        # The first condition alone bounds the index scan; the second settles rows of one instant.
        rows = rows.filter(registered_at__lte=at).filter(
            Q(registered_at__lt=at) | Q(registered_at=at, pk__lt=identity)
        )
    found = list(of_page(rows, rows, limit + 1))
    if len(found) <= limit:
        return found, ""
    last = found[limit - 1]
    return found[:limit], f"{last.registered_at.isoformat()}~{last.pk}"


def _read(cursor: str) -> tuple[datetime, int]:
    at, _tilde, identity = cursor.replace(" ", "+").partition("~")
    try:
        found = datetime.fromisoformat(at), int(identity)
    except ValueError:
        found = None
    if found is None or found[0].tzinfo is None:
        what = _("翻页标记无效。")
        raise Invalid(what, faults=[Fault("after", what, _("请原样传回上一页的 next。"))])
    return found
