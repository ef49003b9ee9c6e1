"""What officers are asked who edit matters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.portal.models import Matter
from huying.portal.rules.messages import LONGEST
from huying.portal.rules.words import GROUPS
from huying.web.forms import Form


class WordsForm(Form):
    """How a kind of short message is worded."""

    words = forms.CharField(
        label=_("短信内容"), max_length=LONGEST, widget=forms.Textarea({"rows": 4})
    )


class MatterForm(Form):
    """办事事项."""

    code = forms.SlugField(label=_("代码"), max_length=40, help_text=_("小写字母和连字符"))
    name = forms.CharField(label=_("名称"), max_length=80)
    group = forms.ChoiceField(label=_("类别"), choices=GROUPS)
    unit = forms.CharField(label=_("办理单位"), max_length=100)
    phone = forms.CharField(label=_("咨询电话"), required=False, max_length=40)
    who = forms.CharField(
        label=_("谁可以办"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )
    materials = forms.CharField(
        label=_("要带的材料"),
        required=False,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("每行一项"),
    )
    steps = forms.CharField(
        label=_("怎么办"),
        required=False,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("每行一步"),
    )
    place = forms.CharField(label=_("在哪里办"), required=False, max_length=200)
    hours = forms.CharField(label=_("办公时间"), required=False, max_length=100)
    takes = forms.CharField(label=_("要多久"), required=False, max_length=60)
    fee = forms.CharField(label=_("费用"), required=False, max_length=60)
    active = forms.BooleanField(label=_("向市民显示"), required=False, initial=True)
    confirmed = forms.BooleanField(label=_("内容已经本区核实"), required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @staticmethod
    def of(row: Matter) -> dict[str, Any]:
        """The form's first content for a matter that stands already."""
        names = set(MatterForm.base_fields) - {"submission"}
        found = {name: getattr(row, name) for name in names}
        found["materials"] = "\n".join(row.materials)
        found["steps"] = "\n".join(row.steps)
        return found

    def arguments(self) -> dict[str, Any]:
        """The arguments of the verb."""
        found = dict(self.cleaned_data)
        found.pop("submission")
        found["materials"] = found["materials"].splitlines()
        found["steps"] = found["steps"].splitlines()
        return found
