"""Long work of this room: a large import."""

from __future__ import annotations

import uuid

from huying.kernel.errors import Forbidden, Invalid
from huying.kernel.jobs import Work
from huying.org import actions, queries
from huying.org.models import Account


def run_import(work: Work) -> None:
    """Import in one transaction with its owner's rights of now; after a crash, from the start."""
    kind, _mark, number = work.owner_id.partition(":")
    account = Account.objects.filter(pk=int(number)).first() if kind == "person" else None
    if account is None or not queries.may_sign_in(account):
        raise Forbidden("发起导入的账户已停用。")

    def progress(done: int, total: int) -> None:
        work.progress(done, total)
        work.stop_if_cancelled()

    with actions.open_upload(uuid.UUID(work.params["blob"])) as file:
        try:
            actions.import_workbook(file, by=queries.asker_for(account), progress=progress)
        except Invalid as refusal:
            first = "; ".join(f"{fault.where} {fault.what}" for fault in refusal.faults[:20])
            raise Invalid(f"{refusal.message} {first}", remedy=refusal.remedy) from refusal
