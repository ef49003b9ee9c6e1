"""What does not fit the shape of an API call, in our words: a table from pydantic's types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huying.kernel.errors import Fault

GENERAL = _("这一项的内容或格式不对。")
REMEDY = _("请对照 /api/v1/openapi.json 改正后重新提交。")
REMEDIES: Mapping[str, str | Promise] = {
    "missing": _("请补上这一项。"),
    "extra_forbidden": _("请去掉这一项。"),
}


def _table() -> Iterator[tuple[str, str | Promise]]:
    """Type → words; the words may name what stands in the fault's context."""
    for types, words in (
        ("missing", _("缺少这一项。")),
        ("extra_forbidden", _("没有这一项。")),
        ("none_required", _("应为空。")),
        ("json_invalid json_type", _("不是可读的 JSON。")),
        ("string_type", _("应为文字。")),
        ("string_unicode bytes_invalid_encoding", _("含有无法识别的字符。")),
        ("string_too_short", _("至少 %(min_length)s 个字。")),
        ("string_too_long", _("至多 %(max_length)s 个字。")),
        ("too_short", _("至少 %(min_length)s 项。")),
        ("too_long", _("至多 %(max_length)s 项。")),
        ("string_pattern_mismatch", _("写法不合要求。")),
        ("int_type int_parsing int_from_float", _("应为整数。")),
        ("int_parsing_size finite_number", _("数值太大。")),
        ("float_type float_parsing decimal_type decimal_parsing", _("应为数值。")),
        ("greater_than", _("应大于 %(gt)s。")),
        ("greater_than_equal", _("应不小于 %(ge)s。")),
        ("less_than", _("应小于 %(lt)s。")),
        ("less_than_equal", _("应不大于 %(le)s。")),
        ("multiple_of", _("应为 %(multiple_of)s 的倍数。")),
        ("bool_type bool_parsing", _("应为 true 或 false。")),
        (
            "date_type date_parsing date_from_datetime_parsing date_from_datetime_inexact",
            _("应为日期，如 2026-03-31。"),
        ),
        ("time_type time_parsing", _("应为时刻，如 08:30。")),
        (
            "datetime_type datetime_parsing datetime_object_invalid datetime_from_date_parsing",
            _("应为时间，如 2026-03-31T08:30:00+08:00。"),
        ),
        ("timezone_aware", _("时间须带时区，如 2026-03-31T08:30:00+08:00。")),
        ("uuid_type uuid_parsing uuid_version", _("应为 UUID 编号。")),
        ("list_type tuple_type set_type frozen_set_type iterable_type", _("应为列表。")),
        ("dict_type mapping_type model_type model_attributes_type", _("应为 JSON 对象。")),
        ("enum literal_error", _("只能是：%(expected)s。")),
    ):
        for one in types.split():
            yield one, words


WORDS = dict(_table())


def fault_of(wrong: Mapping[str, Any]) -> Fault:
    """One of pydantic's errors as a fault; a type without words gets the general sentence."""
    context = dict(wrong.get("ctx") or {})
    if "expected" in context:  # such as "'a', 'b' or 'c'"
        quoted = re.findall(r"'([^']*)'", str(context["expected"]))
        context["expected"] = "、".join(quoted) or str(context["expected"])
    kind = wrong["type"]
    try:
        what = str(WORDS.get(kind, GENERAL)) % context
    except KeyError:  # the context is pydantic's to change
        what = str(GENERAL)
    return Fault(place_of(wrong["loc"]), what, str(REMEDIES.get(kind, REMEDY)))


def place_of(place: tuple[Any, ...]) -> str:
    """`("body", "body", "title")` → `title`, as verbs name the fields of their own faults."""
    named = [str(part) for part in place[1:] if part not in ("body", "filters")]
    return ".".join(named) or str(place[-1])
