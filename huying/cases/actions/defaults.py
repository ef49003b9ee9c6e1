"""Verbs on the district's own data: default classes, deadlines, and signing for them."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override

from huying.cases.actions.reply_templates import install_templates
from huying.cases.actions.triggers import install_triggers
from huying.cases.models import Category, ClockRule
from huying.cases.rules.categories import CATEGORIES, parent_code, path_of
from huying.cases.rules.clocks import DEFAULTS, MEASURES, length
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Invalid, NotFound
from huying.kernel.verbs import act, require


def install_defaults(*, by: Asker) -> None:
    """Write the default classes and deadlines that are missing; what the district changed stays."""
    with act("cases.install_defaults", by=by) as deed:
        require("cases.install_defaults", by)
        with override("zh-hans"):
            rules = [
                ClockRule(
                    name=name,
                    label=str(label),
                    measure=measure,
                    amount=Decimal(amount),
                    basis=basis,
                    article=article,
                )
                for name, label, measure, amount, basis, article in DEFAULTS
            ]
        ClockRule.objects.bulk_create(rules, ignore_conflicts=True)
        install_triggers()
        for depth in (2, 4, 6):
            _install_level(depth)
        install_templates(by)
        deed.on("install", "cases", rules=len(rules), categories=len(CATEGORIES))


def edit_clock_rule(name: str, *, by: Asker, measure: str, amount: str) -> None:
    """Change a deadline; clocks already running keep the copy they were started with."""
    with act("cases.edit_clock_rule", by=by) as deed:
        require("cases.edit_clock_rule", by)
        rule = _locked_rule(name)
        faults = []
        if measure not in MEASURES:
            faults.append(Fault("measure", _("没有这种计时方式。"), _("请从列表中选择。")))
        value = length(amount)
        if value is None:
            faults.append(Fault("amount", _("时长须大于 0。"), _("请填写数字。")))
        if faults or value is None:
            raise Invalid(_("时限填写有误。"), faults=faults)
        was = f"{rule.amount.normalize():f} {rule.measure}"
        rule.measure, rule.amount = measure, value
        rule.confirmed_by, rule.confirmed_at = "", None
        rule.save()
        deed.on("clock_rule", name, was=was, now=f"{value.normalize():f} {measure}")


def confirm_clock_rule(name: str, *, by: Asker) -> None:
    """Sign a default deadline: until then it is shown as 未经本区确认."""
    with act("cases.confirm_clock_rule", by=by) as deed:
        require("cases.confirm_clock_rule", by)
        rule = _locked_rule(name)
        rule.confirmed_by, rule.confirmed_at = by.label, now()
        rule.save(update_fields=["confirmed_by", "confirmed_at"])
        deed.on("clock_rule", name)


def _locked_rule(name: str) -> ClockRule:
    rule = ClockRule.objects.select_for_update().filter(name=name).first()
    if rule is None:
        raise NotFound(_("没有这项时限。"), remedy=_("请从时限列表中选择。"))
    return rule


def _install_level(digits: int) -> None:
    """One level of the classification; its parents are already there."""
    level = [row for row in CATEGORIES if len(row[0]) == digits]
    parents = Category.objects.in_bulk([parent_code(row[0]) for row in level], field_name="code")
    Category.objects.bulk_create(
        [
            Category(
                code=code,
                name=name,
                path=path_of(code),
                clock=clock,
                parent=parents.get(parent_code(code)),
            )
            for code, name, clock in level
        ],
        ignore_conflicts=True,
    )
