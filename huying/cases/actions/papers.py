"""Papers of a case: what comes with its registration, and the verb that attaches one later."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from huying.cases.actions.writing import Done, Taking, take
from huying.cases.models import Attachment
from huying.cases.queries.identity import Hider
from huying.cases.queries.scope import case_of
from huying.cases.rules.masks import safe_file_name
from huying.kernel import blobs
from huying.kernel.asker import Asker
from huying.kernel.errors import Fault, Invalid
from huying.kernel.verbs import require

LARGEST = 20 * 1024 * 1024
MOST = 30


@dataclass(frozen=True)
class Paper:
    """A file judged by its content and ready to be kept; `brought` by the citizen, or by us."""

    name: str
    media_type: str
    data: bytes
    brought: bool = False

    def shown(self, hide: Hider) -> str:
        """Its name without the people of the case."""
        return safe_file_name(self.name, hide.known)


def judged(name: str, data: bytes, *, brought: bool = False) -> Paper:
    """The paper in an upload; Invalid when it is too large or its content is refused.

    Takes seconds for a large picture, which is encoded anew: call it before any lock.
    """
    if len(data) > LARGEST:
        what = _("文件超过 %(limit)s 的上限。") % {"limit": blobs.spoken_size(LARGEST)}
        raise Invalid(what, faults=[Fault("file", what, _("请压缩或拆分后重新上传。"))])
    return Paper(name, *blobs.accept(name, data), brought)


def keep(case: Taking, papers: Sequence[Paper]) -> list[uuid.UUID]:
    """Keep papers with the case that a verb has in hand; Invalid when it holds MOST already."""
    if not papers:
        return []
    there = Attachment.objects.filter(case_id=case.case_id).count()
    if there + len(papers) > MOST:
        what = _("一件诉求最多 %(most)s 个附件。") % {"most": MOST}
        raise Invalid(what, faults=[Fault("file", what, _("请合并后上传。"))])
    rows = []
    for paper in papers:
        shown = paper.shown(case.hide)
        blob = blobs.save(paper.data, name=shown, media_type=paper.media_type, limit=LARGEST)
        row = Attachment(
            id=uuid.uuid4(),
            case_id=case.case_id,
            blob=blob,
            name=shown,
            added_at=case.doing.at,
            added_by=case.doing.by_id,
            from_citizen=paper.brought,
        )
        rows.append(row)
    Attachment.objects.bulk_create(rows)
    return [row.pk for row in rows]


def attach(
    number: str,
    *,
    version: int,
    by: Asker,
    name: str,
    data: bytes,
    from_citizen: bool = False,
) -> tuple[Done, uuid.UUID]:
    """上传附件: typed by content, pictures re-encoded without EXIF; its name is kept masked."""
    case_of(by, number)
    require("cases.attach", by)
    paper = judged(name, data, brought=from_citizen)
    with take("attach", number, version=version, by=by) as case:
        (identity,) = keep(case, [paper])
        case.step("attach", name=paper.shown(case.hide), size=len(paper.data))
    return case.done, identity
