"""What the pages of this room ask for."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.evaluate.queries import month_of
from huying.evaluate.rules import COUNTINGS, RATES, REASONS
from huying.web.forms import Form


class MonthField(forms.CharField):
    """A month, cleaned to its first day."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"type": "month"}))
        super().__init__(max_length=7, **options)

    def clean(self, value: Any) -> date:
        month = month_of(super().clean(value))
        if month is None:
            raise forms.ValidationError(_("请按 2026-03 的样子填写月份。"))
        return month


class GroundsForm(Form):
    """Which case, why, and with what evidence."""

    number = forms.CharField(label=_("诉求编号"), max_length=32)
    reason = forms.ChoiceField(label=_("理由"), choices=REASONS, widget=forms.RadioSelect)
    evidence = forms.CharField(
        label=_("依据"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        help_text=_("写明事实、文件名称和文号；不要写诉求人的姓名和电话。"),
    )


class AppealForm(GroundsForm):
    """The same, with the rate that the unit thinks wrong."""

    mark = forms.ChoiceField(
        label=_("有异议的指标"), choices=[(kind.code, kind.label) for kind in RATES]
    )


class RulingForm(Form):
    """Agree or not, and the grounds."""

    agreed = forms.ChoiceField(
        label=_("裁定"), choices=[("yes", _("同意")), ("no", _("不同意"))], widget=forms.RadioSelect
    )
    ruling = forms.CharField(
        label=_("裁定理由"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )


class FreezeForm(Form):
    """The month to set for good."""

    month = MonthField(label=_("月份"))
    note = forms.CharField(label=_("说明"), required=False, max_length=200)


def _number(label: Any, most: int = 100) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=most)


class RulesForm(Form):
    """Weights and thresholds, from a month on."""

    since = MonthField(label=_("自哪个月起"))
    responded = _number(_("响应率权重 %"))
    solved = _number(_("解决率权重 %"))
    satisfied = _number(_("满意率权重 %"))
    least = _number(_("少于几件不排名"), 10_000)
    good = _number(_("良好线 %"))
    failing = _number(_("不合格线 %"))
    counting = forms.ChoiceField(
        label=_("解决率、满意率怎样计"), choices=COUNTINGS, widget=forms.RadioSelect
    )
    void_proxy = forms.BooleanField(label=_("代答的回访无效"), required=False)
    void_prompted = forms.BooleanField(label=_("诱导的回访无效"), required=False)
    note = forms.CharField(
        label=_("依据"), required=False, max_length=200, help_text=_("例如印发考核办法的文号。")
    )
