"""Questions of the face, all about the asker's own."""

from __future__ import annotations

from huying.kernel.asker import Asker
from huying.web.models import SavedView


def saved_views(asker: Asker, table: str) -> list[SavedView]:
    """The asker's views of a table, by name."""
    return list(SavedView.objects.filter(owner_id=asker.id, table=table).order_by("name"))


def first_view(asker: Asker, table: str) -> SavedView | None:
    """The view that opens when the asker opens the list bare."""
    return SavedView.objects.filter(owner_id=asker.id, table=table, first=True).first()
