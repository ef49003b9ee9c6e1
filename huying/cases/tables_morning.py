"""The list behind a figure of the morning meeting: the list of appeals, of those it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from huying.cases.models import Case
from huying.cases.queries import morning
from huying.cases.tables import CaseTable
from huying.kernel.asker import Asker
from huying.web.tables import Filter

NAMES = ("figure", "at", "kind")


@dataclass(frozen=True, kw_only=True)
class Figure(Filter):
    """What says which figure is opened: it stays in the address and shows nothing."""

    def read(self, query: QueryDict) -> None:
        return None

    @property
    def template(self) -> str:
        return "cases/filter_figure.html"

    def control(self, query: QueryDict, asker: Asker) -> dict[str, Any]:
        return {"options": [(name, query[name]) for name in NAMES if query.get(name)]}


class FigureTable(CaseTable):
    """The cases that a figure counts, as many as it says."""

    name: ClassVar[str] = "case_morning"
    title = _("晨会诉求")
    verbs: ClassVar[Sequence[str]] = ("cases.morning", "cases.view")
    default_sort: ClassVar[str] = "due"
    empty_heading = _("没有这样的诉求")
    empty_hint = _("晨会页面打开以后，这里的诉求可能已经办理。")
    filters: ClassVar[Sequence[Filter]] = (Figure("figure", ""),)

    def narrowed(self, asker: Asker, query: QueryDict) -> QuerySet[Case]:
        """The cases of the figure that the address names, also for a file made later."""
        figure, *where = (str(query.get(name, "")) for name in NAMES)
        return morning.behind(asker, figure, *where)

    def empty_action(self, asker: Asker) -> tuple[str, str] | None:
        """Registering does not fill this list."""
        return None
