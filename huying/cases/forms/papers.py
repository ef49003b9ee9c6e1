"""What papers ask for: which to issue, why one is void, a template, how they are numbered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.cases.rules.papers import KIND_CHOICES
from huying.cases.widgets import UnitField
from huying.web.forms import Form


class IssueForm(Form):
    """出具文书: everything is known already; `version` is the case as the asker read it."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    kind = forms.ChoiceField(choices=KIND_CHOICES, widget=forms.HiddenInput)
    subject = forms.CharField(max_length=48, required=False, widget=forms.HiddenInput)


class SignForm(Form):
    """签发文书: nothing is asked."""


class VoidForm(Form):
    """作废文书."""

    reason = forms.CharField(
        label=_("作废理由"), max_length=500, widget=forms.Textarea({"rows": 3})
    )


class TemplateForm(Form):
    """上传模板."""

    file = forms.FileField(
        label=_("改好的模板（.docx，不超过 2 MB）"),
        widget=forms.FileInput({"accept": ".docx"}),
        help_text=_("上传后先检查和预览，再启用；现行模板不受影响"),
    )
    note = forms.CharField(
        label=_("修改说明"), required=False, max_length=200, widget=forms.TextInput()
    )


class NumberForm(Form):
    """文号."""

    unit = UnitField(label=_("发文单位"), required=False, help_text=_("不填写即全区各单位"))
    kind = forms.ChoiceField(
        label=_("文书种类"), required=False, choices=[("", _("全部种类")), *KIND_CHOICES]
    )
    pattern = forms.CharField(
        label=_("文号格式"),
        required=False,
        max_length=40,
        help_text=_("例如 武呼交〔{年}〕{号}号；留空则恢复默认。已出具的文号不变"),
    )

    def arguments(self) -> dict[str, Any]:
        """The arguments of the verb."""
        cleaned = self.cleaned_data
        unit = cleaned["unit"]
        return {
            "unit": unit.value if unit else "",
            "kind": cleaned["kind"],
            "pattern": cleaned["pattern"],
        }
