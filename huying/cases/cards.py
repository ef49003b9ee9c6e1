"""What this room puts on the home page, into the search, the navigation and the lookups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huying.cases import actions, cards_desk, looks
from huying.cases.queries import choices, scope, triggers, watch, work
from huying.cases.queries.search import search
from huying.cases.rules import STATES
from huying.cases.rules.states import ENDS
from huying.kernel.asker import Asker
from huying.kernel.clock import DISTRICT_ZONE
from huying.web import slots

RECENT = 10
FEW = 10  # below that figures and lines tell nothing that the list does not


def street(asker: Asker) -> dict[str, Any] | None:
    """For who only reports (a grid worker): the way to report, and what became of the last ones."""
    if work.kinds_of(asker) or not asker.area("cases.register"):
        return None
    return {"recent": list(scope.visible(asker).select_related("category", "lead")[:RECENT])}


def states(asker: Asker) -> dict[str, Any] | None:
    """How many open cases stand where."""
    counts, late = work.open_and_late(asker)
    if sum(counts.values()) < FEW:
        return None
    lines = [(code, label, counts.get(code, 0)) for code, label in STATES if code not in ENDS]
    return {
        "lines": [line for line in lines if line[2]],
        "all": sum(counts.values()),
        "late": late,
    }


def trend(asker: Asker) -> dict[str, Any] | None:
    """The last thirty days; nothing while there is too little to draw."""
    days = work.by_day(asker)
    if sum(registered + answered for _day, registered, answered in days) < FEW:
        return None
    return {
        "chart": {
            "kind": "line",
            "labels": [f"{day:%m-%d}" for day, _registered, _answered in days],
            "series": [
                {"name": _("登记"), "values": [registered for _d, registered, _a in days]},
                {"name": _("办结"), "values": [answered for _d, _r, answered in days]},
            ],
            "unit": _("件"),
        }
    }


def hits(asker: Asker, text: str, limit: int) -> Sequence[slots.Hit]:
    """Cases for the global search."""
    return [
        slots.Hit(
            hit.title,
            reverse("case", args=[hit.number]),
            f"{hit.number} · {localtime(hit.registered_at, DISTRICT_ZONE):%Y-%m-%d}",
            str(looks.LABELS[hit.state]),
        )
        for hit in search(asker, text, limit)
    ]


def deadlines(asker: Asker) -> list[slots.DefaultValue]:
    """The deadlines as they are in force."""
    return [
        slots.DefaultValue(
            row.name,
            _(row.label),
            looks.spoken(row.measure, row.amount),
            f"{looks.basis(row.basis)} {row.article}".strip(),
            row.confirmed_by,
            row.confirmed_at,
            reverse("case_clock", args=[row.name]),
        )
        for row in choices.clock_rules()
    ]


def conditions(asker: Asker) -> list[slots.DefaultValue]:
    """The conditions of supervision as they are in force."""
    return [
        slots.DefaultValue(
            row.code,
            looks.condition(row),
            looks.ordered(row),
            looks.basis(row.basis),
            row.confirmed_by,
            row.confirmed_at,
            reverse("case_trigger", args=[row.code]),
        )
        for row in triggers.triggers()
    ]


def fill() -> None:
    """Fill the slots of the face; called once when the room is ready."""
    from huying.cases.tables import CaseTable
    from huying.cases.tables_orders import OrderTable
    from huying.web.tables import TABLES

    viewer = slots.with_verb("cases.view")
    section = gettext_lazy("民呼我应")
    settings = gettext_lazy("诉求设置")
    for name, item in {
        "cases": slots.NavigationItem(gettext_lazy("诉求"), "cases", "inbox", viewer, section, 10),
        "case_register": slots.NavigationItem(
            gettext_lazy("登记诉求"),
            "case_register",
            "plus",
            slots.with_verb("cases.register"),
            section,
            11,
        ),
        "case_orders": slots.NavigationItem(
            gettext_lazy("督办单"), "case_orders", "flag", viewer, section, 12
        ),
        "defaults": slots.NavigationItem(
            gettext_lazy("默认值确认"), "defaults", "clipboard-check", viewer, settings, 64
        ),
        "case_triggers": slots.NavigationItem(
            gettext_lazy("督办触发条件"), "case_triggers", "flag", viewer, settings, 63
        ),
        "case_routing": slots.NavigationItem(
            gettext_lazy("派单规则"),
            "case_routing",
            "route",
            slots.with_verb("cases.edit_routing", "cases.dispatch"),
            settings,
            60,
        ),
        "case_line": slots.NavigationItem(
            gettext_lazy("市热线线路"),
            "case_line",
            "phone-call",
            slots.with_verb("cases.city_line"),
            section,
            19,
        ),
        "case_categories": slots.NavigationItem(
            gettext_lazy("诉求分类"), "case_categories", "tags", viewer, settings, 61
        ),
        "case_clocks": slots.NavigationItem(
            gettext_lazy("时限规则"), "case_clocks", "alarm", viewer, settings, 62
        ),
    }.items():
        slots.NAVIGATION.register(name, item)
    for name, card in {
        "cases_desk": slots.HomeCard(
            gettext_lazy("我的待办"),
            "cases/card_desk.html",
            cards_desk.desk,
            viewer,
            wide=True,
            order=10,
        ),
        "cases_street": slots.HomeCard(
            gettext_lazy("我的网格"), "cases/card_street.html", street, viewer, wide=True, order=10
        ),
        "cases_states": slots.HomeCard(
            gettext_lazy("办理中的诉求"), "cases/card_states.html", states, viewer, order=20
        ),
        "cases_trend": slots.HomeCard(
            gettext_lazy("近 30 天"), "cases/card_trend.html", trend, viewer, order=30
        ),
    }.items():
        slots.HOME_CARDS.register(name, card)
    slots.SEARCH.register(
        "cases", slots.SearchSource(gettext_lazy("诉求"), "inbox", hits, viewer, "cases", order=10)
    )
    for source in (
        slots.DefaultsSource(
            "clocks",
            gettext_lazy("时限规则"),
            deadlines,
            viewer,
            slots.with_verb("cases.confirm_clock_rule"),
            lambda name, asker: actions.confirm_clock_rule(name, by=asker),
        ),
        slots.DefaultsSource(
            "triggers",
            gettext_lazy("督办触发条件"),
            conditions,
            viewer,
            slots.with_verb("cases.confirm_trigger"),
            lambda code, asker: actions.confirm_trigger(code, by=asker),
        ),
    ):
        slots.DEFAULTS.register(source.name, source)
    for name, find, named, tree in (
        ("category", choices.classes, choices.category, choices.class_tree),
        ("case_unit", choices.units, choices.unit, choices.unit_tree),
        ("case_area", choices.areas, choices.unit, choices.area_tree),
    ):
        slots.LOOKUPS.register(name, slots.Lookup(find, named, tree=tree))
    watcher = slots.Lookup(choices.watchers, choices.watcher, slots.with_verb("cases.edit_trigger"))
    slots.LOOKUPS.register("order_watcher", watcher)
    slots.WATCH.register("cases", slots.WatchSource(watch.open_work, watch.urgent))
    TABLES.register(CaseTable.name, CaseTable)
    TABLES.register(OrderTable.name, OrderTable)
