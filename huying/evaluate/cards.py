"""What this room puts into the navigation and among the lists that export."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from huying.evaluate.queries.kept import formula_for
from huying.evaluate.queries.waiting import waiting
from huying.evaluate.rules import NOT_COUNTED
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.web import slots


def rules(asker: Asker) -> list[slots.DefaultValue]:
    """The weights and thresholds in force; keeping them once is signing them."""
    formula, rule = formula_for(now().date())
    return [
        slots.DefaultValue(
            "formula",
            _("权重与门槛"),
            _now("响应率 %(a)s : 解决率 %(b)s : 满意率 %(c)s，少于 %(n)s 件不排名")
            % {
                "a": formula.responded,
                "b": formula.solved,
                "c": formula.satisfied,
                "n": formula.least,
            },
            "" if rule else _now("通行做法"),
            rule.by_label if rule else "",
            rule.at if rule else None,
            reverse("evaluate_months"),
        )
    ]


def may_count(state: str, imported: bool) -> bool:
    """Whether a case in this state can be assessed."""
    return not imported and state not in (*NOT_COUNTED, "registered", "accepted")


def after_callback(asker: Asker, number: str, verb: str) -> str:
    """On to whoever is called next, once this one has been; else back to the script."""
    if verb in ("unmask", "comment"):
        return reverse("evaluate_callback", args=[number])
    following = waiting(asker).exclude(number=number).order_by("call_by", "id").first()
    if following is None:
        return reverse("evaluate_callbacks")
    return reverse("evaluate_callback", args=[following.number])


def fill() -> None:
    """Fill the slots of the face; called once when the room is ready."""
    from huying.evaluate.tables import CallbackTable, CountedTable
    from huying.web.tables import TABLES

    viewer, section = slots.with_verb("evaluate.view"), _("过程评价")
    caller = slots.with_verb("cases.evaluate")
    for name, item in {
        "evaluate_callbacks": slots.NavigationItem(
            _("回访队列"), "evaluate_callbacks", "phone-call", caller, section, 30
        ),
        "evaluate_rates": slots.NavigationItem(
            _("三率考核"), "evaluate_rates", "chart-bar", viewer, section, 31
        ),
        "evaluate_calls": slots.NavigationItem(
            _("呼叫考核"), "evaluate_calls", "speakerphone", viewer, section, 31
        ),
        "evaluate_exclusions": slots.NavigationItem(
            _("剔除"), "evaluate_exclusions", "filter-off", viewer, section, 32
        ),
        "evaluate_appeals": slots.NavigationItem(
            _("考核申诉"), "evaluate_appeals", "gavel", viewer, section, 33
        ),
        "evaluate_months": slots.NavigationItem(
            _("月度定版"), "evaluate_months", "lock", viewer, section, 34
        ),
    }.items():
        slots.NAVIGATION.register(name, item)
    slots.DEFAULTS.register(
        "assessment",
        slots.DefaultsSource(
            "assessment",
            _("考核规则"),
            rules,
            viewer,
            slots.with_verb("evaluate.edit_rules"),
        ),
    )
    slots.WAYS_BACK.register("callback", after_callback)
    slots.CASE_CARDS.register(
        "marks", slots.CaseCard(_("考核"), "evaluate_case", viewer, may_count)
    )
    for table in (CountedTable, CallbackTable):
        TABLES.register(table.name, table)
