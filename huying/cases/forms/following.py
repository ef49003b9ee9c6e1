"""What co-units, callbacks and a second appeal ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.cases.forms.verbs import ReasonForm, VerbForm, appellant, offer_appellants
from huying.cases.queries.page import CasePage
from huying.cases.rules.states import CALLBACKS
from huying.cases.widgets import UnitField


class AddUnitForm(ReasonForm):
    """增加协办."""

    unit = UnitField(label=_("协办单位"))
    despite_about = forms.BooleanField(
        label=_("这是被反映单位，仍由其协办（诉求人信息对其保密）"), required=False
    )

    def fit(self, page: CasePage) -> None:
        if page.case.about is None:
            del self.fields["despite_about"]

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        return {**found, "unit": found["unit"].value}


class RemoveUnitForm(ReasonForm):
    """减少协办."""

    unit = forms.ChoiceField(label=_("协办单位"))

    def fit(self, page: CasePage) -> None:
        co = [one.unit for one in page.handlers if one.part == "co"]
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells mypy what stands above
        field.choices = [(unit.code, unit.name) for unit in co]


class CallBackForm(VerbForm):
    """回访登记."""

    lead = _("接通后请再登记评价；三次在不同时段都没有接通的，结束回访。")

    appellant = appellant()
    outcome = forms.ChoiceField(label=_("结果"), choices=CALLBACKS, widget=forms.RadioSelect)
    by_proxy = forms.BooleanField(label=_("他人代答"), required=False)
    prompted = forms.BooleanField(label=_("有诱导"), required=False)
    note = forms.CharField(
        label=_("说明"), required=False, max_length=1000, widget=forms.Textarea({"rows": 3})
    )

    def fit(self, page: CasePage) -> None:
        offer_appellants(self, page)


class ReappealForm(ReasonForm):
    """再次诉求."""

    lead = _("诉求回到原主办单位，开始新的一轮办理。")

    verified = forms.BooleanField(label=_("已核实是诉求人本人"))


FORMS: dict[str, type[VerbForm]] = {
    "add_unit": AddUnitForm,
    "remove_unit": RemoveUnitForm,
    "call_back": CallBackForm,
    "reappeal": ReappealForm,
}
