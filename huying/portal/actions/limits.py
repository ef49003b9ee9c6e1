"""Counts how often somebody knocks, in PostgreSQL, so that all web processes count together."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext as _

from huying.kernel import secrets
from huying.kernel.clock import now
from huying.kernel.errors import Refusal
from huying.portal.models import PhoneCode, Tally
from huying.portal.rules.limits import DAY, Limit


class TooMany(Refusal):
    """Too often in a short time."""

    status = 429
    code = "too_many"


def spend(limits: Sequence[Limit], who: str) -> None:
    """Count one knock of `who` on every limit; refuse when one is used up. One statement each.

    It counts outside the verb's transaction, so that refused knocks count too.
    """
    if not who:
        return
    key = secrets.keyed_digest(f"knock:{who}")
    for limit in limits:
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into portal_tally (kind, key, window, count) values (%s, %s, %s, 1)"
                " on conflict (kind, key, window) do update set count = portal_tally.count + 1"
                " returning count".replace("window", '"window"'),
                [limit.kind, key, limit.window(now())],
            )
            (count,) = cursor.fetchone()
        if count > limit.most:
            minutes = int(limit.length.total_seconds() // 60)
            raise TooMany(
                _("操作太频繁了。"),
                remedy=_("请过一分钟再试。") if minutes <= 1 else _("请稍后再试，或拨打 12345。"),
            )


def forget() -> int:
    """Remove counts and codes of days gone by."""
    before = now() - 2 * DAY
    PhoneCode.objects.filter(until__lt=before).delete()
    return Tally.objects.filter(window__lt=before).delete()[0]
