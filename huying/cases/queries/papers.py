"""Files of cases: who may read them."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from huying.cases.models import Attachment
from huying.cases.queries.identity import complained_about
from huying.cases.queries.scope import visible
from huying.kernel.asker import Asker
from huying.kernel.errors import NotFound


def attachment(asker: Asker, attachment_id: uuid.UUID, number: str = "") -> Attachment:
    """A file of a visible case; NotFound for others, and for whom it speaks of."""
    row = (
        Attachment.objects.select_related("blob", "case__about")
        .filter(pk=attachment_id, case__in=visible(asker).order_by())
        .first()
    )
    if row is None or (number and row.case.number != number) or not _may_read(asker, row):
        raise NotFound(_("没有这个附件。"), remedy=_("请核对地址。"))
    return row


def owns_readable(asker: Asker, blob_id: uuid.UUID) -> bool:
    """Whether the asker may read this blob because a visible case has it (kernel.blobs.OWNERS)."""
    rows = Attachment.objects.select_related("case__about").filter(
        blob_id=blob_id, case__in=visible(asker).order_by()
    )
    return any(_may_read(asker, row) for row in rows)


def _may_read(asker: Asker, row: Attachment) -> bool:
    about = row.case.about
    return not (row.from_citizen and about and complained_about(asker, about.path))
