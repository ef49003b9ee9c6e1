"""The audit: rows appended in the verb's transaction, chained and signed later by the sealer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.models import AuditRow


def append(
    verb: str, by: Asker, object_kind: str, object_id: str, area_path: str, detail: dict[str, Any]
) -> AuditRow:
    """Write one audit row inside the caller's transaction; a trigger queues it for the sealer."""
    return AuditRow.objects.create(
        at=now(),
        verb=verb,
        actor_id=by.id,
        actor_label=by.label,
        object_kind=object_kind,
        object_id=object_id,
        area_path=area_path,
        detail=detail,
    )


class Told(Protocol):
    """What an audit row tells of one deed."""

    verb: str
    by: Asker
    object_kind: str
    object_id: str
    area_path: str
    detail: dict[str, Any]


def append_many(deeds: Iterable[Told]) -> None:
    """Write one audit row for each deed inside the caller's transaction, in one statement."""
    at = now()
    AuditRow.objects.bulk_create(
        [
            AuditRow(
                at=at,
                verb=deed.verb,
                actor_id=deed.by.id,
                actor_label=deed.by.label,
                object_kind=deed.object_kind,
                object_id=deed.object_id,
                area_path=deed.area_path,
                detail=deed.detail,
            )
            for deed in deeds
        ]
    )
