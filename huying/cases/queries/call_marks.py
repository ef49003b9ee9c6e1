"""What a call counts for: answered and settled in time, rated, ruled to be one's own duty."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huying.kernel.clock import now

GOOD = 3  # of five grades


def _answer_due() -> Q:
    """Answered, or its time for the answer was over while it still stood."""
    over = Q(answer_due__lte=Coalesce(F("ended_at"), now()))
    return Q(answered_at__isnull=False) | over


def _handling_due() -> Q:
    """Done, or its time was over while it still stood."""
    return Q(state="done") | Q(due_at__lte=Coalesce(F("ended_at"), now()))


# Each mark with its condition; a share is one mark over another.
MARKS: Mapping[str, tuple[str | Promise, Callable[[], Q]]] = {
    "answer_due": (_("应应答"), _answer_due),
    "answered": (_("按时应答"), lambda: Q(answered_at__lte=F("answer_due"))),
    "handling_due": (_("应办结"), _handling_due),
    "handled": (_("按时办结"), lambda: Q(state="done", ended_at__lte=F("due_at"))),
    "rated": (_("呼叫方已评价"), lambda: Q(caller_grade__isnull=False)),
    "good": (_("呼叫方评价一般以上"), lambda: Q(caller_grade__gte=GOOD)),
    "misused": (_("裁定属自身职责"), lambda: Q(misuse=True)),
}


def marked(mark: str) -> Q:
    """The condition of one mark."""
    return MARKS[mark][1]()
