"""What a condition of supervision asks for; each shows only the fields that it knows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.cases.forms.district import MEASURES
from huying.cases.models import SupervisionTrigger
from huying.cases.rules.states import SUPERVISIONS
from huying.cases.rules.triggers import COUNTED, RAISED, WATCHERS, WITHIN_DAYS
from huying.web.forms import Form, LookupField


class TriggerForm(Form):
    """督办触发条件."""

    threshold = forms.IntegerField(label=_("达到几次"), min_value=1, max_value=100)
    days = forms.IntegerField(label=_("多少天之内"), min_value=1, max_value=366)
    level = forms.TypedChoiceField(
        label=_("级别"), choices=SUPERVISIONS, coerce=int, widget=forms.RadioSelect
    )
    amount = forms.DecimalField(
        label=_("回复时限"), min_value=0, max_digits=8, decimal_places=2, help_text=_("自发出起算")
    )
    measure = forms.ChoiceField(label=_("计时方式"), choices=MEASURES)
    watcher = forms.ChoiceField(label=_("督办人"), choices=WATCHERS, widget=forms.RadioSelect)
    person = LookupField(
        "order_watcher",
        label=_("指定专人"),
        required=False,
        help_text=_("督办人选“指定专人”时填写"),
    )
    active = forms.BooleanField(label=_("启用"), required=False)

    def __init__(self, *arguments: Any, row: SupervisionTrigger, **options: Any) -> None:
        super().__init__(*arguments, **options)
        unasked = {"threshold": COUNTED, "days": WITHIN_DAYS}
        for name, asking in unasked.items():
            if row.code not in asking:
                del self.fields[name]
        if row.code == RAISED:
            del self.fields["level"]

    @staticmethod
    def of(row: SupervisionTrigger) -> dict[str, Any]:
        """A condition as the form shows it."""
        kept = ("threshold", "days", "level", "measure", "watcher", "active")
        facts = {name: getattr(row, name) for name in kept}
        amount = f"{row.amount.normalize():f}"
        return facts | {"amount": amount, "person": str(row.person_id or "")}

    def arguments(self) -> dict[str, Any]:
        """The arguments of the verb."""
        cleaned = {k: v for k, v in self.cleaned_data.items() if k != "submission"}
        person = cleaned.pop("person")
        amount = f"{cleaned.pop('amount').normalize():f}"
        return cleaned | {"amount": amount, "person": int(person.value) if person else None}
