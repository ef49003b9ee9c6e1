"""Fields that only pages of appeals need: several units at once, several files at once."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from huying.web import slots
from huying.web.forms import LookupField, LookupWidget

MOST_FILES = 10
ACCEPTED = "image/*,application/pdf,.doc,.docx,.xls,.xlsx,audio/*,video/*"


class CategoryField(LookupField):
    """A class of appeals out of three levels, found by typing."""

    def __init__(self, **options: Any) -> None:
        super().__init__("category", **options)
        self.widget.attrs["placeholder"] = _("输入几个字查找，如 停车、噪声、路灯")


class UnitField(LookupField):
    """A unit that handles appeals."""

    def __init__(self, **options: Any) -> None:
        super().__init__("case_unit", **options)
        self.widget.attrs["placeholder"] = _("输入单位名称或拼音查找")


class AreaField(LookupField):
    """A street, community or grid."""

    def __init__(self, **options: Any) -> None:
        super().__init__("case_area", **options)
        self.widget.attrs["placeholder"] = _("输入街道、社区或网格名称查找")


class ManyLookupWidget(LookupWidget):
    """A lookup whose choices gather below it as chips; each chip sends its value."""

    template_name = "cases/widget_many.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(f"{name}_pick", "", attrs)
        source = slots.LOOKUPS.get(self.lookup)
        found = []
        if source and self.asker:
            found = [source.name(self.asker, str(one)) for one in value or () if one]
        context["many"] = name
        context["chosen"] = [option for option in found if option]
        return context

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        context = self.get_context(name, value, attrs)
        return mark_safe(render_to_string(self.template_name, context))  # noqa: S308

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [value for value in (*values, data.get(f"{name}_pick", "")) if value]


class ManyLookupField(forms.Field):
    """Several things out of many; the cleaned value is a list of `Option`."""

    default_error_messages: ClassVar = {"unknown": _("请从列表中选择。")}

    def __init__(self, lookup: str, **options: Any) -> None:
        super().__init__(widget=ManyLookupWidget(lookup), **options)
        self.lookup = lookup
        self.widget.attrs["placeholder"] = _("可添加多个")

    def clean(self, value: Any) -> list[slots.Option]:
        source = slots.LOOKUPS[self.lookup]
        asker = self.widget.asker
        found = []
        for one in dict.fromkeys(super().clean(value) or ()):
            option = source.name(asker, str(one)) if asker is not None else None
            if option is None:
                raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
            found.append(option)
        return found


class FilesWidget(forms.FileInput):
    """A file box that takes several files; a telephone also offers its camera."""

    allow_multiple_selected = True
    template_name = "cases/widget_files.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        context["widget"]["accept"] = ACCEPTED
        return context

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        context = self.get_context(name, value, attrs)
        return mark_safe(render_to_string(self.template_name, context))  # noqa: S308

    def value_from_datadict(
        self, data: Any, files: MultiValueDict[str, UploadedFile[Any]], name: str
    ) -> Any:
        return [*files.getlist(name), *files.getlist(f"{name}_camera")]


class FilesField(forms.FileField):
    """Up to MOST_FILES files; the cleaned value is a list."""

    widget = FilesWidget

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = [one for one in data or () if one]
        if not given:
            return super().clean(None, initial) or []
        if len(given) > MOST_FILES:
            words = _("一次最多上传 %(most)s 个文件。") % {"most": MOST_FILES}
            raise forms.ValidationError(words, code="many")
        return [super(FilesField, self).clean(one, initial) for one in given]
