"""Matters that citizens have handled (我要办事)."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from huying.kernel.errors import NotFound
from huying.portal.models import Matter


def matters(text: str = "", group: str = "", *, every: bool = False) -> QuerySet[Matter]:
    """The matters in use, found by words or by group; `every` shows the hidden ones too."""
    rows = Matter.objects.order_by("position", "id")
    if not every:
        rows = rows.filter(active=True)
    if group:
        rows = rows.filter(group=group)
    if text:
        rows = rows.filter(Q(name__contains=text) | Q(who__contains=text) | Q(unit__contains=text))
    return rows


def matter(code: str, *, every: bool = False) -> Matter:
    """One matter."""
    row = matters(every=every).filter(code=code).first()
    if row is None:
        raise NotFound(_("没有这个办事事项。"), remedy=_("请从事项清单中选择。"))
    return row
