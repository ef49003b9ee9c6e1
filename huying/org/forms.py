"""What the pages of the organisation ask."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huying.kernel.asker import Asker
from huying.kernel.clock import DISTRICT_ZONE
from huying.kernel.verbs import VERBS
from huying.org.models import Account, DutyShift, Post, Role
from huying.org.rules import PARENT_KINDS, UNIT_KINDS, misplaced_verbs
from huying.web.forms import Form, LookupField

WHEN = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class UnitForm(Form):
    """A unit under a given parent."""

    name = forms.CharField(label=_("名称"), max_length=100)
    code = forms.CharField(label=_("编码"), max_length=32)
    kind = forms.ChoiceField(label=_("类别"))
    short_name = forms.CharField(label=_("简称"), max_length=40, required=False)

    def __init__(self, *arguments: Any, parent_kind: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        kinds = [(k, words) for k, words in UNIT_KINDS if parent_kind in PARENT_KINDS[k]]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class VersionedForm(Form):
    """A form that carries the version its reader saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class RenameForm(VersionedForm):
    """Another name."""

    name = forms.CharField(label=_("名称"), max_length=100)
    short_name = forms.CharField(label=_("简称"), max_length=40, required=False)


class MoveForm(VersionedForm):
    """Another parent."""

    parent = LookupField("unit", label=_("新的上级单位"))


class BoundaryForm(VersionedForm):
    """A GeoJSON geometry, pasted."""

    boundary = forms.CharField(
        label=_("边界 (GeoJSON,WGS-84)"),
        widget=forms.Textarea(attrs={"rows": 10}),
        required=False,
        help_text=_("Polygon 或 MultiPolygon；留空则删除边界。"),
    )
    illustrative = forms.BooleanField(label=_("仅为示意，不是法定界线"), required=False)

    def clean_boundary(self) -> Any:
        text = self.cleaned_data["boundary"].strip()
        if not text:
            return None
        try:
            return json.loads(text)
        except ValueError as error:
            raise forms.ValidationError(_("不是 JSON。")) from error


class PersonForm(Form):
    """A new person."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    username = forms.CharField(label=_("登录名"), max_length=60)
    unit = LookupField("unit", label=_("所在单位"))
    phone = forms.CharField(label=_("电话"), max_length=20, required=False)


class EditPersonForm(VersionedForm):
    """A person's corrected facts."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    unit = LookupField("unit", label=_("所在单位"))
    phone = forms.CharField(label=_("电话"), max_length=20, required=False)


class PostForm(Form):
    """A post in a given unit."""

    role = forms.ModelChoiceField(Role.objects.none(), label=_("角色"), to_field_name="code")
    title = forms.CharField(label=_("岗位名称"), max_length=60)
    area = LookupField(
        "unit", label=_("管辖范围"), required=False, help_text=_("不填则为本单位及其下级。")
    )

    def __init__(self, *arguments: Any, roles: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["role"].queryset = roles  # type: ignore[attr-defined]


class PostChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Posts by unit and title."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.unit.name} · {obj.title} ({obj.role.name})"


class GiveForm(Form):
    """A post of a unit for a person, for a time."""

    post = PostChoice(Post.objects.none(), label=_("岗位"))
    since = forms.DateTimeField(
        label=_("自"), widget=WHEN, required=False, help_text=_("不填则立即生效。")
    )
    until = forms.DateTimeField(
        label=_("至"), widget=WHEN, required=False, help_text=_("不填则长期；代理必填。")
    )
    standing_in_for = LookupField("person", label=_("代理何人"), required=False)

    def __init__(self, *arguments: Any, posts: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["post"].queryset = posts  # type: ignore[attr-defined]


class RoleForm(VersionedForm):
    """Which verbs a role holds, by room; only those that fit its duty."""

    verbs = forms.MultipleChoiceField(
        label=_("权限"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *arguments: Any, duty: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["verbs"].choices = verb_choices(duty)  # type: ignore[attr-defined]


class KeyForm(Form):
    """A key for oneself."""

    name = forms.CharField(label=_("用途说明"), max_length=60)
    scopes = forms.MultipleChoiceField(
        label=_("权限范围"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("密钥只能做您自己有权做的事。"),
    )
    days = forms.TypedChoiceField(
        label=_("有效期"),
        coerce=int,
        choices=[(30, _("30 天")), (90, _("90 天")), (365, _("一年"))],
        initial=90,
    )

    def __init__(self, *arguments: Any, by: Asker, **options: Any) -> None:
        super().__init__(*arguments, by=by, **options)
        own = [verb for verb in VERBS if by.area(verb.name)]
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (verb.name, f"{verb.label} ({verb.name})") for verb in own
        ]


class ShiftForm(Form):
    """A shift of a unit."""

    person = LookupField("person", label=_("值班人员"))
    leader = LookupField("person", label=_("带班领导"), required=False)
    starts_at = forms.DateTimeField(label=_("自"), widget=WHEN)
    ends_at = forms.DateTimeField(label=_("至"), widget=WHEN)
    phone = forms.CharField(label=_("值班电话"), max_length=20, required=False)


class HandOverForm(Form):
    """What a watch leaves open, and who takes over."""

    to_shift = forms.TypedChoiceField(label=_("接班"), coerce=int)
    words = forms.CharField(
        label=_("交班说明"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("下面列出的未结事项会原样记入；这里写要特别留意的和口头约定的。"),
    )

    def __init__(self, *arguments: Any, following: list[DutyShift], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["to_shift"].choices = [  # type: ignore[attr-defined]
            (shift.pk, _following_words(shift)) for shift in following
        ]


class TakeOverForm(Form):
    """A signature, with a word if there is one to say."""

    note = forms.CharField(
        label=_("接班意见"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ObjectForm(Form):
    """Why the next watch does not sign."""

    reason = forms.CharField(
        label=_("异议"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("写明哪里不对、还缺什么；交班人看到后重写一份。"),
    )


class ImportForm(Form):
    """A workbook to import."""

    file = forms.FileField(
        label=_("Excel 文件 (.xlsx)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )


def verb_choices(duty: str) -> list[tuple[str, str]]:
    """The verbs a role of this duty may hold, in the order of their rooms."""
    return [
        (verb.name, f"{verb.label} ({verb.name})")
        for verb in VERBS
        if not misplaced_verbs(duty, [verb.name])
    ]


def _following_words(shift: DutyShift) -> str:
    start = shift.starts_at.astimezone(DISTRICT_ZONE)
    end = shift.ends_at.astimezone(DISTRICT_ZONE)
    return f"{shift.person.name} {start:%m-%d %H:%M}–{end:%H:%M}"


def person_initial(person: Account) -> dict[str, Any]:
    """What the form of a person starts with."""
    return {
        "name": person.name,
        "phone": person.phone,
        "unit": person.unit.code if person.unit else "",
        "version": person.version,
    }
