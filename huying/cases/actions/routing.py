"""Verbs on routing rules: write one, drop one; for a trial see `queries.dry_run_routing`."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from huying.cases.models import Category, RoutingRule
from huying.cases.queries.ledger import Units, category_by_code
from huying.kernel.asker import Asker
from huying.kernel.errors import Fault, Invalid, NotFound
from huying.kernel.verbs import act, require

MOST_KEYWORDS = 50


def write_routing_rule(
    rule_id: int | None = None,
    *,
    by: Asker,
    position: int,
    name: str,
    category: str | None = None,
    area: str | None = None,
    keywords: Sequence[str] = (),
    target: str = RoutingRule.Target.UNIT,
    unit: str | None = None,
    active: bool = True,
) -> int:
    """Add a rule, or change the one of this id; units and class by code. Answers its id."""
    with act("cases.edit_routing", by=by) as deed:
        require("cases.edit_routing", by)
        rule = _locked(rule_id) if rule_id else RoutingRule()
        words = [word.strip() for word in keywords if word.strip()]
        _check(name, words, target, unit, position)
        units = Units((area, unit))
        rule.position, rule.name, rule.target = position, name.strip(), target
        rule.category = Category.objects.get(pk=category_by_code(category).id) if category else None
        rule.area_id = units.code(area, "area").id if area else None
        named = target == RoutingRule.Target.UNIT and unit
        rule.unit_id = units.code(unit, "unit").id if named and unit else None
        rule.keywords, rule.active = words, active
        rule.save()
        deed.on("routing_rule", str(rule.pk), name=rule.name, position=position, active=active)
        return rule.pk


def drop_routing_rule(rule_id: int, *, by: Asker) -> None:
    """Remove a rule; what it once proposed stays in the history of the cases."""
    with act("cases.edit_routing", by=by) as deed:
        require("cases.edit_routing", by)
        rule = _locked(rule_id)
        deed.on("routing_rule", str(rule_id), name=rule.name, dropped=True)
        rule.delete()


def _locked(rule_id: int) -> RoutingRule:
    rule = RoutingRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise NotFound(_("没有这条派单规则。"), remedy=_("请刷新规则列表。"))
    return rule


def _check(name: str, words: Sequence[str], target: str, unit: str | None, position: int) -> None:
    faults = []
    if not name.strip() or len(name) > 100:
        faults.append(Fault("name", _("名称须为 1 到 100 字。"), _("请填写。")))
    if target not in RoutingRule.Target.values:
        faults.append(Fault("target", _("没有这种去向。"), _("请从列表中选择。")))
    if target == RoutingRule.Target.UNIT and not unit:
        faults.append(Fault("unit", _("须指定单位。"), _("请选择单位。")))
    if len(words) > MOST_KEYWORDS or any(len(word) > 40 for word in words):
        faults.append(Fault("keywords", _("关键词过多或过长。"), _("请删减。")))
    if not 0 <= position < 2**31:
        faults.append(Fault("position", _("次序须为正整数。"), _("请填写数字。")))
    if faults:
        raise Invalid(_("派单规则填写有误。"), faults=faults)


def move_routing_rule(rule_id: int, *, by: Asker, up: bool) -> None:
    """Let a rule change places with its neighbour; all rules are numbered anew, ten apart."""
    with act("cases.edit_routing", by=by) as deed:
        require("cases.edit_routing", by)
        rules = list(RoutingRule.objects.select_for_update().order_by("position", "id"))
        at = next((i for i, rule in enumerate(rules) if rule.pk == rule_id), None)
        if at is None:
            raise NotFound(_("没有这条派单规则。"), remedy=_("请刷新规则列表。"))
        other = at - 1 if up else at + 1
        if 0 <= other < len(rules):
            rules[at], rules[other] = rules[other], rules[at]
        for place, rule in enumerate(rules):
            rule.position = (place + 1) * 10
        RoutingRule.objects.bulk_update(rules, ["position"])
        deed.on("routing_rule", str(rule_id), moved="up" if up else "down")
