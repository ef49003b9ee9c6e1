"""Verbs of the face: keep and drop a view of a list, take a list away as a file."""

from __future__ import annotations

import re

from django.http import QueryDict
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Invalid, NotFound, Unauthenticated
from huying.kernel.queries import masked
from huying.kernel.verbs import act
from huying.web.models import SavedView

MOST_VIEWS = 30


def save_view(table: str, name: str, query: str, *, first: bool = False, by: Asker) -> SavedView:
    """Keep a list's filters, sort and columns under a name; the same name is overwritten."""
    if by.id == "stranger":
        raise Unauthenticated(_("请先登录。"))
    name = name.replace("\x00", "").strip()
    if not name or len(name) > 40:
        fault = Fault(_("视图名称"), _("请填写 1 至 40 个字。"))
        raise Invalid(_("视图没有保存。"), faults=[fault])
    if len(query) > 2000:
        fault = Fault(_("筛选条件"), _("条件太多，请减少后再保存。"))
        raise Invalid(_("视图没有保存。"), faults=[fault])
    if any(_is_personal(value) for _name, values in QueryDict(query).lists() for value in values):
        fault = Fault(_("筛选条件"), _("视图里不能保存电话或证件号，请去掉后再保存。"))
        raise Invalid(_("视图没有保存。"), faults=[fault])
    with act("web.save_view", by=by) as deed:
        deed.on("view", f"{table}:{name}"[:64])
        kept = SavedView.objects.select_for_update().filter(owner_id=by.id, table=table)
        if first:
            kept.filter(first=True).exclude(name=name).update(first=False)
        existing = kept.filter(name=name).first()
        if existing is None and kept.count() >= MOST_VIEWS:
            fault = Fault("", _("每个列表最多保存 30 个视图，请先删除不用的。"))
            raise Invalid(_("视图没有保存。"), faults=[fault])
        view = existing or SavedView(owner_id=by.id, table=table, name=name, created_at=now())
        view.query, view.first = tidy(query), first
        view.save()
        return view


def _is_personal(value: str) -> bool:
    bare = re.sub(r"[-\s]", "", value)
    return masked(bare) != bare


def drop_view(identity: int, *, by: Asker) -> None:
    """Delete one's own view."""
    with act("web.drop_view", by=by) as deed:
        view = SavedView.objects.filter(pk=identity, owner_id=by.id).first()
        if view is None:
            raise NotFound(_("没有这个视图。"))
        deed.on("view", f"{view.table}:{view.name}"[:64])
        view.delete()


def tidy(query: str) -> str:
    """A query string without places, marks and empty parameters."""
    asked = QueryDict(query)
    kept = QueryDict(mutable=True)
    for name, values in asked.lists():
        values = [value for value in values if value]
        if values and name not in ("after", "before", "export", "view", "bare", "lookup_text"):
            kept.setlist(name, values)
    return kept.urlencode()
