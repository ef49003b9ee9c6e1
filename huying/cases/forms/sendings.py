"""What sending someone asks for: whom, by when; and what the sent person writes back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.cases.rules.sendings import DEFAULT_MINUTES
from huying.cases.widgets import FilesField
from huying.web.forms import Form

MINUTES = (
    (30, _("30 分钟内到")),
    (60, _("1 小时内到")),
    (120, _("2 小时内到")),
    (240, _("4 小时内到")),
)


class SendForm(Form):
    """派人到场: the buttons of the list say whom; everything else has a default."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    minutes = forms.TypedChoiceField(
        label=_("到场时限"), choices=MINUTES, coerce=int, initial=DEFAULT_MINUTES
    )
    note = forms.CharField(
        label=_("要看什么"),
        required=False,
        max_length=500,
        widget=forms.TextInput({"placeholder": _("可不填")}),
    )


class PersonForm(forms.Form):
    """Whom a button names."""

    person = forms.IntegerField(min_value=1)


class ReportForm(Form):
    """现场反馈."""

    text = forms.CharField(label=_("现场情况"), max_length=2000, widget=forms.Textarea({"rows": 4}))
    papers = FilesField(label=_("照片"), required=False)


class DeclineForm(Form):
    """不能前往."""

    reason = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea({"rows": 2}))


class CancelForm(Form):
    """撤回派遣."""

    reason = forms.CharField(label=_("原因"), required=False, max_length=500)


class BareForm(Form):
    """Nothing is asked."""


FORMS: dict[str, Any] = {
    "accept_sending": BareForm,
    "arrive": BareForm,
    "report_sending": ReportForm,
    "decline_sending": DeclineForm,
    "cancel_sending": CancelForm,
}
