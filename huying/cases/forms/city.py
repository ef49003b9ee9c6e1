"""What the verbs of the city hotline's order ask for, and its workbook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.cases.forms.verbs import ReasonForm, VerbForm
from huying.cases.queries.page import CasePage
from huying.cases.rules.city_steps import RULINGS
from huying.kernel.clock import DISTRICT_ZONE
from huying.web.forms import Form

WORDS = {
    "return_approved": _("同意退单"),
    "return_rejected": _("不同意退单"),
    "extension_approved": _("同意延期"),
    "extension_rejected": _("不同意延期"),
    "deadline": _("改变市级时限"),
    "withdrawn": _("撤销转办"),
}


def moment(**options: Any) -> forms.DateTimeField:
    """An instant, chosen in the browser's calendar, in the district's zone."""
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(widget=widget, **options)


class ReturnForm(ReasonForm):
    """向市里退单."""

    lead = _("市里同意以前，诉求仍由本区办理，时限照走。")


class ExtendForm(ReasonForm):
    """向市里申请延期."""

    lead = _("市里同意以前，时限不变。")

    until = moment(label=_("延期到"))

    def fit(self, page: CasePage) -> None:
        if page.case.city_due_at is not None:
            self.initial["until"] = page.case.city_due_at.astimezone(DISTRICT_ZONE)


class RulingForm(VerbForm):
    """市级裁定."""

    lead = _("线路不通时，按市里的电话或书面通知登记；线路通的时候会自动登记。")

    ruling = forms.ChoiceField(
        label=_("市里的决定"),
        choices=[(code, WORDS[code]) for code, _label in RULINGS],
        widget=forms.RadioSelect,
    )
    due_at = moment(label=_("新的市级时限"), required=False)
    reason = forms.CharField(
        label=_("说明"), required=False, max_length=1000, widget=forms.Textarea({"rows": 3})
    )


class RedoForm(ReasonForm):
    """市级重办."""

    lead = _("诉求回到原主办单位，开始新的一轮办理。")

    due_at = moment(label=_("新的市级时限"), required=False)


class SheetForm(Form):
    """The city's workbook."""

    file = forms.FileField(
        label=_("市里的表格（.xlsx）"), widget=forms.FileInput({"accept": ".xlsx"})
    )


FORMS: dict[str, type[VerbForm]] = {
    "city_return": ReturnForm,
    "city_extend": ExtendForm,
    "city_rule": RulingForm,
    "city_redo": RedoForm,
}
