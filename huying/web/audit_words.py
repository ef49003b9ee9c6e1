"""The audit in words: what kinds of objects there are, and what the details of a row mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huying.kernel.clock import DISTRICT_ZONE
from huying.kernel.registry import Registry
from huying.kernel.verbs import VERBS
from huying.web.slots import Words

Reader = Mapping[Any, Words] | Callable[[Any], Words]


@dataclass(frozen=True)
class Fact:
    """A detail of rows: what it is called, and how its values read."""

    label: Words
    values: Reader | None = None


THINGS: Registry[Words] = Registry("things that audit rows are about")
FACTS: Registry[Fact] = Registry("details of audit rows")


def describe(things: Mapping[str, Words], facts: Mapping[str, Fact]) -> None:
    """A room's words; a fact `kind.name` holds for that kind, a bare `name` for every other."""
    for name, thing in things.items():
        THINGS.register(name, thing)
    for name, fact in facts.items():
        FACTS.register(name, fact)


def thing_label(kind: str) -> str:
    """What a kind of object is called; its bare name when its room is gone."""
    thing = THINGS.get(kind)
    return str(thing) if thing else kind


def verb_label(name: str) -> str:
    """What a verb is called; its bare name when its room is gone."""
    verb = VERBS.get(name)
    return str(verb.label) if verb else name


def details(kind: str, detail: Mapping[str, Any]) -> str:
    """The details of a row as one line: `名称: 值；…`."""
    return "；".join(_said(kind, name, value) for name, value in detail.items())


def _said(kind: str, name: str, value: Any) -> str:
    fact = FACTS.get(f"{kind}.{name}") or FACTS.get(name)
    label = str(fact.label) if fact else name
    return f"{label}: {_value(fact.values if fact else None, value)}"


def _value(reader: Reader | None, value: Any) -> str:
    if isinstance(value, list):
        return "、".join(_value(reader, one) for one in value) or "—"
    if isinstance(value, dict):
        return "，".join(f"{name} {_value(None, one)}" for name, one in value.items()) or "—"
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if reader is not None:
        return str(reader(value) if callable(reader) else reader.get(value, value))
    return _moment(value) if isinstance(value, str) else str(value)


def _moment(text: str) -> str:
    """An instant as it is read here; any other text as it is."""
    if len(text) < len("2026-01-01T00:00") or text[10] != "T":
        return text
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{at.astimezone(DISTRICT_ZONE) if at.tzinfo else at:%Y-%m-%d %H:%M}"


GROUND_THINGS = {
    "job": gettext_lazy("后台任务"),
    "table": gettext_lazy("列表"),
    "view": gettext_lazy("视图"),
    "backup": gettext_lazy("备份"),
    "calendar": gettext_lazy("工作日历"),
    "delivery": gettext_lazy("投递"),
    "blobs": gettext_lazy("文件"),
    "keys": gettext_lazy("加密密钥"),
}
GROUND_FACTS = {
    "version": Fact(gettext_lazy("版本")),
    "name": Fact(gettext_lazy("名称")),
    "title": Fact(gettext_lazy("标题")),
    "state": Fact(gettext_lazy("状态")),
    "reason": Fact(gettext_lazy("理由")),
    "note": Fact(gettext_lazy("说明")),
    "number": Fact(gettext_lazy("编号")),
    "count": Fact(gettext_lazy("数量")),
    "rows": Fact(gettext_lazy("行数")),
    "made": Fact(gettext_lazy("新增")),
    "renewed": Fact(gettext_lazy("更新")),
    "removed": Fact(gettext_lazy("移除")),
    "active": Fact(gettext_lazy("启用")),
    "was": Fact(gettext_lazy("原来")),
    "now": Fact(gettext_lazy("现在")),
    "since": Fact(gettext_lazy("起始")),
    "until": Fact(gettext_lazy("截止")),
    "days": Fact(gettext_lazy("天数")),
    "form": Fact(gettext_lazy("格式")),
    "query": Fact(gettext_lazy("筛选条件")),
    "workday": Fact(gettext_lazy("上班")),
    "holiday": Fact(gettext_lazy("节假日")),
    "published": Fact(gettext_lazy("公布天数")),
    "recipient": Fact(gettext_lazy("接收方")),
    "work": Fact(gettext_lazy("任务种类")),
    "retired": Fact(gettext_lazy("停用")),
}
