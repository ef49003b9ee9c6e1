"""Template tags of the face: pictures, state tags, addresses with changed parameters, moments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    RadioSelect,
    Select,
    Textarea,
)
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker, may
from huying.kernel.clock import DISTRICT_ZONE, now
from huying.web.answers import UNDO

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """A picture of the sprite; without `label` it is decoration that no screen reader mentions."""
    address = f"{static('web/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon {}" role="img" aria-label="{}"><use href="{}"/></svg>',
            css,
            label,
            address,
        )
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}"/></svg>', css, address
    )


@register.simple_tag
def tag(label: object, tone: str = "idle", picture: str = "") -> SafeString:
    """A state tag (ok, info, warn, bad, idle); its words carry the meaning, not its colour."""
    inside = icon(picture) if picture else SafeString("")
    return format_html('<span class="tag tone-{}">{}{}</span>', tone, inside, label)


@register.simple_tag(takes_context=True)
def address_with(context: Context, **changes: Any) -> str:
    """The present query string with some parameters changed; an empty value drops one."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name, value in changes.items():
        if value in ("", None):
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


@register.filter
def allowed(asker: Asker, verb: str) -> bool:
    """`{% if asker|allowed:"cases.accept" %}`: whether the asker may do this anywhere."""
    return may(asker, verb)


@register.filter
def item(mapping: Mapping[str, Any], key: str) -> Any:
    """The value of a mapping under a key that a template computed."""
    return mapping.get(key, "")


@register.filter
def moment(value: datetime | None, form: str = "minute") -> str | SafeString:
    """A time in the district's zone: `2026-11-22 20:31`; the machine reads it from `datetime`."""
    if value is None:
        return "—"
    local = timezone.localtime(value, DISTRICT_ZONE)
    text = f"{local:%Y-%m-%d}" if form == "day" else f"{local:%Y-%m-%d %H:%M}"
    if form == "short":
        text = f"{local:%H:%M}" if local.date() == now().date() else f"{local:%m-%d %H:%M}"
    return format_html('<time datetime="{}" class="nowrap">{}</time>', local.isoformat(), text)


@register.filter
def until(value: datetime | None) -> str:
    """How far off a deadline is, in the one unit that matters: 剩 3 天, 超 5 小时."""
    if value is None:
        return ""
    seconds = (value - now()).total_seconds()
    amount = abs(seconds)
    if amount >= 48 * 3600:
        number, unit = int(amount // 86400), _("天")
    elif amount >= 3600:
        number, unit = int(amount // 3600), _("小时")
    else:
        number, unit = max(1, int(amount // 60)), _("分钟")
    words = _("剩 %(number)d %(unit)s") if seconds >= 0 else _("超 %(number)d %(unit)s")
    return words % {"number": number, "unit": unit}


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """A form field with its label, mark, help and errors, tied together for screen readers."""
    widget = bound.field.widget
    attributes: dict[str, Any] = {}
    described = []
    if bound.errors:
        attributes["aria-invalid"] = "true"
        described.append(f"{bound.auto_id}-error")
    if bound.help_text:
        described.append(f"{bound.auto_id}-help")
    grouped = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    single = isinstance(widget, CheckboxInput)
    if not grouped and described:
        attributes["aria-describedby"] = " ".join(described)
    if isinstance(widget, Select) and not grouped:
        attributes["class"] = "form-select"
    elif not (grouped or single):
        attributes["class"] = "form-control"
    context = {
        "bound": bound,
        "grouped": grouped,
        "single": single,
        "full": isinstance(widget, Textarea) or grouped,
        "control": bound.as_widget(attrs=attributes) if not grouped else "",
    }
    return SafeString(render_to_string("web/field.html", context))


@register.filter
def undo_of(message: Message) -> str:
    """The address that takes a deed back, which `answers.done` put with its message."""
    tags = message.extra_tags or ""
    return tags.removeprefix(UNDO) if tags.startswith(UNDO) else ""


@register.simple_tag
def chart(identity: str, label: object, data: object = None, url: str = "") -> SafeString:
    """A chart of `{kind, labels, series: [{name, values}], unit}` given here or fetched from `url`.

    The page includes `web/scripts_chart.html` once in its `scripts` block.
    """
    context = {
        "chart_label": label,
        "chart_data": data,
        "chart_data_id": f"{identity}-data",
        "chart_url": url,
    }
    return SafeString(render_to_string("web/chart.html", context))


@register.simple_tag
def map_of(
    label: object,
    areas: object = None,
    points: object = None,
    identity: str = "map",
    illustrative: bool = False,
    **options: Any,
) -> SafeString:
    """A map of GeoJSON areas (`code name level longitude latitude`) and points (`name url tone`).

    `areas` and `points` are addresses to fetch or the GeoJSON itself. With `pick_longitude` and
    `pick_latitude`, the names of two inputs of the form around, a click picks a place. The page
    includes `web/scripts_map.html` once in its `scripts` block.
    """
    context = {"map_label": label, "illustrative": illustrative, **options}
    for name, given in (("areas", areas), ("points", points)):
        if isinstance(given, str):
            context[f"map_{name}_url"] = given
        elif given is not None:
            context[f"{name}_data"] = given
            context[f"map_{name}"] = f"{identity}-{name}"
    return SafeString(render_to_string("web/map.html", context))
