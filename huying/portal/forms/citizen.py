"""What a citizen is asked: as little as possible, in plain words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.portal.actions.filing import Photo
from huying.portal.rules import limits
from huying.portal.rules.words import CAUSES, GRADES
from huying.web.forms import Form

TELEPHONE = {"inputmode": "tel", "autocomplete": "tel", "maxlength": "20"}
CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "6"}


class PhotosInput(forms.FileInput):
    """Pictures, several at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name)


class PhotosField(forms.FileField):
    """Up to PHOTOS pictures; the cleaned value is a list of `Photo`."""

    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = [one for one in data or () if one]
        if len(files) > limits.PHOTOS:
            raise forms.ValidationError(_("最多 6 张照片。"), code="many")
        if any(one.size > limits.PHOTO_SIZE for one in files):
            raise forms.ValidationError(_("每张照片不超过 10 MB。"), code="large")
        return [Photo(one.name, one.read()) for one in files]


class AppealForm(Form):
    """我要反映."""

    body = forms.CharField(
        label=_("说说经过"),
        max_length=limits.BODY,
        widget=forms.Textarea(
            {"rows": 5, "placeholder": _("例如：小区门口路灯坏了一个星期，晚上看不见路")}
        ),
        error_messages={"required": _("请写下您要反映的事情。")},
    )
    address = forms.CharField(
        label=_("地址，或者附近有什么"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"placeholder": _("例如：粮道街花园山小区 3 栋门口")}),
    )
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    latitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    photos = PhotosField(label=_("照片"), required=False)
    phone = forms.CharField(
        label=_("手机号"), required=False, max_length=20, widget=forms.TextInput(TELEPHONE)
    )
    code = forms.CharField(
        label=_("验证码"), required=False, max_length=6, widget=forms.TextInput(CODE)
    )
    name = forms.CharField(
        label=_("您怎么称呼"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"autocomplete": "name", "placeholder": _("例如：王敏")}),
    )
    anonymous = forms.BooleanField(label=_("匿名反映，不告诉承办单位我是谁"), required=False)


class ProveForm(Form):
    """查进度: a telephone and its code."""

    phone = forms.CharField(
        label=_("反映时留的手机号"), max_length=20, widget=forms.TextInput(TELEPHONE)
    )
    code = forms.CharField(label=_("验证码"), max_length=6, widget=forms.TextInput(CODE))
    number = forms.CharField(
        label=_("诉求编号"),
        required=False,
        max_length=32,
        help_text=_("不记得可以不填"),
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class SayForm(Form):
    """补充、撤回: a few words."""

    text = forms.CharField(
        label=_("您想说的话"), max_length=2000, widget=forms.Textarea({"rows": 3})
    )


class RateForm(Form):
    """评价: solved or not, and one of five grades."""

    solved = forms.ChoiceField(
        label=_("问题解决了吗"),
        choices=[("yes", _("解决了")), ("no", _("没有解决"))],
        widget=forms.RadioSelect,
    )
    grade = forms.TypedChoiceField(
        label=_("您满意吗"), choices=GRADES, coerce=int, widget=forms.RadioSelect
    )
    cause = forms.ChoiceField(
        label=_("不满意的话，主要是因为什么"),
        choices=[("", _("请选择（满意的不用选）")), *CAUSES],
        required=False,
    )
    text = forms.CharField(
        label=_("还想说几句"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3})
    )
