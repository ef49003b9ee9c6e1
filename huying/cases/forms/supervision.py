"""What orders of supervision, their answers and their end ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.cases.forms.verbs import ReasonForm, VerbForm
from huying.cases.queries.page import CasePage
from huying.cases.rules.states import SUPERVISIONS


class SuperviseForm(ReasonForm):
    """督办."""

    lead = _("发出督办单；主办单位须按时回复，回复后才能销号。")

    level = forms.TypedChoiceField(
        label=_("级别"), choices=SUPERVISIONS, coerce=int, widget=forms.RadioSelect
    )
    supervisor = forms.CharField(label=_("督办人"), max_length=60, help_text=_("写明专人"))

    def fit(self, page: CasePage) -> None:
        field = self.fields["level"]
        if isinstance(field, forms.TypedChoiceField):
            field.choices = [one for one in SUPERVISIONS if one[0] > page.case.supervision]
        # Mostly whoever sends the order follows it; another name may be written over it.
        self.fields["supervisor"].initial = getattr(self.asker, "name", "")


class AnswerForm(VerbForm):
    """督办回复."""

    answer = forms.CharField(label=_("回复"), max_length=5000, widget=forms.Textarea({"rows": 5}))


class CloseForm(ReasonForm):
    """督办销号."""

    def arguments(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


FORMS: dict[str, type[VerbForm]] = {
    "supervise": SuperviseForm,
    "answer_supervision": AnswerForm,
    "close_supervision": CloseForm,
}
