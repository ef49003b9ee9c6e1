"""What registering an appeal asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.cases.widgets import AreaField, CategoryField, FilesField, UnitField
from huying.kernel.titles import title_of
from huying.web.forms import Form


class RegisterForm(Form):
    """登记."""

    channel = forms.ChoiceField(label=_("渠道"))
    phone = forms.CharField(
        label=_("来电或联系电话"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("诉求人姓名"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    anonymous = forms.BooleanField(label=_("诉求人要求匿名"), required=False)
    external_number = forms.CharField(label=_("市级编号"), required=False, max_length=40)
    city_due_at = forms.DateTimeField(
        label=_("市级时限"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    title = forms.CharField(
        label=_("标题"),
        max_length=200,
        required=False,
        help_text=_("一句话说清：哪里、什么事；不填就用诉求内容的第一句"),
    )
    body = forms.CharField(
        label=_("诉求内容"), max_length=10_000, widget=forms.Textarea({"rows": 6})
    )
    category = CategoryField(label=_("分类"), required=False)
    address = forms.CharField(
        label=_("地址"), required=False, max_length=200, help_text=_("写出社区或小区，可自动落位")
    )
    longitude = forms.FloatField(label=_("经度"), required=False, min_value=-180, max_value=180)
    latitude = forms.FloatField(label=_("纬度"), required=False, min_value=-90, max_value=90)
    place = AreaField(label=_("所在社区或网格"), required=False)
    about = UnitField(
        label=_("被反映单位"),
        required=False,
        help_text=_("诉求针对某个单位时填写，该单位始终看不到诉求人信息"),
    )
    urgent = forms.BooleanField(label=_("紧急：危及生命财产安全"), required=False)
    papers = FilesField(label=_("照片和附件"), required=False)

    def __init__(self, *arguments: Any, channels: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        channel: Any = self.fields["channel"]
        channel.choices = channels
        if len(channels) == 1:
            channel.widget = forms.HiddenInput()
            channel.initial = channels[0][0]
            del self.fields["external_number"], self.fields["city_due_at"]

    def clean(self) -> dict[str, Any]:
        """What nobody gave a title has its first sentence for one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("title") and cleaned.get("body"):
            cleaned["title"] = title_of(cleaned["body"])
        return cleaned

    def arguments(self) -> dict[str, Any]:
        """The arguments of the verb, without the files that follow it."""
        cleaned = self.cleaned_data
        plain = ("channel", "phone", "name", "anonymous", "title", "body", "address", "urgent")
        found = {name: cleaned[name] for name in (*plain, "longitude", "latitude")}
        found["external_number"] = cleaned.get("external_number", "")
        found["city_due_at"] = cleaned.get("city_due_at")
        for name in ("category", "place", "about"):
            found[name] = cleaned[name].value if cleaned[name] else None
        if cleaned["submission"]:
            found["intake_key"] = f"form:{cleaned['submission']}"
        return found
