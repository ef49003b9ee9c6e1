"""The verb of having looked: what others did up to a moment is no news to this person any more."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from huying.cases.actions.writing import require_signed_in
from huying.cases.models import LastLook
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Forbidden
from huying.kernel.verbs import act, require


def mark_seen(*, by: Asker, upto: datetime) -> datetime:
    """看过了: up to `upto`, which never lies ahead and never moves the mark back.

    The mark hangs on the account, so that a second device shows the same.
    """
    with act("cases.mark_seen", by=by) as deed:
        require_signed_in(by)
        require("cases.mark_seen", by)
        account = getattr(by, "account_id", 0)
        if not account:
            raise Forbidden(_("只有人员才有“看过”的记录。"))
        look, _new = LastLook.objects.select_for_update().get_or_create(
            person_id=account, defaults={"seen_at": min(upto, now())}
        )
        look.seen_at = max(look.seen_at, min(upto, now()))
        look.save(update_fields=["seen_at"])
        deed.on("person", str(account))
        return look.seen_at
