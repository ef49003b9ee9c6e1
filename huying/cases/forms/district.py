"""What the district's own data ask for: routing rules, a dry run, deadlines."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.cases.models import RoutingRule
from huying.cases.widgets import AreaField, CategoryField, UnitField
from huying.web.forms import Form

MEASURES = (
    ("natural_hours", _("小时(自然时间)")),
    ("working_hours", _("小时(工作时间)")),
    ("working_days", _("工作日")),
)


class RuleForm(Form):
    """派单规则."""

    position = forms.IntegerField(
        label=_("次序"),
        min_value=1,
        max_value=100_000,
        help_text=_("从小到大，第一条符合的规则生效"),
    )
    name = forms.CharField(label=_("名称"), max_length=100)
    category = CategoryField(label=_("分类"), required=False, help_text=_("含下级分类；留空为全部"))
    area = AreaField(label=_("所在地"), required=False, help_text=_("含下级区域；留空为全区"))
    keywords = forms.CharField(
        label=_("关键词"),
        required=False,
        max_length=2000,
        help_text=_("标题或内容含其中任何一个即符合；用空格或逗号隔开"),
    )
    target = forms.ChoiceField(
        label=_("派往"), choices=RoutingRule.Target.choices, widget=forms.RadioSelect
    )
    unit = UnitField(label=_("指定单位"), required=False, help_text=_("派往“指定单位”时填写"))
    active = forms.BooleanField(label=_("启用"), required=False, initial=True)

    @staticmethod
    def of(rule: RoutingRule) -> dict[str, Any]:
        """A rule as the form shows it."""
        return {
            "position": rule.position,
            "name": rule.name,
            "category": rule.category.code if rule.category else "",
            "area": rule.area.code if rule.area else "",
            "keywords": " ".join(rule.keywords),
            "target": rule.target,
            "unit": rule.unit.code if rule.unit else "",
            "active": rule.active,
        }

    def arguments(self) -> dict[str, Any]:
        """The arguments of the verb."""
        cleaned = self.cleaned_data
        codes = {
            name: cleaned[name].value if cleaned[name] else None
            for name in ("category", "area", "unit")
        }
        plain = {name: cleaned[name] for name in ("position", "name", "target", "active")}
        return {
            **plain,
            **codes,
            "keywords": re.split(r"[\s,;\uff0c\uff1b、]+", cleaned["keywords"]),
        }


class TrialForm(Form):
    """试运行的时间段."""

    since = forms.DateField(label=_("从"), widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("到"), widget=forms.DateInput({"type": "date"}))


class ClockForm(Form):
    """修改时限."""

    amount = forms.DecimalField(label=_("时长"), min_value=0, max_digits=8, decimal_places=2)
    measure = forms.ChoiceField(label=_("计时方式"), choices=MEASURES)
